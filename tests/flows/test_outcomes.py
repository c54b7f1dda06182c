"""The four outcomes, from the form to the thread, the card and the requester's direct message."""

import re

from tests.flows.conftest import Stage
from tests.person import text_of
from tests.studio import (
    ESCALATE,
    JUDGEMENT,
    TWO_TOPICS,
    WRITTEN,
    answer,
    ask,
    buttons,
    card,
    file,
    hears,
    number_in,
    open_form,
    thread,
)


def test_cleared_a_card_that_tags_nobody(stage: Stage) -> None:
    ana, ravi = stage.ana, stage.ravi
    number = file(ana, needed_by="2031-03-03", title="Mood boards for the bunker", vendor="Paper Boat VFX")

    verdict = text_of(ana.wait(ana.modal))
    assert f"GEN-{number}" in verdict
    assert "No approval needed, on your answers" in verdict
    assert "You can go ahead." in verdict
    assert "Why" in verdict and "What goes with it" in verdict
    assert "Who decides" not in verdict

    shown = card(ravi, number)
    said = text_of(shown)
    for words in ("No approval needed", "Mood boards for the bunker", "Nightfall, season 2", "<@U0ANA>"):
        assert words in said
    for words in ("3 Mar 2031", "Midjourney (Netflix tool)", "Paper Boat VFX", "Why"):
        assert words in said
    assert buttons(shown) == ["Call in"]
    assert "You can go ahead" in hears(ana, number, "receipt")
    assert thread(ravi, number) == []
    for contact in ("U0RAVI", "U0MEI", "U0OSKAR", "U0LUCIA"):
        assert f"<@{contact}>" not in said


def test_judgement_tells_the_contact_who_may_call_it_in(stage: Stage) -> None:
    ana, ravi = stage.ana, stage.ravi
    number = file(ana, JUDGEMENT)

    verdict = text_of(ana.wait(ana.modal))
    assert "Your judgement, with your contact told" in verdict
    assert "Ravi Menon is being told" in verdict

    asked = ask(ravi, number)
    said = text_of(asked)
    assert said.count("<@U0RAVI>") == 2  # the message's text and its block: one mention on screen
    assert "<@U0MEI>" not in said
    assert "It only sorts our rushes by take." in said
    assert buttons(asked) == ["Call in"]
    assert buttons(card(ravi, number)) == []
    assert "rests on your judgement" in hears(ana, number, "receipt")


def test_escalate_waits_for_the_production_contact(stage: Stage) -> None:
    ana, ravi = stage.ana, stage.ravi
    number = file(ana, ESCALATE, needed_by="2031-03-03")

    verdict = text_of(ana.wait(ana.modal))
    assert "Wait: your Netflix contact must answer first" in verdict
    assert "*Stop* until Ravi Menon (production) has answered." in verdict
    assert "Who decides" in verdict and "Ravi Menon (production)" in verdict
    assert "Find out" in verdict

    asked = ask(ravi, number)
    first = text_of(asked["blocks"][0])
    assert first == f"<@U0RAVI> (production): please approve or deny *GEN-{number}* before 3 Mar 2031."
    assert buttons(asked) == ["Approve", "Deny", "Ask for details"]
    assert buttons(card(ravi, number)) == []
    assert "Waiting for Ravi Menon (production)" in text_of(card(ravi, number))
    assert "*Stop* until Ravi Menon" in hears(ana, number, "receipt")


def test_each_topic_goes_to_its_contact(stage: Stage) -> None:
    number = file(stage.ana, TWO_TOPICS)
    first = text_of(ask(stage.ravi, number)["blocks"][0])
    assert "<@U0RAVI> (production), <@U0OSKAR> (security): please approve or deny" in first
    assert "U0MEI" not in first and "U0LUCIA" not in first


def test_written_approval_asks_for_words(stage: Stage) -> None:
    ana, ravi = stage.ana, stage.ravi
    number = file(ana, WRITTEN)

    verdict = text_of(ana.wait(ana.modal))
    assert "Stop: written approval is needed first" in verdict
    assert "have approved in writing" in verdict
    asked = ask(ravi, number)
    assert "please approve in writing or deny" in text_of(asked)
    assert "<@U0OSKAR> (legal)" in text_of(asked)
    assert buttons(asked) == ["Approve", "Deny", "Ask for details"]
    assert "Needs written approval" in text_of(card(ravi, number))


def test_one_person_with_two_topics_is_tagged_once(stage: Stage) -> None:
    talent = {"talent_likeness": "yes", "likeness_of": "performer", "consent": "no"}
    number = file(stage.jun, talent, code="PAPERLANTERN")
    first = text_of(ask(stage.mei, number, "PAPERLANTERN")["blocks"][0])
    assert first.startswith("<@U0MEI> (production and talent): please approve in writing or deny")
    assert first.count("<@") == 1


def test_reasons_carry_their_clause_and_their_tool(stage: Stage) -> None:
    ana, ravi = stage.ana, stage.ravi
    open_form(ana)
    ana.click_in_modal("add_tool")
    ana.wait(lambda: "Tool 2" in text_of(ana.modal() or {}))
    answer(ana, step2_tool="Web upscaler", step2_environment="consumer", step2_stores_or_trains="yes")
    assert ana.submit() == {}
    number = number_in(ana)
    verdict = text_of(ana.wait(ana.modal))
    assert re.search(r"• \*Tool 2:\* [^\n]+ `[A-Z]\d", verdict)
    shown = text_of(card(ravi, number))
    assert "1. Midjourney (Netflix tool) · 2. Web upscaler (consumer)" in shown
    assert "*Tool 2:*" in shown


def test_a_use_that_has_begun_is_never_told_to_go_ahead(stage: Stage) -> None:
    ana, ravi = stage.ana, stage.ravi
    for state, mark in (("yes", "It has already started."), ("aired", "It has already aired.")):
        number = file(ana, use_started=state)
        verdict = text_of(ana.wait(ana.modal))
        assert "go ahead" not in verdict
        assert mark in text_of(card(ravi, number))
        assert "go ahead" not in hears(ana, number, "receipt")

        number = file(ana, ESCALATE, use_started=state)
        assert "*Stop what has started*" in text_of(ana.wait(ana.modal))
        assert mark in text_of(ask(ravi, number))


def test_marketing_is_said_to_be_outside_the_scope(stage: Stage) -> None:
    number = file(stage.ana, context="marketing")
    assert "outside the guidance's stated scope" in text_of(stage.ana.wait(stage.ana.modal))
    assert "Marketing" in text_of(card(stage.ravi, number))
    assert "outside the guidance's stated scope" in text_of(card(stage.ravi, number))


def test_consent_without_a_reference_counts_as_not_sure_and_that_is_said(stage: Stage) -> None:
    talent = {"talent_likeness": "yes", "likeness_of": "performer", "consent": "yes"}
    file(stage.ana, talent)
    verdict = text_of(stage.ana.wait(stage.ana.modal))
    assert "How we read your answers" in verdict
    assert "it counts as not sure" in verdict

    number = file(stage.ana, talent, consent_reference="Rider of 2 March, her voice in season 2")
    assert "How we read your answers" not in text_of(stage.ana.wait(stage.ana.modal))
    assert "Rider of 2 March" in text_of(card(stage.ravi, number))
