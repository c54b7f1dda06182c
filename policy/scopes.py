"""Where rules are judged: the whole use, and each of its steps with the facts it states itself (W1)."""

from typing import NamedTuple

from policy.conditions import NEVER, Answers, any_holds, holds
from policy.facts import Facts, Step, Use
from policy.rulebook import DERIVED, PER_STEP, STEP_ONLY, Rule, Rulebook
from policy.verdict import Outcome
from policy.vocabulary import VOCABULARY

RANK = {outcome: outcome.rank for outcome in Outcome}

_WHOLE_USE = tuple(name for name in VOCABULARY if name in Facts.model_fields)
_PER_STEP = tuple(name for name in VOCABULARY if name in PER_STEP)
_ONLY_A_STEP = tuple(name for name in _PER_STEP if name in STEP_ONLY)


class Scope(NamedTuple):
    """The whole use (step None) or a step; `own` are the facts the step answers for itself."""

    step: int | None
    answers: Answers
    own: frozenset[str]


def scopes(use: Use) -> list[Scope]:
    """The whole use, the derived facts included, then its steps."""
    facts = use.facts
    whole = {name: (name, getattr(facts, name)) for name in _WHOLE_USE}
    whole["vendor"] = ("vendor", DERIVED["vendor"][bool(use.vendor)])
    whole["workflow"] = ("workflow", DERIVED["workflow"][len(facts.steps) > 1])
    steps = [_at_step(step, number, whole) for number, step in enumerate(facts.steps, start=1)]
    return [Scope(None, whole, frozenset()), *steps]


def _at_step(step: Step, number: int, whole: Answers) -> Scope:
    answers = dict(whole)
    own = frozenset(name for name in _PER_STEP if getattr(step, name) is not None)
    for name in own:
        answers[name] = (f"steps[{number}].{name}", getattr(step, name))
    return Scope(number, answers, own)


def speaks(rule: Rule, scope: Scope) -> bool:
    """Whether the rule is judged in this scope: a step speaks only where it has an answer of its own."""
    if scope.step is None:
        return not rule.names & STEP_ONLY
    return bool(rule.names & scope.own)


def speaking(book: Rulebook, scope: Scope) -> int:
    """The rules of a book that are judged in this scope, as bits: those for which `speaks` holds."""
    looking = 0
    for name in _ONLY_A_STEP if scope.step is None else scope.own:
        looking |= book.looking_at[name]
    return ~looking if scope.step is None else looking


def weight(rule: Rule, answers: Answers) -> tuple[int, tuple[str, ...]]:
    """The rank of what the rule asks for under these answers (0: nothing), and the facts that make it so."""
    held = any_holds(rule.alternatives, answers)
    if held.truth is False:
        return 0, ()
    lifted = holds(rule.exception, answers) if rule.exception else NEVER
    if lifted.truth:
        return 0, ()
    return RANK[rule.outcome if held.truth else rule.unsure], (*held.names, *rule.exception)
