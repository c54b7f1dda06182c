"""`clearance triage --explain`: which facts made each finding, and why every other rule stayed silent."""

import json

import pytest
from hypothesis import given, settings

from bot.explain import as_json, as_lines
from policy.facts import Use
from policy.triage import triage
from policy.verdict import Outcome
from tests.policy.books import studio_book
from tests.policy.uses import a_use, golden_cases, places, shelf, use_of, uses

BOTH = (*shelf(), studio_book())


def explained(use: Use) -> dict[str, str]:
    """Rule -> what is said about it, each on one line."""
    text = "\n".join(as_lines(use, shelf(), triage(use, shelf()))).replace("\n     ", " ")
    entries = [line.removeprefix("   - ") for line in text.split("\n") if line.startswith("   - ")]
    return {entry.partition(":")[0].partition(" ")[0]: entry for entry in entries}


def test_a_finding_is_explained_by_the_answers_that_made_it() -> None:
    said = explained(a_use(element="key_element", output_final="yes"))
    assert said["key-element-final"] == (
        "key-element-final -> written_approval: element is key_element and output_final is yes"
    )


def test_a_rule_that_is_in_doubt_says_so() -> None:
    said = explained(a_use(output_final="unsure"))
    assert said["final-deliverable"].startswith(
        "final-deliverable (in doubt) -> escalate: output_final is unsure"
    )


def test_a_silent_rule_names_the_first_fact_that_stands_against_it() -> None:
    said = explained(a_use())
    assert said["key-element-final"] == "key-element-final: element is reference, not key_element"
    assert said["unsecured-tool"] == (
        "unsecured-tool: steps[1].environment is netflix, not consumer or unsure"
    )


def test_a_rule_with_alternatives_names_what_stands_against_each() -> None:
    assert explained(a_use())["talent-likeness"] == (
        "talent-likeness: talent_likeness is no, not yes and likeness_of is nobody, not background_actor, "
        "contributor, deceased, minor, performer or public_figure"
    )


def test_an_exception_that_lifted_a_rule_is_named_with_its_clause() -> None:
    said = explained(a_use(element="background", output_final="yes"))
    assert said["final-deliverable"] == (
        "final-deliverable: lifted by F3: element is background and story_relevant is no"
    )


def test_a_doubt_that_asks_for_nothing_is_told_from_a_refusal() -> None:
    said = explained(a_use(steps=[{"environment": "netflix"}]))
    assert said["tool-keeps-or-trains"] == (
        "tool-keeps-or-trains: asks for nothing while steps[1].stores_or_trains is unsure"
    )


def test_a_rule_judged_at_several_tools_is_explained_for_each() -> None:
    steps = [{"environment": "netflix", "stores_or_trains": "no"}] * 2
    said = explained(a_use(steps=steps))
    assert said["unsecured-tool"] == (
        "unsecured-tool: steps[1].environment is netflix, not consumer or unsure; "
        "steps[2].environment is netflix, not consumer or unsure"
    )


def test_findings_of_several_books_name_their_book() -> None:
    use = a_use(element="model")
    text = "\n".join(as_lines(use, BOTH, triage(use, BOTH)))
    assert "studio-extra: house-model -> escalate: element is model" in text
    assert "netflix-genai: final-deliverable: output_final is no, not yes" in text


def test_what_is_not_generative_was_not_put_to_any_rule() -> None:
    use = a_use(beside={"not_generative": "It only cuts out."})
    assert as_lines(use, shelf(), triage(use, shelf()))[1].startswith(
        "   - not-generative: no rule was asked"
    )
    assert as_json(use, shelf(), triage(use, shelf())) == []


@pytest.mark.parametrize("case", golden_cases(), ids=lambda case: str(case["id"]))
def test_every_rule_is_explained_once(case: dict[str, object]) -> None:
    use = use_of(case)
    if not use.not_generative:
        said = explained(use)
        assert {rule.id for rule in shelf()[0].rules} <= set(said)


@settings(max_examples=60, deadline=None)
@given(use=uses())
def test_each_silence_rests_on_what_was_answered(use: Use) -> None:
    verdict = triage(use, BOTH)
    spoke = {finding.rule for finding in verdict.findings}
    rules = {rule.id: rule for book in BOTH for rule in book.rules}
    declared = places(use) | {
        "vendor": "named" if use.vendor else "none",
        "workflow": "several" if len(use.facts.steps) > 1 else "single",
    }
    silences = json.loads(json.dumps(as_json(use, BOTH, verdict)))
    for silence in silences:
        assert silence["rule"] not in spoke
        assert sum(bool(silence[why]) for why in ("against", "lifted", "doubt")) == 1
        for entry in silence["against"]:
            assert declared[entry["fact"]] == entry["answer"] not in entry["needs"]
        assert silence["lifted"].items() <= declared.items()
        if silence["doubt"]:
            assert rules[silence["rule"]].unsure == Outcome.CLEARED
    assert {silence["rule"] for silence in silences} == set(rules) - spoke
