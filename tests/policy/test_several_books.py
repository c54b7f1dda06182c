"""Books side by side and one after the other: the strictest holds, one is in force, used ones stay."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from policy.facts import Use
from policy.faults import Invalid
from policy.library import RELEASED, book_on, books_on, shipped_books, versions
from policy.triage import triage
from policy.verdict import Outcome, Verdict
from tests.policy.books import STUDIO, changed, studio_book
from tests.policy.uses import a_use, shelf

FREE = [{"environment": "consumer", "stores_or_trains": "no"}]


def by_both(use: Use) -> Verdict:
    return triage(use, (*shelf(), studio_book()))


# Side by side


def test_the_studio_asks_for_more_than_netflix_where_its_own_rule_fires() -> None:
    model = a_use(element="model")
    assert triage(model, shelf()).outcome == Outcome.CLEARED
    verdict = by_both(model)
    assert verdict.outcome == Outcome.ESCALATE
    asking = [(f.book, f.rule, f.clauses) for f in verdict.findings if f.outcome == Outcome.ESCALATE]
    assert asking == [("studio-extra", "house-model", ("S2",))]
    assert list(verdict.topics) == ["production", "security"]


def test_the_strictest_holds_whichever_book_is_named_first() -> None:
    use = a_use(element="performance", likeness_of="synthetic", output_final="yes")
    one = by_both(use)
    other = triage(use, (studio_book(), *shelf()))
    assert one.outcome == other.outcome == Outcome.WRITTEN_APPROVAL
    assert triage(use, [studio_book()]).outcome == Outcome.JUDGEMENT
    assert {f.book for f in one.findings} == {"netflix-genai", "studio-extra"}


def test_duties_are_united_and_signers_too() -> None:
    use = a_use(steps=FREE, beside={"vendor": "Studio"}, likeness_of="minor")
    verdict = by_both(use)
    assert {"G1", "W2", "S1", "S4"} <= {duty.clause for duty in verdict.duties}
    assert list(verdict.topics) == ["legal", "production", "security", "talent"]


def test_what_both_clear_is_cleared_by_both_in_their_own_words() -> None:
    verdict = by_both(a_use())
    assert verdict.outcome == Outcome.CLEARED
    assert {(f.book, f.rule) for f in verdict.findings} >= {
        ("netflix-genai", "principles-met"),
        ("studio-extra", "house-rules-met"),
    }


def test_a_request_keeps_the_identity_of_every_book_that_judged_it() -> None:
    verdict = by_both(a_use())
    assert [(book.id, book.version) for book in verdict.rulebooks][1] == ("studio-extra", "2026-01-01")
    assert verdict.rulebooks[1].sha256 == hashlib.sha256(STUDIO.read_bytes()).hexdigest()


def test_the_example_has_a_firing_and_a_silent_case_for_each_of_its_rules() -> None:
    firing = {
        "house-model": a_use(element="model"),
        "house-minor": a_use(likeness_of="minor"),
        "house-vendor-tools": a_use(steps=FREE, beside={"vendor": "Studio"}),
        "house-synthetic-voice": a_use(element="performance", likeness_of="synthetic", output_final="yes"),
    }
    assert set(firing) == {rule.id for rule in studio_book().rules}
    for rule, use in firing.items():
        assert rule in {finding.rule for finding in triage(use, [studio_book()]).findings}
        assert rule not in {finding.rule for finding in triage(a_use(), [studio_book()]).findings}


# One after the other


def folder_with(folder: Path, *dates: tuple[str, str | None]) -> Path:
    """The studio's book in several versions: in force from, and until."""
    for begins, until in dates:
        end = f"\nuntil = {until}" if until else ""
        text = STUDIO.read_text(encoding="utf-8").replace('version = "2026-01-01"', f'version = "{begins}"')
        text = changed("effective = 2026-01-01", f"effective = {begins}{end}", text)
        (folder / f"studio-extra-{begins}.toml").write_text(text, encoding="utf-8")
    return folder


def version_on(day: str, folder: Path) -> str:
    return book_on("studio-extra", date.fromisoformat(day), folder).identity.version


def refused(folder: Path) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        versions(folder)
    return [str(fault) for fault in refusal.value.faults]


def test_the_newest_version_in_force_on_the_day_is_the_one(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, ("2026-01-01", None), ("2026-05-01", None))
    assert version_on("2026-01-01", folder) == "2026-01-01"
    assert version_on("2026-04-30", folder) == "2026-01-01"
    assert version_on("2026-05-01", folder) == "2026-05-01"
    assert version_on("2031-01-01", folder) == "2026-05-01"


def test_a_dated_name_is_that_version_whatever_the_day(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, ("2026-01-01", None), ("2026-05-01", None))
    assert book_on("studio-extra-2026-01-01", date(2030, 1, 1), folder).identity.version == "2026-01-01"


@pytest.mark.parametrize("day", ["2025-12-31", "2026-03-01", "2026-07-01"])
def test_a_day_without_a_version_is_refused_with_the_versions_there_are(tmp_path: Path, day: str) -> None:
    folder = folder_with(tmp_path, ("2026-01-01", "2026-02-28"), ("2026-05-01", "2026-06-30"))
    with pytest.raises(Invalid) as refusal:
        version_on(day, folder)
    assert str(refusal.value) == (
        f"rulebook: studio-extra: no version is in force on {day}; there is 2026-01-01 "
        "(from 2026-01-01 until 2026-02-28), 2026-05-01 (from 2026-05-01 until 2026-06-30)"
    )


def test_two_versions_that_claim_the_same_day_are_refused(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, ("2026-01-01", "2026-05-15"), ("2026-05-01", None))
    assert refused(folder) == [
        "studio-extra-2026-01-01.toml: book.until: it is in force until 2026-05-15, and "
        "studio-extra-2026-05-01.toml begins on 2026-05-01; end it on 2026-04-30, or leave the end out"
    ]


def test_two_versions_that_begin_on_the_same_day_are_refused(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, ("2026-01-01", None), ("2026-05-01", None))
    later = folder / "studio-extra-2026-05-01.toml"
    text = changed("effective = 2026-05-01", "effective = 2026-01-01", later.read_text(encoding="utf-8"))
    later.write_text(text, encoding="utf-8")
    (says,) = refused(folder)
    assert "it takes effect on 2026-01-01, and so does studio-extra-2026-01-01.toml" in says


def test_a_book_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    (says,) = refused(folder_with(tmp_path, ("2026-05-01", "2026-04-01")))
    assert "book.until: this is before it takes effect" in says


def test_a_file_not_named_after_its_book_is_refused(tmp_path: Path) -> None:
    folder_with(tmp_path, ("2026-01-01", None))
    (tmp_path / "studio-extra-2026-01-01.toml").rename(tmp_path / "studio.toml")
    (says,) = refused(tmp_path)
    assert "this book's file is called studio-extra-2026-01-01.toml" in says


def test_every_fault_of_the_folder_is_named_at_once(tmp_path: Path) -> None:
    folder_with(tmp_path, ("2026-01-01", "2026-09-01"), ("2026-05-01", None))
    (tmp_path / "broken-2026-01-01.toml").write_text("[book]\nid = 3\n", encoding="utf-8")
    assert len(refused(tmp_path)) > 2


def test_an_unknown_book_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(Invalid, match='did you mean "netflix-genai"'):
        book_on("netflix-gena", date(2026, 1, 1))


def test_the_shipped_folder_is_sound_and_its_book_in_force() -> None:
    assert [book.identity.id for book in books_on(date(2026, 1, 1))] == ["netflix-genai"]
    assert set(versions(shipped_books())) == {"netflix-genai"}


# A book that has judged a request is never edited


def released(folder: Path) -> Path:
    """The first version, released as the command in the documentation does it."""
    book = folder_with(folder, ("2026-01-01", None)) / "studio-extra-2026-01-01.toml"
    line = f"{hashlib.sha256(book.read_bytes()).hexdigest()}  {book.name}\n"
    (folder / RELEASED).write_text(f"# Released books\n{line}", encoding="utf-8")
    return book


def test_a_released_book_is_loaded_as_long_as_nobody_edits_it(tmp_path: Path) -> None:
    released(tmp_path)
    assert version_on("2026-01-01", tmp_path) == "2026-01-01"


def test_a_released_book_that_was_edited_is_refused(tmp_path: Path) -> None:
    book = released(tmp_path)
    text = changed("counsel decides.", "counsel decides!", book.read_text(encoding="utf-8"))
    book.write_text(text, encoding="utf-8")
    assert refused(tmp_path) == [
        "studio-extra-2026-01-01.toml: it has judged requests and was edited since: "
        "undo that, copy it, date the copy, edit the copy"
    ]


def test_a_book_that_is_not_released_may_still_be_edited(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, ("2026-01-01", None))
    book = folder / "studio-extra-2026-01-01.toml"
    text = changed("counsel decides.", "counsel decides!", book.read_text(encoding="utf-8"))
    book.write_text(text, encoding="utf-8")
    assert version_on("2026-01-01", folder) == "2026-01-01"
