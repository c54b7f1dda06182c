"""What people read while a request waits: short, exact, and naming only whoever is meant."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import chase_messages as says
from bot.chase_messages import Chased
from bot.chase_parts import Said
from bot.decision_modal import DecisionForm
from bot.service.decide import decide
from bot.service.desk import Who
from bot.service.lookup import Story, read_story
from policy.chasing import Urgency
from policy.lifecycle import Move, Status
from policy.verdict import Outcome, Topic
from storage import requests
from storage.chases import ChaseKind, ChaseRow, ChaseState
from tests.bot.said import accepted, controls, pinged, read
from tests.bot.test_delivery import Office
from tests.bot.test_rich_text import pieces

ASKED = datetime(2026, 11, 30, 9, tzinfo=UTC)
BY = datetime(2026, 12, 2, 18, tzinfo=UTC)
NEEDED = date(2026, 12, 2)
LINK = "https://slack.example/C0NIGHTAPPR/2.000001"
CHASE = ChaseRow(
    id=9, request_id=1, kind=ChaseKind.CONTACT, contact="ravi", team="T0STUDIO", user="U0RAVI", since=ASKED,
    due_at=None, reminded_at=None, reminders=1, snoozed_until=None, state=ChaseState.OPEN,
)  # fmt: skip
BOTH = (Topic.PRODUCTION, Topic.LEGAL)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    opened = Office(Path(tmp_path_factory.mktemp("office")) / "clearance.db")
    yield opened
    opened.database.close()


@pytest.fixture(scope="module")
def story(office: Office) -> Story:
    """A real request that waits for real contacts."""
    number = office.request()
    return stored(office, number, title="Kitchen wall", needed_by=NEEDED, outcome=Outcome.ESCALATE)


def stored(office: Office, number: int, **changed: Any) -> Story:
    with office.database.reading() as tx:
        row = requests.get(tx, number)
        assert row is not None
        found = read_story(tx, row)
    return replace(found, row=replace(row, **changed))


def chased(story: Story, **changed: Any) -> Chased:
    usual = Chased(story, CHASE, BOTH, ASKED, BY, Urgency.FINE, 20.0, outside_hours=False, link="")
    return replace(usual, **changed)


def test_at_nine_ravi_sees_what_for_whom_by_when_and_his_buttons(story: Story) -> None:
    said = says.reminder(chased(story))
    assert "@U0RAVI: please approve or deny GEN-1 · Kitchen wall (production and legal)" in read(said)
    assert "Needed by 2 Dec 2026. Decide by 02 Dec 2026 18:00 UTC: about 20 of your working" in read(said)
    assert "Asked 30 Nov 2026 09:00 UTC." in read(said)
    assert "our own addition: the guidance sets no response time" in read(said)
    assert pinged(said) == {"@U0RAVI"}
    seen = f"1:{story.row.revision}"
    assert controls(said) == [
        ("decide:approve", seen),
        ("decide:deny", seen),
        ("chase:ask", seen),
        ("chase:snooze", "later:9 tomorrow:9 date:9"),
        ("chase:away", ""),
    ]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"hours_left": 6.2}, "about 6 of your working hours are left."),
        ({"hours_left": 1.2}, "about 1 of your working hours is left."),
        ({"hours_left": 0.4}, "less than one of your working hours is left."),
        ({"urgency": Urgency.AT_RISK, "hours_left": 6.0}, "At risk: needed by 2 Dec 2026. Decide by 02 Dec"),
        (
            {"urgency": Urgency.AT_RISK, "hours_left": 0.0, "decide_by": None},
            "needed by 2 Dec 2026. None of your working hours is left before it ends.",
        ),
        (
            {"urgency": Urgency.OVERDUE, "hours_left": 0.0},
            "Overdue: needed by 2 Dec 2026, and none of your working hours is left before it ends.",
        ),
    ],
)
def test_how_much_of_his_own_time_is_left(story: Story, changed: dict[str, Any], words: str) -> None:
    assert words in read(says.reminder(chased(story, **changed)))


def test_a_message_at_an_odd_hour_says_why_it_comes(story: Story) -> None:
    words = "outside your working hours: otherwise 2 Dec 2026 would pass before you are back"
    assert words in read(says.reminder(chased(story, outside_hours=True)))
    assert words in read(says.reminders([chased(story, outside_hours=True)] * 2, 0))
    assert "outside" not in read(says.reminder(chased(story)))


def test_a_request_without_a_date_says_so(story: Story) -> None:
    dateless = replace(story, row=replace(story.row, needed_by=None))
    assert "No date was given." in read(says.reminder(chased(dateless, decide_by=None, hours_left=None)))


def test_a_written_approval_and_a_use_that_has_begun_are_called_so(story: Story) -> None:
    begun = replace(story.row, use_started="yes", outcome=Outcome.WRITTEN_APPROVAL)
    words = read(says.reminder(chased(replace(story, row=begun))))
    assert "approve in writing or deny" in words and "already started" in words


def test_the_backup_is_reminded_as_one_who_stands_in(story: Story) -> None:
    backup = replace(CHASE, kind=ChaseKind.BACKUP, user="U0MEI")
    said = says.reminder(chased(story, chase=backup))
    assert "(production and legal, standing in)" in read(said) and pinged(said) == {"@U0MEI"}


def several(story: Story, count: int) -> list[Chased]:
    rows = [replace(story.row, id=number, title=f"Wall {number}") for number in range(1, count + 1)]
    return [
        chased(replace(story, row=row), chase=replace(CHASE, id=row.id), link=f"{LINK}?{row.id}")
        for row in rows
    ]


def test_several_reminders_are_one_message_with_the_most_urgent_first(story: Story) -> None:
    fine, late, dated = several(story, 3)
    fine = replace(fine, decide_by=BY + timedelta(days=9))
    late = replace(late, urgency=Urgency.OVERDUE, hours_left=0.0, decide_by=None)
    said = says.reminders([fine, late, dated], 0)
    words = read(said)
    assert "3 requests wait for your decision" in words
    assert re.findall("GEN-([0-9])", words) == ["2", "3", "1"]
    assert [value for action, value in controls(said) if action == "decide:deny"] == ["2:1", "3:1", "1:1"]
    assert controls(said)[-1] == ("chase:away", "")
    links = [each["url"] for block in said[1] if block["type"] == "rich_text" for each in pieces(block)
             if each["type"] == "link"]  # fmt: skip
    assert links == [f"{LINK}?2", f"{LINK}?3", f"{LINK}?1"]
    assert pinged(said) == set()


@pytest.mark.parametrize(("given_", "more", "rest"), [(8, 0, 0), (8, 1, 1), (11, 4, 7)])
def test_what_does_not_fit_is_counted_and_can_be_seen(
    story: Story, given_: int, more: int, rest: int
) -> None:
    said = says.reminders(several(story, given_), more)
    words = read(said)
    assert f"{given_ + more} requests wait for your decision" in words
    assert len(re.findall("GEN-[0-9]", words)) == 8
    assert (f"{rest} more wait" in words and "/genai-request digest" in words) == bool(rest)


def test_mei_is_pulled_in_and_ravi_can_still_decide(story: Story) -> None:
    away = says.pulled_in(story, "Ravi Menon", "U0MEI", [Topic.PRODUCTION], "away", BY)
    assert "@U0MEI: please approve or deny GEN-1 · Kitchen wall (production)" in read(away)
    assert "because Ravi Menon is away until 02 Dec 2026 18:00 UTC. Ravi Menon can still decide too" in read(
        away
    )
    assert pinged(away) == {"@U0MEI"}
    assert [action for action, _ in controls(away)] == ["decide:approve", "decide:deny", "chase:ask"]
    assert "Menon is away. Ravi" in read(says.pulled_in(story, "Ravi Menon", "U0MEI", BOTH, "away", None))
    silent = read(says.pulled_in(story, "Ravi Menon", "U0MEI", BOTH, "no_answer", None))
    assert "because Ravi Menon has not answered yet" in silent
    assert "needed by is near, and" in read(says.pulled_in(story, "Ravi", "U0MEI", BOTH, "date", None))


def test_the_operators_hear_for_what_nobody_is_there(story: Story) -> None:
    first, second, third = (replace(each, backup="lucia") for each in story.sign_offs)
    one = replace(story, sign_offs=[replace(first, backup=""), second, third])
    said = says.nobody(one, 3)
    assert "GEN-1 · Kitchen wall (NIGHTFALL) has waited for 3 days, and somebody is missing" in read(said)
    alone = f"{first.contact_name} ({first.topic})"
    assert f"missing. {alone} is away or does not answer, and nobody stands in." in read(said)
    assert "told again every day" in read(said) and pinged(said) == set()
    two = replace(story, sign_offs=[replace(each, backup="") for each in (first, second)])
    assert "are away or do not answer" in read(says.nobody(two, 1))
    empty = replace(story, sign_offs=[replace(first, contact="", contact_name=""), second, third])
    assert f"waits, and somebody is missing. Nobody in the directory can decide {first.topic}.\n" in read(
        says.nobody(empty, 0)
    )


def test_ana_sees_that_her_request_was_put_off_and_until_when(story: Story) -> None:
    said = says.snoozed(story, "Ravi Menon", BY, LINK)
    assert "Ravi Menon put GEN-1 · Kitchen wall off until 02 Dec 2026 18:00 UTC" in read(said)
    assert "Open the thread" in read(said) and controls(said) == []


def test_a_question_travels_to_ana_and_its_answer_back_to_ravi(story: Story) -> None:
    question, answer = "Is it read aloud?\nBy whom?", "No: *only* seen."
    ask = says.asked(story, question, "Ravi Menon", LINK, event=31)
    assert "Ravi Menon needs to know more" in read(ask) and "Is it read aloud?\nBy whom?" in read(ask)
    assert controls(ask) == [("chase:answer", "1:31")] and pinged(ask) == set()
    shown = says.asked_in_thread(story, question, "U0RAVI")
    assert "@U0RAVI asked ana about GEN-1" in read(shown) and pinged(shown) == {"@U0RAVI"}
    for days, ago in ((1, "1 day ago"), (3, "3 days ago")):
        nudge = says.nudge(story, question, "Ravi Menon", days, LINK, event=31)
        assert f"still waits for your answer. Ravi Menon asked {ago}" in read(nudge)
        assert controls(nudge) == [("chase:answer", "1:31")] and pinged(nudge) == set()
    back = says.answered(story, question, answer, "U0RAVI")
    assert "@U0RAVI: ana answered" in read(back) and answer in read(back) and question in read(back)
    assert [action for action, _ in controls(back)] == ["decide:approve", "decide:deny", "chase:ask"]
    assert pinged(back) == {"@U0RAVI"}


@pytest.mark.parametrize("for_requester", [True, False])
def test_an_approval_runs_out_by_our_own_addition(story: Story, for_requester: bool) -> None:
    for days, when in ((7, "in 7 days"), (1, "tomorrow"), (0, "today")):
        warned = says.expiring(story, NEEDED, days, for_requester, LINK)
        assert f"runs out {when}: it holds until 2 Dec 2026 ends" in read(warned)
        assert "our own addition, not Netflix's rule" in read(warned)
    over = says.lapsed(story, NEEDED, LINK, for_requester)
    assert "has run out: it held until 2 Dec 2026 ended" in read(over)
    assert "our own addition, not Netflix's rule" in read(over)
    assert controls(over) == ([("chase:renew", "1")] if for_requester else [])


def test_what_is_delivered_after_the_decision_asks_nobody(office: Office) -> None:
    number = office.request()
    form = DecisionForm(request=number, revision=1, action=Move.DENY, reason="Not with our material.")
    decide(office.desk, form, Who("T0STUDIO", "U0RAVI", "ravi"))
    story = stored(office, number)
    assert story.row.status == Status.DENIED
    for said in (
        says.reminder(chased(story)),
        says.pulled_in(story, "Ravi Menon", "U0MEI", BOTH, "no_answer", None),
        says.asked(story, "Why?", "Ravi Menon", LINK, event=1),
        says.nudge(story, "Why?", "Ravi Menon", 3, LINK, event=1),
        says.answered(story, "Why?", "Because.", "U0RAVI"),
    ):
        assert "Denied by" in read(said) and controls(said) == []
        assert pinged(said) <= {"@U0RAVI"}


AWKWARD = st.sampled_from(["<!channel> <@U0EVE>", "<!subteam^S0CREW|@crew>"]) | st.text(
    alphabet="<@!>U0*_~`&|:•#\n é🎬x", max_size=60
)


def _long(text: str, most: int) -> str:
    return ((text or "x") * most)[:most]


@settings(max_examples=40, deadline=None)
@given(text=AWKWARD, urgency=st.sampled_from(Urgency), hours=st.floats(0, 5000), long=st.booleans())
def test_slack_takes_every_message_whatever_is_stored(
    story: Story, text: str, urgency: Urgency, hours: float, long: bool
) -> None:
    line = " ".join(text.split()) or "x"
    title, name = (_long(line, 150), _long(line, 80)) if long else (line, line)
    words = _long(text, 3000) if long else text or "x"
    row = replace(story.row, title=title, requester_name=name, production=line[:40])
    signers = [replace(each, contact_name=name, backup="") for each in story.sign_offs]
    awkward = Story(row, signers, story.decisions)
    due = chased(awkward, urgency=urgency, hours_left=hours, outside_hours=True, link=LINK)
    meant: list[tuple[Said, set[str]]] = [
        (says.reminder(due), {"@U0RAVI"}),
        (says.reminder(replace(due, link="")), {"@U0RAVI"}),
        (says.reminders([due] * 8, 3), set()),
        (says.pulled_in(awkward, name, "U0MEI", BOTH, "away", BY), {"@U0MEI"}),
        (says.nobody(awkward, 400), set()),
        (says.snoozed(awkward, name, BY, LINK), set()),
        (says.asked(awkward, words, name, LINK, event=2**62), set()),
        (says.asked_in_thread(awkward, words, "U0RAVI"), {"@U0RAVI"}),
        (says.answered(awkward, words, words, "U0RAVI"), {"@U0RAVI"}),
        (says.nudge(awkward, words, name, 7, LINK, event=2**62), set()),
        (says.expiring(awkward, NEEDED, 7, True, LINK), set()),
        (says.lapsed(awkward, NEEDED, LINK, True), set()),
    ]
    for said, people in meant:
        accepted(said)
        assert pinged(said) == people
