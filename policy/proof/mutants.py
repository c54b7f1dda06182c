"""Wrong books on purpose: each edit of each rule has to be noticed by a property or by a golden case."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from policy.proof.cases import Case, misjudged
from policy.proof.diagram import DIFFER
from policy.proof.economy import unspoken
from policy.proof.edits import Edit, book_of, edits
from policy.proof.meaning import SILENCE, BookMeaning, Meaning, meaning_of
from policy.proof.properties import Properties
from policy.proof.signing import wrongly_signed
from policy.proof.space import Cell
from policy.rulebook import Rule, Rulebook
from policy.triage import triage


class Survivor(NamedTuple):
    """An edit nothing notices, and a cell in which its finding is another: a golden case to be written."""

    edit: Edit
    cells: tuple[Cell, ...]


class Tally(NamedTuple):
    """Edits noticed by a property, by a case alone, and by nothing; `same` mean what the book means."""

    by_property: int
    by_case: int
    survivors: tuple[Survivor, ...]
    same: tuple[Edit, ...]


def tally(book: BookMeaning, properties: Properties, cases: Sequence[Case]) -> Tally:
    """Try every edit of every rule."""
    by_property = by_case = 0
    survivors: list[Survivor] = []
    same: list[Edit] = []
    for rule in book.book.rules:
        witness = _Witness(book.book, rule, cases)
        for edit in edits(rule, book.rules[rule.id]):
            changed = meaning_of(edit.changed, book.book, book.space) if edit.changed else SILENCE
            if changed == book.rules[rule.id]:
                same.append(edit)
            elif _breaks_a_property(book, properties, edit, changed):
                by_property += 1
            elif witness.notices(edit.changed):
                by_case += 1
            else:
                survivors.append(Survivor(edit, tuple(_differing(book, edit, changed))))
    return Tally(by_property, by_case, tuple(survivors), tuple(same))


def _breaks_a_property(book: BookMeaning, properties: Properties, edit: Edit, changed: Meaning) -> bool:
    if edit.changed and (not changed.fires or wrongly_signed(edit.changed, properties.promises)):
        return True
    if unspoken(book, {**book.says, **book.said_with(edit.rule, changed)}):
        return True
    return any(True for _ in properties.broken_by(book.outcome_with(edit.rule, changed)))


def _differing(book: BookMeaning, edit: Edit, changed: Meaning) -> Iterator[Cell]:
    """The nearest cell in which the rule says something else than before, if there is one."""
    before, differ = book.rules[edit.rule], book.space.diagrams.combine
    pairs = [(before.fires, changed.fires), (before.doubts, changed.doubts), (before.rank, changed.rank)]
    where = book.space.diagrams.largest([differ(DIFFER, one, other) for one, other in pairs])
    cell = book.space.example(where)
    if cell:
        yield cell


class _Witness:
    """The cases, for edits of one rule: the rest of the book is one book and the rule another.

    That is the same verdict, for the maximum and the unions do not ask which book a finding is from.
    """

    def __init__(self, book: Rulebook, rule: Rule, cases: Iterable[Case]) -> None:
        self._book = book
        self._others = book_of(book, tuple(other for other in book.rules if other is not rule))
        alone = book_of(book, (rule,))
        self._cases = [(case, triage(case.use, [alone])) for case in cases]

    def notices(self, changed: Rule | None) -> bool:
        """Whether some case is judged otherwise than told with `changed` in the rule's place."""
        alone = book_of(self._book, (changed,) if changed else ())
        return any(
            misjudged(case, [self._others, alone])
            for case, before in self._cases
            if triage(case.use, [alone]) != before
        )
