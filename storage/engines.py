"""The engines: what an address means, and the settings of SQLite and PostgreSQL that our promises rest on."""

import math
import sqlite3
from typing import Final, cast

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from storage.errors import BadAddress, NoDriver

# Pages of 4 kB. Checkpoints run in the background (database.checkpoint); a commit does one itself, and then
# takes 6 ms, only when nobody has checkpointed for so long.
WAL_BOUND: Final = 8192
_HOW: Final = "Write it as sqlite:///clearance.db or postgresql://user@host/name."


def parse_address(url: str) -> URL:
    """The address, checked and with our driver for it. Raises BadAddress."""
    try:
        address = make_url(url)
        backend = address.get_backend_name()
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise BadAddress(_HOW) from error
    if backend in ("postgresql", "postgres"):
        return address.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise BadAddress(f"Clearance knows SQLite and PostgreSQL, not {backend}.")
    name = address.database or ""
    if name in ("", ":memory:") or name.startswith("file:"):
        raise BadAddress(
            "A database in memory would forget every request: name a file, sqlite:///clearance.db."
        )
    return address


def make_engine(address: URL, patience: float) -> Engine:
    """The engine for an address that was parsed here; connects later. Raises NoDriver."""
    if address.get_backend_name() == "sqlite":
        # Writers take turns before they take a connection, so only readers add to the pool.
        engine = create_engine(address, max_overflow=-1)
        _listen(engine, patience)
        return engine
    try:
        return create_engine(
            address,
            pool_timeout=patience,
            pool_pre_ping=True,  # a server that was restarted is met with fresh connections
            connect_args=_postgresql_settings(address, patience),
        )
    except ImportError as error:
        raise NoDriver from error


def _postgresql_settings(address: URL, patience: float) -> dict[str, str | int]:
    """What libpq takes; `options` go on after those in the address."""
    given = address.query.get("options", "")
    ours = (
        f"-c lock_timeout={_milliseconds(patience)}",
        # The register hashes times as text.
        "-c TimeZone=UTC",
        # A replica that was stopped while it held the register's end would hold up all the others.
        "-c idle_in_transaction_session_timeout=30000",
    )
    return {
        "options": " ".join((given if isinstance(given, str) else " ".join(given), *ours)).strip(),
        "connect_timeout": max(2, math.ceil(patience)),
        "tcp_user_timeout": 10_000,  # milliseconds until a server behind a cut wire counts as lost
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 2,
    }


def _listen(engine: Engine, patience: float) -> None:
    """Let SQLAlchemy begin SQLite's transactions; the driver's own way begins them late and deferred."""

    def connected(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None
        raw.execute(f"PRAGMA busy_timeout = {_milliseconds(patience)}")  # first: WAL may have to wait
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = FULL")  # an accepted request survives a power cut
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute(f"PRAGMA wal_autocheckpoint = {WAL_BOUND}")

    def begun(connection: Connection) -> None:
        options = connection.get_execution_options()
        raw = cast(sqlite3.Connection, connection.connection.dbapi_connection)
        asked = _milliseconds(options.get("clearance_wait", patience)), bool(options.get("clearance_reads"))
        if connection.info.get("clearance") != asked:  # two statements for most transactions otherwise
            raw.execute(f"PRAGMA busy_timeout = {asked[0]}")
            raw.execute(f"PRAGMA query_only = {int(asked[1])}")
            connection.info["clearance"] = asked
        if not options.get("clearance_begins", True):
            return
        # IMMEDIATE: two who read before they write would otherwise both lose (database is locked).
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("clearance_writes") else "BEGIN")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)


def _milliseconds(seconds: float) -> int:
    return max(1, math.ceil(seconds * 1000))
