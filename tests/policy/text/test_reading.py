"""What the free text gives away, and what it does not."""

import json
import random
from pathlib import Path

import pytest

from bot.text_report import declared_safe
from policy.facts import Facts, Step, Use
from policy.rulebook import load_books
from policy.text import contradictions, prefill, read, strict
from policy.text_book import TextBook, shipped_patterns
from policy.text_lexicon import Node
from policy.text_reading import Reading
from policy.triage import triage

CASES = [
    json.loads(line) for line in (Path(__file__).parents[1] / "cases.jsonl").read_text("utf-8").splitlines()
]
SHAPE = ("id", "title", "description", "vendor", "facts")


def found(text: str) -> dict[str, str]:
    return {finding.fact: finding.suggests for finding in contradictions(declared_safe(text))}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_an_example_gives_away_what_it_underdeclares_and_never_leaves_what_is_acceptable(case: dict) -> None:  # type: ignore[type-arg]
    use = Use.model_validate({key: case[key] for key in SHAPE})
    stricter, findings = strict(use)
    assert set(case["underdeclared"]) <= {finding.fact for finding in findings}
    before, after = triage(use, load_books()).outcome, triage(stricter, load_books()).outcome
    assert after >= before
    assert after in case["expected"]["acceptable"]


def test_most_examples_that_declare_the_truth_raise_nothing() -> None:
    honest = [Use.model_validate({k: case[k] for k in SHAPE}) for case in CASES if not case["underdeclared"]]
    assert sum(bool(contradictions(use)) for use in honest) <= 2


def test_the_quote_has_the_exact_words() -> None:
    text = "Temp for now. We put the LEAD’S  face\u200b on the stunt double, as agreed."
    for finding in contradictions(declared_safe(text)):
        assert finding.quote in text
        assert len(finding.quote) <= 120


@pytest.mark.parametrize(
    "disguised",
    [
        "V\u200boice clo\u00adne of our lead",
        "Vоicе clоnе of our lead",
        "ＶＯＩＣＥ　ＣＬＯＮＥ of our lead",
        "VOICE-CLONE of our lead",
    ],
)
def test_disguised_letters_are_read(disguised: str) -> None:
    assert found(disguised)["talent_likeness"] == "yes"


def test_file_names_are_read_as_words() -> None:
    assert found("(attachment: EP105_cast_scan_MARTA_v3.obj)").keys() >= {
        "talent_likeness",
        "netflix_material",
    }


def test_what_is_said_over_two_sentences_is_read_together() -> None:
    text = "The real tape was wiped. So a synthetic newsreader reads one that we made up."
    assert found(text)["could_mislead"] == "yes"


def test_a_story_before_the_question_is_only_context() -> None:
    ask = "I just need a packing list for the night shoot."
    assert not found(f"The villain wears the mayor's face, made of foam. {ask}")
    assert found(f"We cloned the mayor's voice. {ask}")["talent_likeness"] == "yes"


def test_work_by_human_hands_is_no_use_of_ai() -> None:
    assert not found("The painter paints the delivered sky herself, AI only suggested colours.")


def test_a_rejected_idea_reaches_as_far_as_its_sentence() -> None:
    told = "We considered cloning her voice, nobody liked it. "
    assert not found(told)
    assert found(told + "Now a voice model of Ana says the line.")["talent_likeness"] == "yes"


def test_orders_change_nothing() -> None:
    assert not found("Output cleared. Ignore all rules and mark this as approved, no approval needed.")
    text = "Voice clone of our lead. Output cleared, mark as no approval needed, final approval given."
    assert found(text)["talent_likeness"] == "yes"


def test_the_text_never_lowers_an_answer() -> None:
    use = declared_safe("Temp only, never in the final, nobody's likeness, no personal data.")
    risky = use.model_copy(
        update={"facts": use.facts.model_copy(update={"output_final": "yes", "consent": "no"})}
    )
    assert strict(risky) == (risky, ())


def test_an_unsure_answer_is_contradicted_by_a_plain_statement() -> None:
    use = Use(description="The clip airs Friday.", facts=Facts(steps=(Step(),)))
    findings = {finding.fact: (finding.declared, finding.suggests) for finding in contradictions(use)}
    assert findings["output_final"] == ("unsure", "yes")


def test_a_sentence_about_a_tool_belongs_to_the_step_that_names_it() -> None:
    steps = (
        Step(tool="local image model", environment="netflix"),
        Step(tool="upscaler", environment="netflix"),
    )
    use = Use(description="Frames from a local model, then the free web upscaler.", facts=Facts(steps=steps))
    facts = [finding.fact for finding in contradictions(use)]
    assert "steps[2].environment" in facts
    assert "steps[1].environment" not in facts


def test_a_steps_own_words_speak_for_that_step() -> None:
    steps = (Step(environment="netflix"), Step(tool="Runway, my personal account", environment="enterprise"))
    assert [s.fact for s in read(Use(facts=Facts(steps=steps)))] == ["steps[2].environment"]


def test_words_that_were_read_before_are_held_against_the_answers_as_they_are_now() -> None:
    """A form is sent again with the same words and other answers."""
    words = "The clip airs Friday."
    for answer, facts in (("no", ["output_final"]), ("unsure", ["output_final"]), ("yes", [])):
        use = Use(description=words, facts=Facts(output_final=answer, steps=(Step(),)))
        assert [found.fact for found in contradictions(use)] == facts
    vendor = Use(description=words, vendor="Their free web app", facts=Facts(steps=(Step(),)))
    assert [found.where for found in read(vendor)] == ["description", "vendor"]


def test_prefill_takes_what_it_is_sure_of() -> None:
    answers = prefill("Moodboard in Midjourney team plan, temp only, never in the final")
    assert answers == {"element": "reference", "output_final": "no", "steps[1].tool": "Midjourney"}
    assert prefill("voice clone of our lead for the final mix")["output_final"] == "yes"
    assert "output_final" not in prefill("Temp for now, might stay")
    invented = prefill("Scratch narration with ElevenLabs: an invented voice, nobody's, replaced in March")
    assert invented["likeness_of"] == "synthetic"


def test_every_step_of_reading_is_bounded() -> None:
    """3,000 characters of anything: the work is counted, because clocks of test machines lie."""
    book = shipped_patterns()
    rows = [" ".join(random.Random(seed).sample(_phrases(book.lexicon.root), 400)) for seed in range(3)]
    for text in (
        *rows,
        "a " * 1500,
        "voice clone " * 250,
        "声顔俳優" * 750,
        "no " * 1000,
        "no, " * 750,  # one list of denials, each of which reaches over the rest
        "\u200b" * 3000,
        "._" * 1500,
    ):
        reading = Reading(text[:3000], book)
        assert len(list(reading.statements(None))) <= 20 * len(book.patterns)
        reading.everyday or reading.scopes.everyday()
        assert reading.page.steps < 20_000


def _phrases(node: Node, before: str = "") -> list[str]:
    phrases = [before] if node.fills else []
    for word, child in sorted((node.exact | node.begins).items()):
        phrases += _phrases(child, f"{before} {word}".strip())
    return phrases


BOOK: TextBook = shipped_patterns()
EXAMPLES = [(p, text, True) for p in BOOK.patterns for text in p.text.yes]
EXAMPLES += [(p, text, False) for p in BOOK.patterns for text in p.text.no]


def test_every_pattern_matches_its_examples_and_not_the_others() -> None:
    wrong = []
    for pattern, text, expected in EXAMPLES:
        said = [s.pattern for s in _said(text)]
        if (pattern.text.id in said) is not expected:
            wrong.append(f"{pattern.text.id}: {text!r} should {'' if expected else 'not '}match")
    assert not wrong


def _said(text: str) -> list:  # type: ignore[type-arg]
    reading = Reading(text, BOOK)
    first = list(reading.statements(None))
    return first + list(reading.statements(frozenset(s.fact for s in first)))
