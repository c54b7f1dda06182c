"""`clearance policy check`: the shipped book proves itself, nothing is promised in vain, faults are told."""

import tomllib
from importlib.resources import files
from math import prod
from pathlib import Path

import pytest

from bot.policy_check import check
from policy.faults import Invalid
from policy.proof.cases import misjudged, read_cases
from policy.proof.economy import needless_conditions, tried
from policy.proof.meaning import BookMeaning
from policy.proof.promises import Promises, promises_for
from policy.proof.properties import Properties
from policy.proof.space import Space
from policy.request_file import read_uses
from policy.triage import triage
from policy.vocabulary import VOCABULARY
from tests.policy.proof_books import BOOK, broken
from tests.policy.test_promises import STUDIO_BOOK
from tests.policy.uses import shelf

HERE = Path(__file__).parent
GOLDEN, PROOF = str(HERE / "golden.toml"), str(HERE / "golden_proof.toml")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "book.toml"


def promises_without(kind: str, number: int) -> Promises:
    said = tomllib.loads((files("policy") / "proof" / "netflix-genai.toml").read_text(encoding="utf-8"))
    del said[kind][number]
    return Promises.model_validate(said)


def broken_parts(promises: Promises, space: Space, meaning: BookMeaning) -> list[str]:
    return [failure.says for failure in Properties(space, promises).broken_by(meaning.outcome)]


def test_the_shipped_book_proves_itself_and_every_wrong_book_is_noticed() -> None:
    checked = check()
    assert checked.status == 0, checked.text
    assert "FAIL" not in checked.text
    lines = {line.split()[1]: line for line in checked.text.splitlines() if line.startswith("  ok")}
    proven = "total monotone doubt floors principles rules conditions clauses signing cases mutants"
    assert set(lines) == set(proven.split())
    killed, of, total = lines["mutants"].split()[2:5]
    assert (killed, of) == (total, "of")
    assert int(total) > 250


def test_the_whole_space_is_looked_at() -> None:
    space = Space()
    of_the_request = prod(len(fact.answers) for fact in VOCABULARY.values())
    vendor = workflow = 2
    own = 4 * 4  # Netflix material and personal data: the step says nothing, or one of three answers
    assert of_the_request == 3_571_283_520
    assert space.cells == of_the_request * vendor * workflow * own
    meaning = BookMeaning(shelf()[0], space)
    assert sum(space.diagrams.counts(meaning.outcome)) == space.cells


def test_every_exception_of_doubt_is_needed() -> None:
    space = Space()
    meaning = BookMeaning(shelf()[0], space)
    promises = promises_for("netflix-genai")
    assert broken_parts(promises, space, meaning) == []
    for number, doubt in enumerate(promises.doubt):
        parts = broken_parts(promises_without("doubt", number), space, meaning)
        assert any(says.startswith(f"an unsure {doubt.fact} is to give") for says in parts)


def test_everything_kept_for_a_reason_would_be_needless_without_it() -> None:
    meaning = BookMeaning(shelf()[0], Space())
    found = {failure.says for failure in needless_conditions(meaning, tried(meaning))}
    kept = promises_for("netflix-genai").kept
    assert found == {f"rule {keep.rule}: if {keep.part}, every verdict stays the same" for keep in kept}


def test_a_misspelt_promise_is_no_promise() -> None:
    with pytest.raises(ValueError, match='"perform" is not an answer to element'):
        promise = {"clause": "C1", "outcome": "escalate", "when": {"element": "perform"}}
        Promises.model_validate({"book": "b", "floor": [promise]})
    with pytest.raises(ValueError, match='did you mean "union_work"'):
        Promises.model_validate({"book": "b", "principle": [{"clause": "P5", "met": [{"union_wrk": "no"}]}]})


def test_the_cases_the_proof_asked_for_are_judged_as_told() -> None:
    cases = read_cases(Path(PROOF).read_text(encoding="utf-8"), PROOF)
    assert [misjudged(case, shelf()) for case in cases] == [""] * len(cases)
    assert all(case.told.findings for case in cases)


def test_without_a_case_the_wrong_book_it_is_for_survives_and_is_shown(tmp_path: Path) -> None:
    """What a survivor prints is the golden case that is missing."""
    head, *cases = Path(PROOF).read_text(encoding="utf-8").split("\n[[case]]\n")
    fewer = tmp_path / "fewer.toml"
    left = [case for case in cases if "line-repaired" not in case and "double-of" not in case]
    fewer.write_text("\n[[case]]\n".join([head, *left]), encoding="utf-8")
    checked = check(["netflix-genai"], [GOLDEN, str(fewer)])
    assert checked.status == 1
    assert "broken: mutants" in checked.text
    assert '"as_scripted" of performance_change is left out' in checked.text


def test_a_broken_book_prints_requests_that_show_it(book: Path) -> None:
    lowered = broken("could-mislead", 'outcome = "written_approval"', 'outcome = "escalate"')
    book.write_text(lowered, encoding="utf-8")
    checked = check([str(book)])
    assert checked.status == 1
    assert "FAIL  floors" in checked.text
    assert "case invented-bulletin (golden.toml) is to be written_approval, judged escalate" in checked.text
    assert "not tried: first mend the above" in checked.text
    request = checked.text.partition("for clearance triage:\n")[2].partition("\n        --")[0]
    (use,) = read_uses(request, "request.toml")
    assert use.facts.could_mislead == "yes"
    assert triage(use, shelf()).outcome == "written_approval"


def test_a_studios_own_book_is_checked_for_what_holds_of_every_book(book: Path) -> None:
    book.write_text(STUDIO_BOOK, encoding="utf-8")
    checked = check([str(book)])
    assert checked.status == 0, checked.text
    assert 'nothing is promised for a book with the id "studio"' in checked.text
    assert "no golden cases for this book" in checked.text
    both = check(["netflix-genai", str(book)])
    assert both.status == 0
    assert both.text.count("everything holds") == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (BOOK.replace('{ union_work = "yes" }', '{ union_wrk = "yes" }'), 'did you mean "union_work"?'),
        (BOOK.replace('clauses = ["E2", "P5"]', 'clauses = ["E9"]'), 'there is no clause "E9"'),
        ("[book", "this is not valid TOML"),
    ],
)
def test_a_book_that_cannot_be_read_is_refused_with_its_faults(book: Path, text: str, says: str) -> None:
    book.write_text(text, encoding="utf-8")
    with pytest.raises(Invalid, match=r"book\.toml, line") as refusal:
        check([str(book)])
    assert says in str(refusal.value)


def test_a_book_too_tangled_to_prove_is_said_to_be_and_keeps_nobody_waiting(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policy.proof.diagram.MOST", 1_000)
    book.write_text(BOOK, encoding="utf-8")
    checked = check([str(book)])
    assert checked.status == 1
    assert "FAIL  size" in checked.text


def test_cases_with_faults_belong_to_nobody(tmp_path: Path) -> None:
    cases = tmp_path / "cases.toml"
    text = Path(PROOF).read_text(encoding="utf-8")
    cases.write_text(text.replace('facts = { output_final = "yes" }', 'facts = { output_fnal = "yes" }'))
    with pytest.raises(Invalid, match=r"case reference-that-is-delivered.*output_final"):
        check(["netflix-genai"], [str(cases)])
    with pytest.raises(Invalid, match="there is no such file"):
        check(["netflix-genai"], [str(tmp_path / "none.toml")])
    with pytest.raises(Invalid, match="name one BOOK"):
        check(["netflix-genai", "netflix-genai-2025-11-11"], [PROOF])
