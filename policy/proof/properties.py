"""What holds in every cell: monotone, not below the floors, doubt read as written, cleared only when met."""

from collections.abc import Iterator
from functools import cached_property
from itertools import chain, pairwise

from policy.proof.diagram import BELOW, BOTH, DIFFER, LARGER, SMALLER, WITHOUT
from policy.proof.findings import Failure, shown
from policy.proof.promises import Floor, Principle, Promises
from policy.proof.space import STATED, UNSTATED, Space, is_ordered
from policy.verdict import Outcome
from policy.vocabulary import UNSURE

_ESCALATE = Outcome.ESCALATE.rank


class Properties:
    """The properties of an outcome (a function over the cells), against one book's promises."""

    def __init__(self, space: Space, promises: Promises) -> None:
        self.space, self.promises = space, promises
        self._diagrams = space.diagrams
        self.steps_up = tuple(
            (place, low, high)
            for place, answers in space.answers.items()
            if is_ordered(place)
            for low, high in pairwise(answer for answer in answers if answer != UNSTATED)
        )
        self.doubtful = tuple(place for place, answers in space.answers.items() if UNSURE in answers)
        self._floors = [(self._floor(floor), floor) for floor in promises.floor]
        self._unmet = [(self._not_met(principle), principle) for principle in promises.principle]
        self._excepted = {
            place: [
                (space.where([doubt.where]), doubt.read_as)
                for doubt in promises.doubt
                if doubt.fact == place.removeprefix(STATED)
            ]
            for place in self.doubtful
        }

    def broken_by(self, outcome: int) -> Iterator[Failure]:
        """Everything that such an outcome breaks."""
        parts = (self.falling, self.below_floors, self.misread_doubts, self.unprincipled, self.not_as_cleared)
        return chain.from_iterable(part(outcome) for part in parts)

    # Monotone

    def falling(self, outcome: int) -> Iterator[Failure]:
        """Riskier answers that lower the outcome."""
        if all(self._rises(level, children) for level, children in self._diagrams.parts(outcome)):
            return
        for place, low, high in self.steps_up:
            before, after = (self.space.fixed(outcome, place, answer) for answer in (low, high))
            cell = self.space.example(self._diagrams.combine(BELOW, after, before))
            if cell:
                cells = cell | {place: low}, cell | {place: high}
                first, then = (self.space.rank_at(outcome, one) for one in cells)
                says = (
                    f"{place} from {low} to {high} is riskier, and lowers the outcome from {first} to {then}"
                )
                yield shown(says, cells, [f"{place} is {low}: {first}", f"{place} is {high}: {then}"])

    def _rises(self, level: int, children: tuple[int, ...]) -> bool:
        """At one branch of the diagram; a cell passes through it or does not depend on its place."""
        place = self.space.names[level]
        if not is_ordered(place):
            return True
        ordered = children[1:] if place.startswith(STATED) else children
        return all(not self._diagrams.combine(BELOW, high, low) for low, high in pairwise(ordered))

    # Floors and principles

    def _floor(self, floor: Floor) -> int:
        where = 0
        for view in self.space.views({*floor.when, *floor.unless}):
            lifted = view.certain([floor.unless] if floor.unless else [])
            held = self._diagrams.combine(WITHOUT, view.certain([floor.when]), lifted)
            where = self._diagrams.combine(LARGER, where, held)
        return self._diagrams.mapped((0, floor.outcome.rank, 0, 0), where)

    def _not_met(self, principle: Principle) -> int:
        met = [view.certain(principle.met) for view in self.space.views(chain(*principle.met))]
        return self._diagrams.largest([self._diagrams.mapped((_ESCALATE, 0, 0, 0), one) for one in met])

    def below_floors(self, outcome: int) -> Iterator[Failure]:
        """Floors that do not hold."""
        for function, floor in self._floors:
            reading = f" ({floor.reading})" if floor.reading else ""
            yield from self._below(outcome, function, f"{floor.clause}{reading}: at least {floor.outcome}")

    def unprincipled(self, outcome: int) -> Iterator[Failure]:
        """Principles not confidently met where the outcome is less than escalate (R2)."""
        for function, principle in self._unmet:
            says = f"{principle.clause} is not confidently met: at least {Outcome.ESCALATE}"
            yield from self._below(outcome, function, says)

    def _below(self, outcome: int, least: int, says: str) -> Iterator[Failure]:
        cell = self.space.example(self._diagrams.combine(BELOW, outcome, least))
        if cell:
            yield shown(f"{says}, judged {self.space.rank_at(outcome, cell)}", [cell])

    def not_as_cleared(self, outcome: int) -> Iterator[Failure]:
        """Cells cleared that must not be, and cells not cleared though nothing stands against it."""
        if not self._unmet:
            return
        cell = self.space.example(self._diagrams.combine(BOTH, self._cleared(outcome), self.least))
        if cell:
            yield shown(f"cleared, though {self._demand(cell)}", [cell])
        cell = self.space.example(self._diagrams.combine(BOTH, self._cleared(self.least), outcome))
        if cell:
            judged = self.space.rank_at(outcome, cell)
            yield shown(f"judged {judged}, though all principles are met and no floor asks for it", [cell])

    def _cleared(self, function: int) -> int:
        return self._diagrams.mapped((1, 0, 0, 0), function)

    @cached_property
    def least(self) -> int:
        """The least outcome that floors, principles and the doubt about them allow."""
        least = self._diagrams.largest([function for function, _ in chain(self._floors, self._unmet)])
        for place in self.doubtful:
            raised = self._diagrams.combine(
                SMALLER, self._only_at(place, UNSURE), self.expected(least, place)
            )
            least = self._diagrams.combine(LARGER, least, raised)
        return least

    def _only_at(self, place: str, answer: str) -> int:
        allowed = tuple(3 if answer == other else 0 for other in self.space.answers[place])
        return self._diagrams.node(self.space.level[place], allowed)

    def _demand(self, cell: dict[str, str]) -> str:
        for function, principle in self._unmet:
            if self.space.rank_at(function, cell) > Outcome.CLEARED:
                return f"{principle.clause} is not confidently met"
        for function, floor in self._floors:
            if self.space.rank_at(function, cell) > Outcome.CLEARED:
                return f"{floor.clause} asks for {floor.outcome}"
        return "a doubt could matter"

    # Doubt

    def misread_doubts(self, outcome: int) -> Iterator[Failure]:
        """Unsure answers that give something else than the readings say."""
        for place in self.doubtful:
            found, expected = self.space.fixed(outcome, place, UNSURE), self.expected(outcome, place)
            if found == expected:
                continue
            cell = self.space.example(self._diagrams.combine(DIFFER, found, expected), **{place: UNSURE})
            if cell:
                wanted, judged = self.space.rank_at(expected, cell), self.space.rank_at(outcome, cell)
                yield shown(f"an unsure {place} is to give {wanted} here, judged {judged}", [cell])

    def expected(self, function: int, place: str) -> int:
        """What an unsure at `place` is to give: the largest of the safer answers, at most escalate for any
        other, and what a reading says instead."""
        answers = [answer for answer in self.space.answers[place] if answer not in (UNSTATED, UNSURE)]
        values = {answer: self.space.fixed(function, place, answer) for answer in answers}
        largest = self._diagrams.largest(list(values.values()))
        expected = self._diagrams.combine(
            LARGER, self._certainly(values, place), self._diagrams.combine(SMALLER, largest, _ESCALATE)
        )
        for where, read_as in self._excepted[place]:
            expected = self._diagrams.chosen(where, values[read_as], expected)
        return expected

    def _certainly(self, values: dict[str, int], place: str) -> int:
        """The largest of the safer answers; where none is safer than another, what all of them give."""
        if is_ordered(place):
            order = self.space.answers[place]
            safer = [value for answer, value in values.items() if order.index(answer) < order.index(UNSURE)]
            return self._diagrams.largest(safer)
        least, *others = values.values()
        for other in others:
            least = self._diagrams.combine(SMALLER, least, other)
        return least
