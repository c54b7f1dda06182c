"""`make text-weights`: learns what words weigh from the labelled requests, and measures it honestly.

Each stranger's requests are judged by weights learned from everybody else's, so nobody's own words help; what
comes out is what the reader does on a stranger's text. Then the weights that ship are learned from all.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.text_report import Labelled, Tally, declared_safe, measure, read_corpus
from policy.text import contradictions
from policy.text_book import shipped_patterns
from policy.text_reading import Reading
from policy.text_risk import risk
from policy.text_weights import Header, Judge, Weights, features
from policy.vocabulary import UNSURE, VOCABULARY

ROOT: Final = Path(__file__).resolve().parents[1]
CORPORA = ROOT / "tests" / "policy" / "text"
TARGET = ROOT / "policy" / "books" / "text" / "weights-en.tsv"
ALARMS: Final = 0.10  # of a stranger's harmless requests: the bar is set so that about so many have an alarm
_SEEN: Final = 3  # requests in which a feature stands, or it is left out
_STRENGTH: Final = 30.0  # how closely the weights follow the requests (C of scikit-learn)
_SCALE: Final = 10.0  # whole numbers in the file are tenths
_KEPT_ASIDE: Final = "fourth_held_out"  # never learned from, so that it goes on measuring
_WEIGHTY: Final = 10  # each of the guidance's examples and of plain.jsonl counts as so many requests
_SEVERAL: Final = ("likeness_of", "performance_change")
_JUDGE: Final = tuple(name for name in Judge.model_fields if name != "facts")


@dataclass(frozen=True)
class Row:
    """One labelled request with all that is learned from: its features and what patterns alone find."""

    label: Labelled
    words: list[str]
    found: frozenset[str]

    @property
    def states(self) -> dict[str, str]:
        """Fact -> answer, without the step."""
        return {fact.rpartition(".")[2]: answer for fact, answer in self.label.states.items()}

    @property
    def may(self) -> frozenset[str]:
        """Facts that say neither yes nor no here."""
        return frozenset(fact.rpartition(".")[2] for fact in self.label.may)


def rows(paths: Iterable[Path]) -> list[Row]:
    """The English requests of the corpora."""
    return [_row(label) for path in paths for label in read_corpus(path) if label.language == "en"]


def examples() -> Iterator[Row]:
    """The guidance's examples: what they underdeclare their texts state, what else is so they may."""
    for line in (CORPORA.parent / "cases.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        truth = case["truth"] | case["truth"]["steps"][0]
        states = {fact: truth[fact.rpartition(".")[2]] for fact in case["underdeclared"]}
        safe = declared_safe("").facts
        safest = dict(safe) | dict(safe.steps[0])
        # What is so and was declared, the text may say; what nobody knows it must not claim to know.
        may = tuple(
            fact for fact, answer in truth.items() if answer not in (safest.get(fact, answer), UNSURE)
        )
        text = f"{case['title']}. {case['description']}"
        yield from [_row(_label(case["id"], text, states, may))] * _WEIGHTY


def phrases() -> Iterator[Row]:
    """What each English pattern must and must not match; of other facts these words say nothing."""
    for pattern in shipped_patterns().patterns:
        if pattern.language == "en":
            says = {fact: answer for fact, answer in pattern.text.says.items() if risk(fact, answer) > 0}
            others = tuple(VOCABULARY.keys() - says.keys())
            for texts, states in ((pattern.text.yes, says), (pattern.text.no, {})):
                for text in texts if says else ():
                    yield _row(_label(pattern.text.id, text, states, others))


def _label(name: str, text: str, states: dict[str, str], may: tuple[str, ...]) -> Labelled:
    return Labelled(id=name, language="en", department="", description=text, states=states, may=may)


def _row(label: Labelled) -> Row:
    page = Reading(label.description, shipped_patterns(), True)
    tokens = features(page.page.tokens, page.scopes.silenced("en"))
    alone = contradictions(declared_safe(label.description), Weights.silent())
    found = frozenset(finding.fact.rpartition(".")[2] for finding in alone)
    return Row(label, [word for each in tokens for word in each], found)


class Learned:
    """One column for each fact, one for anything at all, one for each answer of the facts with several."""

    def __init__(self, taught: Sequence[Row]) -> None:
        self.facts = sorted({fact for row in taught for fact in row.states})
        self._vector = TfidfVectorizer(analyzer=lambda row: row.words, sublinear_tf=True, min_df=_SEEN)
        matrix = self._vector.fit_transform(taught)
        self.columns: list[str] = []
        self.lines: list[Any] = []
        for fact in self.facts:
            used = np.array([fact not in row.may or fact in row.states for row in taught])
            self._learn(fact, matrix[used], np.array([fact in row.states for row in taught])[used])
        plain = np.array([bool(row.states) or not row.may for row in taught])
        self._learn("*", matrix[plain], np.array([bool(row.states) for row in taught])[plain])
        for fact in _SEVERAL:
            given = [row.states.get(fact, "") for row in taught]
            stating = np.array([bool(answer) for answer in given])
            for answer in sorted({answer for answer in given if answer}):
                self._learn(f"{fact}={answer}", matrix[stating], np.array(given)[stating] == answer)

    def _learn(self, column: str, matrix: Any, truth: Any) -> None:
        line = LogisticRegression(C=_STRENGTH, solver="liblinear", class_weight="balanced", random_state=0)
        self.columns.append(column)
        self.lines.append(line.fit(matrix, truth))

    def scores(self, asked: Sequence[Row]) -> Any:
        """By request and column."""
        matrix = self._vector.transform(asked)
        return np.stack([line.decision_function(matrix) for line in self.lines], axis=1)

    def text(self, judge: dict[str, Any], measured: dict[str, tuple[int, int, int, int]]) -> str:
        """The file: what `policy.text_weights` reads."""
        bias = tuple(float(round(line.intercept_[0] * _SCALE, 2)) for line in self.lines)
        header = Header.model_validate(
            {"columns": self.columns, "bias": bias, "judge": judge, "measured": measured}
        )
        weights = np.stack([line.coef_[0] for line in self.lines], axis=1)
        return header.model_dump_json() + "\n" + "".join(self._rows(weights))

    def _rows(self, weights: Any) -> Iterator[str]:
        for word, at in sorted(self._vector.vocabulary_.items()):
            rarity = self._vector.idf_[at]
            numbers = " ".join(str(round(rarity * weight * _SCALE)) for weight in weights[at])
            yield f"{word}\t{rarity:.2f} {numbers}\n"


def terms(scores: Any, asked: Sequence[Row], facts: Sequence[str], fact: int) -> Any:
    """What `policy.text_weights` sums for one fact: the terms of the judge, then one for each fact."""
    found = np.array([facts[fact] in row.found for row in asked], dtype=float)
    own, anything = scores[:, fact] * _SCALE, scores[:, len(facts)] * _SCALE
    rest = np.delete(scores[:, : len(facts)], fact, axis=1).max(axis=1) * _SCALE
    which = np.zeros((len(asked), len(facts)))
    which[:, fact] = 1
    each = {
        "words": own,
        "pattern": found,
        "both": own * found,
        "others": rest,
        "highest": np.maximum(own, rest),
        "anything": anything,
        "anything_found": anything * found,
        "nothing": np.minimum(anything, 0),
    }
    return np.hstack([np.stack([each[name] for name in _JUDGE], axis=1), which])


class Bench:
    """Every stranger's requests, scored by what the others taught."""

    def __init__(self, strangers: dict[str, list[Row]], ours: list[Row]) -> None:
        self.strangers, self.learned, self.scores = strangers, dict[str, Learned](), dict[str, Any]()
        for name, asked in strangers.items():
            others = [row for other, each in strangers.items() if other != name for row in each]
            self.learned[name] = Learned(ours + others)
            self.scores[name] = self.learned[name].scores(asked)
            click.echo(f"learned without {name}")
        self.facts = next(iter(self.learned.values())).facts

    def judge(self, without: str = "") -> dict[str, Any]:
        """How scores and findings make a decision, learned from all strangers but one."""
        asked = {name: each for name, each in self.strangers.items() if name != without}
        terms_, truth = [], []
        for name, each in asked.items():
            for at, fact in enumerate(self.facts):
                used = np.array([fact not in row.may or fact in row.states for row in each])
                terms_.append(terms(self.scores[name], each, self.facts, at)[used])
                truth.append(np.array([fact in row.states for row in each])[used])
        line = LogisticRegression(C=1.0, max_iter=5000).fit(np.vstack(terms_), np.concatenate(truth))
        bar = self._bar(line, asked)
        weights = [float(f"{weight:.4f}") for weight in line.coef_[0]]
        own = weights[len(_JUDGE) :]
        start = float(line.intercept_[0]) - bar
        each_fact = {fact: round(start + more, 4) for fact, more in zip(self.facts, own, strict=True)}
        return dict(zip(_JUDGE, weights[: len(_JUDGE)], strict=True)) | {"facts": each_fact}

    def _bar(self, line: Any, asked: dict[str, list[Row]]) -> float:
        """The score that so many harmless requests pass as we bear alarms."""
        highest: list[float] = []
        for name, each in asked.items():
            scores = np.stack(
                [
                    line.decision_function(terms(self.scores[name], each, self.facts, at))
                    for at in range(len(self.facts))
                ],
                axis=1,
            )
            for row, values in zip(each, scores, strict=True):
                if not row.states:
                    each_fact = zip(self.facts, values, strict=True)
                    highest.append(max(value for fact, value in each_fact if fact not in row.may))
        return float(np.quantile(highest, 1 - ALARMS))

    def measured(self) -> dict[str, tuple[int, int, int, int]]:
        """By stranger: facts found, facts stated, harmless requests alarmed, harmless requests."""
        found = {}
        for name, each in self.strangers.items():
            weights = Weights(self.learned[name].text(self.judge(without=name), {}))
            tally: Tally = measure([row.label for row in each], weights)["en"]
            found[name] = (tally.found, tally.stated, tally.alarmed, tally.harmless)
            click.echo(f"{name}: {tally.recall:.0f} % found, {tally.false_alarms:.0f} % alarmed")
        return found


def main() -> None:
    """Learn, measure, write."""
    open_ = (path for path in sorted(CORPORA.glob("*.jsonl")) if path.stem != _KEPT_ASIDE)
    plain = rows([CORPORA / "plain.jsonl"]) * (_WEIGHTY - 1)
    ours = [*rows(open_), *plain, *examples(), *phrases()]
    strangers = {path.stem: rows([path]) for path in sorted((CORPORA / "strangers").glob("*.jsonl"))}
    bench = Bench(strangers, ours)
    measured = bench.measured()
    everybody = Learned(ours + [row for each in strangers.values() for row in each])
    TARGET.write_text(everybody.text(bench.judge(), measured), encoding="utf-8")
    found, stated, alarmed, harmless = map(sum, zip(*measured.values(), strict=True))
    click.echo(f"strangers: {found / stated:.1%} found, {alarmed / harmless:.1%} of harmless alarmed")


if __name__ == "__main__":
    main()
