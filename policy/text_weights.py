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
from itertools import chain, pairwise
from math import log, sqrt
from operator import add
from typing import Final, NamedTuple

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
Row = tuple[float, tuple[float, ...], tuple[float, ...]]  # rarity; facts and "anything at all"; answers


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
    further: float = 0.0  # where one fact is stated, another needs so much less
    even: float = 0.0  # above this, a fact is more likely stated than not


class Counts(NamedTuple):
    """What reading one stranger's requests came to."""

    found: int
    stated: int  # facts that their words state
    alarmed: int
    harmless: int  # requests that state nothing
    added: int  # of the others, those of which something is said to be stated that is not
    risky: int


class Header(Strict):
    """The first line of the file: what its columns are, and what was measured when it was made."""

    columns: tuple[str, ...]  # a fact, "*", or a fact's answer as fact=answer
    bias: tuple[float, ...]
    judge: Judge
    measured: dict[str, Counts] = Field(default_factory=dict)


class Weights:
    """The file, read once. A word's numbers are taken apart when it is first met: most never are."""

    def __init__(self, text: str) -> None:
        first, _, rest = text.partition("\n")
        self.header = Header.model_validate_json(first)
        self._lines = dict(line.split("\t", 1) for line in rest.splitlines())
        self._rows: dict[str, Row] = {}
        self.facts = tuple(self.header.judge.facts)
        # Facts first, then "anything at all", then answers: sums of those are asked for seldom.
        self._plain = len(self.facts) + 1 if self.header.columns else 0
        names = self.header.columns[: self._plain]
        self._at = {name: at for at, name in enumerate(names)}
        self._answers: dict[str, list[tuple[str, int]]] = {}
        for at, name in enumerate(self.header.columns[self._plain :]):
            fact, _, answer = name.partition("=")
            self._answers.setdefault(fact, []).append((answer, at))

    @classmethod
    def silent(cls) -> "Weights":
        """Weights that know no word, so that the patterns stand alone."""
        nothing: dict[str, object] = dict.fromkeys(Judge.model_fields, 0.0)
        judge = nothing | {"facts": {}}
        return cls(Header.model_validate({"columns": (), "bias": (), "judge": judge}).model_dump_json())

    def row(self, feature: str) -> Row | None:
        """How rare a feature is, and what it adds to each column; None when it is not known."""
        row = self._rows.get(feature)
        if row is None and (line := self._lines.get(feature)):
            rarity, *weights = map(float, line.split())
            row = self._rows[feature] = (rarity, tuple(weights[: self._plain]), tuple(weights[self._plain :]))
        return row

    def knows(self, tokens: Iterable[Features]) -> bool:
        """Whether these are words of requests in English, so that their weights mean something."""
        words = [each[0] for each in tokens]
        known = sum(word in self._lines or word.lstrip("-") in self._lines for word in words)
        return bool(words) and known >= _KNOWN * len(words)

    def scores(self, tokens: Sequence[Features]) -> tuple[float, ...]:
        """By column: the sum of the weights of all features, each damped by repetition, over their norm."""
        window = self._counted(tokens)
        return self._scores(window) + self._answer_scores(window)

    def weigh(self, tokens: Sequence[Features], found: frozenset[str], sure: bool = False) -> dict[str, str]:
        """The facts that these words state, `found` being those a pattern found: fact -> likeliest answer.

        The answer is "" where a fact has but one risky answer. A long text is weighed window by window.
        `sure`: only what is more likely stated than not.
        """
        stated: dict[str, str] = {}
        for window in self.windows(tokens):
            for fact in self._stated(self._scores(window), found, sure):
                if fact not in stated:
                    stated[fact] = self._likeliest(fact, window)
        return stated

    def windows(self, tokens: Sequence[Features]) -> Iterator["Window"]:
        """The whole of a short text; of a long one each WINDOW tokens, a STRIDE further on each time."""
        if len(tokens) <= WINDOW:
            yield self._counted(tokens)
            return
        # Each token stands in two windows and is looked up once.
        strides = [self._counted(tokens[at : at + STRIDE]) for at in range(0, len(tokens), STRIDE)]
        yield from (self._joined(one, other) for one, other in pairwise(strides))

    def _counted(self, tokens: Sequence[Features]) -> "Window":
        square, rows, counts, known = 0.0, [], {}, self._rows
        for feature, count in Counter(chain.from_iterable(tokens)).items():
            row = known.get(feature) or self.row(feature)
            if row is not None:
                counts[feature] = count
                often = 1 + log(count)
                square += (often * row[0]) ** 2
                rows.append(row[1] if count == 1 else tuple([often * weight for weight in row[1]]))
        sums = tuple(map(sum, zip(*rows, strict=True))) if rows else (0.0,) * self._plain
        return Window(counts, sums, square)

    def _joined(self, one: "Window", other: "Window") -> "Window":
        """Both as if they had been counted together: what stands in both is damped anew."""
        counts = {**one.counts, **other.counts}
        sums, square = list(map(add, one.sums, other.sums)), one.square + other.square
        for feature in [each for each in one.counts if each in other.counts]:  # in order: a set has none
            here, there = one.counts[feature], other.counts[feature]
            counts[feature] = here + there
            rarity, weights, _ = self._rows[feature]
            apart, together = (1 + log(here), 1 + log(there)), 1 + log(here + there)
            square += (together**2 - apart[0] ** 2 - apart[1] ** 2) * rarity**2
            surplus = together - apart[0] - apart[1]
            sums = [total + surplus * weight for total, weight in zip(sums, weights, strict=True)]
        return Window(counts, tuple(sums), square)

    def _scores(self, window: "Window") -> tuple[float, ...]:
        norm = sqrt(window.square) or 1.0
        bias = self.header.bias[: self._plain]
        return tuple([total / norm + more for total, more in zip(window.sums, bias, strict=True)])

    def _answer_scores(self, window: "Window") -> tuple[float, ...]:
        norm, bias = sqrt(window.square) or 1.0, self.header.bias[self._plain :]
        rows = [(1 + log(count), self._rows[feature][2]) for feature, count in window.counts.items()]
        return tuple(
            sum(often * row[at] for often, row in rows) / norm + more for at, more in enumerate(bias)
        )

    def _likeliest(self, fact: str, window: "Window") -> str:
        answers = self._answers.get(fact)
        if not answers:
            return ""
        scores = self._answer_scores(window)
        return max(answers, key=lambda each: scores[each[1]])[0]

    def _stated(self, scores: Sequence[float], found: frozenset[str], sure: bool) -> Iterator[str]:
        totals = self._totals(scores, found)
        judge = self.header.judge
        bar = judge.even if sure else 0.0
        # Who states one thing is not talking of the weather: for the next, less is enough.
        if not sure and max(totals.values(), default=0.0) > 0:
            bar -= judge.further
        return (fact for fact, total in totals.items() if total > bar)

    def _totals(self, scores: Sequence[float], found: frozenset[str]) -> dict[str, float]:
        """By fact, how much speaks for it; above zero it is stated."""
        judge = self.header.judge
        anything = scores[self._at[_ANY]] if self.facts else 0.0
        ranked = sorted((scores[self._at[fact]] for fact in self.facts), reverse=True)
        totals = {}
        for fact in self.facts:
            score = scores[self._at[fact]]
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
            totals[fact] = total
        return totals

    def telling(self, tokens: Sequence[Features], facts: Iterable[str]) -> dict[str, list[float]]:
        """By fact and token: what the token adds to the score of the fact."""
        rows = [[row[1] for row in map(self.row, each) if row] for each in tokens]
        columns = {fact: self._at[fact] for fact in facts}
        return {fact: [sum([row[at] for row in each]) for each in rows] for fact, at in columns.items()}


class Window(NamedTuple):
    """Some tokens as weighed: how often each known feature stands in them, and the sums over these."""

    counts: dict[str, int]
    sums: tuple[float, ...]  # by plain column, of the damped weights
    square: float  # of their norm


@cache
def shipped_weights() -> Weights:
    """The weights that come with the product, read the first time they are needed."""
    return Weights((files("policy") / "books" / "text" / "weights-en.tsv").read_text(encoding="utf-8"))
