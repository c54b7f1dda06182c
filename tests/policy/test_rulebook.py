"""The shipped book is whole, and a book with a mistake is refused with one clear sentence."""

import re
from pathlib import Path

import pytest

from policy.faults import Invalid
from policy.rulebook import DERIVED, load_book, load_books, parse_book
from policy.verdict import Outcome
from policy.vocabulary import UNSURE, VOCABULARY
from tests.policy.uses import shelf

SERIES = {  # letter -> the numbers of its clauses
    "G": ["1", "2", "3a", "3b", "3c", "3d"],
    "P": "12345",
    "R": "12",
    "D": ["0", "1a", "1b", "2"],
    "C": "012",
    "T": ["1", "2", "3", "4a", "4b", "4c", "5", "5a", "5b", "5c", "6", "7", "8", "9", "10", "11"],
    "E": "12",
    "K": "123",
    "F": "12345",
    "W": "0123",
    "M": "123456",
}
CLAUSES = [letter + number for letter, numbers in SERIES.items() for number in numbers]

BOOK = """[book]
id = "ours"
version = "2026-01-01"
title = "Our rules"
publisher = "Us"
effective = 2026-01-01
source = "https://example.com"
checked = 2026-01-01
always = ["S1"]
unsure = ["S2"]
cleared = { rule = "fine", clauses = ["S1"], because = "Nothing against it." }

[[clause]]
id = "S1"
section = "All"
summary = "Counsel is told."

[[clause]]
id = "S2"
section = "All"
summary = "Doubt is raised."

[[duty]]
clause = "S1"
text = "Tell counsel."

[[rule]]
id = "final"
outcome = "written_approval"
when = { output_final = "yes" }
clauses = ["S2"]
topics = ["production"]
because = "It is final."

[[rule]]
id = "models"
outcome = "judgement"
when = { element = ["model", "unsure"], any = [{ model_reuse = "no" }, { union_work = "no" }] }
unless = { story_relevant = "no", clauses = ["S1"] }
clauses = ["S2"]
duties = ["S1"]
because = "Models are looked at."
"""


# The shipped book


def test_the_book_holds_every_clause_of_the_guidance_and_no_other() -> None:
    (book,) = shelf()
    assert sorted(book.clauses) == sorted(CLAUSES)
    assert len(book.clauses) == 56


def test_every_clause_is_cited_by_a_rule_or_the_heading_or_travels_as_a_duty() -> None:
    (book,) = shelf()
    used = {*book.heading.always, *book.heading.unsure, *book.heading.cleared.clauses}
    for rule in book.rules:
        used |= {*rule.clauses, *rule.duties, *rule.unless.get("clauses", [])}
    assert set(book.clauses) - used == set()
    assert used - set(book.clauses) == set()


def test_every_duty_travels_with_something() -> None:
    (book,) = shelf()
    carried = {duty for rule in book.rules for duty in rule.duties} | set(book.heading.always)
    assert set(book.duties) == carried


def test_every_fact_is_looked_at_and_every_outcome_is_used() -> None:
    (book,) = shelf()
    assert set().union(*(rule.names for rule in book.rules)) == {*VOCABULARY, *DERIVED}
    assert {rule.outcome for rule in book.rules} == set(Outcome)


def test_a_doubt_is_worth_what_its_rule_is_worth_up_to_escalate_unless_it_says_otherwise() -> None:
    (book,) = shelf()
    said = {rule.id: rule.unsure for rule in book.rules if rule.unsure != min(rule.outcome, Outcome.ESCALATE)}
    assert said == {"replica": Outcome.WRITTEN_APPROVAL, "tool-keeps-or-trains": Outcome.CLEARED}


def test_a_rule_that_asks_for_a_signature_names_who_signs() -> None:
    (book,) = shelf()
    for rule in book.rules:
        assert bool(rule.topics) == (rule.outcome >= Outcome.ESCALATE), rule.id


def test_the_book_is_found_by_its_name_and_by_its_date() -> None:
    newest, dated = load_book("netflix-genai"), load_book("netflix-genai-2025-11-11")
    assert newest == dated
    assert newest.identity.version == "2025-11-11"
    assert re.fullmatch("[0-9a-f]{64}", newest.identity.sha256)
    assert len(load_books(["netflix-genai", "netflix-genai"])) == 1


def test_a_book_that_does_not_exist_is_refused_with_the_nearest_name() -> None:
    assert refusal_of_name("netflix-gena") == (
        'rulebook: netflix-gena: there is no such rulebook; did you mean "netflix-genai"?'
    )
    for name in ("", "..", "../books/netflix-genai", "netflix-genai-2025-11-11.toml\0"):
        assert "there is no such rulebook" in refusal_of_name(name)


def refusal_of_name(name: str) -> str:
    with pytest.raises(Invalid) as refused:
        load_book(name)
    return str(refused.value)


# A book that somebody writes


def test_a_small_book_is_read_as_it_is_written() -> None:
    final, models = parse_book(BOOK, "ours.toml").rules
    assert final.unsure == Outcome.ESCALATE
    assert models.unsure == Outcome.JUDGEMENT
    assert models.exception == {"story_relevant": frozenset({"no"})}
    element = frozenset({"model", UNSURE})
    assert models.alternatives == (
        {"element": element, "model_reuse": frozenset({"no"})},
        {"element": element, "union_work": frozenset({"no"})},
    )
    assert models.names == {"element", "model_reuse", "union_work", "story_relevant"}


def test_a_changed_letter_is_another_book() -> None:
    first, second = parse_book(BOOK, "a.toml"), parse_book(BOOK.replace("final.", "Final."), "a.toml")
    assert first.identity.sha256 != second.identity.sha256


MISTAKES = [
    ('{ output_final = "yes" }', '{ output_fnal = "yes" }', '"output_fnal" is not a fact; did you mean'),
    ('{ output_final = "yes" }', '{ output_final = "yess" }', "'yess' is not one of its answers"),
    ('{ output_final = "yes" }', "{ output_final = true }", "True is not one of its answers"),
    ('{ output_final = "yes" }', "{ output_final = { a = 1 } }", "is not one of its answers"),
    ('{ output_final = "yes" }', "{ output_final = [] }", "an empty list never holds"),
    ('{ output_final = "yes" }', '{ output_final = [["yes"]] }', "is not one of its answers"),
    ('{ output_final = "yes" }', "{}", "a rule needs at least one fact"),
    ('{ output_final = "yes" }', '"output_final"', "this must be a table of keys and values"),
    ('{ output_final = "yes" }', "{ any = [] }", "an empty list never holds"),
    ('{ output_final = "yes" }', "{ any = [{}] }", "a rule needs at least one fact"),
    ('{ output_final = "yes" }', '{ any = "yes" }', "any is a list of tables"),
    ('{ output_final = "yes" }', '{ any = ["yes"] }', "any is a list of tables"),
    ('{ output_final = "yes" }', '{ any = [{ any = [{ output_final = "yes" }] }] }', '"any" is not a fact'),
    ('{ output_final = "yes" }', '{ tool = "Midjourney" }', '"tool" is not a fact'),
    ('clauses = ["S2"]\ntopics', 'clauses = ["S3"]\ntopics', 'there is no clause "S3"'),
    ('clauses = ["S2"]\ntopics', "clauses = []\ntopics", "at least one entry is needed"),
    ('clauses = ["S2"]\ntopics', "topics", "rule[1].clauses: this key is missing"),
    ('duties = ["S1"]', 'duties = ["S2"]', 'there is no duty "S2"'),
    ('topics = ["production"]', 'topics = ["produktion"]', 'did you mean "production"?'),
    ('outcome = "judgement"', 'outcome = "judgment"', 'did you mean "judgement"?'),
    ('outcome = "judgement"', "outcome = 2", "2 is not an answer; write one of cleared, judgement, escalate"),
    ('outcome = "judgement"', "outcome = []", "is not an answer; write one of cleared"),
    ('outcome = "judgement"', 'outcome = "judgement"\nunsure = "maybe"', '"maybe" is not one of its answers'),
    ('outcome = "judgement"', 'outcome = "judgement"\npriority = 3', "rule[2].priority: unknown key"),
    ('id = "models"', 'id = "final"', "rule final: there are two with this name; rename one rule"),
    ('id = "S2"', 'id = "S1"', "clause S1: there are two with this name"),
    (', clauses = ["S1"] }\nclauses', " }\nclauses", "an exception cites the clause it rests on"),
    (', clauses = ["S1"] }\nclauses', ', clauses = "S1" }\nclauses', "clauses is a list"),
    (', clauses = ["S1"] }\nclauses', ', clauses = ["X"] }\nclauses', 'there is no clause "X"'),
    (', clauses = ["S1"] }\nclauses', ', clauses = [1] }\nclauses', 'there is no clause "1"'),
    ('unless = { story_relevant = "no", ', "unless = { ", "an exception names the answers"),
    ('unless = { story_relevant = "no"', 'unless = { story = "no"', '"story" is not a fact'),
    ('clause = "S1"\ntext', 'clause = "S9"\ntext', 'there is no clause "S9"'),
    ('always = ["S1"]', 'always = ["S2"]', 'book.always: there is no duty "S2"'),
    ('unsure = ["S2"]', 'unsure = ["S7"]', 'book.unsure: there is no clause "S7"'),
    ('rule = "fine", clauses = ["S1"]', 'rule = "fine", clauses = ["S8"]', 'there is no clause "S8"'),
    ("checked = 2026-01-01", 'checked = "soon"', "book.checked"),
    ('title = "Our rules"', "title = 3", "book.title: 3 is not text; write it in quotes"),
    ('id = "models"', "id = models", "this is not valid TOML"),
    ('id = "models"', 'id = "models"\nid = "models"', "this is not valid TOML: Cannot overwrite a value"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "says"), MISTAKES, ids=[wrong for _, wrong, _ in MISTAKES])
def test_a_mistake_in_a_book_is_named_with_its_line(right: str, wrong: str, says: str) -> None:
    assert BOOK.count(right) >= 1
    text = BOOK.replace(right, wrong, 1)
    with pytest.raises(Invalid) as refused:
        parse_book(text, "ours.toml")
    sentences = [str(fault) for fault in refused.value.faults]
    assert any(says in sentence for sentence in sentences), sentences
    assert all(re.match(r"ours\.toml, line \d+: ", sentence) for sentence in sentences), sentences
    assert all("\n" not in sentence for sentence in sentences)


def test_the_line_is_the_one_of_the_mistake() -> None:
    for right, wrong in [("output_final =", "output_fnal ="), ('["S2"]\nduties', '["S5"]\nduties')]:
        text = BOOK.replace(right, wrong)
        line = text[: text.index(wrong)].count("\n") + 1
        with pytest.raises(Invalid) as refused:
            parse_book(text, "ours.toml")
        assert [fault.line for fault in refused.value.faults] == [line]


def test_every_mistake_is_named_at_once() -> None:
    text = BOOK.replace("output_final", "output_fnal").replace('duties = ["S1"]', 'duties = ["S4"]')
    with pytest.raises(Invalid) as refused:
        parse_book(text, "ours.toml")
    assert len(refused.value.faults) == 2


@pytest.mark.parametrize(
    "text", ["", "[book]", "book = 1", "rule = []", "[[rule]]", "[book]\nid = 1\n[[rule]]"]
)
def test_half_a_book_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_book(text, "ours.toml")
    assert refused.value.faults


def test_a_rule_that_could_never_be_undecided_for_lack_of_an_answer_still_counts_unsure_when_it_says_so() -> (
    None
):
    models = parse_book(BOOK, "ours.toml").rules[1]
    assert UNSURE in models.alternatives[0]["element"]


def test_the_books_folder_holds_books_only() -> None:
    folder = Path(__file__).parents[2] / "policy" / "books"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.startswith("netflix"))
    assert names == ["netflix-genai-2025-11-11.toml"]
    assert all(load_book(name.removesuffix(".toml")).identity.id == "netflix-genai" for name in names)
