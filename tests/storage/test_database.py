"""Transactions are whole, take turns, and nobody waits for long."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from storage.database import BadAddress, Busy, Database, StorageError, open_database
from tests.storage.people import all_at_once


@pytest.fixture
def counters(empty: Database) -> Database:
    """A database with one small table."""
    with empty.transaction() as tx:
        tx.exec_driver_sql("CREATE TABLE counter (n INTEGER UNIQUE NOT NULL)")
        tx.exec_driver_sql("INSERT INTO counter VALUES (0)")
    return empty


@pytest.fixture
def hasty(counters: Database, url: str) -> Iterator[Database]:
    """The same database, opened by a process that does not wait for long."""
    database = open_database(url, patience=0.2)
    yield database
    database.close()


def count(tx: Connection) -> int:
    """The counter."""
    return int(tx.exec_driver_sql("SELECT n FROM counter").scalar_one())


def held(tx: Connection) -> int:
    """The counter, which nobody else changes before the transaction ends; SQLite's begin holds it all."""
    lock = "" if tx.dialect.name == "sqlite" else " FOR UPDATE"
    return int(tx.exec_driver_sql(f"SELECT n FROM counter{lock}").scalar_one())


def count_up(tx: Connection) -> None:
    """One more; on PostgreSQL the first thing that meets another writer."""
    tx.exec_driver_sql("UPDATE counter SET n = n + 1")


@contextmanager
def quickly() -> Iterator[None]:
    """Far less than the five seconds that SQLite's driver waits by itself."""
    started = monotonic()
    yield
    assert monotonic() - started < 2


def test_of_racing_read_modify_writes_none_is_lost(counters: Database) -> None:
    def act(_number: int) -> None:
        for _ in range(10):
            with counters.transaction() as tx:
                tx.exec_driver_sql(f"UPDATE counter SET n = {held(tx) + 1}")

    all_at_once(8, act)
    with counters.reading() as tx:
        assert count(tx) == 80


def test_an_error_takes_everything_back(counters: Database) -> None:
    with pytest.raises(LookupError), counters.transaction() as tx:
        tx.exec_driver_sql("UPDATE counter SET n = 1")
        raise LookupError
    with counters.transaction() as tx:
        assert count(tx) == 0


def test_who_meets_another_process_is_told_soon_and_that_process_loses_nothing(
    counters: Database, hasty: Database
) -> None:
    with counters.transaction() as tx:
        tx.exec_driver_sql("UPDATE counter SET n = 1")
        with quickly(), pytest.raises(Busy, match="busy; nothing was recorded"), hasty.transaction() as late:
            count_up(late)
            pytest.fail("two wrote at once")
        tx.exec_driver_sql("UPDATE counter SET n = n + 1")
    with hasty.transaction() as tx:
        assert count(tx) == 2


def test_who_meets_a_writer_of_the_same_process_is_told_soon(hasty: Database) -> None:
    writing, done = Event(), Event()

    def write() -> None:
        with hasty.transaction() as tx:
            tx.exec_driver_sql("UPDATE counter SET n = 1")
            writing.set()
            done.wait()

    writer = Thread(target=write)
    writer.start()
    writing.wait()
    try:
        with quickly(), pytest.raises(Busy), hasty.transaction() as late:
            count_up(late)
            pytest.fail("two wrote at once")
    finally:
        done.set()
        writer.join()
    with hasty.transaction() as tx:
        assert count(tx) == 1


def test_a_queue_of_writers_waits_no_longer_than_one(counters: Database, hasty: Database) -> None:
    def write(_number: int) -> str:
        try:
            with hasty.transaction() as tx:
                count_up(tx)
                return "wrote"
        except Busy:
            return "busy"

    with counters.transaction() as tx, quickly():
        count_up(tx)
        assert all_at_once(8, write) == ["busy"] * 8


def test_readers_do_not_wait_for_a_writer_and_see_one_moment(counters: Database, hasty: Database) -> None:
    with hasty.reading() as view:
        assert count(view) == 0
        with counters.transaction() as tx:
            tx.exec_driver_sql("UPDATE counter SET n = 7")
            assert count(view) == 0
        assert count(view) == 0
    with hasty.reading() as view:
        assert count(view) == 7


def test_twenty_readers_at_once_are_served(hasty: Database) -> None:
    def read(_number: int) -> int:
        with hasty.reading() as view:
            return count(view)

    assert all_at_once(20, read) == [0] * 20


def test_reading_refuses_to_write_and_the_connection_can_write_later(counters: Database) -> None:
    with pytest.raises(StorageError), counters.reading() as view:
        view.exec_driver_sql("UPDATE counter SET n = 1")
    with counters.transaction() as tx:
        tx.exec_driver_sql("UPDATE counter SET n = 2")


def test_mistakes_of_the_code_keep_their_own_names(counters: Database) -> None:
    with pytest.raises(IntegrityError), counters.transaction() as tx:
        tx.exec_driver_sql("INSERT INTO counter VALUES (0)")
    with pytest.raises(DBAPIError, match=r"no such table|does not exist"), counters.transaction() as tx:
        tx.exec_driver_sql("SELECT * FROM nowhere")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("sqlite://", "in memory would forget"),
        ("sqlite:///:memory:", "in memory would forget"),
        ("sqlite:///file:x?mode=memory&uri=true", "in memory would forget"),
        ("mysql://root@localhost/clearance", "SQLite and PostgreSQL, not mysql"),
        ("clearance.db", "Write it as sqlite:///clearance.db"),
        ("postgresql://h:bad/x", "Write it as sqlite:///clearance.db"),
        ("postgresql://[::1/x", "Write it as sqlite:///clearance.db"),
    ],
)
def test_an_address_that_cannot_serve_is_refused_in_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(BadAddress, match=sentence):
        open_database(url)
