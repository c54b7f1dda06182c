"""Honest timing: all sides by turns within one run, so that a machine that drifts is unfair to none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from statistics import median
from time import perf_counter
from typing import Final, TypeVar

Input = TypeVar("Input")
Turn = Callable[[], Sequence[float]]
"""One turn of one side: does its work and returns the seconds that each piece of it took."""

_BLOCKS: Final = 10


@dataclass(frozen=True)
class Series:
    """The seconds of one side, turn by turn."""

    turns: tuple[tuple[float, ...], ...]

    @property
    def median(self) -> float:
        """The middle of all pieces."""
        return median(self._all())

    @property
    def p99(self) -> float:
        """99 of 100 pieces take at most this long."""
        pieces = self._all()
        return pieces[min(len(pieces) - 1, round(len(pieces) * 0.99))]

    def blocks(self) -> list[float]:
        """The medians of ten stretches of the run, in order."""
        size = max(1, len(self.turns) // _BLOCKS)
        stretches = [self.turns[start : start + size] for start in range(0, len(self.turns), size)]
        return [median(piece for turn in stretch for piece in turn) for stretch in stretches]

    def _all(self) -> list[float]:
        return sorted(piece for turn in self.turns for piece in turn)


@dataclass(frozen=True)
class Ratio:
    """How many times longer one side takes; `low` to `high` over the stretches of the run."""

    value: float
    low: float
    high: float


def by_turns(sides: Mapping[str, Turn], turns: int, warm: int = 2) -> dict[str, Series]:
    """Every side once in each of `turns` rounds, a different one first each time; `warm` more uncounted."""
    names = list(sides)
    found: dict[str, list[tuple[float, ...]]] = {name: [] for name in names}
    for number in range(-warm, turns):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            pieces = tuple(sides[name]())
            if number >= 0:
                found[name].append(pieces)
    return {name: Series(tuple(pieces)) for name, pieces in found.items()}


def ratio(one: Series, other: Series) -> Ratio:
    """`one` over `other`, both from the same call of `by_turns`."""
    apart = [a / b for a, b in zip(one.blocks(), other.blocks(), strict=True)]
    return Ratio(one.median / other.median, min(apart), max(apart))


def timed(work: Callable[[], object], times: int = 1) -> Turn:
    """A turn that does `work` so many times and gives the seconds of one."""

    def turn() -> Sequence[float]:
        began = perf_counter()
        for _ in range(times):
            work()
        return [(perf_counter() - began) / times]

    return turn


def each(work: Callable[[Input], object], inputs: Sequence[Input], size: int) -> Turn:
    """A turn that does `work` on the next `size` inputs, round and round, and times every one."""
    starts = cycle(range(0, len(inputs), size))

    def turn() -> Sequence[float]:
        start, seconds = next(starts), []
        for one in inputs[start : start + size]:
            began = perf_counter()
            work(one)
            seconds.append(perf_counter() - began)
        return seconds

    return turn
