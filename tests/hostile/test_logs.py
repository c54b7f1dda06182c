"""The log at DEBUG: what happened, and never a token, a body, or a word that somebody typed."""

from __future__ import annotations

import logging
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.http import Front, serving
from bot.logs import log_to_stderr
from tests.bot.test_running import configured, ended, line_with, started
from tests.flows.conftest import Stage, stage_of
from tests.flows.edge import Edge, Fault
from tests.flows.test_over_http import SECRET, send
from tests.person import Person
from tests.studio import ESCALATE, WRITTEN, ask, decide, file, hears, house, press

pytestmark = pytest.mark.long

TYPED = ("zebracrossing", "quagga", "okapi", "tapir", "aardwolf", "vicuna")
TITLE, DESCRIPTION, REASON, WORDING, CONDITION, COMMAND = TYPED
# What any library, asked to, writes of a request or an answer.
DUMPED = (
    "view_submission",
    "block_actions",
    "response_url",
    "private_metadata",
    "xoxb-",
    "xapp-",
)


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What stands on standard error when the level is DEBUG."""
    stream, level = StringIO(), logging.root.level
    handler = log_to_stderr("DEBUG", stream)
    yield stream
    logging.root.removeHandler(handler)
    logging.root.setLevel(level)


@pytest.fixture
def ours(log: StringIO) -> Iterator[list[logging.LogRecord]]:
    """Our own records as they were made, before the handler had a hand in them."""
    kept: list[logging.LogRecord] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.name.split(".")[0] in ("clearance", "bot", "storage", "policy"):
                kept.append(record)

    handler = Keep(logging.DEBUG)
    logging.root.addHandler(handler)
    yield kept
    logging.root.removeHandler(handler)


def approved(ana: Person, ravi: Person) -> int:
    """A request and its approval, in words that must stay between people."""
    number = file(ana, ESCALATE, title=TITLE, description=DESCRIPTION)
    ana.close()
    words = {"wording": WORDING, "conditions": CONDITION}
    decide(ravi, ask(ravi, number), "approve", **words)
    return number


def story(ana: Person, ravi: Person) -> None:
    """One request approved, one denied, and a question about the first."""
    first = approved(ana, ravi)
    hears(ana, first)
    second = file(ana, WRITTEN, title=TITLE, description=DESCRIPTION)
    ana.close()
    decide(ravi, ask(ravi, second), "deny", reason=REASON)
    hears(ana, second)
    ana.command("C0NIGHTFALL", f"/genai-request status GEN-{first}")
    ana.command("C0NIGHTFALL", f"/genai-request {COMMAND}")
    ana.close()


def said_nothing(text: str, *secrets: str) -> None:
    """None of these words is in the text."""
    found = [word for word in (*TYPED, *DUMPED, *secrets) if word in text]
    assert not found, "\n".join(line for line in text.splitlines() if any(word in line for word in found))


def test_a_story_with_every_kind_of_trouble(
    tmp_path: Path, log: StringIO, ours: list[logging.LogRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    edge = Edge()
    with edge.open(), house(tmp_path, edge=edge.before) as built, ExitStack() as stack:
        built.settings = built.settings.model_copy(update={"slack_signing_secret": SecretStr(SECRET)})
        handed = _handed_out(built.workspace.link)
        bot = built.start()
        stage = stage_of(built)
        url = stack.enter_context(serving(Front(bot.bolt, SECRET, str), "127.0.0.1", 0))
        story(stage.ana, stage.ravi)
        _refused_by_slack(stage, edge)
        _malformed(url)
        _with_a_bug(stage, monkeypatch)
        tokens = (built.workspace.bot_token, built.workspace.app_token, SECRET)
        built.stop()
    text = log.getvalue()
    assert "A view could not be shown" in text and "A request was refused" in text
    assert "Failed to run listener function (…)" in text and "RuntimeError" in text
    assert "listeners.py" in text  # where it happened
    said_nothing(text, *tokens, *handed)
    raw = "\n".join(f"{one.msg} {one.args} {one.exc_info}" for one in ours)
    said_nothing(raw, *tokens, *handed)


def _handed_out(link: Any) -> list[str]:
    """Triggers and answer addresses, as they are given out."""
    handed: list[str] = []
    deliver = link.deliver

    async def noted(kind: str, payload: dict[str, Any], *, answered: bool = True) -> dict[str, Any]:
        handed.extend(str(payload[key]) for key in ("trigger_id", "response_url") if key in payload)
        return dict(await deliver(kind, payload, answered=answered))

    link.deliver = noted
    return handed


def _refused_by_slack(stage: Stage, edge: Edge) -> None:
    """A form that does not open, and a post that Slack's gateway garbles."""
    edge.faults.append(Fault("views.open", "expired_trigger_id"))
    stage.ana.command("C0NIGHTFALL", f"/genai-request {COMMAND}")
    edge.faults.append(Fault("chat.postMessage", "html"))
    number = file(stage.ana, ESCALATE, title=TITLE, description=DESCRIPTION)
    stage.ana.close()
    hears(stage.ana, number, "receipt")


def _malformed(url: str) -> None:
    """A wrong signature, a body that Slack does not send, and one that no listener takes."""
    command = {"command": "/genai-request", "text": COMMAND, "user_id": "U0ANA", "team_id": "T0STUDIO"}
    assert send(url, "slash_commands", command, secret_is_right=False).status_code == 401
    assert send(url, "slash_commands", command).status_code == 400
    user = {"id": "U0ANA", "team_id": "T0STUDIO", "name": "ana"}
    asked = {"type": "block_suggestion", "user": user, "action_id": "x", "block_id": "x", "value": COMMAND}
    assert send(url, "interactive", asked).status_code == 404


def _with_a_bug(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error whose own text quotes what somebody wrote."""

    def broken(*_: Any) -> None:
        raise RuntimeError(f"cannot store {DESCRIPTION!r}") from ValueError(TITLE)

    number = file(stage.ana, ESCALATE, title=TITLE, description=DESCRIPTION)
    stage.ana.close()
    press(stage.ravi, ask(stage.ravi, number), "approve")
    monkeypatch.setattr("bot.decision_listeners.decide", broken)
    stage.ravi.fill(wording=WORDING)
    stage.ravi.submit()


@pytest.mark.process
def test_a_process_at_debug(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        settings = {**configured(built), "CLEARANCE_LOG_LEVEL": "DEBUG"}
        tokens = (built.workspace.bot_token, built.workspace.app_token)
        with started(tmp_path, "run", **settings) as process:
            before: list[str] = []
            _hearing(process, before.append)
            line_with(process, "Clearance is running.")
            approved(built.person("U0ANA"), built.person("U0RAVI"))
            rest = ended(process, signal.SIGTERM)
    text = "".join(before) + rest
    assert re.search(r"INFO bot\.app: Connected to Slack", text)
    said_nothing(text, *tokens)


def _hearing(process: Any, hear: Callable[[str], object]) -> None:
    """Keep the lines that `line_with` reads."""
    lines = process.stdout

    class Heard:
        def __iter__(self) -> Iterator[str]:
            for line in lines:
                hear(line)
                yield line

        def __getattr__(self, name: str) -> Any:
            return getattr(lines, name)

    process.stdout = Heard()
