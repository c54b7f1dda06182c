"""Which uses two books judge differently: counted exactly over every one-tool use there can be.

The outcome is a maximum over rules, so rules that share no fact are counted apart and their counts multiply;
within a group one fact after the other is given each of its answers, and what that settles is dropped.
"""

from collections.abc import Iterable, Iterator, Mapping
from math import prod
from typing import NamedTuple

from policy.conditions import Condition
from policy.rulebook import DERIVED, Rule, Rulebook
from policy.scopes import RANK
from policy.verdict import Outcome
from policy.vocabulary import UNSURE, VOCABULARY

ANSWERS: Mapping[str, tuple[str, ...]] = {
    **{name: fact.answers for name, fact in VOCABULARY.items()},
    "vendor": DERIVED["vendor"],
}
"""The space: every fact of a use with one tool, with and without a vendor."""

SAFE = {name: answers[0] for name, answers in ANSWERS.items()} | {"consent": "not_needed"}
"""The use examples differ from as little as they can."""

EXAMPLES = 3
_ANSWER, _DOUBT = 100, 101  # examples have few changed answers, and few doubts among them

Ranks = tuple[int, int]
Changed = tuple[tuple[str, str], ...]


class Cells(NamedTuple):
    """How many uses, and the nearest to a safe one among them: (cost, answers that differ from SAFE)."""

    uses: int
    nearest: tuple[tuple[int, Changed], ...]


class CellChange(NamedTuple):
    """All uses that go from one outcome to another; an example names the answers that differ from SAFE."""

    old: Outcome
    new: Outcome
    uses: int
    examples: tuple[dict[str, str], ...]


def size() -> int:
    """The number of uses that are compared."""
    return prod(map(len, ANSWERS.values()))


def changed_cells(old: Iterable[Rulebook], new: Iterable[Rulebook]) -> list[CellChange]:
    """Every change of outcome between two sets of books, the greatest first."""
    open_rules = [
        rule
        for side, books in enumerate((old, new))
        for book in books
        for given in book.rules
        if (rule := _open_rule(given, side).given("workflow", DERIVED["workflow"][0]))
    ]
    found = _Counting().spread(frozenset(open_rules), frozenset(ANSWERS))
    ordered = list(Outcome)
    return [
        CellChange(ordered[was], ordered[now], cells.uses, _examples(cells))
        for (was, now), cells in sorted(found.items(), key=lambda item: (-item[1].uses, item[0]))
        if was != now
    ]


def _examples(cells: Cells) -> tuple[dict[str, str], ...]:
    """Only those with as few facts as possible: a longer one would say the same with something beside it."""
    fewest = min(len(changed) for _, changed in cells.nearest)
    return tuple(dict(sorted(changed)) for _, changed in cells.nearest if len(changed) == fewest)


class _Part(NamedTuple):
    """A condition as far as it is not settled yet; `doubt`: an answer it needs is unsure."""

    doubt: bool
    left: frozenset[tuple[str, frozenset[str]]]

    def given(self, name: str, answer: str) -> "_Part | None":
        """What remains once the fact is known; None when it no longer holds."""
        for fact, counting in self.left:
            if fact == name:
                if answer not in counting and answer != UNSURE:
                    return None
                return _Part(self.doubt or answer not in counting, self.left - {(fact, counting)})
        return self


class _OpenRule(NamedTuple):
    """A rule of the old (0) or the new (1) side, as far as it is not settled yet."""

    side: int
    fires: int
    doubtful: int
    alternatives: frozenset[_Part]
    exception: _Part | None

    def given(self, name: str, answer: str) -> "_OpenRule | None":
        """What remains of the rule once the fact is known; None when it asks for nothing any more."""
        parts = frozenset(part for one in self.alternatives if (part := one.given(name, answer)))
        exception = self.exception and self.exception.given(name, answer)
        lifted = exception and not exception.left and not exception.doubt
        return self._replace(alternatives=parts, exception=exception) if parts and not lifted else None

    def names(self) -> frozenset[str]:
        """The facts it still depends on."""
        parts = [*self.alternatives, *([self.exception] if self.exception else [])]
        return frozenset(name for part in parts for name, _ in part.left)

    def rank(self) -> int | None:
        """What it asks for, once that is settled."""
        if self.exception and self.exception.left:
            return None
        if any(not part.left and not part.doubt for part in self.alternatives):
            return self.fires
        return None if any(part.left for part in self.alternatives) else self.doubtful


def _open_rule(rule: Rule, side: int) -> _OpenRule:
    parts = frozenset(_part(condition) for condition in rule.alternatives)
    exception = _part(rule.exception) if rule.exception else None
    return _OpenRule(side, RANK[rule.outcome], RANK[rule.unsure], parts, exception)


def _part(condition: Condition) -> _Part:
    return _Part(False, frozenset(condition.items()))


Spread = dict[Ranks, Cells]


class _Counting:
    """Counts pairs of old and new ranks; what was counted once is remembered."""

    def __init__(self) -> None:
        self._known: dict[tuple[frozenset[_OpenRule], frozenset[str]], Spread] = {}

    def spread(self, rules: frozenset[_OpenRule], facts: frozenset[str]) -> Spread:
        """How the uses that these facts span spread over the pairs of ranks."""
        ranks, rules = _settled(rules)
        tied = frozenset(name for rule in rules for name in rule.names())
        free = prod(len(ANSWERS[name]) for name in facts - tied)
        found: Spread = {ranks: Cells(free, ((0, ()),))}
        for group in _groups(rules):
            found = _together(found, self._group(group))
        return found

    def _group(self, rules: frozenset[_OpenRule]) -> Spread:
        """Rules tied to each other by their facts, told apart by the answers to one of them."""
        facts = frozenset(name for rule in rules for name in rule.names())
        known = self._known.get((rules, facts))
        if known is not None:
            return known
        name = max(sorted(facts), key=lambda fact: sum(fact in rule.names() for rule in rules))
        found: Spread = {}
        for alike in _alike(name, rules):
            shown = min(alike, key=lambda answer: _cost(name, answer))
            left = frozenset(after for rule in rules if (after := rule.given(name, shown)))
            changed = ((name, shown),) if shown != SAFE[name] else ()
            for ranks, cells in self.spread(left, facts - {name}).items():
                nearest = tuple((cost + _cost(name, shown), changed + rest) for cost, rest in cells.nearest)
                _add(found, ranks, Cells(cells.uses * len(alike), nearest))
        self._known[rules, facts] = found
        return found


def _settled(rules: Iterable[_OpenRule]) -> tuple[Ranks, frozenset[_OpenRule]]:
    """The ranks that are certain already, and the rules that may yet go above them."""
    certain, left = [0, 0], []
    for rule in rules:
        rank = rule.rank()
        if rank is None:
            left.append(rule)
        else:
            certain[rule.side] = max(certain[rule.side], rank)
    higher = frozenset(rule for rule in left if max(rule.fires, rule.doubtful) > certain[rule.side])
    return (certain[0], certain[1]), higher


def _groups(rules: Iterable[_OpenRule]) -> Iterator[frozenset[_OpenRule]]:
    """The rules in groups that share no fact."""
    groups: list[tuple[set[_OpenRule], set[str]]] = []
    for rule in rules:
        mine, names = {rule}, set(rule.names())
        apart = []
        for others, theirs in groups:
            if theirs & names:
                mine |= others
                names |= theirs
            else:
                apart.append((others, theirs))
        groups = [*apart, (mine, names)]
    for found, _ in groups:
        yield frozenset(found)


def _alike(name: str, rules: frozenset[_OpenRule]) -> Iterable[list[str]]:
    """The answers to a fact in groups that no rule tells apart."""
    by_effect: dict[tuple[_OpenRule | None, ...], list[str]] = {}
    for answer in ANSWERS[name]:
        by_effect.setdefault(tuple(rule.given(name, answer) for rule in rules), []).append(answer)
    return by_effect.values()


def _cost(name: str, answer: str) -> int:
    return 0 if answer == SAFE[name] else _DOUBT if answer == UNSURE else _ANSWER


def _together(one: Spread, other: Spread) -> Spread:
    """Two groups at once: every pair of cells, at the higher ranks."""
    found: Spread = {}
    for (old, new), cells in one.items():
        for (was, now), more in other.items():
            nearest = tuple(
                (cost + added, changed + rest)
                for cost, changed in cells.nearest
                for added, rest in more.nearest
            )
            _add(found, (max(old, was), max(new, now)), Cells(cells.uses * more.uses, nearest))
    return found


def _add(found: Spread, ranks: Ranks, cells: Cells) -> None:
    before = found.get(ranks, Cells(0, ()))
    nearest = sorted({*before.nearest, *cells.nearest})[:EXAMPLES]
    found[ranks] = Cells(before.uses + cells.uses, tuple(nearest))
