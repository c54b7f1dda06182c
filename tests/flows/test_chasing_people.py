"""Being chased, as people at the workspace live it: buttons, forms and commands, on a clock that is moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.shipped import shipped
from tests.flows.conftest import Stage, stage_of
from tests.flows.fortnight import at
from tests.person import Json, Person, text_of
from tests.studio import (
    ESCALATE,
    answer,
    ask,
    buttons,
    card,
    decide,
    direct,
    file,
    hears,
    house,
    number_in,
    of_kind,
    open_form,
    thread,
)

NIGHT = "C0NIGHTAPPR"


@dataclass
class Days(Stage):
    """The stage with a clock in our hands; nothing passes by itself."""

    now: datetime = datetime(2026, 11, 23, 10, tzinfo=UTC)

    def later(self, text: str) -> None:
        """It is that moment in London."""
        self.now = at(text)
        assert self.house.clearance is not None
        self.house.clearance.scheduler.now()
        self.house.clearance.delivery.wake()

    def said(self, who: Person, number: int, kind: str, count: int = 1) -> Json:
        """The nth message of a kind in the thread, once it is there."""
        return who.wait(
            lambda: found if len(found := of_kind(thread(who, number), number, kind)) >= count else None
        )[count - 1]


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Days]:
    """Monday 23 November 2026, 10:00 in London; the demo's people."""
    with house(tmp_path) as built:
        stage = stage_of(built)
        opened = Days(**vars(stage))
        built.clock = lambda: opened.now
        built.start()
        yield opened


def pressed(who: Person, message: Json, action: str, value: str | None = None) -> Json:
    """Press a control that opens a form; returns the form."""
    before = who.modal()
    who.press(message, action, value)
    return who.wait(lambda: view if (view := who.modal()) and view != before else None)


def sent(who: Person, **words: Any) -> str:
    """Fill in the open form and send it; returns what it says then, and closes it."""
    who.fill(words)
    errors = who.submit()
    assert errors == {}, errors
    said = text_of(who.wait(who.modal))
    who.close()
    return said


def whispered(who: Person, message: Json, action: str, value: str | None = None) -> str:
    """Press a control that answers in private; returns the sentence."""
    before = who.ephemerals(NIGHT)
    who.press(message, action, value)
    return who.wait(lambda: who.ephemerals(NIGHT)[len(before) :])[0]


def commanded(who: Person, words: str) -> str:
    """Type /genai-request with these words; returns the private answer."""
    before = who.ephemerals(NIGHT)
    who.command(NIGHT, f"/genai-request {words}")
    return who.wait(lambda: who.ephemerals(NIGHT)[len(before) :])[0]


def test_reminded_put_off_and_the_requester_sees_it(days: Days) -> None:
    ana, ravi = days.ana, days.ravi
    number = file(ana, ESCALATE, needed_by="2026-11-26")
    ask(ravi, number)
    days.later("2026-11-23T14:00")
    reminder = days.said(ravi, number, "reminder")
    assert f"<@U0RAVI>: please approve or deny GEN-{number}" in text_of(reminder).replace("*", "")
    assert "<@U0MEI>" not in text_of(reminder)

    told = whispered(ravi, reminder, "chase:snooze", "later:1")
    assert (
        told == "You are reminded of GEN-1 again on 23 Nov 2026 at 17:00 (GMT). ana sees that you put it off."
    )
    assert "Ravi Menon put GEN-1" in hears(ana, number, "snoozed").replace("*", "")
    days.later("2026-11-23T17:00")
    again = days.said(ravi, number, "reminder", 2)

    assert "on 24 Nov 2026 at 09:00 (GMT)" in whispered(ravi, again, "chase:snooze", "tomorrow:1")
    form = pressed(ravi, again, "chase:snooze", "date:1")
    assert "allows" in text_of(form)
    ravi.fill(day="2026-12-24")
    assert ravi.submit() == {
        "day": "GEN-1 is needed sooner. It can wait at most until 26 Nov 2026 at 17:00 (GMT)."
    }
    assert "on 25 Nov 2026 at 09:00 (GMT)" in sent(ravi, day="2026-11-25")
    assert "25 Nov 2026" in hears(ana, number, "snoozed", 3)

    # Somebody else's menu, and one that nobody was given.
    refusal = "Only the person who was reminded can put this off."
    assert whispered(days.mei, again, "chase:snooze", "later:1") == refusal
    decide(ravi, again, "approve", wording="Go ahead.")
    assert "no longer waits for you" in whispered(ravi, again, "chase:snooze", "later:1")


def test_away_from_the_button_and_from_the_command(days: Days) -> None:
    ana, ravi, mei, lucia = days.ana, days.ravi, days.mei, days.lucia
    number = file(ana, ESCALATE)
    days.later("2026-11-23T14:00")
    reminder = days.said(ravi, number, "reminder")

    pressed(ravi, reminder, "chase:away")
    ravi.fill(until="2026-11-20")
    assert "20 November 2026 has passed" in ravi.submit()["until"]
    said = sent(ravi, until="2026-11-27")
    assert "Mei Tanaka stands in. One request waits for you now: Mei Tanaka is asked." in said
    backup = days.said(mei, number, "backup")
    assert "<@U0MEI>: please approve or deny" in text_of(backup) and "Ravi Menon is away until" in text_of(
        backup
    )
    assert buttons(backup)[:2] == ["Approve", "Deny"]

    # To somebody else instead: she is asked, and Mei is not waited for any more.
    said = commanded(ravi, "away until 2 Dec to @lucia")
    assert "You are away from 23 Nov 2026 until 2 Dec 2026" in said and "Lucía Ferrer stands in." in said
    days.later("2026-11-23T14:01")
    assert "<@U0LUCIA>" in text_of(days.said(lucia, number, "backup", 2))

    second = file(ana, ESCALATE)
    assert "<@U0LUCIA>" in text_of(days.said(lucia, second, "backup"))
    decide(lucia, ask(lucia, second), "approve", wording="Go ahead.")
    assert "approved" in hears(ana, second)

    assert (
        commanded(ravi, "back")
        == "Welcome back. One request waits for you. `/genai-request digest` shows it."
    )
    assert commanded(ravi, "back").startswith("You were not away. One request waits for you.")
    assert commanded(ravi, "away until yesterday") == '"yesterday" has passed; say a day from today on.'
    assert (
        commanded(ana, "back")
        == "Only contacts and backups in the directory can be away: nothing waits for you."
    )


def test_details_asked_and_answered(days: Days) -> None:
    ana, ravi, jun = days.ana, days.ravi, days.jun
    number = file(ana, ESCALATE)
    days.later("2026-11-23T14:00")
    reminder = days.said(ravi, number, "reminder")
    pressed(ravi, reminder, "chase:ask")
    ravi.fill(question=" ")
    assert ravi.submit() == {"question": "Please write what you need to know."}
    assert "You are not reminded of GEN-1 until the answer comes." in sent(
        ravi, question="For *how long* is it seen?"
    )
    assert "For *how long* is it seen?" in text_of(days.said(ravi, number, "question")).replace("​", "")
    assert "has not answered what Ravi Menon asked about GEN-1 yet" in whispered(ravi, reminder, "chase:ask")

    for moment, kind, count in (("2026-11-24T18:00", "nudge", 1), ("2026-11-27T18:00", "nudge", 2)):
        days.later(moment)
        assert "still waits for your answer" in hears(ana, number, kind, count)
    question = of_kind(ana.dms(), number, "nudge")[-1]
    pressed(ana, question, "chase:answer")
    assert "It waits for the decision again." in sent(ana, answer="A second, in passing.")
    answered = days.said(ravi, number, "answered")
    assert "<@U0RAVI>" in text_of(answered) and "A second, in passing." in text_of(answered)

    ana.press(question, "chase:answer")
    ana.wait(lambda: [one for one in ana.dms() if "was answered before" in text_of(one)])
    assert jun.modal() is None

    # What somebody wrote for a form that came too late is not lost with it.
    pressed(ravi, answered, "chase:ask")
    assert "You are not reminded" in sent(ravi, question="And where?")
    hears(ana, number, "asked", 2)
    pressed(ana, of_kind(ana.dms(), number, "asked")[-1], "chase:answer")
    decide(ravi, answered, "approve", wording="Go ahead.")
    assert "approved" in hears(ana, number)
    late = sent(ana, answer="In *scene* 12.")
    assert "Not recorded" in late and "Your answer:" in late and "In *scene* 12." in late


def test_an_approval_runs_out_and_is_filed_again(days: Days) -> None:
    ana, ravi = days.ana, days.ravi
    number = file(ana, ESCALATE, title="Mood boards for the bunker", step1_tool="Midjourney")
    decide(ravi, ask(ravi, number), "approve", wording="Go ahead.", valid_until="2026-12-04")
    hears(ana, number)
    for moment, words in (
        ("2026-11-27T18:00", "runs out in 7 days"),
        ("2026-12-03T18:00", "runs out tomorrow"),
    ):
        days.later(moment)
        _waits_for(ana, number, words)
        days.later(moment.replace("T18", "T23"))
    days.later("2026-12-07T17:00")
    told = hears(ravi, number, "lapsed")
    assert "has run out" in told and "nothing for you to do now" in told
    ravi.wait(lambda: "Lapsed" in text_of(card(ravi, number)))
    assert not any(buttons(one) for one in thread(ravi, number))

    lapsed = of_kind(ana.dms(), number, "lapsed")[0]
    assert buttons(lapsed) == ["File it again"]
    pressed(ana, lapsed, "chase:renew")
    filled = ana.typed()
    assert filled["title"]["title"]["value"] == "Mood boards for the bunker"
    assert filled["step1_tool"]["step1_tool"]["value"] == "Midjourney"
    assert filled["output_final"]["output_final"]["selected_option"]["value"] == "unsure"
    assert ana.submit() == {}
    assert number_in(ana) == number + 1
    ana.close()


def test_what_is_asked_of_nobody_else(days: Days) -> None:
    """Forged numbers: a chase of nobody, a question of nobody, a request that is not theirs."""
    ana, ravi, theo = days.ana, days.ravi, days.theo
    number = file(ana, ESCALATE)
    days.later("2026-11-23T14:00")
    reminder = days.said(ravi, number, "reminder")
    for person in (theo, days.oskar):
        said = whispered(person, reminder, "chase:ask")
        assert said == "Only Ravi Menon or Mei Tanaka can decide GEN-1."
        assert "Only contacts and backups" in whispered(theo, reminder, "chase:away")


def test_zones_are_known_before_anybody_is_reminded(tmp_path: Path) -> None:
    """The directory does not say where Ravi is: Slack is asked first, then the ticks begin."""
    text = shipped("directory.example.toml").read_text("utf-8")
    with house(tmp_path, directory=text.replace('timezone = "Europe/London"\n', "")) as built:
        assert built.start().desk.calendars.zones["ravi"] == "Europe/London"


def test_the_form_says_how_little_time_is_left(days: Days) -> None:
    """Nothing of this depends on the requester: they may still send it."""
    ana = days.ana
    open_form(ana)
    answer(ana, ESCALATE, needed_by="2026-11-23")
    assert ana.submit() == {}
    number = number_in(ana)
    ana.close()
    days.later("2026-11-23T14:00")
    assert "At risk" in text_of(days.said(days.ravi, number, "reminder"))


def _waits_for(who: Person, number: int, words: str) -> None:
    """They hear that it runs out, in these words."""
    who.wait(lambda: [one for one in direct(who, number, "expiring") if words in one])
