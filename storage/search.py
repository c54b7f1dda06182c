"""Search over the register: what was written is indexed a moment later, and found newest first.

The index is derived: it can be thrown away, and holds nothing that the register does not. Triggers put the
number of every new or changed request into the queue `to_index`, which is all that a submission pays for.
"""

from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from storage import search_postgresql, search_sqlite
from storage.database import Database
from storage.inserts import insert_together
from storage.search_words import COLUMNS, Query, tokens_of
from storage.tables import REQUESTS, TO_INDEX

__all__ = ["available", "behind", "catch_up", "find", "forget", "index", "prepare", "put"]

BATCH: Final = 25
"""So many are indexed in one transaction: a hundredth of a second in which others wait."""

_NO_REQUEST: Final = 2**31 - 1
_SAID = select(*(REQUESTS.c[name] for name in COLUMNS)).where(
    REQUESTS.c.id.in_(bindparam("ids", expanding=True))
)
_BEHIND: Final = "SELECT id FROM to_index ORDER BY id DESC LIMIT 1"
# The newest first: what somebody has just filed is what they look for.
_TAKE: Final = (
    "DELETE FROM to_index WHERE id IN (SELECT id FROM to_index ORDER BY id DESC LIMIT {mark}) "
    "RETURNING request_id"
)


def available(database: Database) -> bool:
    """Whether this database can be searched at all. Raises Busy, Away."""
    with database.reading() as tx:
        return bool(_on(tx).available(tx))


def catch_up(database: Database, most: int = BATCH) -> int:
    """Index what waits for it, that many at most, in one transaction; returns how many there were.

    Raises NoSearch, Busy, Away.
    """
    with database.reading() as tx:
        if not behind(tx):
            return 0  # and nobody has to wait for a turn
    with database.transaction() as tx:
        return index(tx, most)


def behind(tx: Connection) -> bool:
    """Whether something still waits to be indexed."""
    return tx.exec_driver_sql(_BEHIND).first() is not None


def index(tx: Connection, most: int = BATCH) -> int:
    """The same inside a transaction. Raises NoSearch."""
    # Before anything is taken: on PostgreSQL others have finished theirs by then.
    prepare(tx, tx.exec_driver_sql("SELECT max(id) FROM requests").scalar_one() or 0)
    take = _TAKE.format(mark="%s" if tx.dialect.name == "postgresql" else "?")
    taken = tx.exec_driver_sql(take, (most,)).scalars().all()
    # Read after they were taken: what changes from here on waits anew.
    put(tx, (dict(row._mapping) for row in tx.execute(_SAID, {"ids": sorted(set(taken))})))
    return len(taken)


def prepare(tx: Connection, newest: int) -> None:
    """Make the index for requests up to the number `newest`, where it is missing. Raises NoSearch."""
    _on(tx).prepare(tx, newest)


def put(tx: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Index requests, each with the columns of search_words.COLUMNS."""
    several = {row["id"]: tokens_of(row) for row in rows}
    if several:
        _on(tx).put(tx, several)


def find(tx: Connection, query: Query, limit: int, *, before_id: int | None = None) -> list[int]:
    """The requests that answer, newest first; `before_id` continues after the last. Raises NoSearch."""
    before = _NO_REQUEST if before_id is None else before_id
    found: list[int] = _on(tx).find(tx, query, before, limit)
    return found


def forget(tx: Connection, request_id: int) -> None:
    """Take a request's words out of the index for good; those that it still has come back with `catch_up`.

    Raises NoSearch.
    """
    _on(tx).forget(tx, request_id)
    insert_together(tx, (TO_INDEX, [{"request_id": request_id}]))


def _on(tx: Connection) -> ModuleType:
    return search_sqlite if tx.dialect.name == "sqlite" else search_postgresql
