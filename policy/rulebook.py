"""Rulebooks: dated books of clauses, rules and duties, read from TOML and checked to the last word."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from importlib.resources import files
from typing import Any

from pydantic import Field, ValidationError, model_validator

from policy.conditions import Condition, Sieve
from policy.facts import Facts, Step, Strict
from policy.faults import Fault, Invalid, Place, faults_of, line_of, nearest, parse_toml
from policy.verdict import BookIdentity, Duty, Finding, Outcome, Topic
from policy.vocabulary import VOCABULARY

# Beside the requester's facts a rule may look at two things the request itself shows (W0, W2).
DERIVED: Mapping[str, tuple[str, ...]] = {"vendor": ("none", "named"), "workflow": ("single", "several")}
STEP_ONLY = frozenset(Step.model_fields) - frozenset(Facts.model_fields)
PER_STEP = frozenset(Step.model_fields) & frozenset(VOCABULARY)

DEFAULT_BOOKS = ("netflix-genai",)


class Clause(Strict):
    """One cited statement of the guidance, in our own words."""

    id: str
    section: str
    summary: str


class DutyText(Strict):
    """What a duty says to the requester."""

    clause: str
    text: str


class Rule(Strict):
    """One row of a book: answers -> outcome, citing clauses.

    `unless` lifts the rule when certain; `unsure` is the outcome while the rule cannot be decided.
    """

    id: str
    outcome: Outcome
    when: dict[str, Any]
    unless: dict[str, Any] = Field(default_factory=dict)
    unsure: Outcome
    clauses: tuple[str, ...] = Field(min_length=1)
    topics: tuple[Topic, ...] = ()
    duties: tuple[str, ...] = ()
    because: str

    @model_validator(mode="before")
    @classmethod
    def _unsure_defaults_to_escalate_at_most(cls, raw: Any) -> Any:
        known = isinstance(raw, dict) and raw.get("outcome") in list(Outcome)
        if known and "unsure" not in raw:
            return raw | {"unsure": min(Outcome(raw["outcome"]), Outcome.ESCALATE)}
        return raw

    @cached_property
    def alternatives(self) -> tuple[Condition, ...]:
        """Each way to fire: fact -> answers that count."""
        shared = _condition(self.when, but="any")
        return tuple({**shared, **_condition(extra)} for extra in self.when.get("any") or [{}])

    @cached_property
    def exception(self) -> Condition:
        """The answers that lift the rule; empty when nothing does."""
        return _condition(self.unless, but="clauses")

    @cached_property
    def names(self) -> frozenset[str]:
        """Every fact the rule looks at."""
        return frozenset(self.exception).union(*self.alternatives)


class Cleared(Strict):
    """The finding of a use to which nothing stricter applies (R1)."""

    rule: str
    clauses: tuple[str, ...]
    because: str


class Heading(Strict):
    """Who publishes the guidance, since when it holds and when somebody last looked."""

    id: str
    version: str
    title: str
    publisher: str
    effective: date
    until: date | None = None
    source: str
    checked: date
    always: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    cleared: Cleared


class _BookFile(Strict):
    book: Heading
    clause: tuple[Clause, ...] = Field(min_length=1)
    duty: tuple[DutyText, ...] = ()
    rule: tuple[Rule, ...] = Field(min_length=1)


class Rulebook(Strict):
    """A whole book, validated. `identity` names it to the byte."""

    heading: Heading
    clauses: dict[str, Clause]
    duties: dict[str, DutyText]
    rules: tuple[Rule, ...]
    identity: BookIdentity

    @property
    def checked(self) -> date:
        """The day the source was last looked at."""
        return self.heading.checked

    @cached_property
    def sieve(self) -> Sieve:
        """Tells quickly which rules the answers rule out; its bits are places in `rules`."""
        words = {name: fact.answers for name, fact in VOCABULARY.items()} | dict(DERIVED)
        return Sieve([rule.alternatives for rule in self.rules], words)

    @cached_property
    def looking_at(self) -> Mapping[str, int]:
        """Fact -> the rules that look at it, as bits; only facts a step can answer for itself."""
        return {
            name: sum(1 << number for number, rule in enumerate(self.rules) if name in rule.names)
            for name in PER_STEP
        }

    @cached_property
    def findings(self) -> dict[tuple[object, ...], Finding]:
        """Findings made before, for triage to keep: a rule says the same of the same answers."""
        return {}

    @cached_property
    def duties_of(self) -> Mapping[str, tuple[Duty, ...]]:
        """Rule -> its duties."""
        said = {clause: Duty(clause=clause, text=duty.text) for clause, duty in self.duties.items()}
        return {rule.id: tuple(said[clause] for clause in rule.duties) for rule in self.rules} | {
            "": tuple(said[clause] for clause in self.heading.always)
        }


def parse_book(text: str, source: str) -> Rulebook:
    """Read a book, or raise Invalid with every fault: file, line, key, nearest known word."""
    raw = parse_toml(text, source)
    try:
        book = _BookFile.model_validate(raw)
    except ValidationError as error:
        raise Invalid(faults_of(error, _BookFile, source, text)) from None
    faults = list(_Proofreader(book, source, text).faults())
    if faults:
        raise Invalid(faults)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Rulebook(
        heading=book.book,
        clauses={clause.id: clause for clause in book.clause},
        duties={duty.clause: duty for duty in book.duty},
        rules=book.rule,
        identity=BookIdentity(id=book.book.id, version=book.book.version, sha256=sha256),
    )


def load_book(name: str) -> Rulebook:
    """The book `name` ("netflix-genai": its newest version; "netflix-genai-2025-11-11": that one)."""
    shipped = sorted(
        entry.name.removesuffix(".toml")
        for entry in (files("policy") / "books").iterdir()
        if entry.name.endswith(".toml")
    )
    matching = [book for book in shipped if book == name or book[:-11] == name]
    if not matching:
        known = sorted({book[:-11] for book in shipped} | set(shipped))
        raise Invalid([Fault("rulebook", None, name, f"there is no such rulebook; {nearest(name, known)}")])
    source = f"{matching[-1]}.toml"
    return parse_book((files("policy") / "books" / source).read_text(encoding="utf-8"), source)


def load_books(names: Iterable[str] = DEFAULT_BOOKS) -> tuple[Rulebook, ...]:
    """The named books, each once, in the order named."""
    return tuple(load_book(name) for name in dict.fromkeys(names))


def _condition(table: Mapping[str, Any], but: str = "") -> Condition:
    return {
        name: frozenset([given] if isinstance(given, str) else given)
        for name, given in table.items()
        if name != but
    }


EMPTY = "an empty list never holds; name what counts"


class _Proofreader:
    """Checks that everything a book names exists; a fault names file, line, rule and nearest known word."""

    def __init__(self, book: _BookFile, source: str, text: str) -> None:
        self.book, self.source, self.text = book, source, text
        self.clauses = [clause.id for clause in book.clause]
        self.duties = [duty.clause for duty in book.duty]

    def faults(self) -> Iterator[Fault]:
        yield from self._repeated("clause", "id", self.clauses)
        yield from self._repeated("rule", "id", [rule.id for rule in self.book.rule])
        yield from self._repeated("duty", "clause", self.duties)
        heading = self.book.book
        yield from self._unknown(("book", "always"), "book.always", heading.always, self.duties, "duty")
        yield from self._unknown(("book", "unsure"), "book.unsure", heading.unsure, self.clauses, "clause")
        cleared = heading.cleared.clauses
        yield from self._unknown(
            ("book", "cleared", "clauses"), "book.cleared", cleared, self.clauses, "clause"
        )
        for index, duty in enumerate(self.duties):
            yield from self._unknown(
                ("duty", index, "clause"), f"duty {duty}", [duty], self.clauses, "clause"
            )
        for index, rule in enumerate(self.book.rule):
            at, where = ("rule", index), f"rule {rule.id}"
            yield from self._unknown((*at, "clauses"), where, rule.clauses, self.clauses, "clause")
            yield from self._unknown((*at, "duties"), where, rule.duties, self.duties, "duty")
            yield from self._conditions(at, rule)

    def _fault(self, place: Place, where: str, says: str) -> Fault:
        return Fault(self.source, line_of(self.text, place), where, says)

    def _repeated(self, kind: str, key: str, names: list[str]) -> Iterator[Fault]:
        for index, name in enumerate(names):
            if name in names[:index]:
                says = f"there are two with this name; rename one {kind}"
                yield self._fault((kind, index, key), f"{kind} {name}", says)

    def _unknown(
        self, place: Place, where: str, words: Iterable[str], known: list[str], kind: str
    ) -> Iterator[Fault]:
        for word in words:
            if word not in known:
                yield self._fault(place, where, f'there is no {kind} "{word}"; {nearest(str(word), known)}')

    def _conditions(self, at: Place, rule: Rule) -> Iterator[Fault]:
        """The facts and answers of `when`, `any` and `unless`."""
        where = f"rule {rule.id}, when"
        alternatives = rule.when.get("any", [{}])
        if not isinstance(alternatives, list) or not all(isinstance(entry, dict) for entry in alternatives):
            says = 'any is a list of tables, such as any = [{ output_final = "yes" }]'
            yield self._fault((*at, "when"), f"{where}.any", says)
            return
        if not alternatives:
            yield self._fault((*at, "when"), f"{where}.any", EMPTY)
        shared = {fact: given for fact, given in rule.when.items() if fact != "any"}
        if not all(shared or entry for entry in alternatives):
            says = "a rule needs at least one fact, in each alternative"
            yield self._fault((*at, "when"), where, says)
        for table in (shared, *alternatives):
            for fact, given in table.items():
                yield from self._answers((*at, "when"), where, fact, given)
        if rule.unless:
            yield from self._exception((*at, "unless"), f"rule {rule.id}, unless", rule.unless)

    def _exception(self, place: Place, where: str, unless: Mapping[str, Any]) -> Iterator[Fault]:
        """What lifts a rule: the answers, and the clauses it rests on."""
        cited = unless.get("clauses", [])
        if not isinstance(cited, list):
            yield self._fault(place, where, 'clauses is a list, such as clauses = ["F3"]')
        elif not cited:
            yield self._fault(place, where, "an exception cites the clause it rests on")
        else:
            yield from self._unknown(place, where, cited, self.clauses, "clause")
        if not set(unless) - {"clauses"}:
            yield self._fault(place, where, "an exception names the answers that lift the rule")
        for fact, given in unless.items():
            if fact != "clauses":
                yield from self._answers(place, where, fact, given)

    def _answers(self, place: Place, where: str, fact: str, given: Any) -> Iterator[Fault]:
        known = {name: entry.answers for name, entry in VOCABULARY.items()} | dict(DERIVED)
        if fact not in known:
            yield self._fault(place, where, f'"{fact}" is not a fact; {nearest(fact, known)}')
            return
        answers = given if isinstance(given, list) else [given]
        if not answers:
            yield self._fault(place, f"{where}.{fact}", EMPTY)
        for answer in answers:
            if answer not in known[fact]:
                says = f"{answer!r} is not one of its answers; {nearest(str(answer), known[fact])}"
                yield self._fault(place, f"{where}.{fact}", says)
