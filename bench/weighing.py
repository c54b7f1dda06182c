"""`make text-weights`: learns what words weigh from the labelled requests, and measures it honestly.

The strangers are dealt into groups, and each group's requests are judged by weights learned from all the
others, so nobody's own words help; what comes out is what the reader does on a stranger's text. Then the
weights that ship are learned from all.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from bot.text_report import Labelled, Tally, declared_safe, measure, read_corpus, strangers_report
from policy.text import contradictions
from policy.text_book import shipped_patterns
from policy.text_reading import Reading
from policy.text_risk import risk
from policy.text_weights import Counts, Header, Judge, Weights, features
from policy.vocabulary import UNSURE, VOCABULARY

ROOT: Final = Path(__file__).resolve().parents[1]
CORPORA = ROOT / "tests" / "policy" / "text"
TARGET = ROOT / "policy" / "books" / "text" / "weights-en.tsv"
ALARMS: Final = 0.03  # of strangers' harmless forms: the bar is set so that about so many have an alarm
_FORMS: Final = 2  # a stranger's whole form counts as so many lone sentences: forms are what is read
FURTHER: Final = 1.25  # in log odds: so much less is needed for a fact where another is stated
GROUPS: Final = 10
_SEEN: Final = 3  # requests in which a feature stands, or it is left out
_STRENGTH: Final = 1.0  # how closely the weights follow the requests (C of scikit-learn)
_SCALE: Final = 10.0  # whole numbers in the file are tenths
_APART: Final = ("plain", "fourth_held_out")  # the second is never learned from, so that it goes on measuring
_WEIGHTY: Final = 20  # each of the guidance's examples and of plain.jsonl counts as so many requests
_SEVERAL: Final = ("likeness_of", "performance_change")
TERMS: Final = tuple(name for name in Judge.model_fields if name not in ("facts", "further", "even"))


@dataclass(frozen=True, eq=False)
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
        safest = dict(safe.steps[0]) | dict(safe)  # a step's own answers are None
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
    use = declared_safe(label.description, label.title)
    pages = [Reading(use.title, shipped_patterns()), Reading(use.description, shipped_patterns(), True)]
    tokens = [each for page in pages for each in features(page.page.tokens, page.scopes.silenced("en"))]
    alone = contradictions(use, Weights.silent())
    found = frozenset(finding.fact.rpartition(".")[2] for finding in alone)
    return Row(label, [word for each in tokens for word in each], found)


class Learned:
    """One column for each fact, one for anything at all, one for each answer of the facts with several."""

    def __init__(self, taught: Iterable[Row]) -> None:
        """A row that stands in `taught` several times counts as often."""
        times = Counter(taught)
        taught, self._times = list(times), np.array(list(times.values()), dtype=float)
        self.facts = sorted({fact for row in taught for fact in row.states})
        self._vector = TfidfVectorizer(analyzer=lambda row: row.words, sublinear_tf=True, min_df=_SEEN)
        matrix = self._vector.fit_transform(taught)
        self.columns: list[str] = []
        self.lines: list[Any] = []
        for fact in self.facts:
            used = np.array([fact not in row.may or fact in row.states for row in taught])
            self._learn(fact, matrix, used, np.array([fact in row.states for row in taught]))
        plain = np.array([bool(row.states) or not row.may for row in taught])
        self._learn("*", matrix, plain, np.array([bool(row.states) for row in taught]))
        for fact in _SEVERAL:
            given = [row.states.get(fact, "") for row in taught]
            stating = np.array([bool(answer) for answer in given])
            for answer in sorted({answer for answer in given if answer}):
                self._learn(f"{fact}={answer}", matrix, stating, np.array(given) == answer)

    def _learn(self, column: str, matrix: Any, used: Any, truth: Any) -> None:
        line = LinearSVC(C=_STRENGTH, class_weight="balanced", random_state=0)
        self.columns.append(column)
        self.lines.append(line.fit(matrix[used], truth[used], self._times[used]))

    def scores(self, asked: Sequence[Row]) -> Any:
        """By request and column."""
        matrix = self._vector.transform(asked)
        return np.stack([line.decision_function(matrix) for line in self.lines], axis=1)

    def text(self, judge: dict[str, Any], measured: dict[str, Counts]) -> str:
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
    return np.hstack([np.stack([each[name] for name in TERMS], axis=1), which])


def _are_forms(each: Iterable[Row]) -> bool:
    return any(row.label.title for row in each)


def _told(strangers: dict[str, list[Row]], without: Sequence[str] = ()) -> list[Row]:
    """What all strangers but some teach."""
    asked = [each for name, each in strangers.items() if name not in without]
    return [row for each in asked for row in each * (_FORMS if _are_forms(each) else 1)]


class Bench:
    """Every stranger's requests, scored by what other groups of strangers taught."""

    def __init__(self, strangers: dict[str, list[Row]], ours: list[Row]) -> None:
        self.strangers, self.learned, self.scores = strangers, list[Learned](), dict[str, Any]()
        names = list(strangers)
        self.groups = [group for at in range(GROUPS) if (group := names[at::GROUPS])]
        for group in self.groups:
            self.learned.append(Learned(ours + _told(strangers, without=group)))
            for name in group:
                self.scores[name] = self.learned[-1].scores(strangers[name])
            click.echo(f"learned without {' '.join(group)}")
        self.facts = self.learned[0].facts

    def judge(self, without: Sequence[str] = ()) -> dict[str, Any]:
        """How scores and findings make a decision, learned from all strangers but some."""
        asked = {name: each for name, each in self.strangers.items() if name not in without}
        terms_, truth = [], []
        for name, each in asked.items():
            for at, fact in enumerate(self.facts):
                used = np.array([fact not in row.may or fact in row.states for row in each])
                terms_.append(terms(self.scores[name], each, self.facts, at)[used])
                truth.append(np.array([fact in row.states for row in each])[used])
        line = LogisticRegression(C=1.0, max_iter=5000).fit(np.vstack(terms_), np.concatenate(truth))
        bar = self._bar(line, asked)
        weights = [float(f"{weight:.4f}") for weight in line.coef_[0]]
        own = weights[len(TERMS) :]
        start = float(line.intercept_[0]) - bar
        each_fact = {fact: round(start + more, 4) for fact, more in zip(self.facts, own, strict=True)}
        rest = {"facts": each_fact, "further": FURTHER, "even": round(max(0.0, -bar), 4)}
        return dict(zip(TERMS, weights[: len(TERMS)], strict=True)) | rest

    def _bar(self, line: Any, asked: dict[str, list[Row]]) -> float:
        """The score that so many harmless requests pass as we bear alarms.

        Only whole forms, with their titles, say so: the first strangers wrote lone sentences, half of
        the harmless ones to trap whoever reads them.
        """
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
                if _are_forms(each) and not row.states:
                    each_fact = zip(self.facts, values, strict=True)
                    highest.append(max(value for fact, value in each_fact if fact not in row.may))
        return float(np.quantile(highest, 1 - ALARMS))

    def measured(self) -> dict[str, Counts]:
        """By stranger: what `Counts` says."""
        found = {}
        for group, learned in zip(self.groups, self.learned, strict=True):
            weights = Weights(learned.text(self.judge(without=group), {}))
            for name in group:
                tally: Tally = measure([row.label for row in self.strangers[name]], weights)["en"]
                found[name] = tally.counts
                click.echo(f"{name}: {tally.recall:.0f} % found, {tally.false_alarms:.0f} % alarmed")
        return {name: found[name] for name in self.strangers}


def main() -> None:
    """Learn, measure, write."""
    open_ = (path for path in sorted(CORPORA.glob("*.jsonl")) if path.stem not in _APART)
    plain = rows([CORPORA / "plain.jsonl"]) * _WEIGHTY
    ours = [*rows(open_), *plain, *examples(), *phrases()]
    strangers = {path.stem: rows([path]) for path in sorted((CORPORA / "strangers").glob("*.jsonl"))}
    bench = Bench(strangers, ours)
    measured = bench.measured()
    everybody = Learned(ours + _told(strangers))
    TARGET.write_text(everybody.text(bench.judge(), measured), encoding="utf-8")
    click.echo(strangers_report())


if __name__ == "__main__":
    main()
