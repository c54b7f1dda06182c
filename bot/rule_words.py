"""Rules as counsel reads them: the questions people were asked, the answers that count."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from bot.wording import listed
from policy.conditions import Condition
from policy.rulebook import Rule
from policy.verdict import Outcome
from policy.vocabulary import VOCABULARY

Say = Callable[[str, frozenset[str]], str]

# What the request itself shows and nobody is asked.
_SHOWN: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "vendor": ("Is a vendor named?", {"none": "No", "named": "Yes"}),
    "workflow": ("Are there several tools?", {"single": "No", "several": "Yes"}),
}


def plain_outcome(outcome: Outcome) -> str:
    """written_approval -> written approval."""
    return outcome.value.replace("_", " ")


def when(rule: Rule) -> list[str]:
    """The rule's condition, one line for each question; all of the lines together make it hold."""
    return _lines(rule, _asked)


def when_in_facts(rule: Rule) -> list[str]:
    """The same in the names of facts and answers that a request file uses."""
    return _lines(rule, _named)


def unless(rule: Rule) -> list[str]:
    """What lifts the rule; empty when nothing does."""
    return [_asked(name, answers) for name, answers in rule.exception.items()]


def unless_in_facts(rule: Rule) -> list[str]:
    """The same in the names of facts and answers."""
    return [_named(name, answers) for name, answers in rule.exception.items()]


def lifting_clauses(rule: Rule) -> tuple[str, ...]:
    """The clauses that the exception rests on."""
    return tuple(rule.unless.get("clauses", ()))


def _lines(rule: Rule, say: Say) -> list[str]:
    shared = [name for name in rule.alternatives[0] if name in rule.when and name != "any"]
    lines = [say(name, rule.alternatives[0][name]) for name in shared]
    extras = [_joined(_without(condition, shared), say) for condition in rule.alternatives]
    if len(extras) == 1:
        return lines + ([extras[0]] if extras[0] else [])
    return [*lines, " – or – ".join(extras)]


def _without(condition: Condition, names: Iterable[str]) -> Condition:
    return {name: answers for name, answers in condition.items() if name not in names}


def _joined(condition: Condition, say: Say) -> str:
    return " and ".join(say(name, answers) for name, answers in condition.items())


def _asked(name: str, answers: frozenset[str]) -> str:
    """“Is there consent from the person?” “No” or “Not sure”."""
    question, label = _question(name)
    said = [f"“{label[answer]}”" for answer in _in_order(name, answers)]
    return f"“{question}” {listed(said, 'or')}"


def _named(name: str, answers: frozenset[str]) -> str:
    return f"{name} = {' | '.join(_in_order(name, answers))}"


def _question(name: str) -> tuple[str, Mapping[str, str]]:
    if name in _SHOWN:
        return _SHOWN[name]
    fact = VOCABULARY[name]
    return fact.question, {answer: fact.label(answer) for answer in fact.answers}


def _in_order(name: str, answers: frozenset[str]) -> Iterator[str]:
    _, labels = _question(name)
    return (answer for answer in labels if answer in answers)
