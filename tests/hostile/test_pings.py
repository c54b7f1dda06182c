"""Whatever people type: nobody is pinged but whom the bot means, and Slack takes every block."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request import BoltRequest

from bot import listeners
from bot.decision_modal import DecisionForm
from bot.form_values import clean
from bot.groups import Groups
from bot.service.decide import decide
from bot.service.desk import Who
from bot.service.submit import submit
from bot.shipped import shipped
from bot.submission import Submission
from policy.facts import Facts, Step, Use
from policy.lifecycle import Move
from policy.verdict import TextFinding
from tests.bot import test_delivery
from tests.bot.slack_edge import refusal
from tests.bot.test_delivery import Office
from tests.hostile.said import UPDATED_TEXT, in_mrkdwn, mentions, message_is_sound, view_is_sound

pytestmark = pytest.mark.long

# Everybody whom some message of these stories is meant to name.
MEANT = {f"user U0{name}" for name in ("ANA", "RAVI", "MEI", "OSKAR", "LUCIA")}
LINKS = ("link https://slack.example/",)
EVIL = [
    "<@U0EVIL>",
    "<@U0OPS|ops>",
    "<!channel>",
    "<!here|here>",
    "<!everyone>",
    "<!subteam^S0CREW|@crew>",
    "<#C0OPS>",
    "<https://evil.example|https://slack.example>",
    "<mailto:a@evil.example>",
    "&lt;!channel&gt;",
    "&amp;lt;!here&amp;gt;",
    "<",
    ">",
    "&",
    "\n> ",
    "\n• ",
    "```",
    "`",
    "*",
    "_",
    "~",
    "|",
    "@channel @here",
    "👩‍👩‍👧",
    "🎬",
    ":wave:",
    "\u202e",
    "\U0010f02a",
    "Aa ",
    "\n",
]
typed = st.one_of(
    st.lists(st.sampled_from(EVIL), min_size=1, max_size=12).map("".join),
    st.builds(lambda part, times: (part * times)[:3000], st.sampled_from(EVIL), st.integers(1, 3000)),
    st.text(max_size=60),
).map(lambda text: clean(text, lines=True) or "x")
a_line = typed.map(lambda text: clean(text[:300]) or "x")

_keys = count()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A desk whose directory has names that would ping if they were not escaped."""
    folder: Path = tmp_path_factory.mktemp("office")
    text = shipped("directory.example.toml").read_text("utf-8")
    for name, mark in (
        ("Ravi Menon", "<!channel>"),
        ("Mei Tanaka", "*<@U0EVIL>*"),
        ("Paper Lantern", "<!here>"),
    ):
        text = text.replace(f'"{name}"', json.dumps(f"{name} {mark}"))
    (folder / "directory.example.toml").write_text(text, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(test_delivery, "shipped", lambda name: folder / name)
        opened = Office(folder / "clearance.db")
    yield opened
    opened.database.close()


@pytest.fixture(scope="module")
def bolt(office: Office) -> App:
    """The listeners at that desk; `views` of the office's edge are what they showed."""
    app = App(
        signing_secret="socket mode",
        process_before_response=True,
        authorize=lambda: AuthorizeResult(
            enterprise_id=None, team_id="T0STUDIO", bot_token="xoxb-1", bot_id="B1", bot_user_id="U0BOT"
        ),
    )
    office.slack.views = []  # type: ignore[attr-defined]

    def show(**call: Any) -> None:
        office.slack.views.append(call["view"])  # type: ignore[attr-defined]
        raise refusal("expired_trigger_id")

    office.slack.views_open = office.slack.views_update = show  # type: ignore[attr-defined]
    listeners.register(app, office.desk, office.slack.client, Groups(office.slack.client, ()))
    return app


def filed(office: Office, text: str, line: str, tools: int, started: str) -> int:
    """A request in which everything typed is hostile and everything is unsure."""
    step = Step(tool=line, purpose=line, inputs=line)
    findings = [
        TextFinding(fact=fact, declared="no", suggests="yes", quote=line[:120], reason=line)
        for fact in ("third_party_ip", "union_work", "could_mislead", "personal_data", "netflix_material")
        for _ in range(2)
    ]
    use = Use(
        title=line[:100].strip() or "x",
        description=text[:3000].strip(),
        vendor=line,
        not_generative=text[:3000].strip() if started == "aired" else "",
        facts=Facts(steps=(step,) * tools),
    )
    about = Submission(
        "PAPERLANTERN" if tools == 2 else "NIGHTFALL",
        use,
        started,  # type: ignore[arg-type]
        consent_reference=line,
        text_findings=tuple(findings),
    )
    return submit(office.desk, about, Who("T0STUDIO", "U0ANA", line[:80]), f"V{next(_keys)}", ()).row.id


def pressed(office: Office, number: int, text: str, line: str, last: Move) -> None:
    """Everybody who may sign does, in hostile words; `last` is what the last of them presses."""
    rows = office.rows(f"SELECT DISTINCT contact_user FROM sign_offs WHERE request_id = {number}")
    waiting = [user for (user,) in rows]
    conditions = tuple(clean(f"{n} {line}")[:300] for n in range(20))
    for user in waiting[:-1]:
        form = DecisionForm(number, 1, Move.APPROVE, text, conditions, date(2027, 1, 1))
        decide(office.desk, form, Who("T0STUDIO", user, line[:80]))
    if waiting:
        form = DecisionForm(number, 1, last, text, conditions, reason=text)
        decide(office.desk, form, Who("T0STUDIO", waiting[-1], line[:80]))


def everything_said(office: Office) -> None:
    """Each post and update so far harms nobody; then they are forgotten."""
    for call in office.slack.posts:
        message_is_sound(call)
    for call in office.slack.updates:
        message_is_sound(call, UPDATED_TEXT)
    for call in (*office.slack.posts, *office.slack.updates):
        named = mentions(call["blocks"]) | set(in_mrkdwn(call["text"]))
        assert not {one for one in named if one not in MEANT and not one.startswith(LINKS)}, call["metadata"]
    office.slack.posts.clear()
    office.slack.updates.clear()


def dispatched(bolt: App, **body: Any) -> dict[str, Any]:
    """What the app answers to a payload."""
    answer = bolt.dispatch(BoltRequest(mode="socket_mode", body=body))
    assert answer.status == 200, body.get("type")
    return dict(json.loads(answer.body)) if answer.body else {}


COMMAND = {
    "command": "/genai-request",
    "team_id": "T0STUDIO",
    "channel_id": "C0NIGHTFALL",
    "trigger_id": "1.2",
    "user_name": "ana",
}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    text=typed,
    line=a_line,
    tools=st.sampled_from([1, 2, 6, 8]),
    started=st.sampled_from(["no", "yes", "aired"]),
)
@example(text="&" * 3000, line="&" * 300, tools=8, started="no")
@example(text="🎬" * 3000, line="🎬" * 300, tools=6, started="yes")
@example(text="<!channel>" * 300, line="<!here>" * 42, tools=2, started="no")
@example(text="*`_~" * 750, line="*`_~" * 75, tools=6, started="aired")
@example(text="a\n" * 1500, line="\U0010f02a" * 300, tools=1, started="no")
def test_a_whole_story_in_hostile_words(
    office: Office, bolt: App, text: str, line: str, tools: int, started: str
) -> None:
    number = filed(office, text, line, tools, started)
    office.deliver()
    everything_said(office)
    pressed(office, number, text, line, Move.DENY if started == "yes" else Move.APPROVE)
    office.later(seconds=2)
    everything_said(office)
    asked_for = [("U0ANA", f"status GEN-{number}"), ("U0ANA", "status"), ("U0RAVI", "status")]
    asked_for += [("U0RAVI", "find production:NIGHTFALL"), ("U0MEI", "find production:PAPERLANTERN")]
    for user, asked in asked_for:
        answer = dispatched(bolt, **COMMAND, user_id=user, text=asked)
        message_is_sound(answer)
        assert mentions(answer["blocks"]) | set(in_mrkdwn(answer["text"])) <= MEANT


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=typed)
def test_what_is_typed_after_the_command(office: Office, bolt: App, text: str) -> None:
    shown: list[Any] = office.slack.views  # type: ignore[attr-defined]
    shown.clear()
    for typed_text in (text, f"status {text}", f"find {text}"):
        answer = dispatched(bolt, **COMMAND, user_id="U0ANA", text=typed_text)
        if answer:
            message_is_sound(answer)
            assert not mentions(answer["blocks"]) | set(in_mrkdwn(answer["text"]))
    for view in shown:
        view_is_sound(view)
        assert not mentions(view)
