"""Whole rows as the driver takes them: the inserts of the hot path.

SQLAlchemy's own way to a statement and its values takes longer than SQLite takes to run it; on PostgreSQL
each statement is a trip there and back. The rows are the same to the byte: the types' own conversions.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Final, cast

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

__all__ = ["Rows", "insert_new", "insert_together"]

Rows = tuple[Table, Sequence[Mapping[str, Any]]]
"""A table and rows for it, each with every column but a number that the database gives."""

_MARK: Final = {"sqlite": "?", "postgresql": "%s"}
_DIALECT: Final = {"sqlite": SQLiteDialect(), "postgresql": PGDialect()}  # type: ignore[no-untyped-call]


def insert_together(tx: Connection, *several: Rows) -> list[list[int]]:
    """Insert rows into tables and return their numbers, table by table in the order of the rows.

    PostgreSQL does it in one statement; a row may refer to one of an earlier table.
    """
    dialect = tx.dialect.name
    if dialect == "sqlite":
        return [_inserted(tx, table, rows) if rows else [] for table, rows in several]
    shape = tuple((table, len(rows)) for table, rows in several if rows)
    values = [value for table, rows in several for value in _values(dialect, table, rows)]
    found = tx.exec_driver_sql(_all(shape), tuple(values)).all() if shape else []
    # Each row took the next number; RETURNING itself promises no order.
    return [sorted(key for name, key in found if name == table.name) for table, _ in several]


def insert_new(tx: Connection, table: Table, unique: str, row: Mapping[str, Any]) -> int | None:
    """Insert a row and return its number, or None when a row with the same `unique` column is there."""
    dialect = tx.dialect.name
    values = (*_values(dialect, table, [row]), row[unique])
    done = tx.exec_driver_sql(_insert_new(dialect, table, unique), values)
    if dialect == "sqlite":
        return done.lastrowid if done.rowcount else None
    return cast(int | None, done.scalar())


def _inserted(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """On SQLite, where nobody else writes meanwhile: one number after the other, and it knows the last."""
    statement = _insert("sqlite", table, len(rows))
    last = tx.exec_driver_sql(statement, tuple(_values("sqlite", table, rows))).lastrowid
    return list(range(last - len(rows) + 1, last + 1))


def _values(dialect: str, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The values of all rows in the order of the marks."""
    names, conversions = _columns(dialect, table)
    values = []
    for row in rows:
        converted = {name: convert(row[name]) for name, convert in conversions}
        values += [converted[name] if name in converted else row[name] for name in names]
    return values


@cache
def _columns(
    dialect: str, table: Table
) -> tuple[tuple[str, ...], tuple[tuple[str, Callable[[Any], Any]], ...]]:
    """The columns that are written, and the conversions of those that are times or dates."""
    written = [column for column in table.c if column is not table.autoincrement_column]
    into = _DIALECT[dialect]
    found = ((each.name, each.type.dialect_impl(into).bind_processor(into)) for each in written)
    # A transaction writes the same moment again and again.
    conversions = tuple((name, lru_cache(maxsize=8)(convert)) for name, convert in found if convert)
    return tuple(each.name for each in written), conversions


def _into(dialect: str, table: Table) -> tuple[str, str]:
    """The beginning of an INSERT, and the marks of one row."""
    names, _ = _columns(dialect, table)
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table.name} ({quoted})", ", ".join([_MARK[dialect]] * len(names))


def _returning(dialect: str, table: Table) -> str:
    # SQLite tells the last number without being asked, which is far cheaper than a result.
    return f" RETURNING {_key(table)}" if dialect == "postgresql" else ""


def _key(table: Table) -> str:
    [column] = table.primary_key
    return column.name


@cache  # a request has four topics at most, and as few people and notices
def _insert(dialect: str, table: Table, count: int) -> str:
    into, marks = _into(dialect, table)
    return f"{into} VALUES {', '.join([f'({marks})'] * count)}{_returning(dialect, table)}"


@cache
def _all(shape: tuple[tuple[Table, int], ...]) -> str:
    made = [f"{table.name}_ AS ({_insert('postgresql', table, count)})" for table, count in shape]
    keys = [f"SELECT '{table.name}', {_key(table)} FROM {table.name}_" for table, _ in shape]
    return f"WITH {', '.join(made)} {' UNION ALL '.join(keys)}"


@cache
def _insert_new(dialect: str, table: Table, unique: str) -> str:
    # Asked first: an insert that only then finds the key taken has used up a number and leaves a gap.
    into, marks = _into(dialect, table)
    there = f"SELECT 1 FROM {table.name} WHERE {unique} = {_MARK[dialect]}"
    return (
        f"{into} SELECT {marks} WHERE NOT EXISTS ({there}) "
        f"ON CONFLICT ({unique}) DO NOTHING{_returning(dialect, table)}"
    )
