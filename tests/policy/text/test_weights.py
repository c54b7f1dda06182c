"""Words are weighed: what the second opinion keeps, drops and adds, and what it must never do."""

import os
import subprocess
import sys
from math import log, sqrt
from pathlib import Path

import pytest

from bot.text_report import declared_safe, read_corpus
from policy.text import contradictions, read
from policy.text_book import shipped_patterns
from policy.text_reading import QUOTE, Reading
from policy.text_risk import risk
from policy.text_weights import STRIDE, WINDOW, Header, Judge, Weights, features, shipped_weights
from policy.vocabulary import VOCABULARY

HERE = Path(__file__).parent
OTHERS = [row for path in sorted(HERE.glob("*.jsonl")) for row in read_corpus(path) if row.language != "en"]
SOME = [row for path in sorted((HERE / "strangers").glob("*.jsonl")) for row in read_corpus(path)[:20]]
SMALL_TALK = (
    "The catering tent moves to the car park on Monday because of the rain. "
    "Thanks to all for the lovely week. "
)
TSV = Path(__file__).parents[3] / "policy/books/text/weights-en.tsv"


def found(text: str, weights: Weights | None = None) -> dict[str, str]:
    return {each.fact: each.suggests for each in contradictions(declared_safe(text), weights)}


def test_the_file_speaks_of_facts_and_answers_that_there_are() -> None:
    weights = shipped_weights()
    for column in weights.header.columns:
        fact, _, answer = column.partition("=")
        assert fact == "*" or fact in VOCABULARY
        assert not answer or answer in VOCABULARY[fact].answers
    assert len(weights.header.bias) == len(weights.header.columns)
    plain = weights.header.columns[: len(weights.facts) + 1]
    assert plain == (*weights.facts, "*")
    assert all("=" in name for name in weights.header.columns[len(plain) :])


def test_every_line_of_the_file_has_a_number_for_each_column() -> None:
    weights = shipped_weights()
    for line in TSV.read_text("utf-8").splitlines()[1:]:
        word, _, _ = line.partition("\t")
        row = weights.row(word)
        assert row is not None and row[0] > 0
        assert len(row[1]) == len(weights.facts) + 1
        assert len(row[1]) + len(row[2]) == len(weights.header.columns)


def test_a_score_is_the_plain_sum_that_was_learned() -> None:
    """Each feature once for each time it stands, damped, over the norm: worked out again the long way."""
    weights = shipped_weights()
    page = Reading(
        "The voice, the voice: a voice clone of Marta, not her face, quoth the zugzwang.", shipped_patterns()
    )
    tokens = features(page.page.tokens, page.scopes.silenced("en"))
    flat = [feature for each in tokens for feature in each]
    known = {feature: weights.row(feature) for feature in flat}
    assert flat.count("voice") == 3 and "-face" in flat and any(row is None for row in known.values())
    for at, score in enumerate(weights.scores(tokens)):
        total = square = 0.0
        for feature, row in known.items():
            if row is not None:
                often = 1 + log(flat.count(feature))
                total += often * (row[1] + row[2])[at]
                square += (often * row[0]) ** 2
        assert score == pytest.approx(total / sqrt(square) + weights.header.bias[at])


def test_a_long_text_is_weighed_in_windows_as_if_each_were_a_text_of_its_own() -> None:
    """Strides are joined, not counted again: words of both, and what damps them, must come out the same."""
    weights = shipped_weights()
    text = f"{SMALL_TALK}We clone her voice, her voice and no face, for the final mix. {SMALL_TALK}" * 4
    tokens = features(Reading(text, shipped_patterns()).page.tokens, 0)
    windows = list(weights.windows(tokens))
    starts = range(0, len(tokens) - WINDOW + STRIDE, STRIDE)
    assert len(windows) == len(starts) > 5
    for start, window in zip(starts, windows, strict=True):
        [alone] = weights.windows(tokens[start : start + WINDOW])
        assert window.counts == alone.counts
        assert window.sums == pytest.approx(alone.sums)
        assert window.square == pytest.approx(alone.square)


def test_where_one_fact_is_stated_less_is_enough_for_the_next() -> None:
    """And what is filled in for somebody has to be more likely than not."""
    asked, filled = 0, 0
    for row in SOME:
        use = declared_safe(row.description, row.title)
        questions = {each.fact for each in read(use) if risk(each.fact, each.answer) > 0}
        sure = {each.fact for each in read(use, sure=True) if risk(each.fact, each.answer) > 0}
        assert sure <= questions, row.id
        asked, filled = asked + len(questions), filled + len(sure)
    assert asked > filled > 0.6 * asked


BOTH = {"union_work", "could_mislead"}


@pytest.mark.parametrize(
    ("weight", "asked", "sure"), [(2, set(), set()), (4, BOTH, set()), (6, BOTH, {"union_work"})]
)
def test_the_second_fact_needs_less_only_where_a_first_passed_the_bar(
    weight: int, asked: set[str], sure: set[str]
) -> None:
    """Weights of one word: it misses the bar of the second fact by 1, and passes that of the first or not."""
    judge = dict.fromkeys(Judge.model_fields, 0.0) | {
        "words": 1.0,
        "further": 1.5,
        "even": 2.0,
        "facts": {"union_work": -3, "could_mislead": -5},
    }
    header = {"columns": ("union_work", "could_mislead", "*"), "bias": (0, 0, 0), "judge": judge}
    few = Weights(f"{Header.model_validate(header).model_dump_json()}\nvoice\t1 {weight} 4 0")
    assert few.weigh([("voice",)], frozenset()).keys() == asked
    assert few.weigh([("voice",)], frozenset(), sure=True).keys() == sure


def test_a_finding_of_a_pattern_is_dropped_where_the_words_speak_against_it() -> None:
    text = "Her voice cracked in the last take and everybody cried. Cake at four."
    assert not found(text)


def test_what_no_pattern_knows_is_stated_by_the_words_alone_and_quoted() -> None:
    """Over many requests: some are found by words alone, each with a quote that stands in the text."""
    added = 0
    for row in SOME:
        alone = found(row.description, Weights.silent())
        for each in contradictions(declared_safe(row.description)):
            assert each.quote in row.description and 0 < len(each.quote) <= QUOTE
            added += each.fact not in alone
    assert added > 50


def test_nobody_is_missed_to_have_been_asked_where_nobody_is_shown() -> None:
    """Weights of four words: "nobody asked" says that consent is missing, "marta" that somebody is shown."""
    judge = dict.fromkeys(Judge.model_fields, 0.0) | {
        "words": 1.0,
        "facts": {"consent": 0, "talent_likeness": 0},
    }
    header = {"columns": ("consent", "talent_likeness", "*"), "bias": (-1, -1, 0), "judge": judge}
    words = ("nobody\t1 4 0 0", "asked\t1 4 0 0", "marta\t1 0 4 0", "the\t1 0 0 0")
    few = Weights("\n".join([Header.model_validate(header).model_dump_json(), *words]))
    assert found("nobody asked marta", few) == {"consent": "no", "talent_likeness": "yes"}
    assert found("nobody asked the", few) == {}


def test_other_languages_are_left_to_their_patterns() -> None:
    assert len(OTHERS) > 60
    for row in OTHERS:
        assert found(row.description) == found(row.description, Weights.silent()), row.id


def test_what_is_said_plainly_is_not_hidden_by_small_talk_around_it() -> None:
    plain = "We clone the voice of our lead with an AI tool, she was not asked, and it is in the final mix. "
    padding = SMALL_TALK * 12
    assert len(padding.split()) > WINDOW
    for text in (plain, plain + padding, padding + plain, padding + plain + padding):
        assert {"talent_likeness", "output_final"} <= found(text).keys()


def test_small_talk_of_any_length_states_nothing() -> None:
    assert not found(SMALL_TALK * 25)


def test_the_same_words_always_say_the_same_in_the_same_order() -> None:
    text = "We clone our actress with AI on my private account, it keeps the uploads, final mix, no consent."
    first = contradictions(declared_safe(text))
    fresh = Weights(TSV.read_text("utf-8"))
    assert contradictions(declared_safe(text), fresh) == first


SUMS = """
import sys
from policy.text_weights import shipped_weights
tokens = [(word,) for word in sys.argv[1].lower().split()]
print([(window.sums, window.square) for window in shipped_weights().windows(tokens)])
"""


def test_a_sum_is_the_same_to_the_last_digit_whoever_works_it_out() -> None:
    """Python shuffles its sets anew in every process: a sum in the order of one is another sum each time."""
    text = (SMALL_TALK + "We clone her voice and her face for the final mix ") * 6
    said = {
        subprocess.run(
            [sys.executable, "-c", SUMS, text],
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            timeout=60,
        ).stdout
        for seed in "1234"
    }
    assert len(said) == 1


def test_a_step_that_says_what_it_does_is_not_doubted() -> None:
    """In a step's own fields people speak of nothing but the use."""
    found = {each.fact for each in contradictions(declared_safe("", purpose="Anna's voice in the final mix"))}
    assert {"talent_likeness", "output_final"} <= found
