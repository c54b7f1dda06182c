"""The search's index of a past that was written in bulk: as the catch-up would have made it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from storage import search, search_postgresql
from storage.search_words import tokens_of

_WITHOUT: Final = "DROP INDEX IF EXISTS ix_searchable_words"


def index(tx: Connection, requests: Sequence[Mapping[str, Any]]) -> None:
    """Index rows of `requests` that were just written, and take them from the queue."""
    if not requests:
        return
    search.prepare(tx, requests[-1]["id"])
    if tx.dialect.name == "sqlite":
        search.put(tx, requests)
        tx.exec_driver_sql("DELETE FROM to_index")
        return
    tx.exec_driver_sql(_WITHOUT)  # made once, at the end, it takes a tenth of the time
    raw: Any = tx.connection.dbapi_connection
    with raw.cursor().copy("COPY searchable (request_id, words) FROM STDIN") as copy:
        for row in requests:
            copy.write_row((row["id"], search_postgresql.vector(row["id"], tokens_of(row))))


def settle(tx: Connection) -> None:
    """PostgreSQL's index over all of it."""
    if tx.dialect.name == "postgresql":
        search.prepare(tx, 0)
        tx.exec_driver_sql(search_postgresql.INDEX)
