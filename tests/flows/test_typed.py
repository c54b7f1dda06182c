"""Whatever a requester types is shown as typed and pings nobody; what cannot be filed is said there."""

import re
from collections.abc import Iterator
from html import escape
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
    """Every text in which Slack would obey markup: mrkdwn, a message's own text, mentions in rich text."""
    if isinstance(thing, list):
        for one in thing:
            yield from mrkdwn(one)
    elif isinstance(thing, dict):
        if thing.get("type") == "mrkdwn" or "ts" in thing:
            yield str(thing["text"])
        if thing.get("type") in ("user", "usergroup", "broadcast", "channel", "link", "date"):
            yield text_of({"type": "rich_text", "elements": [{"type": "part", "elements": [thing]}]})
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


def pieces(thing: Any) -> str:
    """Everything that Slack shows without looking for markup in it, a line each."""
    if isinstance(thing, list):
        return "\n".join(map(pieces, thing))
    if not isinstance(thing, dict):
        return ""
    if thing.get("type") in ("plain_text", "text"):
        return str(thing["text"])
    return "\n".join(
        pieces(value) for key, value in thing.items() if key != "text" or isinstance(value, dict)
    )


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
    assert markup([verdict]) == {"https://"}  # the guidance
    # Shown, though: as it was typed, without a sign obeyed.
    for words in (f"D {TYPED}", f"V {TYPED}", f"S {TYPED}", f"C {TYPED}"):
        assert words in pieces(card(ravi, number))
    by_ravi, by_oskar = (pieces(one) for one in told[-2:])
    assert f"W {TYPED}" in by_ravi and f"K {TYPED}" in by_ravi and f"R {TYPED}" in by_oskar
    assert f"GEN-{number} · {f'T {TYPED}'[:100].rstrip()}" in by_ravi


def test_signs_of_markup_are_on_the_page_as_they_were_typed(stage: Stage) -> None:
    words = "*bold* _italic_ ~struck~ `code` > quote • dot"
    ana, ravi = stage.ana, stage.ravi
    number = file(ana, ESCALATE, title=words, description=words, vendor=words)
    decide(ravi, ask(ravi, number), "deny", reason=words)
    hears(ana, number)
    ana.close()
    [dm] = {one["channel"] for one in ana.dms()}
    for page in (ravi.get(f"C0NIGHTAPPR?thread={card(ravi, number)['ts']}"), ana.get(dm)):
        assert page.count(escape(words)) >= 2
        for formatted in ("<strong>bold</strong>", "<em>italic</em>", "<s>struck</s>", "<code>code</code>"):
            assert formatted not in page


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
