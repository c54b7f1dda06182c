"""What is learned is what is read: the file's sums are scikit-learn's own."""

import pytest

from policy.text_book import shipped_patterns
from policy.text_reading import Reading
from policy.text_weights import Weights, features

pytest.importorskip("sklearn", reason="scikit-learn is not installed: make text-weights installs it")

from bench.weighing import CORPORA, Learned, rows

JUDGE = ("words", "pattern", "both", "others", "highest", "anything", "anything_found", "nothing")


def test_the_file_gives_the_scores_that_were_learned() -> None:
    taught = rows([CORPORA / "fourth_tuned.jsonl", CORPORA / "tuned.jsonl"])
    learned = Learned(taught)
    judge = dict.fromkeys(JUDGE, 0.0) | {"facts": dict.fromkeys(learned.facts, 0.0)}
    weights = Weights(learned.text(judge, {}))
    asked = rows([CORPORA / "fourth_held_out.jsonl"])[:30]
    for row, expected in zip(asked, learned.scores(asked), strict=True):
        page = Reading(row.label.description, shipped_patterns(), True)
        scores = weights.scores(features(page.page.tokens, page.scopes.silenced("en")))
        # Weights are whole tenths in the file: each of some sixty features may be off by half of one.
        assert scores == pytest.approx(tuple(10 * each for each in expected), abs=2.0)
