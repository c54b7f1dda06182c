"""What the drivers say about locks, disks and servers, turned into Busy or Away."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storage.errors import Away, Busy

# Primary result codes of SQLite, and the SQLSTATEs of PostgreSQL, that have a sentence.
_BUSY: Final = frozenset(
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, "55P03", "40001", "40P01", "57014", "53300"}
)
_PERMISSIONS: Final = "Its file cannot be opened: check the path and its permissions."
_READ_ONLY: Final = "It is read-only: let the user that Clearance runs as write to it."
_FULL: Final = "The disk is full: make room, and Clearance goes on by itself."
_AWAY: Final[Mapping[int | str, str]] = {
    sqlite3.SQLITE_CANTOPEN: _PERMISSIONS,
    sqlite3.SQLITE_PERM: _PERMISSIONS,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_IOERR: "The disk reports an error.",
    sqlite3.SQLITE_CORRUPT: "Its file is damaged.",
    sqlite3.SQLITE_NOTADB: "Its file is not a SQLite database.",
    "53100": _FULL,
    "25006": _READ_ONLY,
    "25P03": "It ended a transaction that stood still for too long.",
    "57P01": "It is shutting down.",
    "57P02": "It is restarting.",
    "57P03": "It is starting up.",
}
# A refused connection has no SQLSTATE, only libpq's words.
_WORDS: Final[Mapping[str, str]] = {
    "password": "It refuses the user or the password in CLEARANCE_DATABASE_URL.",
    "no pg_hba.conf entry": "It lets nobody in from here as CLEARANCE_DATABASE_URL says: ask who runs it.",
    "does not exist": "It has no such user or database: check CLEARANCE_DATABASE_URL, or make them.",
    "resolve host": "Its host has no address: check CLEARANCE_DATABASE_URL.",
    "starting up": _AWAY["57P03"],
    "shutting down": _AWAY["57P01"],
}
# What a wrong setting or a broken file says: waiting does not mend it.
_LASTING: Final = frozenset(
    {
        _PERMISSIONS,
        _AWAY[sqlite3.SQLITE_CORRUPT],
        _AWAY[sqlite3.SQLITE_NOTADB],
        *(_WORDS[words] for words in ("password", "no pg_hba.conf entry", "does not exist")),
    }
)
_LOST: Final = (
    "The connection was lost or refused: see that the server runs, and check CLEARANCE_DATABASE_URL."
)


@contextmanager
def translated() -> Iterator[None]:
    """Raise Busy or Away for what the driver says about locks and disks; anything else stays as it is."""
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
        return _away(_AWAY[code])
    unnamed = isinstance(error, OperationalError) and not code
    if unnamed or error.connection_invalidated or sqlstate.startswith("08"):
        return _unconnected(str(error.orig))
    return None


def _unconnected(said: str) -> Busy | Away:
    if "too many clients" in said or "connection slots" in said:
        return Busy()
    return _away(next((says for words, says in _WORDS.items() if words in said), _LOST))


def _away(says: str) -> Away:
    return Away(says, lasting=says in _LASTING)
