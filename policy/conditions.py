"""Three-valued conditions: a rule holds, does not hold, or cannot be decided because an answer is missing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from policy.vocabulary import UNSURE

# Fact -> the answers that count.
Condition = Mapping[str, frozenset[str]]
# What is so at one place of a use: fact -> (name to show, answer).
Answers = Mapping[str, tuple[str, str]]


class Holds(NamedTuple):
    """A condition's truth (None: cannot be decided) and the facts that make it so."""

    truth: bool | None
    names: tuple[str, ...]


NEVER = Holds(False, ())


def holds(condition: Condition, answers: Answers) -> Holds:
    """All of a condition's answers together: False beats undecided beats True (Kleene)."""
    truth: bool | None = True
    for name, counting in condition.items():
        answer = answers[name][1]
        if answer in counting:
            continue
        if answer != UNSURE:
            return NEVER
        truth = None
    return Holds(truth, tuple(condition))


def any_holds(alternatives: Sequence[Condition], answers: Answers) -> Holds:
    """The first alternative that holds, else every fact of those that cannot be decided."""
    if len(alternatives) == 1:  # as most rules have it
        return holds(alternatives[0], answers)
    undecided: tuple[str, ...] = ()
    for condition in alternatives:
        held = holds(condition, answers)
        if held.truth:
            return held
        if held.truth is None:
            undecided += tuple(name for name in held.names if name not in undecided)
    return Holds(None, undecided) if undecided else NEVER


class Sieve:
    """Which of many rules an answer leaves possible, as bits: most rules never need a closer look.

    It may let a rule pass that does not hold, never the other way round.
    """

    def __init__(self, rules: Sequence[Sequence[Condition]], words: Mapping[str, Iterable[str]]) -> None:
        self._all = (1 << len(rules)) - 1
        self._left = {
            name: {answer: _bits(_possible(rule, name, answer) for rule in rules) for answer in answers}
            for name, answers in words.items()
        }

    def passing(self, answers: Answers, names: Iterable[str]) -> int:
        """The rules that the answers to `names` do not refute."""
        bits, left = self._all, self._left
        for name in names:
            bits &= left[name][answers[name][1]]
        return bits


def _possible(alternatives: Sequence[Condition], name: str, answer: str) -> bool:
    return answer == UNSURE or any(answer in rule.get(name, (answer,)) for rule in alternatives)


def _bits(flags: Iterable[bool]) -> int:
    return sum(1 << number for number, flag in enumerate(flags) if flag)


def numbers(bits: int) -> Iterator[int]:
    """The numbers of the bits that are set, from zero."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
