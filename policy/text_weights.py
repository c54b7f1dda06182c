"""What the words of a text weigh: the second opinion beside the patterns, learned from labelled requests.

A pattern knows a phrase, and is wrong where the phrase means something else; the weights know no phrase, but
how often each word stood in thousands of requests that state a fact, and in those that do not. Together they
find more and err less than either (docs/text-reading.md). All of it is a sum of numbers from one file:
nothing is called, and the same words always weigh the same.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import chain
from math import log, sqrt
from typing import Final

from pydantic import Field

from policy.facts import Strict
from policy.text_match import Mask
from policy.text_tokens import Tokens

STEM: Final = 5  # letters: "synthesise" and "synthetic" share "synth~"
PAIRED: Final = 6  # letters of each word of a pair
WINDOW: Final = 60  # tokens weighed at once: small talk around a plain statement must not hide it
STRIDE: Final = 30
# Of a text's words, those the weights know. Below, it is not English, and they say nothing about it.
_KNOWN: Final = 0.65
_ANY: Final = "*"  # the column that says whether a text states anything at all

Features = tuple[str, ...]


def features(tokens: Tokens, dead: Mask) -> list[Features]:
    """By token: the word, its stem, whether it is a name, the pair with the word after it.

    What a cue silences ("no scans") counts as another word: "-scans".
    """
    words, named = tokens.words, tokens.named
    signs = ["-" if dead >> at & 1 else "" for at in range(len(words))]
    short = [
        sign + ("%" if at in named else word[:PAIRED])
        for at, (sign, word) in enumerate(zip(signs, words, strict=True))
    ]
    found: list[Features] = []
    for at, (sign, word) in enumerate(zip(signs, words, strict=True)):
        each = [sign + word]
        if len(word) > STEM:
            each.append(f"{sign}{word[:STEM]}~")
        if at in named:
            each.append(f"{sign}%")
        if at + 1 < len(words):
            each.append(f"{short[at]}_{short[at + 1]}")
        found.append(tuple(each))
    return found


class Judge(Strict):
    """How the words' score and the pattern's finding make one decision (bench/weighing.py fits it)."""

    words: float  # the score of the fact's own column
    pattern: float  # a pattern found it
    both: float  # score, where a pattern found it
    others: float  # the highest score of another fact
    highest: float
    anything: float  # score of the column "anything at all"
    anything_found: float  # the same, where a pattern found the fact
    nothing: float  # the same, where it is below zero
    facts: dict[str, float]  # by fact, what is added


class Header(Strict):
    """The first line of the file: what its columns are, and what was measured when it was made."""

    columns: tuple[str, ...]  # a fact, "*", or a fact's answer as fact=answer
    bias: tuple[float, ...]
    judge: Judge
    measured: dict[str, tuple[int, int, int, int]] = Field(default_factory=dict)


class Weights:
    """The file, read once. A word's numbers are taken apart when it is first met: most never are."""

    def __init__(self, text: str) -> None:
        first, _, rest = text.partition("\n")
        self.header = Header.model_validate_json(first)
        self._lines = dict(line.split("\t", 1) for line in rest.splitlines())
        self._rows: dict[str, tuple[float, tuple[float, ...]]] = {}
        self._columns = {name: at for at, name in enumerate(self.header.columns)}
        self.facts = tuple(self.header.judge.facts)
        self._at = [self._columns[fact] for fact in self.facts]
        self._answers: dict[str, list[tuple[str, int]]] = {}
        for name, at in self._columns.items():
            fact, is_answer, answer = name.partition("=")
            if is_answer:
                self._answers.setdefault(fact, []).append((answer, at))

    @classmethod
    def silent(cls) -> "Weights":
        """Weights that know no word, so that the patterns stand alone."""
        nothing: dict[str, object] = dict.fromkeys(Judge.model_fields, 0.0)
        judge = nothing | {"facts": {}}
        return cls(Header.model_validate({"columns": (), "bias": (), "judge": judge}).model_dump_json())

    def row(self, feature: str) -> tuple[float, tuple[float, ...]] | None:
        """How rare a feature is, and what it adds to each column; None when it is not known."""
        row = self._rows.get(feature)
        if row is None and (line := self._lines.get(feature)):
            rarity, *weights = map(float, line.split())
            row = self._rows[feature] = (rarity, tuple(weights))
        return row

    def knows(self, tokens: Iterable[Features]) -> bool:
        """Whether these are words of requests in English, so that their weights mean something."""
        words = [each[0] for each in tokens]
        known = sum(word in self._lines or word.lstrip("-") in self._lines for word in words)
        return bool(words) and known >= _KNOWN * len(words)

    def scores(self, tokens: Sequence[Features]) -> tuple[float, ...]:
        """By column: the sum of the weights of all features, each damped by repetition, over their norm."""
        rows = []
        square = 0.0
        known = self._rows
        for feature, count in Counter(chain.from_iterable(tokens)).items():
            row = known.get(feature) or self.row(feature)
            if row is None:
                continue
            rarity, weights = row
            if count > 1:
                often = 1 + log(count)
                rarity, weights = rarity * often, tuple(often * weight for weight in weights)
            square += rarity * rarity
            rows.append(weights)
        if not rows:
            return self.header.bias
        norm = sqrt(square)
        return tuple(
            sum(column) / norm + bias
            for column, bias in zip(zip(*rows, strict=True), self.header.bias, strict=True)
        )

    def weigh(self, tokens: Sequence[Features], found: frozenset[str]) -> dict[str, str]:
        """The facts that these words state, `found` being those a pattern found: fact -> likeliest answer.

        The answer is "" where a fact has but one risky answer. A long text is weighed window by window.
        """
        stated: dict[str, str] = {}
        known = [tuple(filter(self.row, each)) for each in tokens]  # half of all pairs are not
        for window in _windows(known):
            scores = self.scores(window)
            for fact in self._stated(scores, found):
                if fact not in stated:
                    answers = self._answers.get(fact, [])
                    stated[fact] = max(answers, key=lambda each: scores[each[1]])[0] if answers else ""
        return stated

    def _stated(self, scores: Sequence[float], found: frozenset[str]) -> Iterator[str]:
        judge = self.header.judge
        anything = scores[self._columns[_ANY]]
        ranked = sorted((scores[at] for at in self._at), reverse=True)
        for fact, at in zip(self.facts, self._at, strict=True):
            score = scores[at]
            others = ranked[1] if score == ranked[0] else ranked[0]
            total = (
                judge.facts[fact]
                + judge.words * score
                + judge.others * others
                + judge.highest * ranked[0]
                + judge.anything * anything
                + judge.nothing * min(anything, 0.0)
            )
            if fact in found:
                total += judge.pattern + judge.both * score + judge.anything_found * anything
            if total > 0:
                yield fact

    def telling(self, tokens: Sequence[Features], facts: Iterable[str]) -> dict[str, list[float]]:
        """By fact and token: what the token adds to the score of the fact."""
        rows = [[row[1] for row in map(self.row, each) if row] for each in tokens]
        columns = {fact: self._columns[fact] for fact in facts}
        return {fact: [sum([row[at] for row in each]) for each in rows] for fact, at in columns.items()}


def _windows(tokens: Sequence[Features]) -> Iterator[Sequence[Features]]:
    if len(tokens) <= WINDOW:
        yield tokens
        return
    for start in range(0, len(tokens) - WINDOW + STRIDE, STRIDE):
        yield tokens[start : start + WINDOW]


@cache
def shipped_weights() -> Weights:
    """The weights that come with the product, read the first time they are needed."""
    return Weights((files("policy") / "books" / "text" / "weights-en.tsv").read_text(encoding="utf-8"))
