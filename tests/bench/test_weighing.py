"""What is learned is what is read: the file's sums and decisions are those that were learned."""

import random

import pytest

from policy.text_book import shipped_patterns
from policy.text_reading import Reading
from policy.text_weights import Features, Weights, features

pytest.importorskip("sklearn", reason="scikit-learn is not installed: make text-weights installs it")

from bench.weighing import CORPORA, TERMS, Learned, Row, rows, terms


@pytest.fixture(scope="module")
def learned() -> Learned:
    return Learned(rows([CORPORA / "fourth_tuned.jsonl", CORPORA / "tuned.jsonl"]))


@pytest.fixture(scope="module")
def asked() -> list[Row]:
    return rows([CORPORA / "fourth_held_out.jsonl"])[:40]


def tokens(row: Row) -> list[Features]:
    page = Reading(row.label.description, shipped_patterns(), True)
    return features(page.page.tokens, page.scopes.silenced("en"))


def test_the_file_gives_the_scores_that_were_learned(learned: Learned, asked: list[Row]) -> None:
    judge = dict.fromkeys(TERMS, 0.0) | {"facts": dict.fromkeys(learned.facts, 0.0)}
    weights = Weights(learned.text(judge, {}))
    for row, expected in zip(asked, learned.scores(asked), strict=True):
        # Weights are whole tenths in the file: each of some sixty features may be off by half of one.
        assert weights.scores(tokens(row)) == pytest.approx(tuple(10 * each for each in expected), abs=2.0)


def test_each_term_of_the_judge_counts_as_it_was_learned(learned: Learned, asked: list[Row]) -> None:
    """One term at a time, against what the learning summed: near the bar rounding may decide."""
    scores = learned.scores(asked)
    dice = random.Random(7)
    for name in TERMS:
        own = {fact: dice.uniform(-4, 4) for fact in learned.facts}
        judge = dict.fromkeys(TERMS, 0.0) | {name: 1.0, "facts": own}
        weights = Weights(learned.text(judge, {}))
        column = TERMS.index(name)
        sums = {
            fact: terms(scores, asked, learned.facts, at)[:, column] + own[fact]
            for at, fact in enumerate(learned.facts)
        }
        for number, row in enumerate(asked):
            stated = weights.weigh(tokens(row), row.found)
            for fact, each in sums.items():
                if abs(each[number]) > 4.0:
                    assert (fact in stated) == (each[number] > 0), (name, fact, row.label.id)
