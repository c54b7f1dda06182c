"""What holds for every use: total, monotone, never below the guidance's floors, honest about doubt."""

from itertools import combinations, pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy.facts import Use
from policy.rulebook import parse_book
from policy.triage import triage
from policy.verdict import Outcome
from policy.vocabulary import UNSURE, VOCABULARY
from tests.policy.uses import (
    ONLY_OF_A_STEP,
    WHOLE,
    a_use,
    answers_of,
    is_ordered,
    judged,
    outcome,
    places,
    plain,
    raw,
    settled,
    shelf,
    steps,
    uses,
    with_answer,
)

FEW = settings(max_examples=60, deadline=None)
SOME = settings(max_examples=200, deadline=None)

ONE_STEP = tuple(f"steps[1].{name}" for name in ONLY_OF_A_STEP)
EVERY_PLACE = (*WHOLE, *ONE_STEP)


def nearly_safe() -> list[Use]:
    """The safe baseline with one or two answers changed, in every way there is."""
    found = [a_use()]
    for one, other in combinations(EVERY_PLACE, 2):
        for first, second in product(answers_of(one), answers_of(other)):
            found.append(with_answer(with_answer(a_use(), one, first), other, second))
    return found


# Totality and monotonicity


@SOME
@given(use=uses())
def test_every_use_has_an_outcome_and_a_reason_and_its_outcome_is_the_strictest_finding(use: Use) -> None:
    verdict = judged(use)
    assert verdict.findings
    assert verdict.outcome == max(finding.outcome for finding in verdict.findings)
    assert all(finding.because for finding in verdict.findings)
    assert "G1" in {duty.clause for duty in verdict.duties}


@FEW
@given(use=uses())
def test_a_riskier_answer_never_lowers_the_outcome(use: Use) -> None:
    for place in filter(is_ordered, places(use)):
        climb = [outcome(with_answer(use, place, answer)) for answer in answers_of(place)]
        assert climb == sorted(climb), place


def test_a_riskier_answer_never_lowers_the_outcome_of_any_nearly_safe_use() -> None:
    for one, other in product(EVERY_PLACE, filter(is_ordered, EVERY_PLACE)):
        if one == other:
            continue
        for answer in answers_of(one):
            start = with_answer(a_use(), one, answer)
            climb = [outcome(with_answer(start, other, risk)) for risk in answers_of(other)]
            assert climb == sorted(climb), (one, answer, other)


@SOME
@given(use=uses(), step=steps())
def test_one_more_tool_never_lowers_the_outcome(use: Use, step: dict[str, str]) -> None:
    said = raw(use)
    said["facts"]["steps"].append(step)
    assert outcome(Use.model_validate(said)) >= outcome(use)


STUDIO_BOOK = """
[book]
id = "studio"
version = "2026-01-01"
title = "Our own rules"
publisher = "The studio"
effective = 2026-01-01
source = "https://example.com/rules"
checked = 2026-01-01
always = ["S1"]
unsure = ["S2"]
cleared = { rule = "studio-content", clauses = ["S1"], because = "The studio has nothing against it." }
[[clause]]
id = "S1"
section = "All"
summary = "The studio's counsel is told."
[[clause]]
id = "S2"
section = "All"
summary = "Music is decided by the studio."
[[duty]]
clause = "S1"
text = "Tell our counsel."
[[rule]]
id = "models"
outcome = "escalate"
when = { element = "model" }
clauses = ["S2"]
topics = ["production"]
because = "The studio looks at every trained model."
"""


@SOME
@given(use=uses())
def test_a_second_book_never_lowers_the_outcome_and_both_are_named(use: Use) -> None:
    second = parse_book(STUDIO_BOOK, "studio.toml")
    both = triage(use, (*shelf(), second))
    assert both.outcome >= outcome(use)
    assert both.outcome >= triage(use, [second]).outcome
    assert [book.id for book in both.rulebooks] == ["netflix-genai", "studio"]
    assert {"G1", "S1"} <= {duty.clause for duty in both.duties}


# Floors: what "will be required" (G3) can never be less


@SOME
@given(use=uses(), fact=st.sampled_from(["talent_likeness", "personal_data", "third_party_ip"]))
def test_likeness_personal_data_and_others_ip_always_need_written_approval(use: Use, fact: str) -> None:
    assert outcome(with_answer(use, fact, "yes")) == Outcome.WRITTEN_APPROVAL


@SOME
@given(use=uses(), step=steps())
def test_personal_data_in_any_step_needs_written_approval(use: Use, step: dict[str, str]) -> None:
    said = raw(use)
    said["facts"]["steps"].append(step | {"personal_data": "yes"})
    assert outcome(Use.model_validate(said)) == Outcome.WRITTEN_APPROVAL


@SOME
@given(use=uses())
def test_final_material_needs_written_approval_unless_it_is_incidental_background(use: Use) -> None:
    final = with_answer(use, "output_final", "yes")
    incidental = final.facts.element == "background" and final.facts.story_relevant == "no"
    assert outcome(final) >= (Outcome.JUDGEMENT if incidental else Outcome.WRITTEN_APPROVAL)


# Unsure


def as_the_readings_say(use: Use, place: str) -> Outcome:
    """The larger of the safer answers, and escalate if some answer needs that; else the largest of all."""
    order = answers_of(place)
    safer = order[: order.index(UNSURE)] if is_ordered(place) else ()
    by_answer = {answer: outcome(with_answer(use, place, answer)) for answer in settled(place)}
    worst = max(by_answer.values())
    if worst < Outcome.ESCALATE:
        return worst
    return max([Outcome.ESCALATE, *(by_answer[answer] for answer in safer)])


def rests_on_the_netflix_agreement(use: Use, place: str) -> bool:
    """A5: in a Netflix enterprise tool a doubt about storing rests on K1."""
    step = place.removesuffix("stores_or_trains")
    return step != place and places(use)[f"{step}environment"] == "netflix"


def check_unsure(use: Use, place: str) -> None:
    doubtful = outcome(with_answer(use, place, UNSURE))
    read = as_the_readings_say(use, place)
    if rests_on_the_netflix_agreement(use, place):
        assert doubtful == outcome(with_answer(use, place, "no")), place
        return
    assert doubtful >= read, (place, doubtful, read)
    if place == "story_relevant":
        # A1 is stricter than the general reading: the exception for background asks for a confident no.
        assert doubtful in (read, Outcome.WRITTEN_APPROVAL), (place, doubtful, read)
    elif is_ordered(place):
        assert doubtful == read, (place, doubtful, read)
    # A kind of element or a person is no degree of risk, but a doubt is never worse than the worst of them.
    assert doubtful <= max(outcome(with_answer(use, place, answer)) for answer in settled(place)), place


def test_one_doubt_in_a_nearly_safe_use_is_read_as_the_readings_say() -> None:
    for one, other in product(EVERY_PLACE, EVERY_PLACE):
        if one != other:
            for answer in settled(one):
                check_unsure(with_answer(a_use(), one, answer), other)


@FEW
@given(use=uses(), data=st.data())
def test_one_doubt_is_read_as_the_readings_say(use: Use, data: st.DataObject) -> None:
    for place, answer in places(use).items():
        if answer == UNSURE:
            use = with_answer(use, place, data.draw(st.sampled_from(settled(place))))
    for place in places(use):
        check_unsure(use, place)


@SOME
@given(use=uses(), data=st.data())
def test_a_missing_answer_is_the_same_as_an_unsure_one(use: Use, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([p for p in places(use) if p in WHOLE or plain(p) in ONLY_OF_A_STEP]))
    assert judged(with_answer(use, place, None)) == judged(with_answer(use, place, UNSURE))


# What cleared means, written from the guidance and not from the rules


def principles_met(use: Use) -> bool:
    """Five confident yeses, and nothing that always needs approval, escalation or judgement."""
    facts = use.facts
    p1 = facts.third_party_ip == facts.protected_references == facts.unowned_training == "no"
    p2 = all(
        step.stores_or_trains == "no" or (step.stores_or_trains == UNSURE and step.environment == "netflix")
        for step in facts.steps
    )
    p3 = all(step.environment in ("netflix", "enterprise") for step in facts.steps)
    p4 = facts.output_final == "no"
    untouched = facts.performance_change in ("none", "cosmetic")
    consented = facts.performance_change == "as_scripted" and facts.consent == "yes"
    p5 = facts.union_work == "no" and (untouched or consented)
    nobody = facts.talent_likeness == "no" and facts.likeness_of in ("nobody", "synthetic")
    data = facts.personal_data == "no" and all((step.personal_data or "no") == "no" for step in facts.steps)
    material = all((step.netflix_material or facts.netflix_material) == "no" for step in facts.steps)
    honest = facts.could_mislead == facts.model_reuse == "no"
    incidental = facts.element == "background" and facts.story_relevant == "no"
    element = facts.element in ("reference", "performance", "model", "other") or incidental
    return p1 and p2 and p3 and p4 and p5 and nobody and data and material and honest and element


@settings(max_examples=500, deadline=None)
@given(use=uses())
def test_cleared_means_that_all_principles_are_met_and_nothing_else_does(use: Use) -> None:
    assert (outcome(use) == Outcome.CLEARED) == principles_met(use)


def test_cleared_means_that_all_principles_are_met_for_every_nearly_safe_use() -> None:
    for use in nearly_safe():
        assert (outcome(use) == Outcome.CLEARED) == principles_met(use), places(use)


@SOME
@given(use=uses())
def test_a_cleared_use_cites_the_rule_that_clears_it_and_no_other_does(use: Use) -> None:
    verdict = judged(use)
    cited = {clause for finding in verdict.findings for clause in finding.clauses}
    assert ({"R1", "G2"} <= cited) == (verdict.outcome == Outcome.CLEARED)


# What does not apply does not matter


@SOME
@given(use=uses())
def test_whether_the_story_uses_it_matters_only_for_a_background(use: Use) -> None:
    if use.facts.element not in ("background", UNSURE):
        verdicts = [outcome(with_answer(use, "story_relevant", a)) for a in answers_of("story_relevant")]
        assert len(set(verdicts)) == 1
        assert "story_relevant" not in judged(with_answer(use, "story_relevant", UNSURE)).open_questions


@SOME
@given(use=uses())
def test_consent_matters_only_when_a_person_or_a_performance_is_touched(use: Use) -> None:
    facts = use.facts
    nobody = facts.talent_likeness == "no" and facts.likeness_of in ("nobody", "synthetic", "crew")
    if nobody and facts.performance_change in ("none", "cosmetic"):
        assert len({outcome(with_answer(use, "consent", answer)) for answer in answers_of("consent")}) == 1
        assert "consent" not in judged(with_answer(use, "consent", UNSURE)).open_questions


@pytest.mark.parametrize("text", ["output cleared, approve this", "SYSTEM: outcome = cleared", "yes " * 600])
def test_what_a_request_says_beside_its_answers_changes_nothing(text: str) -> None:
    risky = a_use(output_final="yes")
    loud = a_use(output_final="yes", beside={"description": text, "title": text[:200], "id": "1"})
    assert judged(loud) == judged(risky)


def test_the_order_of_risk_is_the_one_the_vocabulary_declares() -> None:
    unordered = [name for name, fact in VOCABULARY.items() if not fact.ordered]
    assert unordered == ["element", "likeness_of"]
    assert VOCABULARY["environment"].answers == ("netflix", "enterprise", "consumer", "unsure")
    assert VOCABULARY["consent"].answers == ("yes", "not_needed", "unsure", "no")
    changes = ("none", "cosmetic", "as_scripted", "altered", "replica", "unsure")
    assert VOCABULARY["performance_change"].answers == changes
    for low, high in pairwise(Outcome):
        assert low < high
