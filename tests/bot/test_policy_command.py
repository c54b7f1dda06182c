"""`clearance policy show|table|diff`: what counsel reads, prints and compares."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.book_table import as_html, as_markdown
from bot.policy_cli import policy
from bot.policy_command import diff, show, table
from policy.faults import Invalid
from policy.rulebook import parse_book
from policy.triage import triage
from tests.policy.books import ROOT, SHIPPED, STUDIO, changed
from tests.policy.uses import Json, example_cases, example_use, raw, shelf

DOCS = ROOT / "docs"


def shown(name: str | None = None, *books: str) -> str:
    text, status = show(name, books)
    assert status == 0
    return text


def not_shown(name: str) -> str:
    with pytest.raises(Invalid) as refusal:
        show(name)
    return str(refusal.value)


# show


def test_a_clause_is_shown_with_the_rules_that_cite_it_and_its_duty() -> None:
    text = shown("F1")
    assert text.startswith("F1  Final vs temp  (netflix-genai 2025-11-11)\n")
    assert "Duty: Flag it early" in text
    assert " - final-deliverable [written_approval]" in text
    assert "Its duty travels with: final-deliverable, incidental-background" in text


def test_a_clause_of_the_heading_says_when_it_is_cited() -> None:
    assert "every doubt" in shown("R2")
    assert "every cleared request" in shown("R1")
    assert "every request" in shown("G1")


def test_a_rule_is_shown_in_the_words_people_were_asked() -> None:
    text = " ".join(shown("final-deliverable").split())
    assert (
        "“Will anything generated be in what is delivered?” “Yes, it may be seen or heard in the final”"
        in text
    )
    assert "Unless all of these hold [F3] - “What kind of element is it?” “Background" in text
    assert "Stop: written approval is needed first [written_approval]" in text
    assert "While an answer is missing: escalate" in text
    assert "Signs: production" in text
    assert "G3a: If generated output is part of final deliverables" in text


def test_alternatives_and_what_the_request_shows_are_put_in_words() -> None:
    text = " ".join(shown("vendor-unclear").split())
    assert "“Is a vendor named?” “Yes”" in text
    assert "“Where does this tool run?” “Not sure” – or – “" in text


def test_without_a_name_the_whole_book_is_listed() -> None:
    text = shown()
    (book,) = shelf()
    assert all(re.search(rf"^ +(- )?{re.escape(name)} ", text, re.MULTILINE) for name in book.clauses)
    assert all(f" - {rule.id} [" in text for rule in book.rules)
    assert book.identity.sha256 in text


def test_every_clause_and_every_rule_can_be_shown_whatever_its_capitals() -> None:
    (book,) = shelf()
    for name in (*book.clauses, *(rule.id for rule in book.rules)):
        assert shown(name.upper()) == shown(name) != ""


def test_an_unknown_name_gets_the_nearest_one() -> None:
    assert not_shown("final-delivrable") == (
        'policy: final-delivrable: there is no such clause or rule; did you mean "final-deliverable"?'
    )
    assert not_shown("§§§§").endswith("see `clearance policy show`")


def test_a_name_is_looked_up_in_every_book_given() -> None:
    assert "studio-extra" in shown("S1", "netflix-genai", str(STUDIO))
    assert len(shown(None, "netflix-genai", str(STUDIO)).split("Rules")) == 3


# table


def test_the_published_table_is_the_book() -> None:
    text, status = table()
    published = (DOCS / "rulebook-table.md").read_text(encoding="utf-8")
    assert status == 0
    assert published == text + "\n", "run: clearance policy table > docs/rulebook-table.md"


def test_the_table_has_every_rule_and_every_clause_in_rows_of_equal_length() -> None:
    (book,) = shelf()
    rows = [line for line in as_markdown(book).splitlines() if line.startswith("|")]
    by_name = {row.split("|")[1].strip(" `"): row for row in rows}
    for rule in book.rules:
        row = by_name[rule.id]
        assert rule.outcome.value.replace("_", " ") in row
        assert all(clause in row for clause in rule.clauses)
        assert all(topic.value in row for topic in rule.topics)
        assert all(name in row for name in rule.names)
    assert set(book.clauses) <= set(by_name)
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {9, 6}


class Page(HTMLParser):
    """What a browser would make of a page: its tags in order and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_whole_by_itself_and_says_all() -> None:
    (book,) = shelf()
    page = Page(table("html")[0])
    assert page.addresses == [book.heading.source]
    assert not {"script", "link", "img"} & set(page.tags)
    assert page.tags.count("tr") == len(book.rules) + len(book.clauses) + 2
    for rule in book.rules:
        assert rule.because in page.text
    assert all(clause.summary in page.text for clause in book.clauses.values())


def test_a_book_cannot_put_markup_on_the_page() -> None:
    text = STUDIO.read_text(encoding="utf-8")
    text = changed("Somebody under 18 is involved", "<script>alert(1)</script> | <b>`x`", text)
    book = parse_book(changed("https://example.com/house-rules", "javascript:alert(1)", text), "b.toml")
    page = Page(as_html(book))
    assert "script" not in page.tags and "b" not in page.tags
    assert page.addresses == []
    assert "<script>alert(1)</script> | <b>`x`" in page.text
    assert "\\<script\\>" in as_markdown(book)


# diff


@pytest.fixture
def stricter(tmp_path: Path) -> str:
    """Netflix's book in which a crew member's voice needs written approval and the word about it changed."""
    text = changed(
        'outcome = "escalate"\nwhen = { likeness_of = "crew" }',
        'outcome = "written_approval"\nwhen = { likeness_of = "crew" }',
    )
    text = changed("ask before you use it, even as scratch.", "ask in writing.", text)
    path = tmp_path / "next.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
def past(tmp_path: Path) -> str:
    """The examples as past requests."""
    path = tmp_path / "past.jsonl"
    lines = [json.dumps(raw(example_use(case))) for case in example_cases()]
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def compared(old: str, new: str, requests: str | None = None) -> Json:
    text, status = diff(old, new, requests, "json")
    found: Json = json.loads(text)
    assert status == int(bool(found["changes"] or found["requests"]))
    return found


def test_what_is_written_differently_is_listed_field_by_field(stricter: str) -> None:
    changes = compared("netflix-genai", stricter)["changes"]
    assert [(c["kind"], c["id"], c["change"], c["field"]) for c in changes] == [
        ("rule", "crew-likeness", "edited", "outcome"),
        ("rule", "crew-likeness", "edited", "because"),
    ]
    assert (changes[0]["old"], changes[0]["new"]) == ("escalate", "written_approval")


def test_the_uses_that_are_judged_differently_are_counted_with_the_smallest_example(stricter: str) -> None:
    cells = compared("netflix-genai", stricter)["cells"]
    (change,) = cells["by_outcome"]
    assert (change["old"], change["new"]) == ("escalate", "written_approval")
    assert change["examples"] == [{"likeness_of": "crew"}]
    assert 0 < change["count"] == cells["changed"] < cells["total"]


def test_past_requests_that_change_are_listed_with_old_and_new_citations(stricter: str, past: str) -> None:
    found = compared("netflix-genai", stricter, past)
    new = parse_book(Path(stricter).read_text(encoding="utf-8"), "next.toml")
    wanted = {
        case["id"]
        for case in example_cases()
        if triage(example_use(case), shelf()).outcome != triage(example_use(case), [new]).outcome
    }
    assert wanted == {entry["id"] for entry in found["requests"]} != set()
    for entry in found["requests"]:
        assert (entry["old"]["outcome"], entry["new"]["outcome"]) == ("escalate", "written_approval")
        assert "G3b" in entry["old"]["clauses"]


def test_a_person_reads_the_same(stricter: str, past: str) -> None:
    text, status = diff("netflix-genai", stricter, past)
    assert status == 1
    assert "~ rule crew-likeness, outcome:\n      was escalate\n      now written_approval" in text
    assert "such as a safe use with likeness_of = crew" in text
    assert re.search(r"Past requests: \d of 51 are judged or cited differently", text)


def test_a_book_does_not_differ_from_itself(past: str) -> None:
    text, status = diff("netflix-genai", str(SHIPPED), past)
    assert status == 0
    assert "Nothing has changed." in text and "No outcome changes." in text and "0 of 51" in text


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for old, new, requests in [
        ("netflix-gena", "netflix-genai", None),
        ("netflix-genai", str(tmp_path / "none.toml"), None),
        ("netflix-genai", "netflix-genai", str(tmp_path / "none.jsonl")),
    ]:
        with pytest.raises(Invalid):
            diff(old, new, requests)


# The command line


def run(*arguments: str) -> Result:
    return CliRunner().invoke(policy, arguments)


def test_the_commands_print_and_end_as_they_say(stricter: str) -> None:
    assert (run("show", "F1").exit_code, run("table", "--format", "html").exit_code) == (0, 0)
    assert run("diff", "netflix-genai", stricter).exit_code == 1
    wrong = run("show", "ideatoin")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert (
        wrong.stderr
        == 'clearance: policy: ideatoin: there is no such clause or rule; did you mean "ideation"?\n'
    )
