"""Decision diagrams: functions of many answers, exact over every combination and compared at a glance.

A function is a number. Equal functions are the same number, so "this change changes nothing" is one
comparison, however many billion combinations there are.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

RANKS = 4  # the values 0 to 3 are their own numbers: cleared to written approval; or no and yes as 0 and 1

MOST = 500_000  # branches; the shipped book with all its wrong versions needs a tenth of them


class Tangled(RuntimeError):
    """The rules hang together in so many ways that the diagrams would outgrow time and memory."""


class Operation:
    """What becomes of two values; its table is all there is to know about it."""

    def __init__(self, table: Sequence[Sequence[int]]) -> None:
        self.table = tuple(map(tuple, table))
        self.given_one = [_shortcut(row) for row in self.table]
        self.given_other = [_shortcut(column) for column in zip(*self.table, strict=True)]


_THE_FUNCTION = -1


def _shortcut(row: tuple[int, ...]) -> int | None:
    """What a whole function becomes beside one known value, where that needs no look at the function."""
    if row == tuple(range(RANKS)):
        return _THE_FUNCTION
    return row[0] if len(set(row)) == 1 else None


_VALUES = range(RANKS)
LARGER = Operation([[max(one, other) for other in _VALUES] for one in _VALUES])
SMALLER = Operation([[min(one, other) for other in _VALUES] for one in _VALUES])
BELOW = Operation([[int(one < other) for other in _VALUES] for one in _VALUES])
BOTH = Operation([[int(one > 0 and other > 0) for other in _VALUES] for one in _VALUES])
WITHOUT = Operation([[int(one > 0 and other == 0) for other in _VALUES] for one in _VALUES])
DIFFER = Operation([[int(one != other) for other in _VALUES] for one in _VALUES])


class Path(NamedTuple):
    """A way through a diagram: place -> number of the answer, and what those answers cost together."""

    cost: int
    answers: dict[int, int]


class Diagrams:
    """All functions over the same places; `widths` says how many answers each place has."""

    def __init__(self, widths: Sequence[int]) -> None:
        self.widths = tuple(widths)
        self._level = [len(self.widths)] * RANKS
        self._children: list[tuple[int, ...]] = [()] * RANKS
        self._numbers: dict[tuple[int, tuple[int, ...]], int] = {}
        self._combined: dict[Operation, dict[tuple[int, int], int]] = {}
        self._fixed: dict[tuple[int, int, int], int] = {}
        self._mapped: dict[tuple[int, ...], dict[int, int]] = {}

    def node(self, level: int, children: tuple[int, ...]) -> int:
        """The function that is `children[n]` where the place `level` has its n-th answer."""
        if children.count(children[0]) == len(children):
            return children[0]
        key = (level, children)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._level)
            if number > MOST:
                raise Tangled
            self._level.append(level)
            self._children.append(children)
        return number

    def combine(self, operation: Operation, one: int, other: int) -> int:
        """The operation applied in every combination of answers."""
        if one < RANKS and other < RANKS:
            return operation.table[one][other]
        if one < RANKS or other < RANKS:
            short = operation.given_one[one] if one < RANKS else operation.given_other[other]
            if short is not None:
                # Functions are numbered after the values, so the larger of the two is the function.
                return max(one, other) if short == _THE_FUNCTION else short
        memo = self._combined.setdefault(operation, {})
        found = memo.get((one, other))
        if found is None:
            found = memo[one, other] = self._branching(operation, one, other)
        return found

    def _branching(self, operation: Operation, one: int, other: int) -> int:
        left, right = self._level[one], self._level[other]
        level = min(left, right)
        width = self.widths[level]
        ones = self._children[one] if left == level else (one,) * width
        others = self._children[other] if right == level else (other,) * width
        pairs = zip(ones, others, strict=True)
        return self.node(level, tuple([self.combine(operation, *pair) for pair in pairs]))

    def largest(self, functions: Sequence[int]) -> int:
        """The maximum in every combination; of yes and no: either."""
        found = 0
        for function in functions:
            found = self.combine(LARGER, found, function)
        return found

    def mapped(self, table: tuple[int, ...], function: int) -> int:
        """Each value replaced by what `table` has in its place."""
        if function < RANKS:
            return table[function]
        memo = self._mapped.setdefault(table, {})
        found = memo.get(function)
        if found is None:
            children = tuple(self.mapped(table, child) for child in self._children[function])
            found = memo[function] = self.node(self._level[function], children)
        return found

    def chosen(self, where: int, then: int, otherwise: int) -> int:
        """`then` where the condition holds, `otherwise` where it does not."""
        highest = RANKS - 1
        inside = self.mapped((0, *(highest,) * highest), where)
        outside = self.mapped((highest, *(0,) * highest), where)
        return self.combine(
            LARGER, self.combine(SMALLER, inside, then), self.combine(SMALLER, outside, otherwise)
        )

    def fixed(self, function: int, level: int, answer: int) -> int:
        """The function where the place `level` has this answer; it no longer looks there."""
        here = self._level[function]
        if here > level:
            return function
        if here == level:
            return self._children[function][answer]
        key = (function, level, answer)
        found = self._fixed.get(key)
        if found is None:
            children = tuple(self.fixed(child, level, answer) for child in self._children[function])
            found = self._fixed[key] = self.node(here, children)
        return found

    def at(self, function: int, answers: Sequence[int]) -> int:
        """The value in one combination; `answers` has the number of an answer for every place."""
        while function >= RANKS:
            function = self._children[function][answers[self._level[function]]]
        return function

    def parts(self, function: int) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Every place at which the function branches: (level, what it is for each answer)."""
        seen, left = {function}, [function]
        while left:
            number = left.pop()
            if number < RANKS:
                continue
            yield self._level[number], self._children[number]
            fresh = set(self._children[number]) - seen
            seen |= fresh
            left += fresh

    def counts(self, function: int) -> tuple[int, ...]:
        """In how many combinations it has each of the values."""
        below: dict[int, tuple[int, ...]] = {
            value: tuple(int(value == other) for other in _VALUES) for value in _VALUES
        }

        def skipped(start: int, end: int) -> int:
            times = 1
            for level in range(start, end):
                times *= self.widths[level]
            return times

        def of(number: int) -> tuple[int, ...]:
            if number not in below:
                start = self._level[number] + 1
                sums = [0] * RANKS
                for child in self._children[number]:
                    times = skipped(start, self._level[child])
                    for value, count in enumerate(of(child)):
                        sums[value] += times * count
                below[number] = tuple(sums)
            return below[number]

        return tuple(skipped(0, self._level[function]) * count for count in of(function))

    def cheapest(self, function: int, costs: Sequence[Sequence[int]]) -> Path | None:
        """The cheapest combination where the function is not 0; places left out may have any answer."""
        known: dict[int, Path | None] = {0: None} | {value: Path(0, {}) for value in _VALUES if value}

        def of(number: int) -> Path | None:
            if number not in known:
                level = self._level[number]
                found: Path | None = None
                for answer, child in enumerate(self._children[number]):
                    rest = of(child)
                    if rest is None:
                        continue
                    cost = rest.cost + costs[level][answer]
                    if found is None or cost < found.cost:
                        found = Path(cost, {level: answer, **rest.answers})
                known[number] = found
            return known[number]

        return of(function)
