"""Whoever looks for a request finds it: by its words, newest first, on both databases alike."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy.facts import Facts, Step
from policy.lifecycle import Status
from storage import requests, search, search_postgresql, search_sqlite
from storage.database import Database
from storage.errors import NoSearch
from storage.search_words import (
    NAME,
    OUTCOME,
    PRODUCTION,
    REQUESTER,
    STATUS,
    Query,
    beginning,
    joined,
    mark,
    stem,
    words,
)
from tests.storage.people import NOW, a_request, all_at_once


def file(database: Database, number: int, **said: Any) -> int:
    """File a request; returns its number."""
    with database.transaction() as tx:
        return requests.open_request(tx, a_request(form_key=f"V{number}", **said), NOW).id


def settled(database: Database) -> None:
    """Index all that waits."""
    while search.catch_up(database):
        pass


def all_of(*texts: str) -> Query:
    """Every word of the texts, whole."""
    return tuple((stem(word),) for text in texts for word in words(text))


def found(database: Database, query: Query, limit: int = 10, before: int | None = None) -> list[int]:
    """What is found now."""
    with database.reading() as tx:
        return search.find(tx, query, limit, before_id=before)


def test_every_text_of_a_request_is_searched(database: Database) -> None:
    steps = (
        Step(tool="Runway Gen-4", purpose="De-aging of one shot", inputs="Plates from scene 12"),
        Step(tool="Topaz"),
    )
    facts = Facts(steps=steps)
    said = {"vendor": "Paper Boat", "consent_reference": "Release 77", "not_generative": "It only sorts"}
    one = file(database, 1, facts=facts, **said)
    settled(database)
    texts = (
        *("poster", "corridor", "seconds focus", "paper boat", "release 77", "sorts", "runway gen 4"),
        *("de-aging", "plates scene 12", "topaz", "nightfall", "ana ibanez"),
    )
    assert {text: found(database, all_of(text)) for text in texts} == {text: [one] for text in texts}
    assert found(database, all_of("topaz dragon")) == []


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("Mood boards", "BOARD"),
        ("a mood board", "boards"),
        ("Zoë’s façade, größer", "ZOE facade grosser"),
        ("Øyvind Ślązak", "oyvind slazak"),
        ("visualisation of animals", "animal"),
        ("夜景の背景", "背景"),
        ("ночные фоны", "НОЧНЫЕ"),
        ("de\u2010aging", "de-aging"),
    ],
)
def test_case_accents_and_endings_make_no_difference(database: Database, written: str, sought: str) -> None:
    one = file(database, 1, title=written)
    settled(database)
    assert found(database, all_of(sought)) == [one]


def test_a_hyphen_may_be_left_out(database: Database) -> None:
    hyphened, whole = file(database, 1, title="De-aging"), file(database, 2, title="Deaging")
    settled(database)
    [together] = joined("de-aging")
    either = tuple((stem(part), stem(together)) for part in words("de-aging"))
    assert found(database, either) == [whole, hyphened]
    assert found(database, all_of("deaging")) == [whole, hyphened]


def test_the_beginning_of_a_word_finds_it(database: Database) -> None:
    one = file(database, 1, title="Animation of the lantern")
    settled(database)
    for typed in ("ani", "anim", "animat", "animatio", "lant"):
        assert found(database, ((beginning(typed),),)) == [one], typed
    assert beginning("an") == ""
    assert found(database, ((beginning("antern"),),)) == []


def test_who_where_and_how_it_stands_are_words_too(database: Database) -> None:
    one = file(database, 1)
    other = file(database, 2, production="PAPER-LANTERN", requester_user="U0JUN", requester_name="Jun Park")
    settled(database)
    assert found(database, ((mark(PRODUCTION, "nightfall"),),)) == [one]
    assert found(database, ((mark(PRODUCTION, "Paper-Lantern"),),)) == [other]
    assert found(database, ((mark(PRODUCTION, "NIGHTFALL"), mark(REQUESTER, "U0JUN")),)) == [other, one]
    assert found(database, ((NAME + "jun",), (mark(OUTCOME, "escalate"),))) == [other]


def test_what_changed_is_found_as_it_is_now(database: Database) -> None:
    one = file(database, 1)
    settled(database)
    with database.transaction() as tx:
        assert requests.move(tx, one, frm=Status.PENDING, to=Status.DENIED, revision=1, now=NOW)
    settled(database)
    assert found(database, ((mark(STATUS, "denied"),),)) == [one]
    assert found(database, ((mark(STATUS, "pending"),),)) == []


def test_the_newest_come_first_and_pages_follow_each_other(database: Database) -> None:
    numbers = [file(database, number) for number in range(25)]
    settled(database)
    pages, before = [], None
    while page := found(database, all_of("poster"), 10, before):
        pages.append(page)
        before = page[-1]
    assert [len(page) for page in pages] == [10, 10, 5]
    assert [one for page in pages for one in page] == numbers[::-1]


def test_a_batch_takes_the_newest_first(database: Database) -> None:
    numbers = [file(database, number) for number in range(5)]
    assert search.catch_up(database, 2) == 2
    assert found(database, all_of("poster")) == numbers[:2:-1]
    with database.reading() as tx:
        assert search.behind(tx)
    assert [search.catch_up(database, 2) for _ in range(3)] == [2, 1, 0]
    assert found(database, all_of("poster")) == numbers[::-1]


def test_several_catch_up_at_once_and_nothing_is_lost(database: Database) -> None:
    """Numbers may commit out of their order on PostgreSQL: the queue does not care."""
    done = 40

    def act(number: int) -> None:
        for step in range(done // 4):
            filed = file(database, number * 100 + step)
            search.catch_up(database, 3)
            with database.transaction() as tx:
                requests.move(tx, filed, frm=Status.PENDING, to=Status.DENIED, revision=1, now=NOW)

    all_at_once(4, act)
    settled(database)
    assert len(found(database, all_of("poster"), 100)) == done
    assert len(found(database, ((mark(STATUS, "denied"),),), 100)) == done


def test_one_who_indexes_does_not_overtake_one_who_changes(database: Database) -> None:
    """A change that is not committed yet waits in the queue for its own turn."""
    one = file(database, 1)
    if database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer")
    with database.transaction() as tx:
        requests.move(tx, one, frm=Status.PENDING, to=Status.DENIED, revision=1, now=NOW)
        assert search.catch_up(database) == 1
    assert found(database, ((mark(STATUS, "pending"),),)) == [one]
    assert search.catch_up(database) == 1
    assert found(database, ((mark(STATUS, "pending"),),)) == []


def test_requests_far_apart_are_found_newest_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Across the tables of SQLite and the windows of PostgreSQL, wherever the hits are."""
    monkeypatch.setattr(search_sqlite, "BLOCK", 7)
    monkeypatch.setattr(search_postgresql, "_WINDOWS", (4, 16, 64))
    monkeypatch.setattr(search_postgresql, "_FEW", 3)
    numbers = [file(database, n, title="Old" if n < 40 else "New") for n in range(1, 101)]
    settled(database)
    old = numbers[:39][::-1]
    assert found(database, all_of("old"), 100) == old
    for before in (None, *numbers):
        expected = [one for one in old if before is None or one < before][:10]
        assert found(database, all_of("old"), 10, before) == expected
    assert found(database, all_of("nightfall"), 100) == numbers[::-1]


def test_a_question_may_name_many_productions(database: Database) -> None:
    """Somebody decides in all of them."""
    one = file(database, 1)
    settled(database)
    theirs = tuple(mark(PRODUCTION, f"P{number}") for number in range(1_000))
    assert found(database, (*all_of("poster"), (*theirs, mark(PRODUCTION, "NIGHTFALL")))) == [one]


def test_the_longest_request_is_indexed_too(database: Database) -> None:
    def text(number: int) -> str:
        return " ".join(f"{number}x{each}" for each in range(60))[:300]

    steps = [Step(tool=text(n), purpose=text(n + 100), inputs=text(n + 200)) for n in range(50)]
    one = file(database, 1, facts=Facts(steps=tuple(steps)), description="lang " * 600)
    settled(database)
    assert found(database, all_of("poster lang 0x7 210x20")) == [one]


TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, min_size=1, max_size=3))
def test_whatever_is_typed_is_a_question(database: Database, texts: Iterable[str]) -> None:
    file_once(database)
    query = all_of(*texts)
    begun = tuple((beginning(word),) for text in texts for word in words(text) if beginning(word))
    for asked in (query, begun):
        if asked:
            found(database, asked)


def file_once(database: Database) -> None:
    """One request, whatever the example."""
    with database.reading() as tx:
        filed = requests.latest(tx)
    if not filed:
        file(database, 1)
        settled(database)


def test_a_sqlite_without_fts5_says_so(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL can always search")
    one = file(database, 1)
    assert search.available(database)
    monkeypatch.setattr(search_sqlite, "available", lambda _tx: False)
    assert not search.available(database)
    with pytest.raises(NoSearch, match=r"built without FTS5.*everything else works"):
        search.catch_up(database)
    with database.reading() as tx:
        assert requests.get(tx, one) is not None
        assert search.behind(tx)  # another SQLite will index it
    monkeypatch.undo()
    settled(database)
    assert found(database, all_of("poster")) == [one]
