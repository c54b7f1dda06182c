"""What a changed book judges differently: counted over every one-tool use, checked by judging them."""

from itertools import product
from math import prod

import pytest

from policy.book_changes import book_changes
from policy.cells import ANSWERS, SAFE, changed_cells, size
from policy.facts import Use
from policy.rulebook import STEP_ONLY, Rulebook, parse_book
from policy.triage import triage
from policy.verdict import Outcome
from tests.policy.books import STUDIO, changed, studio_book
from tests.policy.uses import shelf


def use_with(answers: dict[str, str]) -> Use:
    """The safe use of one tool with some answers changed, a vendor among them."""
    all_answers = SAFE | answers
    vendor = "Studio" if all_answers.pop("vendor") == "named" else ""
    step = {name: all_answers.pop(name) for name in STEP_ONLY & set(ANSWERS)}
    return Use.model_validate({"vendor": vendor, "facts": {**all_answers, "steps": [step]}})


def by_judging(old: Rulebook, new: Rulebook) -> dict[tuple[Outcome, Outcome], int]:
    """The same counts from judging every combination of the facts that either book looks at."""
    facts = sorted(frozenset().union(*(rule.names for book in (old, new) for rule in book.rules)))
    rest = prod(len(answers) for name, answers in ANSWERS.items() if name not in facts)
    found: dict[tuple[Outcome, Outcome], int] = {}
    for answers in product(*(ANSWERS[name] for name in facts)):
        use = use_with(dict(zip(facts, answers, strict=True)))
        pair = triage(use, [old]).outcome, triage(use, [new]).outcome
        found[pair] = found.get(pair, 0) + rest
    return {pair: count for pair, count in found.items() if pair[0] != pair[1]}


def studio(*edits: tuple[str, str]) -> Rulebook:
    """The studio's example with some edits."""
    text = STUDIO.read_text(encoding="utf-8")
    for old, new in edits:
        text = changed(old, new, text)
    return parse_book(text, "studio.toml")


EDITS = {
    "an outcome raised": [('outcome = "judgement"', 'outcome = "escalate"')],
    "an answer added": [('element = "model"', 'element = ["model", "other"]')],
    "a condition dropped": [(', environment = ["consumer", "unsure"]', "")],
    "an exception": [
        ('clauses = ["S3"]', 'unless = { environment = "netflix", clauses = ["S1"] }\nclauses = ["S3"]')
    ],
    "doubt counted": [('outcome = "escalate"\n', 'outcome = "escalate"\nunsure = "written_approval"\n')],
    "alternatives": [
        (
            '{ likeness_of = "minor" }',
            '{ any = [{ likeness_of = "minor" }, { element = "other", vendor = "named" }] }',
        )
    ],
}


@pytest.mark.parametrize("edits", EDITS.values(), ids=EDITS)
def test_the_counts_are_those_of_judging_every_use(edits: list[tuple[str, str]]) -> None:
    old, new = studio(), studio(*edits)
    counted = {(change.old, change.new): change.uses for change in changed_cells([old], [new])}
    assert counted == by_judging(old, new)
    assert counted


def test_the_space_is_every_use_of_one_tool_with_and_without_a_vendor() -> None:
    assert size() == 2 * 3_571_283_520


def test_a_book_that_did_not_change_judges_nothing_differently() -> None:
    assert changed_cells(shelf(), shelf()) == []
    assert book_changes(shelf()[0], shelf()[0]) == []


def test_few_uses_are_cleared_and_every_other_one_is_asked_about() -> None:
    asked = sum(change.uses for change in changed_cells([], shelf()))
    assert size() - asked == cleared_uses()


def cleared_uses() -> int:
    """All uses that meet the principles, counted by hand from what the guidance calls cleared."""
    vendors = 2
    final_and_element = 1 * (4 * 3 + 1)  # not final; four kinds whatever the story, or incidental background
    people = 1 * 2 * (2 * 4 + 1)  # nobody's likeness: untouched or cosmetic, or as scripted with consent
    tools = 2 + 1  # nothing is kept; or in a Netflix tool nobody has asked
    return vendors * final_and_element * people * tools


def test_the_examples_are_judged_as_the_change_says_and_have_as_few_facts_as_possible() -> None:
    old = 'outcome = "cleared"\nwhen = { element = "reference", output_final = "no" }'
    new = 'outcome = "judgement"\nwhen = { element = "reference", environment = "enterprise" }'
    stricter = parse_book(changed(old, new), "new.toml")
    changes = changed_cells(shelf(), [stricter])
    assert [(change.old, change.new) for change in changes] == [(Outcome.CLEARED, Outcome.JUDGEMENT)]
    assert changes[0].examples == ({"environment": "enterprise"},)
    for change in changes:
        for example in change.examples:
            use = use_with(example)
            assert triage(use, shelf()).outcome == change.old
            assert triage(use, [stricter]).outcome == change.new


def test_two_books_against_one_show_what_the_second_adds() -> None:
    changes = changed_cells(shelf(), (*shelf(), studio_book()))
    assert all(change.new > change.old for change in changes)
    examples = {(c.old.value, c.new.value): c.examples for c in changes}
    assert {"element": "model"} in examples["cleared", "escalate"]


def test_what_is_written_is_compared_field_by_field() -> None:
    old = studio()
    new = studio(
        ('id = "house-minor"', 'id = "house-child"'),
        ('outcome = "escalate"', 'outcome = "written_approval"'),
        ("The studio's technology group looks at every model", "Our technology group looks at every model"),
        ('version = "2026-01-01"', 'version = "2026-03-01"'),
    )
    said = [(c.kind, c.id, c.change, c.field) for c in book_changes(old, new)]
    assert said == [
        ("book", "heading", "edited", "version"),
        ("clause", "S2", "edited", "summary"),
        ("rule", "house-model", "edited", "outcome"),
        ("rule", "house-minor", "removed", ""),
        ("rule", "house-child", "added", ""),
    ]
