"""The book of text patterns: TOML files beside the rulebooks, read once, checked to the last word."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Generic, Literal, TypeVar

from pydantic import Field, ValidationError

from policy.facts import Strict
from policy.faults import Fault, Invalid, Place, faults_of, line_of, nearest, parse_toml
from policy.text_expression import Compiler, Expression, Unreadable
from policy.text_lexicon import Lexicon
from policy.vocabulary import VOCABULARY

Owner = TypeVar("Owner")
CueKind = Literal[
    "not",
    "gone",
    "aside",
    "clause",
    "whole",
    "recant",
    "context",
    "plain",
    "ask",
    "deed",
    "but",
    "idle",
    "homonym",
]


class PatternText(Strict):
    """What a pattern's file says: `match` gives away what `says` states, with examples for and against.

    `unless`: words in the same sentence that make it something else; `requires`: a fact the same request
    must state too; `blunt`: a negation is part of the pattern and does not silence it.
    """

    id: str
    says: dict[str, str] = Field(min_length=1)
    match: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()
    requires: str | None = None
    blunt: bool = False
    yes: tuple[str, ...] = Field(min_length=1)
    no: tuple[str, ...] = ()


class CueText(Strict):
    """Words that silence what stands near: `reach` is in tokens; `lists` carries on over a short list.

    `alone`: only where the cue is the whole sentence ("Refused."). `clause` and `whole` silence the clause or
    sentence they stand in; `context` all sentences before, but for those a `plain` cue marks, and all after,
    but for those with a `plain` or a `deed` cue. `ends`: only where the cue ends its clause. An
    `ask` silences nothing: something is asked for, so a text without a `deed` is everyday talk.
    """

    kind: CueKind
    match: tuple[str, ...] = Field(min_length=1)
    reach: int = Field(default=9, ge=1, le=40)
    lists: bool = False
    crosses: bool = False  # over commas, to the end of the sentence
    alone: bool = False
    ends: bool = False


class _File(Strict):
    language: str
    words: dict[str, str] = Field(default_factory=dict)  # "voice, voices, @another_list"
    pattern: tuple[PatternText, ...] = ()
    cue: tuple[CueText, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """One compiled pattern; it gives away nothing when any of `unless` stands in the sentence."""

    text: PatternText
    language: str
    match: tuple[Expression, ...]
    unless: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Cue:
    """One compiled cue."""

    text: CueText
    language: str
    match: tuple[Expression, ...]


class Index(Generic[Owner]):
    """Expressions with whose they are, each found by the rarest of what it cannot be without."""

    def __init__(self, entries: Iterable[tuple[Owner, Expression]], frequency: Sequence[int]) -> None:
        self._entries = list(entries)
        self._resting: dict[int, list[int]] = {}  # group of phrases -> the entries that rest on it
        for number, (_, expression) in enumerate(self._entries):
            rarest = min(expression.needs, key=lambda choices: sum(frequency[group] for group in choices))
            for group in rarest:
                self._resting.setdefault(group, []).append(number)

    def among(self, present: frozenset[int]) -> list[tuple[Owner, Expression]]:
        """Those that may stand where the groups `present` do, in their order: a small part of all."""
        found: set[int] = set()
        for group in self._resting.keys() & present:
            found.update(self._resting[group])
        return [self._entries[number] for number in sorted(found)]


@dataclass(frozen=True, slots=True, eq=False)
class TextBook:
    """All patterns and cues of all languages, with the one lexicon they share."""

    patterns: tuple[Pattern, ...]
    matches: Index[Pattern]
    cues: Index[Cue]
    lexicon: Lexicon
    common: frozenset[str]  # capitalised words that are nobody's name
    tools: Expression | None  # the names of known tools
    speaks: Mapping[str, frozenset[str]]  # language -> small words by which a text is known to be in it
    spoken: Mapping[str, tuple[str, ...]]  # the same from the other side: small word -> its languages
    subjects: frozenset[str]  # words that begin a new statement, so a list of exclusions has ended

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there are patterns for."""
        return tuple(sorted({pattern.language for pattern in self.patterns}))


@cache
def shipped_patterns() -> TextBook:
    """The patterns that come with the product, read the first time they are needed."""
    folder = files("policy") / "books" / "text"
    entries = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda e: e.name
    )
    return parse_patterns({entry.name: entry.read_text(encoding="utf-8") for entry in entries})


def parse_patterns(texts: Mapping[str, str]) -> TextBook:
    """Read pattern files (name -> TOML), or raise Invalid with every fault: file, line, key, nearest word."""
    read: list[tuple[str, str, _File]] = []
    faults: list[Fault] = []
    for name, text in texts.items():
        try:
            read.append((name, text, _File.model_validate(parse_toml(text, name))))
        except ValidationError as error:
            faults += faults_of(error, _File, name, text)
        except Invalid as error:
            faults += error.faults
    if faults:
        raise Invalid(faults)
    return _Binder(read).book()


_Spot = tuple[str, str, Place, str]  # file, its text, the key, what to call it


class _Binder:
    """Compiles what the files hold and collects their faults."""

    def __init__(self, read: list[tuple[str, str, _File]]) -> None:
        self.read = read
        self.lexicon = Lexicon()
        self.faults: list[Fault] = []
        self.words: dict[str, dict[str, tuple[str, ...]]] = {}
        shared: dict[str, tuple[str, ...]] = {}
        for _, _, file in read:
            target = shared if file.language == "any" else self.words.setdefault(file.language, {})
            for name, line in file.words.items():
                entries = tuple(entry.strip() for entry in line.split(",") if entry.strip())
                target[name] = target.get(name, ()) + entries
        for language in {file.language for _, _, file in read}:
            self.words[language] = shared | self.words.get(language, {})
        self.compilers = {language: Compiler(words, self.lexicon) for language, words in self.words.items()}

    def book(self) -> TextBook:
        patterns, cues, seen = [], [], set[str]()
        for name, text, file in self.read:
            for index, entry in enumerate(file.pattern):
                place: _Spot = (name, text, ("pattern", index, "match"), f"pattern {entry.id}")
                if entry.id in seen:
                    self._fault(place, "there are two with this name; rename one pattern")
                seen.add(entry.id)
                self._answers(entry, (name, text, ("pattern", index, "says"), f"pattern {entry.id}"))
                match = self._compiled(entry.match, file.language, place)
                unless = self._compiled(entry.unless, file.language, place)
                patterns.append(Pattern(entry, file.language, match, unless))
            for index, cue in enumerate(file.cue):
                place = (name, text, ("cue", index, "match"), f"cue {index + 1} ({cue.kind})")
                cues.append(Cue(cue, file.language, self._compiled(cue.match, file.language, place)))
        if self.faults:
            raise Invalid(self.faults)
        speaks = {lang: frozenset(words["speaks"]) for lang, words in self.words.items() if "speaks" in words}
        tools = self.compilers["any"].expression("@tools") if self._all("tools") else None
        frequency = self.lexicon.frequency()
        return TextBook(
            patterns=tuple(patterns),
            matches=Index(((owner, match) for owner in patterns for match in owner.match), frequency),
            cues=Index(((owner, match) for owner in cues for match in owner.match), frequency),
            lexicon=self.lexicon,
            common=self._all("common"),
            tools=tools,
            speaks=speaks,
            spoken={
                word: tuple(lang for lang, words in speaks.items() if word in words)
                for word in frozenset[str]().union(*speaks.values())
            },
            subjects=self._all("subjects"),
        )

    def _all(self, name: str) -> frozenset[str]:
        return frozenset(entry for words in self.words.values() for entry in words.get(name, ()))

    def _fault(self, place: _Spot, says: str) -> None:
        name, text, at, where = place
        self.faults.append(Fault(name, line_of(text, at), where, says))

    def _compiled(self, sources: Iterable[str], language: str, place: _Spot) -> tuple[Expression, ...]:
        return tuple(self._expressions(sources, language, place))

    def _expressions(self, sources: Iterable[str], language: str, place: _Spot) -> Iterator[Expression]:
        for source in sources:
            try:
                yield self.compilers[language].expression(source)
            except Unreadable as error:
                self._fault(place, str(error))

    def _answers(self, entry: PatternText, place: _Spot) -> None:
        facts = dict(entry.says) | ({entry.requires: ""} if entry.requires else {})
        for fact, answer in facts.items():
            if fact not in VOCABULARY:
                self._fault(place, f'"{fact}" is not a fact; {nearest(fact, VOCABULARY)}')
            elif answer and answer not in VOCABULARY[fact].answers:
                says = f'"{answer}" is not one of its answers; {nearest(answer, VOCABULARY[fact].answers)}'
                self._fault(place, f"{fact}: {says}")
