"""Why a rule did not fire: the first fact that stands against it, or the exception that lifted it."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from policy.conditions import Answers, Condition, any_holds, holds
from policy.facts import Strict, Use
from policy.rulebook import Rule, Rulebook
from policy.scopes import Scope, scopes, speaks
from policy.verdict import Verdict
from policy.vocabulary import UNSURE


class Against(Strict):
    """One answer that keeps a rule silent, and the answers with which it would hold."""

    fact: str  # a step's as steps[2].environment
    answer: str
    needs: tuple[str, ...]


class Silence(Strict):
    """One rule that did not fire in one scope (step None: the whole use).

    `against` has the first such fact of each of the rule's alternatives; else `lifted` are the answers of the
    exception that lifted it, with its clauses; else the rule is in doubt, and that doubt asks for nothing.
    """

    book: str
    rule: str
    step: int | None
    against: tuple[Against, ...] = ()
    lifted: dict[str, str] = Field(default_factory=dict)
    clauses: tuple[str, ...] = ()
    doubt: tuple[str, ...] = ()


def silences(use: Use, books: Sequence[Rulebook], verdict: Verdict) -> tuple[Silence, ...]:
    """Why each rule without a finding has none, in the books' order; none for what is not generative (A6)."""
    if use.not_generative:
        return ()
    spoke = {(finding.book, finding.rule) for finding in verdict.findings}
    everywhere = scopes(use)
    return tuple(
        _silence(book.identity.id, rule, scope)
        for book in books
        for rule in book.rules
        if (book.identity.id, rule.id) not in spoke
        for scope in everywhere
        if speaks(rule, scope)
    )


def _silence(book: str, rule: Rule, scope: Scope) -> Silence:
    answers = scope.answers
    if any_holds(rule.alternatives, answers).truth is False:
        found = dict.fromkeys(_first_against(condition, answers) for condition in rule.alternatives)
        return Silence(book=book, rule=rule.id, step=scope.step, against=tuple(found))
    if rule.exception and holds(rule.exception, answers).truth:
        lifted = dict(answers[name] for name in rule.exception)
        cited = tuple(rule.unless["clauses"])
        return Silence(book=book, rule=rule.id, step=scope.step, lifted=lifted, clauses=cited)
    doubt = tuple(dict.fromkeys(_open(rule, answers)))
    return Silence(book=book, rule=rule.id, step=scope.step, doubt=doubt)


def _first_against(condition: Condition, answers: Answers) -> Against:
    for name, counting in condition.items():
        place, answer = answers[name]
        if answer not in counting and answer != UNSURE:
            return Against(fact=place, answer=answer, needs=tuple(sorted(counting)))
    raise AssertionError("a condition that does not hold has a fact that stands against it")


def _open(rule: Rule, answers: Answers) -> Iterator[str]:
    for name in (name for condition in rule.alternatives for name in condition):
        place, answer = answers[name]
        if answer == UNSURE:
            yield place
