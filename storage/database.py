"""The database and its transactions: one writer at a time on SQLite, nobody waits longer than `patience`."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final, cast

from sqlalchemy import Connection, Engine

from storage.driver_errors import translated
from storage.engines import make_engine, parse_address
from storage.errors import (
    AlreadyFiled,
    AlreadyRunning,
    Away,
    BadAddress,
    Busy,
    ForeignSchema,
    NoDriver,
    StorageError,
)
from storage.running import one_bot
from storage.turns import Turns

__all__ = [
    "AlreadyFiled",
    "AlreadyRunning",
    "Away",
    "BadAddress",
    "Busy",
    "Database",
    "ForeignSchema",
    "NoDriver",
    "StorageError",
    "checkpoint",
    "one_bot",
    "open_database",
]

# Pages of 4 kB that the WAL may have before a checkpoint stops the writers for a moment to empty it.
_LARGE_WAL: Final = 2048


class Database:
    """One database. `patience` is how many seconds a caller waits for a lock before it hears Busy."""

    def __init__(self, engine: Engine, patience: float) -> None:
        self.engine = engine
        self.patience = patience
        # SQLite's own busy handler polls and starves (p99 160-540 ms at 8 clients; 21 ms behind one lock).
        self._turns = Turns() if engine.dialect.name == "sqlite" else None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A write transaction: commits at the end, rolls back on any error. Raises Busy, Away."""
        until = monotonic() + self.patience
        with translated(), self.in_turn(), self.engine.connect() as plain:
            tx = plain.execution_options(clearance_writes=True, clearance_wait=until - monotonic())
            with tx.begin():
                yield tx

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view of the rows; takes no write lock and refuses to write. Raises Busy, Away."""
        with translated(), self.engine.connect() as plain:
            if self._turns is None:
                tx = plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            else:
                tx = plain.execution_options(clearance_reads=True)
            with tx.begin():
                yield tx

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    @contextmanager
    def in_turn(self) -> Iterator[None]:
        """No other thread of this process writes meanwhile (SQLite). Raises Busy."""
        if self._turns is None:
            yield
            return
        if not self._turns.acquire(self.patience):
            raise Busy
        try:
            yield
        finally:
            self._turns.release()


def open_database(url: str, *, patience: float = 1.5) -> Database:
    """The database at `url`; makes no tables and does not connect yet. Raises BadAddress, NoDriver."""
    return Database(make_engine(parse_address(url), patience), patience)


def checkpoint(database: Database, *, thorough: bool = False) -> int:
    """Move what was committed from SQLite's WAL to its file; returns how many pages the WAL still has.

    Call it every few seconds from a thread of its own: then no commit has to. Writers go on meanwhile; only
    a WAL that has grown large, or `thorough`, stops them for the moment that emptying it takes. PostgreSQL
    does this by itself. Raises Busy, Away.
    """
    if database.engine.dialect.name != "sqlite":
        return 0
    with translated():
        _, pages, _ = _wal_checkpoint(database, "PASSIVE")
        if pages > _LARGE_WAL or thorough:
            with database.in_turn():
                _, pages, _ = _wal_checkpoint(database, "TRUNCATE")
    return pages


def _wal_checkpoint(database: Database, mode: str) -> tuple[int, int, int]:
    """Whether somebody was in the way, the pages in the WAL, and how many of them are in the file."""
    with database.engine.connect() as plain:
        # Outside a transaction; who reads for long must not stop the writers for long.
        connection = plain.execution_options(clearance_begins=False, clearance_wait=0.05)
        return cast(
            tuple[int, int, int], tuple(connection.exec_driver_sql(f"PRAGMA wal_checkpoint({mode})").one())
        )
