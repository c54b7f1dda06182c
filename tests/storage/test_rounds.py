"""Rounds: each is made once, however many ask, and by whom is all the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from bot.app import load_shelf
from bot.calendars import Calendars
from bot.service.desk import Desk
from bot.service.rounds import come_round, sync_rounds
from policy.authority import Authority
from policy.directory import parse_directory
from storage import rounds
from storage.database import Database, open_database
from tests.storage.people import NOW, all_at_once

CONTACT = """
[contacts.c{n}]
slack = "U0C{n}"
name = "Contact {n}"
timezone = "Europe/London"
"""
PRODUCTION = """
[productions.P{n}]
title = "Production {n}"
timezone = "Europe/London"
approvals_channel = "C0P{n}"
contact = "c{n}"
"""
MANY = 12
DIRECTORY = 'operators = ["U0OPS"]\n' + "".join(
    part.format(n=number) for part in (CONTACT, PRODUCTION) for number in range(MANY)
)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def a_desk(database: Database, now: datetime, directory: str = DIRECTORY) -> Desk:
    """One process."""
    read = parse_directory(directory, "directory.toml")
    shelf = load_shelf(read, now.date())
    authority = Authority(read, home_team="T0")
    return Desk(database, authority, shelf, Calendars(read), lambda: now, Event().set)


@pytest.fixture
def other(ready_url: str, database: Database) -> Iterator[Database]:
    """The same rows, from another process."""
    second = open_database(ready_url, patience=20)
    yield second
    second.close()


def test_a_round_is_kept_taken_and_forgotten(database: Database) -> None:
    later = NOW + timedelta(days=1)
    with database.transaction() as tx:
        assert rounds.begin(tx, "digest:C0", NOW, 7)
        assert not rounds.begin(tx, "digest:C0", later, 9)
        assert rounds.due(tx, NOW - timedelta(seconds=1)) == []
        [due] = rounds.due(tx, NOW)
        assert (due.audience, due.due_at, due.last_at, due.seen) == ("digest:C0", NOW, None, 7)
        assert rounds.take(tx, due, later)
        assert not rounds.take(tx, due, later)
        assert rounds.due(tx, NOW) == []
        rounds.served(tx, "digest:C0", NOW, 9)
        found = rounds.get(tx, "digest:C0")
        assert found is not None and (found.due_at, found.last_at, found.seen) == (later, NOW, 9)
        rounds.forget(tx, ["digest:C0"])
        assert rounds.every(tx) == [] and rounds.get(tx, "digest:C0") is None


def test_two_processes_start_at_once_and_every_audience_has_one_round(
    database: Database, other: Database
) -> None:
    desks = [a_desk(each, MONDAY - timedelta(hours=3)) for each in (database, other)]
    all_at_once(2, lambda number: sync_rounds(desks[number]))
    with database.reading() as tx:
        kept = rounds.every(tx)
    assert len(kept) == 2 * MANY
    assert {row.due_at for row in kept} == {MONDAY}


def test_two_processes_tick_at_once_and_every_digest_is_kept_once(
    database: Database, other: Database
) -> None:
    sync_rounds(a_desk(database, MONDAY - timedelta(hours=3)))
    for day in range(4):
        now = MONDAY + timedelta(days=day)
        desks = [a_desk(each, now) for each in (database, other)]
        kept = all_at_once(4, lambda number, desks=desks: come_round(desks[number % 2]))  # type: ignore[misc]
        assert sum(kept) == MANY
    with database.reading() as tx:
        found = list(tx.exec_driver_sql("SELECT recipient, payload, key FROM notices ORDER BY id"))
        assert len(found) == 4 * MANY and len({key for _, _, key in found}) == 4 * MANY
        assert all(row.due_at == MONDAY + timedelta(days=4) for row in rounds.every(tx))


def test_a_process_leaves_alone_what_only_another_one_knows(database: Database) -> None:
    """While two versions of the directory are in use, each sees to its own."""
    sync_rounds(a_desk(database, MONDAY - timedelta(hours=3)))
    smaller = DIRECTORY.replace('"C0P0"', '"C0P1"')
    assert come_round(a_desk(database, MONDAY, smaller)) == MANY - 1
    assert come_round(a_desk(database, MONDAY)) == 1


def test_a_tick_with_nothing_due_asks_one_index(database: Database) -> None:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("the plan of an empty table says nothing on PostgreSQL")
    with database.reading() as tx:
        plan = tx.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT * FROM rounds WHERE due_at <= '2026' ORDER BY due_at"
        )
        assert [row[-1] for row in plan] == ["SEARCH rounds USING INDEX ix_rounds_due (due_at<?)"]
