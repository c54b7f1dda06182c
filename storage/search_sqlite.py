"""The search on SQLite: one FTS5 table for every 16,384 requests, read from the newest back.

FTS5 takes a deleted word out of the file only by writing a table anew ("optimize"; its own secure deletion
came with SQLite 3.42). For the whole of a million requests that took 12 seconds, in which nobody else
writes; for one table a fifth of one.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection

from storage.errors import NoSearch
from storage.search_words import BEGINNING, LONGEST, SHORTEST, SIGNS, Query, Tokens

BLOCK: Final = 16_384

_KEPT: Final = " ".join(map(str, range(SHORTEST, LONGEST + 1)))
# Words come folded, and everything beyond ASCII is a letter to the tokenizer "ascii".
_TABLE: Final = (
    "CREATE VIRTUAL TABLE {name} USING fts5(words, detail=none, columnsize=0, "
    f"prefix='{_KEPT}', tokenize=\"ascii tokenchars '_{SIGNS}'\")"
)
# The tables beside each, in which FTS5 keeps its own, have pages.
_COUNTED: Final = "SELECT count(*) FROM sqlite_master WHERE rootpage = 0 AND name GLOB 'search_[0-9]*'"
_ASKED: Final = "SELECT rowid FROM {name} WHERE {name} MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"


def available(tx: Connection) -> bool:
    """Whether this build of SQLite has FTS5."""
    return tx.exec_driver_sql("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'").first() is not None


def prepare(tx: Connection, newest: int) -> None:
    """Make the tables up to that of a request, where they are missing. Raises NoSearch."""
    if not available(tx):
        raise NoSearch
    for block in range(_blocks(tx), newest // BLOCK + 1):
        tx.exec_driver_sql(_TABLE.format(name=_name(block)))


def put(tx: Connection, several: Mapping[int, Tokens]) -> None:
    """Index these requests, or index them anew."""
    by_block: dict[int, list[int]] = defaultdict(list)
    for number in several:
        by_block[number // BLOCK].append(number)
    with _thoroughly(tx):
        for block, numbers in by_block.items():
            name = _name(block)
            tx.exec_driver_sql(f"DELETE FROM {name} WHERE rowid = ?", [(one,) for one in numbers])
            rows = [(one, _text(several[one])) for one in numbers]
            tx.exec_driver_sql(f"INSERT INTO {name} (rowid, words) VALUES (?, ?)", rows)
            # Its first or last request: now, or long ago, the table became full. In one piece it is read
            # twice as fast.
            if any(number % BLOCK in (0, BLOCK - 1) for number in numbers):
                _write_anew(tx, name)


def forget(tx: Connection, number: int) -> None:
    """Nothing of this request's words is left in the file. Raises NoSearch."""
    block = number // BLOCK
    if block >= _blocks(tx):
        return
    if not available(tx):
        raise NoSearch
    name = _name(block)
    with _thoroughly(tx):
        tx.exec_driver_sql(f"DELETE FROM {name} WHERE rowid = ?", (number,))
        _write_anew(tx, name)


def find(tx: Connection, query: Query, before: int, limit: int) -> list[int]:
    """The newest requests below the number `before` that answer the query. Raises NoSearch."""
    blocks = _blocks(tx)
    if blocks and not available(tx):
        raise NoSearch
    asked = " AND ".join(_alternatives(tokens) for tokens in query)
    found: list[int] = []
    for block in _newest_first(blocks, before):
        statement = _ASKED.format(name=_name(block))
        values = (asked, before, limit - len(found))
        found += tx.exec_driver_sql(statement, values).scalars()
        if len(found) == limit:
            break
    return found


def _write_anew(tx: Connection, name: str) -> None:
    tx.exec_driver_sql(f"INSERT INTO {name} ({name}) VALUES ('optimize')")


def _newest_first(blocks: int, before: int) -> Iterator[int]:
    return iter(range(min(blocks - 1, (before - 1) // BLOCK), -1, -1))


def _name(block: int) -> str:
    return f"search_{block}"


def _blocks(tx: Connection) -> int:
    """How many tables there are; none is missing between."""
    return int(tx.exec_driver_sql(_COUNTED).scalar_one())


def _text(tokens: Tokens) -> str:
    return " ".join((*sorted(tokens.beginnings), *sorted(tokens.marks)))


def _alternatives(tokens: Sequence[str]) -> str:
    # Nothing but letters, digits and our signs is in a token: no quote to be doubled.
    return f"({' OR '.join(map(_quoted, tokens))})"


def _quoted(token: str) -> str:
    return f'"{token.removeprefix(BEGINNING)}" *' if token.startswith(BEGINNING) else f'"{token}"'


@contextmanager
def _thoroughly(tx: Connection) -> Iterator[None]:
    """What goes is overwritten, also what FTS5 drops when it merges: it may have to be forgotten later."""
    before = tx.exec_driver_sql("PRAGMA secure_delete").scalar_one()
    tx.exec_driver_sql("PRAGMA secure_delete = ON").close()
    try:
        yield
    finally:
        tx.exec_driver_sql(f"PRAGMA secure_delete = {before}").close()
