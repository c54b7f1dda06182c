"""Books broken by hand, one edit each: the right property fails, and its request shows it when judged."""

from collections.abc import Callable

import pytest

from policy.proof.check import prove
from policy.proof.edits import book_of
from policy.proof.findings import Failure
from policy.proof.promises import promises_for
from policy.request_file import read_uses
from policy.rulebook import Rulebook, parse_book
from policy.triage import triage
from policy.verdict import Outcome, Verdict
from tests.policy.proof_books import BOOK, broken, copied, rule

CLEARED, JUDGEMENT, ESCALATE, WRITTEN = Outcome


def failures_of(text: str) -> tuple[Rulebook, dict[str, tuple[Failure, ...]]]:
    """Everything that is wrong with a book, without its golden cases: property -> failures."""
    book = parse_book(text, "broken.toml")
    proofs = prove(book, promises_for(book.identity.id), [])
    return book, {proven.name: proven.failures for proven in proofs if not proven.ok}


def verdicts(failure: Failure, book: Rulebook) -> list[Verdict]:
    """The printed requests, judged as anybody would judge them."""
    uses = [read_uses(request, f"request{n}.toml")[0] for n, request in enumerate(failure.requests)]
    return [triage(use, [book]) for use in uses]


def test_the_shipped_book_breaks_nothing() -> None:
    assert failures_of(BOOK)[1] == {}


def test_a_trigger_that_asks_for_less_than_written_approval_breaks_its_floor() -> None:
    book, found = failures_of(
        broken("third-party-ip", 'outcome = "written_approval"', 'outcome = "escalate"')
    )
    (failure,) = found["floors"]
    assert failure.says == "G3d: at least written_approval, judged escalate"
    (verdict,) = verdicts(failure, book)
    assert verdict.outcome == ESCALATE
    assert 'third_party_ip = "yes"' in failure.requests[0]


def test_an_outcome_lowered_to_judgement_breaks_the_floor_and_its_principle() -> None:
    book, found = failures_of(broken("union-work", 'outcome = "written_approval"', 'outcome = "judgement"'))
    assert {"floors", "principles"} <= set(found)
    (failure,) = found["principles"]
    assert failure.says == "P5 is not confidently met: at least escalate, judged judgement"
    assert verdicts(failure, book)[0].outcome == JUDGEMENT


def test_an_exception_that_lifts_too_much_breaks_the_floor() -> None:
    wider = broken("final-deliverable", 'element = "background"', 'element = ["background", "performance"]')
    book, found = failures_of(wider)
    (failure,) = found["floors"]
    assert failure.says.startswith("G3a (A1: ")
    assert verdicts(failure, book)[0].outcome < WRITTEN
    assert 'element = "performance"' in failure.requests[0]


def test_a_rule_that_fires_on_the_safer_answer_only_is_not_monotone() -> None:
    upside_down = rule("upside-down", "escalate", '{ environment = "netflix" }')
    book, found = failures_of(BOOK + upside_down)
    says = (
        "environment from netflix to enterprise is riskier, and lowers the outcome from escalate to cleared"
    )
    (failure,) = [one for one in found["monotone"] if one.says == says]
    first, then = verdicts(failure, book)
    assert (first.outcome, then.outcome) == (ESCALATE, CLEARED)
    changed = set(failure.requests[0].splitlines()) ^ set(failure.requests[1].splitlines())
    assert {line for line in changed if not line.startswith("#")} == {
        'environment = "netflix"',
        'environment = "enterprise"',
    }


@pytest.mark.parametrize(
    ("condition", "place"),
    [
        ('{ workflow = "single" }', "workflow"),
        ('{ vendor = "none" }', "vendor"),
        ('{ personal_data = "no", environment = "netflix" }', "the step's personal_data"),
    ],
)
def test_monotone_includes_a_vendor_a_second_step_and_a_steps_own_answers(condition: str, place: str) -> None:
    book, found = failures_of(BOOK + rule("upside-down", "written_approval", condition))
    told = {failure.says.partition(" from ")[0]: failure for failure in found["monotone"]}
    first, then = verdicts(told[place], book)
    assert first.outcome > then.outcome


def test_a_doubt_that_is_waved_through_is_found() -> None:
    book, found = failures_of(
        broken(
            "could-mislead",
            'outcome = "written_approval"',
            'outcome = "written_approval"\nunsure = "cleared"',
        )
    )
    (failure,) = found["doubt"]
    assert failure.says == "an unsure could_mislead is to give escalate here, judged cleared"
    assert verdicts(failure, book)[0].outcome == CLEARED
    assert any(other.says == "cleared, though a doubt could matter" for other in found["principles"])


def test_clearing_without_a_principle_is_found() -> None:
    book, found = failures_of(
        broken("unsecured-tool", 'outcome = "escalate"', 'outcome = "cleared"').replace(
            'environment = ["enterprise", "consumer", "unsure"] }\nclauses = ["P2"',
            'environment = ["enterprise"] }\nclauses = ["P2"',
        )
    )
    says = {failure.says: failure for failure in found["principles"]}
    assert "P3 is not confidently met: at least escalate, judged cleared" in says
    cleared = says["cleared, though P3 is not confidently met"]
    assert verdicts(cleared, book)[0].outcome == CLEARED


def test_asking_for_more_than_the_guidance_does_is_found() -> None:
    book, found = failures_of(broken("ideation", 'outcome = "cleared"', 'outcome = "judgement"'))
    (failure,) = found["principles"]
    assert failure.says == "judged judgement, though all principles are met and no floor asks for it"
    assert verdicts(failure, book)[0].outcome == JUDGEMENT


def test_a_dead_rule_is_found_and_its_request_leaves_it_silent() -> None:
    lifted = '{ could_mislead = "yes" }\nunless = { could_mislead = "yes", clauses = ["E1"] }'
    book, found = failures_of(BOOK + rule("dead", "escalate", lifted))
    (failure,) = found["rules"]
    assert failure.says == "rule dead never fires: its exception lifts it wherever it holds"
    (verdict,) = verdicts(failure, book)
    assert 'could_mislead = "yes"' in failure.requests[0]
    assert "dead" not in {finding.rule for finding in verdict.findings}


def test_a_rule_that_only_repeats_others_is_redundant() -> None:
    book, found = failures_of(BOOK + rule("again", "escalate", '{ union_work = "yes" }', '["E2"]'))
    (failure,) = found["rules"]
    assert failure.says == "rule again is redundant: wherever it fires, others say everything it says"
    (verdict,) = verdicts(failure, book)
    assert "again" in {finding.rule for finding in verdict.findings}
    without = book_of(book, tuple(one for one in book.rules if one.id != "again"))
    (other,) = verdicts(failure, without)
    assert said(verdict) == said(other)


def test_a_copy_of_a_rule_makes_both_redundant() -> None:
    _, found = failures_of(BOOK + copied("could-mislead", "copy"))
    assert [failure.says.split()[1] for failure in found["rules"]] == ["could-mislead", "copy"]


@pytest.mark.parametrize(
    ("name", "old", "new", "part"),
    [
        (
            "crew-likeness",
            'likeness_of = "crew"',
            'likeness_of = "crew", talent_likeness = ["no", "unsure", "yes"]',
            "talent_likeness does not matter",
        ),
        (
            "story-background",
            'story_relevant = ["yes", "unsure"], output_final = "yes"',
            'story_relevant = ["yes", "unsure"], output_final = "yes", any = [{ element = "background" }, '
            '{ element = "background", could_mislead = "yes" }]',
            "its alternative 2 is left out",
        ),
    ],
)
def test_a_needless_condition_is_found(name: str, old: str, new: str, part: str) -> None:
    book, found = failures_of(broken(name, old, new))
    (failure,) = [one for one in found["conditions"] if part in one.says]
    assert failure.says == f"rule {name}: if {part}, every verdict stays the same"
    (verdict,) = verdicts(failure, book)
    (other,) = verdicts(failure, parse_book(BOOK, "shipped.toml"))
    assert said(verdict) == said(other)


def test_a_clause_that_no_verdict_speaks_of_is_found() -> None:
    clause = '[[clause]]\nid = "Z1"\nsection = "Nowhere"\nsummary = "Nobody cites it."\n'
    duty = '[[duty]]\nclause = "Z1"\ntext = "Nobody hears it."\n'
    _, found = failures_of(BOOK + clause)
    assert [failure.says for failure in found["clauses"]] == [
        "clause Z1 is cited by no verdict and travels with none as a duty"
    ]
    _, found = failures_of(BOOK + clause + duty)
    assert [failure.says for failure in found["clauses"]][1:] == ["duty Z1 travels with no verdict"]


def test_a_clause_cited_by_a_dead_rule_only_is_spoken_of_by_none() -> None:
    clause = '[[clause]]\nid = "Z1"\nsection = "Nowhere"\nsummary = "Only a dead rule cites it."\n'
    lifted = '{ union_work = "unsure" }\nunless = { union_work = "unsure", clauses = ["E2"] }'
    _, found = failures_of(BOOK + clause + rule("dead", "escalate", lifted, '["Z1"]'))
    assert {"rules", "clauses"} <= set(found)


def test_a_topic_that_its_clauses_do_not_ask_for_is_found() -> None:
    _, found = failures_of(broken("could-mislead", '["production", "legal"]', '["production"]'))
    assert [failure.says for failure in found["signing"]] == [
        "rule could-mislead is written_approval: its clauses want it signed for legal, production"
    ]


def said(verdict: Verdict) -> tuple[object, ...]:
    """All that a rule can add to a verdict."""
    clauses = {clause for finding in verdict.findings for clause in finding.clauses}
    return verdict.outcome, clauses, {duty.clause for duty in verdict.duties}, verdict.topics


BREAKING: list[Callable[[], str]] = [
    lambda: broken("talent-likeness", 'outcome = "written_approval"', 'outcome = "escalate"'),
    lambda: broken("personal-data", 'outcome = "written_approval"', 'outcome = "escalate"'),
    lambda: broken("tool-keeps-or-trains", 'outcome = "escalate"', 'outcome = "judgement"'),
]


@pytest.mark.parametrize("text", BREAKING)
def test_no_wrong_book_is_tried_on_a_book_that_is_wrong_already(text: Callable[[], str]) -> None:
    _, found = failures_of(text())
    assert found
    assert "mutants" not in found
