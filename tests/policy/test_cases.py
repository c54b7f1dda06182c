"""Every example and every golden case is judged as it says."""

import re
from typing import Any

import pytest

from policy.triage import NOT_GENERATIVE
from policy.verdict import Outcome
from tests.policy.uses import (
    a_use,
    example_cases,
    example_use,
    golden_cases,
    golden_file,
    judged,
    places,
    shelf,
    spoken,
    use_of,
)

Json = dict[str, Any]


def _named(cases: list[Json]) -> list[Any]:
    return [pytest.param(case, id=case["id"]) for case in cases]


@pytest.mark.parametrize("case", _named(example_cases()))
def test_an_example_is_judged_as_a_careful_reader_would(case: Json) -> None:
    verdict = judged(example_use(case))
    expected = case["expected"]
    assert verdict.outcome == expected["verdict"]
    assert verdict.outcome in expected["acceptable"]
    assert set(expected["clauses"]) <= spoken(verdict)


@pytest.mark.parametrize("case", _named(golden_cases()))
def test_a_golden_case_is_judged_as_its_story_says(case: Json) -> None:
    use = use_of(case)
    verdict = judged(use)
    assert verdict.outcome == case["outcome"]
    assert set(case["clauses"]) <= spoken(verdict), set(case["clauses"]) - spoken(verdict)
    assert list(verdict.topics) == case["topics"]


@pytest.mark.parametrize("case", _named(golden_cases()))
def test_a_golden_case_asks_what_is_worth_finding_out_and_nothing_else(case: Json) -> None:
    verdict = judged(use_of(case))
    if case.get("open") == ["*"]:
        assert len(verdict.open_questions) > 10
    else:
        assert sorted(verdict.open_questions) == sorted(case.get("open", []))


def test_the_baseline_is_cleared_and_says_why() -> None:
    verdict = judged(a_use())
    assert verdict.outcome == Outcome.CLEARED
    assert [finding.rule for finding in verdict.findings] == ["ideation", "principles-met"]
    assert verdict.findings[1].clauses == ("R1", "G2")


def test_every_reading_has_a_golden_case() -> None:
    shown = set(re.findall(r"A\d+", " ".join(case["shows"] for case in golden_cases())))
    assert shown == {f"A{number}" for number in range(1, 14)}


def test_a_golden_case_states_only_what_differs_from_the_baseline() -> None:
    baseline = golden_file()["baseline"]
    for case in golden_cases():
        repeated = [name for name, answer in case.get("facts", {}).items() if baseline[name] == answer]
        # Two stories are about the very answer that the baseline gives.
        assert not repeated or case["id"] in {"consent-said-to-be-needless", "style-of-nobody"}, case["id"]


def test_golden_cases_have_names_of_their_own() -> None:
    names = [case["id"] for case in golden_cases()]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("rule", [rule.id for rule in shelf()[0].rules])
def test_every_rule_has_a_golden_case_in_which_it_fires_and_one_in_which_it_is_silent(rule: str) -> None:
    fires = [
        rule in {finding.rule for finding in judged(use_of(case)).findings if not finding.undecided}
        for case in golden_cases()
    ]
    assert any(fires)
    assert not all(fires)


def test_a_use_said_not_to_be_generative_is_shown_to_the_contact_with_its_reason() -> None:
    use = a_use(beside={"not_generative": "It only cuts out."}, output_final="yes", personal_data="yes")
    (finding,) = judged(use).findings
    assert (finding.rule, finding.outcome) == (NOT_GENERATIVE, Outcome.JUDGEMENT)
    assert "It only cuts out." in finding.because
    assert judged(use).open_questions == ()


def test_a_use_outside_the_guidances_scope_is_judged_alike_and_marked() -> None:
    usual = judged(a_use(output_final="yes"))
    assert not usual.outside_scope
    for context in ("marketing", "recap", "other"):
        elsewhere = judged(a_use(output_final="yes", beside={"context": context}))
        assert elsewhere.outside_scope
        assert elsewhere.findings == usual.findings


def test_a_finding_names_the_step_it_is_about_and_the_answers_that_did_it() -> None:
    safe, free = {"environment": "netflix", "stores_or_trains": "no"}, {"environment": "consumer"}
    verdict = judged(a_use(steps=[safe, free | {"stores_or_trains": "yes"}]))
    by_rule = {finding.rule: finding for finding in verdict.findings}
    assert by_rule["unsecured-tool"].step == 2
    assert by_rule["unsecured-tool"].facts == {"steps[2].environment": "consumer"}
    assert by_rule["several-tools"].step is None


def test_findings_come_strictest_first_and_in_the_books_order_otherwise() -> None:
    order = {rule.id: number for number, rule in enumerate(shelf()[0].rules)}
    for case in golden_cases():
        found = [f for f in judged(use_of(case)).findings if f.rule in order]
        keys = [(-f.outcome.rank, order[f.rule], f.step or 0) for f in found]
        assert keys == sorted(keys)


def test_the_facts_of_a_finding_are_answers_the_requester_gave() -> None:
    for case in golden_cases():
        use = use_of(case)
        if use.not_generative:
            continue
        for finding in judged(use).findings:
            assert finding.facts.items() <= places(use).items()
