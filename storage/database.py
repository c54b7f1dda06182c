"""The engine and its transactions: one writer at a time on SQLite, nobody waits longer than `patience`."""

import logging
import math
import os
import sqlite3
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any, Final, cast

from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.sql.dml import ReturningInsert

from storage.errors import (
    AlreadyFiled,
    AlreadyRunning,
    Away,
    BadAddress,
    Busy,
    ForeignSchema,
    StorageError,
)

__all__ = [
    "AlreadyFiled",
    "AlreadyRunning",
    "Away",
    "BadAddress",
    "Busy",
    "Database",
    "ForeignSchema",
    "StorageError",
    "insert_new",
    "insert_row",
    "one_bot",
    "open_database",
]

_log = logging.getLogger(__name__)

# Primary result codes of SQLite, and the SQLSTATEs of PostgreSQL, that have a sentence.
_BUSY: Final = frozenset(
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, "55P03", "40001", "40P01", "57014", "53300"}
)
_AWAY: Final[Mapping[int | str, str]] = {
    sqlite3.SQLITE_CANTOPEN: "Its file cannot be opened: check the path and its permissions.",
    sqlite3.SQLITE_PERM: "Its file cannot be opened: check the path and its permissions.",
    sqlite3.SQLITE_FULL: "The disk is full.",
    sqlite3.SQLITE_READONLY: "It is read-only.",
    sqlite3.SQLITE_IOERR: "The disk reports an error.",
    sqlite3.SQLITE_CORRUPT: "Its file is damaged.",
    sqlite3.SQLITE_NOTADB: "Its file is not a SQLite database.",
    "53100": "The disk is full.",
    "25006": "It is read-only.",
    "57P01": "It is shutting down.",
    "57P02": "It is restarting.",
    "57P03": "It is starting up.",
}


class Database:
    """One database. `patience` is how many seconds a caller waits for a lock before it hears Busy."""

    def __init__(self, engine: Engine, patience: float) -> None:
        self.engine = engine
        self.patience = patience
        # SQLite's own busy handler polls and starves (p99 160-540 ms at 8 clients; 21 ms behind one lock).
        self._turn = threading.Lock() if engine.dialect.name == "sqlite" else None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A write transaction: commits at the end, rolls back on any error. Raises Busy, Away."""
        until = monotonic() + self.patience
        with _translated(), self._in_turn(), self.engine.connect() as plain:
            tx = plain.execution_options(clearance_writes=True, clearance_wait=until - monotonic())
            with tx.begin():
                yield tx

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view of the rows; takes no write lock and refuses to write. Raises Busy, Away."""
        with _translated(), self.engine.connect() as plain:
            if self._turn is None:
                tx = plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            else:
                tx = plain.execution_options(clearance_reads=True)
            with tx.begin():
                yield tx

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(timeout=self.patience):
            raise Busy
        try:
            yield
        finally:
            self._turn.release()


def open_database(url: str, *, patience: float = 1.5) -> Database:
    """The database at `url`; makes no tables and does not connect yet. Raises BadAddress."""
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        # Writers take turns before they take a connection, so only readers add to the pool.
        engine = create_engine(address, max_overflow=-1)
        _listen(engine, patience)
    else:
        options = f"-c lock_timeout={math.ceil(patience * 1000)}"
        engine = create_engine(
            address, pool_timeout=patience, pool_pre_ping=True, connect_args={"options": options}
        )
    return Database(engine, patience)


@contextmanager
def one_bot(url: str) -> Iterator[None]:
    """Hold the database for this process alone (SQLite; PostgreSQL serves many). Raises AlreadyRunning."""
    address = _address(url)
    if address.get_backend_name() != "sqlite":
        yield
    elif sys.platform == "win32":
        _log.warning("Windows has no flock: make sure that only one Clearance runs on this database.")
        yield
    else:
        database = Path(str(address.database)).resolve()  # one lock, whatever link led here
        with _locked(database.with_name(database.name + ".lock")):
            yield


def insert_new(tx: Connection, table: Table, unique: str, values: Mapping[str, Any]) -> int | None:
    """Insert a row and return its id, or None when a row with the same `unique` column is there."""
    return cast(int | None, tx.scalar(_insert_new(tx.dialect.name, table, unique), values))


def insert_row(tx: Connection, table: Table, values: Mapping[str, Any]) -> int:
    """Insert a row and return its id."""
    return cast(int, tx.execute(insert(table), values).inserted_primary_key[0])  # type: ignore[index]


@cache
def _insert_new(dialect: str, table: Table, unique: str) -> ReturningInsert[Any]:
    # The one statement whose construct differs by dialect; the SQL is the same.
    insert_or_not = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert_or_not(table).on_conflict_do_nothing(index_elements=[unique]).returning(table.c.id)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise BadAddress("Write it as sqlite:///clearance.db or postgresql://user@host/name.") from error
    backend = address.get_backend_name()
    if backend == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise BadAddress(f"Clearance knows SQLite and PostgreSQL, not {backend}.")
    name = address.database or ""
    if name in ("", ":memory:") or name.startswith("file:"):
        raise BadAddress(
            "A database in memory would forget every request: name a file, sqlite:///clearance.db."
        )
    return address


def _listen(engine: Engine, patience: float) -> None:
    """Let SQLAlchemy begin SQLite's transactions; the driver's own way begins them late and deferred."""

    def connected(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None
        raw.execute(f"PRAGMA busy_timeout = {_milliseconds(patience)}")  # first: WAL may have to wait
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = FULL")  # an accepted request survives a power cut
        raw.execute("PRAGMA foreign_keys = ON")

    def begun(connection: Connection) -> None:
        options = connection.get_execution_options()
        raw = cast(sqlite3.Connection, connection.connection.dbapi_connection)
        wait = options.get("clearance_wait", patience)
        raw.execute(f"PRAGMA busy_timeout = {_milliseconds(wait)}")
        raw.execute(f"PRAGMA query_only = {int(options.get('clearance_reads', False))}")
        # IMMEDIATE: two who read before they write would otherwise both lose (database is locked).
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("clearance_writes") else "BEGIN")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)


def _milliseconds(seconds: float) -> int:
    return max(1, math.ceil(seconds * 1000))


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what the driver says about locks and disks into Busy or Away; anything else stays as it is."""
    try:
        yield
    except PoolTimeout as error:
        raise Busy from error
    except DBAPIError as error:
        refusal = _refusal(error)
        if refusal is None:
            raise
        raise refusal from error


def _refusal(error: DBAPIError) -> Busy | Away | None:
    sqlite_code: int | None = getattr(error.orig, "sqlite_errorcode", None)
    sqlstate: str = getattr(error.orig, "sqlstate", None) or ""
    # The low byte is the primary code: SQLITE_IOERR_WRITE is an SQLITE_IOERR.
    code = sqlstate if sqlite_code is None else sqlite_code & 0xFF
    if code in _BUSY:
        return Busy()
    if code in _AWAY:
        return Away(_AWAY[code])
    if error.connection_invalidated or sqlstate.startswith("08"):
        return Away("The connection was lost or refused.")
    return None


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    import fcntl

    try:
        file = path.open("a+", encoding="ascii")
    except OSError as error:
        raise Away(f"The lock file {path} cannot be written.") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip()
            raise AlreadyRunning(int(holder) if holder.isdigit() else None) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
        # The file stays: removing it would let two processes lock two files of one name.
        file.truncate(0)
