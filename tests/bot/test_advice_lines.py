"""What would clear this, as the requester reads it."""

from bot.advice_lines import as_json, as_lines
from policy.advice import advise, advise_asking
from policy.facts import Use
from policy.triage import triage
from tests.policy.uses import a_use, shelf


def lines(use: Use) -> list[str]:
    verdict = triage(use, shelf())
    known = advise(use, shelf(), verdict)
    return as_lines(known, verdict, advise_asking(use, shelf(), verdict, known))


def test_one_thing_to_do_is_one_sentence() -> None:
    assert lines(a_use(element="background", output_final="yes")) == [
        "If you replace it before delivery: no approval needed, on your answers."
    ]


def test_several_things_to_do_stand_in_one_sentence() -> None:
    said = lines(a_use(output_final="yes", protected_references="yes", personal_data="yes"))
    assert said == [
        "If you take those references out of the prompts and inputs, take the personal data out and replace "
        "it before delivery: no approval needed, on your answers."
    ]


def test_against_honesty_only_another_idea_helps() -> None:
    assert lines(a_use(could_mislead="yes")) == [
        "Only another idea changes this, so change the idea: "
        "The audience could take it for something real that never happened."
    ]


def test_what_to_do_and_what_to_find_out_stand_together() -> None:
    assert lines(a_use(element="background", output_final="yes", personal_data="unsure"))[-1] == (
        "If you replace it before delivery, find out whether personal data is involved, and that is a no: "
        "no approval needed, on your answers."
    )


def test_several_things_to_find_out_name_their_tool() -> None:
    tools = [{"environment": "enterprise", "stores_or_trains": answer} for answer in ("no", "unsure")]
    said = lines(a_use(element="background", output_final="yes", union_work="unsure", steps=tools))
    assert (
        "find out whether the tool stores, reuses or trains on what it is given (tool 2) and whether it "
        "replaces or affects union-covered work, and each of these is a no: no approval needed"
    ) in said[-1]


def test_what_is_cleared_says_nothing() -> None:
    assert lines(a_use()) == []


def test_the_json_is_the_contract() -> None:
    use = a_use(steps=[{"environment": "consumer", "stores_or_trains": "yes"}])
    assert as_json(advise(use, shelf(), triage(use, shelf()))) == [
        {
            "change": {"steps[1].environment": "enterprise", "steps[1].stores_or_trains": "no"},
            "outcome": "cleared",
        }
    ]
