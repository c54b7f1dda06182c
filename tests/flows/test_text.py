"""What the text gives away: it fills in, it asks back once, and the contact sees both."""

import re

from tests.flows.conftest import Stage
from tests.person import text_of
from tests.studio import answer, ask, card, file, number_in, open_form, press

CLONE = "A voice tool clones Marta's voice from her episode 1 audio for two lines."


def test_the_command_fills_in_what_it_is_sure_of_and_ana_sees_it(stage: Stage) -> None:
    open_form(stage.ana, text="mood boards for the bunker, Midjourney team plan")
    assert "From your text we filled in" in text_of(stage.ana.wait(stage.ana.modal))
    typed = stage.ana.typed()
    assert typed["step1_tool"]["step1_tool"]["value"] == "Midjourney"
    assert typed["step1_environment"]["step1_environment"]["selected_option"]["value"] == "unsure"
    stage.ana.close()


def test_a_text_that_says_more_asks_back_once_and_the_contact_sees_both(stage: Stage) -> None:
    ana, ravi = stage.ana, stage.ravi
    open_form(ana)
    answer(ana, title="Pickup lines", description=CLONE)
    assert ana.submit() == {}
    back = ana.wait(ana.modal)
    assert "Your text says more than your answers" in text_of(back)
    assert "your text says “" in text_of(back)

    asked = [block["block_id"] for block in back["blocks"] if block.get("block_id", "").startswith("keep_")]
    assert ana.submit()[asked[0]] == "Please say in a few words why your answer holds, or change it above."

    ana.fill(dict.fromkeys(asked, "A stock voice; Marta only reads along"))
    assert ana.submit() == {}
    verdict = text_of(ana.wait(ana.modal))
    assert "it counts as not sure" in verdict
    assert "Wait: your Netflix contact" in verdict or "Stop: written approval" in verdict

    said = text_of(card(ravi, number_in(ana)))
    assert "The text says more than the answers" in said
    assert "clones Marta's voice" in said
    assert "Kept because: A stock voice; Marta only reads along" in said


def test_what_would_clear_it_is_told_to_ana_and_never_to_the_contact(stage: Stage) -> None:
    ana, ravi = stage.ana, stage.ravi
    open_form(ana)
    answer(ana, title="Key art test", output_final="yes")
    assert ana.submit() == {}
    verdict = text_of(ana.wait(ana.modal))
    assert "What would clear this" in verdict
    assert "replace it before delivery" in verdict
    assert "What would clear this" not in text_of(card(ravi, number_in(ana)))


def test_the_contact_sees_the_answers_on_the_card_and_in_the_form(stage: Stage) -> None:
    ana, ravi = stage.ana, stage.ravi
    number = file(ana, output_final="yes", union_work="unsure", talent_likeness="unsure")
    for shown in (card(ravi, number), press(ravi, ask(ravi, number), "approve")):
        said = text_of(shown)
        assert "*Answers:* In the delivery: yes" in said
        assert "*Not sure:* Somebody recognisable" in said and "Union work" in said
    assert "*Why, as told to the requester*" in text_of(card(ravi, number))
    ravi.close()


def test_the_verdict_says_each_thing_once_and_what_its_codes_are(stage: Stage) -> None:
    ana = stage.ana
    file(ana, output_final="unsure")
    verdict = text_of(ana.wait(ana.modal))
    assert verdict.count("Will anything generated be in what is delivered?") == 1
    assert "not known yet whether generated material" not in verdict
    assert re.search(
        r"Codes such as `\w+` are clauses of <https://partnerhelp\S+\|Using Generative AI", verdict
    )
