"""Reasons as a person reads them: each once, strictest first, doubts gathered."""

from bot.reasons import find_out, left_open, reasons, why
from policy.facts import Facts, Use
from policy.rulebook import DEFAULT_BOOKS, load_books
from policy.triage import triage
from policy.verdict import Outcome, Verdict

BOOKS = load_books(DEFAULT_BOOKS)
SAFE = {
    "element": "reference",
    "output_final": "no",
    "talent_likeness": "no",
    "likeness_of": "nobody",
    "performance_change": "none",
    "consent": "not_needed",
    "personal_data": "no",
    "netflix_material": "no",
    "third_party_ip": "no",
    "protected_references": "no",
    "unowned_training": "no",
    "union_work": "no",
    "could_mislead": "no",
    "model_reuse": "no",
}


def judged(*steps: dict[str, str], **more: str) -> Verdict:
    tools = [{"environment": "netflix", "stores_or_trains": "no"} | step for step in steps or ({},)]
    return triage(Use(title="x", facts=Facts.model_validate({**SAFE, **more, "steps": tools})), BOOKS)


def test_a_cleared_use_says_why_it_is() -> None:
    verdict = judged()
    assert verdict.outcome == Outcome.CLEARED
    said = reasons(verdict)
    assert said and all(one.outcome == Outcome.CLEARED and one.clauses for one in said)


def test_the_strictest_comes_first_and_nothing_cleared_is_said_beside() -> None:
    said = reasons(judged({"environment": "consumer"}, third_party_ip="yes"))
    ranks = [one.outcome.rank for one in said]
    assert ranks == sorted(ranks, reverse=True) and ranks[0] == Outcome.WRITTEN_APPROVAL.rank
    assert min(ranks) > Outcome.CLEARED.rank


def test_one_rule_at_several_tools_is_one_sentence() -> None:
    said = reasons(judged({"environment": "consumer"}, {}, {"environment": "consumer"}))
    wheres = [one.where for one in said if one.where]
    assert "Tools 1 and 3" in wheres
    assert len({(one.text, one.where) for one in said}) == len(said)


def test_a_doubt_is_said_once_with_all_its_clauses_and_to_nobody_in_particular() -> None:
    said = [one for one in reasons(judged(output_final="unsure")) if one.text.startswith("It is not known")]
    assert len(said) <= 1
    every = reasons(judged(union_work="unsure", could_mislead="unsure"))
    doubts = [one.text for one in every if "not known yet whether" in one.text]
    assert len(doubts) == len(set(doubts)) == 2
    assert not any("You are" in text for text in doubts)


def test_an_open_question_is_said_once_with_its_clauses() -> None:
    """Everything unsure: nothing is both a reason and a question."""
    verdict = triage(Use(title="x", facts=Facts.model_validate({"steps": [{}, {}]})), BOOKS)
    asked = find_out(verdict)
    assert len(asked) == len({one.text for one in asked}) == 17
    assert all(one.clauses for one in asked)
    assert {one.where for one in asked} == {"", "Tools 1 and 2"}
    assert {place for one in asked for place in one.asks} == set(verdict.open_questions)
    assert not [one for one in why(verdict) if set(one.asks) & set(verdict.open_questions)]


def test_what_is_certain_stays_a_reason_beside_an_open_question() -> None:
    verdict = judged({"environment": "consumer"}, union_work="unsure")
    assert [one.where for one in why(verdict)] == ["Tool 1"]
    assert [one.asks for one in find_out(verdict)] == [("union_work",)]


def test_a_question_that_changes_nothing_any_more_is_told_apart() -> None:
    verdict = judged(third_party_ip="yes", union_work="unsure")
    assert verdict.open_questions == () and find_out(verdict) == []
    assert [one.asks for one in left_open(verdict)] == [("union_work",)]
    assert all("union" not in one.text for one in why(verdict))
