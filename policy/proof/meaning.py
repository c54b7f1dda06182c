"""What a book means: where each rule fires or is in doubt, what it then says, and the outcome everywhere."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from policy.proof.diagram import LARGER, WITHOUT
from policy.proof.space import Space
from policy.rulebook import Rule, Rulebook
from policy.verdict import Outcome, Topic

# One thing a verdict says beside its outcome: ("clause", "G3a"), ("duty", "F1"), ("topic", "legal").
Word = tuple[str, str]


class Meaning(NamedTuple):
    """One rule over all cells: where it fires, where it is in doubt, its outcome, and where it says what."""

    fires: int
    doubts: int
    rank: int
    says: Mapping[Word, int]


SILENCE = Meaning(0, 0, 0, {})


def meaning_of(rule: Rule, book: Rulebook, space: Space) -> Meaning:
    """The rule in every cell. What triage shows of a finding is repeated here: clauses, topics, duties."""
    diagrams = space.diagrams
    fires = doubts = 0
    for view in space.views(rule.names):
        lifted = view.certain([rule.exception] if rule.exception else [])
        held = diagrams.combine(WITHOUT, view.certain(rule.alternatives), lifted)
        possible = diagrams.combine(WITHOUT, view.possible(rule.alternatives), lifted)
        fires = diagrams.combine(LARGER, fires, held)
        doubts = diagrams.combine(LARGER, doubts, diagrams.combine(WITHOUT, possible, held))
    rank = diagrams.combine(
        LARGER,
        diagrams.mapped((0, rule.outcome.rank, 0, 0), fires),
        diagrams.mapped((0, rule.unsure.rank, 0, 0), doubts),
    )
    says: dict[Word, int] = {}
    for words, where in ((_when_fired(rule), fires), (_when_in_doubt(rule, book), doubts)):
        for word in words if where else ():
            says[word] = diagrams.combine(LARGER, says.get(word, 0), where)
    return Meaning(fires, doubts, rank, says)


def _when_fired(rule: Rule) -> set[Word]:
    topics = rule.topics if rule.outcome >= Outcome.ESCALATE else ()
    return _words(rule.clauses, topics) | {("duty", duty) for duty in rule.duties}


def _when_in_doubt(rule: Rule, book: Rulebook) -> set[Word]:
    """A doubt that stays cleared is not shown at all."""
    if rule.unsure == Outcome.CLEARED:
        return set()
    topics: tuple[Topic, ...] = ()
    if rule.unsure >= Outcome.ESCALATE:
        topics = rule.topics if rule.unsure == rule.outcome else (Topic.PRODUCTION,)
    return _words((*rule.clauses, *book.heading.unsure), topics)


def _words(clauses: Iterable[str], topics: Iterable[Topic]) -> set[Word]:
    return {("clause", clause) for clause in clauses} | {("topic", topic.value) for topic in topics}


class BookMeaning:
    """A whole book over all cells, and what would become of it if one rule were another."""

    def __init__(self, book: Rulebook, space: Space) -> None:
        self.book, self.space = book, space
        self.rules = {rule.id: meaning_of(rule, book, space) for rule in book.rules}
        self._others: dict[tuple[str, Word], int] = {}
        self.says = self._said(self.rules.values())

    def _said(self, meanings: Iterable[Meaning]) -> dict[Word, int]:
        said: dict[Word, int] = {}
        for meaning in meanings:
            for word, where in meaning.says.items():
                said[word] = self.space.diagrams.combine(LARGER, said.get(word, 0), where)
        return said

    @cached_property
    def outcome(self) -> int:
        """The outcome of the book in every cell: the maximum over its rules."""
        return self.space.diagrams.largest([meaning.rank for meaning in self.rules.values()])

    @cached_property
    def _without(self) -> Mapping[str, int]:
        """Rule -> the outcome of all the others."""
        ranks = [meaning.rank for meaning in self.rules.values()]
        before, after = [0], [0]
        for rank in ranks:
            before.append(self.space.diagrams.combine(LARGER, before[-1], rank))
        for rank in reversed(ranks):
            after.append(self.space.diagrams.combine(LARGER, rank, after[-1]))
        after.reverse()
        return {
            rule: self.space.diagrams.combine(LARGER, before[number], after[number + 1])
            for number, rule in enumerate(self.rules)
        }

    def outcome_with(self, rule: str, instead: Meaning) -> int:
        """The outcome in every cell if `rule` meant `instead`."""
        return self.space.diagrams.combine(LARGER, self._without[rule], instead.rank)

    def said_with(self, rule: str, instead: Meaning) -> dict[Word, int]:
        """Where what is said if `rule` meant `instead`; only the words either of them says."""
        words = {*self.rules[rule].says, *instead.says}
        combine = self.space.diagrams.combine
        return {
            word: combine(LARGER, self._said_by_others(rule, word), instead.says.get(word, 0))
            for word in words
        }

    def _said_by_others(self, rule: str, word: Word) -> int:
        """Where rules other than this one say the word; asked once for every change of the rule."""
        found = self._others.get((rule, word))
        if found is None:
            others = [
                other.says[word] for name, other in self.rules.items() if name != rule and word in other.says
            ]
            found = self._others[rule, word] = self.space.diagrams.largest(others)
        return found

    def changes(self, rule: str, instead: Meaning) -> tuple[bool, list[Word]]:
        """Whether any outcome changes if `rule` meant `instead`, and which words are said elsewhere then."""
        said = self.said_with(rule, instead)
        words = sorted(word for word, where in said.items() if where != self.says.get(word, 0))
        return self.outcome_with(rule, instead) != self.outcome, words
