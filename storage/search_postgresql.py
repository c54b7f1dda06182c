"""The search on PostgreSQL: a tsvector for each request under a GIN index, read from the newest back.

GIN has no order: the newest ten of 300,000 hits would be sorted out of them all. So each request also has a
token for the window of numbers that it is in, in three sizes, and a question is asked of one window after
another: the index leaps to it, and the cost is that of the hits in there.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection

from storage.search_words import BEGINNING, SHORTEST, Query, Tokens

_WINDOWS: Final = (1_024, 8_192, 65_536)
"""How many numbers a window has, from small to large."""

_FEW: Final = 200
"""So many hits of a window are read and sorted; of more, the windows within it are asked one by one."""

# Any number serves, if every replica of Clearance takes the same and nobody else does.
_INDEXING: Final = 4_206_913

_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS searchable (request_id integer PRIMARY KEY, words tsvector NOT NULL)"
)
# fastupdate: what it puts off, every search would have to read.
INDEX: Final = (
    "CREATE INDEX IF NOT EXISTS ix_searchable_words ON searchable USING gin (words) WITH (fastupdate = off)"
)
_PUT: Final = (
    "INSERT INTO searchable (request_id, words) VALUES (%s, %s::tsvector) "
    "ON CONFLICT (request_id) DO UPDATE SET words = EXCLUDED.words"
)
_BY_WORDS: Final = "SELECT " + ", ".join(
    f"set_config('{name}', 'off', true)"
    for name in ("enable_seqscan", "enable_indexscan", "enable_indexonlyscan")
)
_NEWEST: Final = "SELECT request_id FROM searchable ORDER BY request_id DESC LIMIT 1"
_ASKED: Final = "SELECT request_id FROM searchable WHERE words @@ %s::tsquery AND request_id < %s LIMIT %s"


def available(_tx: Connection) -> bool:
    """PostgreSQL always can."""
    return True


def prepare(tx: Connection, _newest: int) -> None:
    """Nobody else indexes before this transaction ends; make the table where it is missing."""
    _alone(tx)
    if not _is_there(tx):
        tx.exec_driver_sql(_TABLE)
        tx.exec_driver_sql(INDEX)


def put(tx: Connection, several: Mapping[int, Tokens]) -> None:
    """Index these requests, or index them anew."""
    tx.exec_driver_sql(_PUT, [(number, vector(number, tokens)) for number, tokens in several.items()])


def forget(tx: Connection, number: int) -> None:
    """Nothing of this request's words is found any more; the old row goes with PostgreSQL's next VACUUM."""
    _alone(tx)  # who read the words before they went must not put them back afterwards
    if _is_there(tx):
        tx.exec_driver_sql("DELETE FROM searchable WHERE request_id = %s", (number,))


def find(tx: Connection, query: Query, before: int, limit: int) -> list[int]:
    """The newest requests below the number `before` that answer the query."""
    newest = tx.exec_driver_sql(_NEWEST).scalar() if _is_there(tx) else None
    if newest is None:
        return []
    # Only the index over words, until this transaction ends: with a question it has not seen, PostgreSQL
    # believes that hits are common and reads the requests through until it has enough.
    tx.exec_driver_sql(_BY_WORDS)
    return _Newest(tx, _text(query)).below(min(before, newest + 1), limit)


def vector(number: int, tokens: Tokens) -> str:
    """The tokens of a request as PostgreSQL reads a tsvector, in an order that it need not change."""
    begun = {f"{BEGINNING}{word[:n]}" for word in tokens.beginnings for n in range(SHORTEST, len(word) + 1)}
    windows = {_window(level, number) for level in range(len(_WINDOWS))}
    return " ".join(f"'{token}'" for token in sorted(tokens.marks | begun | windows))


class _Newest:
    """One question, asked of window after window."""

    def __init__(self, tx: Connection, query: str) -> None:
        self._tx, self._query = tx, query

    def below(self, before: int, limit: int) -> list[int]:
        """The newest hits: of the small window there, the rest of a larger one, one large after another."""
        found: list[int] = []
        level = 0
        while before > 0 and len(found) < limit:
            found += self._within(level, before, limit - len(found))
            before = _start(level, before)
            level = min(level + 1, len(_WINDOWS) - 1)
        return found

    def _within(self, level: int, before: int, limit: int) -> list[int]:
        """The newest hits below `before` in the window of that level that ends there."""
        most = _FEW if level else _WINDOWS[0]
        hits = self._asked(level, before, most)
        if len(hits) < most or not level:
            return sorted(hits, reverse=True)[:limit]
        found: list[int] = []
        for end in _ends(level, before):
            found += self._within(level - 1, end, limit - len(found))
            if len(found) == limit:
                break
        return found

    def _asked(self, level: int, before: int, most: int) -> Sequence[int]:
        query = f"{self._query} & '{_window(level, before - 1)}'"
        return self._tx.exec_driver_sql(_ASKED, (query, before, most)).scalars().all()


def _window(level: int, number: int) -> str:
    return f"#{level}_{number // _WINDOWS[level]}"


def _start(level: int, before: int) -> int:
    """The first number of the window that ends before `before`; it is where the older ones end."""
    return (before - 1) // _WINDOWS[level] * _WINDOWS[level]


def _ends(level: int, before: int) -> Iterator[int]:
    """Where the windows within one of that level end, the newest first."""
    start = _start(level, before)
    while before > start:
        yield before
        before = _start(level - 1, before)


def _alone(tx: Connection) -> None:
    tx.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_INDEXING,))


def _is_there(tx: Connection) -> bool:
    return tx.exec_driver_sql("SELECT to_regclass('searchable')").scalar_one() is not None


def _text(query: Query) -> str:
    # Nothing but letters, digits and our signs is in a token: no quote to be doubled.
    groups = ("|".join(f"'{token}'" for token in tokens) for tokens in query)
    return " & ".join(f"({group})" for group in groups)
