"""Whatever a requester types is shown as typed and pings nobody; what cannot be filed is said there."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.flows.conftest import Stage
from tests.person import Json, text_of
from tests.studio import (
    ESCALATE,
    WRITTEN,
    answer,
    ask,
    card,
    decide,
    file,
    hears,
    number_in,
    open_form,
    shows,
    thread,
)

PINGS = "<!channel> <!here> <@U0THEO> <!subteam^S0CREW> @channel @theo #nightfall"
TYPED = f"{PINGS} https://example.com/a?b=1&c=2 <https://evil.example|click> *bold* `code` ~~x~~ & <b>"
RTL = "صورة للملصق القديم 🎬👩‍👩‍👧 שלום"
# What may mention or link: the people of the request and the way to its thread.
_MARKUP = re.compile(r"<([@#!]|https?://)([^>]*)>")


def mrkdwn(thing: Any) -> Iterator[str]:
    """Every text in which Slack would obey markup: mrkdwn objects, and a message's own text."""
    if isinstance(thing, list):
        for one in thing:
            yield from mrkdwn(one)
    elif isinstance(thing, dict):
        if thing.get("type") == "mrkdwn" or "ts" in thing:
            yield str(thing["text"])
        for value in thing.values():
            yield from mrkdwn(value)


def markup(messages: list[Json]) -> set[str]:
    """Every mention and link that Slack would obey."""
    return {
        sign if sign in ("http://", "https://") else f"{sign}{rest.partition('^')[0]}"
        for one in messages
        for text in mrkdwn(one)
        for sign, rest in _MARKUP.findall(text)
    }


def test_markup_in_every_field_pings_nobody(stage: Stage) -> None:
    ana, ravi, oskar = stage.ana, stage.ravi, stage.oskar
    talent = {"talent_likeness": "yes", "likeness_of": "performer", "consent": "yes"}
    number = file(
        ana,
        WRITTEN,
        talent,
        title=f"T {TYPED}"[:100],
        description=f"D {TYPED}",
        vendor=f"V {TYPED}",
        step1_tool=f"S {TYPED}",
        step1_purpose=f"P {TYPED}",
        consent_reference=f"C {TYPED}",
    )
    verdict = ana.wait(ana.modal)
    decide(ravi, ask(ravi, number), "approve", wording=f"W {TYPED}", conditions=f"K {TYPED}")
    decide(oskar, ask(oskar, number), "deny", reason=f"R {TYPED}")
    shows(lambda: card(ravi, number), "*Denied*", who=ravi)
    hears(ana, number, count=2)

    told = [one for one in ana.dms() if f"GEN-{number} " in text_of(one)]
    everything = [card(ravi, number), *thread(ravi, number), *told]
    people = {"@U0ANA", "@U0RAVI", "@U0OSKAR", "@U0MEI", "!date"}
    local = "http://"  # the way to the thread, in the workspace's own address
    assert markup(everything) <= {*people, local}
    assert markup([verdict]) == set()
    # Shown, though: as it was typed.
    shown = text_of(card(ravi, number)).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    for words in (f"D {TYPED}", f"V {TYPED}", f"S {TYPED}", f"C {TYPED}"):
        assert words in shown


def test_a_reason_of_not_being_generative_pings_nobody(stage: Stage) -> None:
    number = file(stage.ana, not_generative=TYPED)
    assert markup([ask(stage.ravi, number)]) == {"@U0RAVI"}


def test_emoji_and_right_to_left(stage: Stage) -> None:
    number = file(stage.ana, ESCALATE, title=RTL, description=RTL)
    said = text_of(card(stage.ravi, number))
    assert said.count(RTL) >= 2
    assert RTL in hears(stage.ana, number, "receipt")


def test_three_thousand_characters(stage: Stage) -> None:
    ana, ravi = stage.ana, stage.ravi
    long = "Ünïcödé <&> " * 250
    number = file(ana, ESCALATE, description=long, not_generative=long, title="x" * 100, vendor="v" * 300)
    shown = card(ravi, number)
    assert "Ünïcödé <&> Ünïcödé" in text_of(shown) and "…" in text_of(shown)
    ask(ravi, number)
    hears(ana, number, "receipt")
    decide(ravi, ask(ravi, number), "call_in", reason="<&>" * 1000)
    assert "&lt;&amp;&gt;" * 50 in hears(ana, number)


@pytest.mark.parametrize("blank", ["", "   \n ", "\u200b\u2060"])
def test_a_blank_description_is_refused_at_its_field(stage: Stage, blank: str) -> None:
    open_form(stage.ana)
    answer(stage.ana, description=blank)
    assert set(stage.ana.submit()) == {"description"}
    # What was typed is still there.
    assert stage.ana.typed()["title"]["title"]["value"] == "Mood boards for the bunker"
    stage.ana.close()


def test_a_date_in_the_past_is_refused_unless_it_has_started(stage: Stage) -> None:
    open_form(stage.ana)
    answer(stage.ana, ESCALATE, needed_by="2020-02-29")
    errors = stage.ana.submit()
    assert set(errors) == {"needed_by"} and "29 February 2020 has passed" in errors["needed_by"]
    stage.ana.fill(use_started="yes")
    assert stage.ana.submit() == {}
    assert number_in(stage.ana)


def test_no_production_is_refused_at_its_field(stage: Stage) -> None:
    open_form(stage.ana)
    answer(stage.ana, production=None)
    assert set(stage.ana.submit()) == {"production"}
    stage.ana.close()
