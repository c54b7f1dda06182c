"""What a book has to keep: floors, principles and readings of doubt, as data beside the rules."""

from importlib.resources import files
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from policy.facts import Strict
from policy.faults import nearest, parse_toml
from policy.rulebook import DERIVED
from policy.verdict import Outcome, Topic
from policy.vocabulary import VOCABULARY


def _listed(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


def _known(wanted: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """A misspelt word would promise nothing, and nobody would notice."""
    words = {name: fact.answers for name, fact in VOCABULARY.items()} | dict(DERIVED)
    for name, answers in wanted.items():
        if name not in words:
            raise ValueError(f'"{name}" is not a fact; {nearest(name, words)}')
        for answer in answers - set(words[name]):
            raise ValueError(f'"{answer}" is not an answer to {name}; {nearest(answer, words[name])}')
    return wanted


Wanted = Annotated[dict[str, Annotated[frozenset[str], BeforeValidator(_listed)]], AfterValidator(_known)]


class Floor(Strict):
    """These answers together are never judged below `outcome`, but for what a reading excepts."""

    clause: str
    outcome: Outcome
    when: Wanted
    unless: Wanted = Field(default_factory=dict)
    reading: str = ""


class Principle(Strict):
    """One of the guiding principles: met where one of these certainly holds."""

    clause: str
    met: tuple[Wanted, ...]
    reading: str = ""


class DoubtRead(Strict):
    """Where an unsure `fact` is judged as if it were `read_as`."""

    fact: str
    where: Wanted
    read_as: str
    reading: str


class Signs(Strict):
    """Who signs a rule of this outcome that cites one of these clauses; none listed: whatever it cites."""

    topic: Topic
    outcome: Outcome
    clauses: tuple[str, ...] = ()


class Kept(Strict):
    """A part of a rule that no outcome, clause, duty or topic depends on, and why it stays."""

    rule: str
    part: str
    why: str


class Promises(Strict):
    """All that one book promises; without any, only what holds for every book is proven."""

    book: str
    floor: tuple[Floor, ...] = ()
    principle: tuple[Principle, ...] = ()
    doubt: tuple[DoubtRead, ...] = ()
    signs: tuple[Signs, ...] = ()
    kept: tuple[Kept, ...] = ()


def promises_for(book: str) -> Promises:
    """The promises kept beside this module for the book of that id; none for a studio's own book."""
    entry = files("policy") / "proof" / f"{book}.toml"
    if not entry.is_file():
        return Promises(book=book)
    return Promises.model_validate(parse_toml(entry.read_text(encoding="utf-8"), entry.name))
