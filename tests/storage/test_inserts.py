"""Rows that are inserted as the driver takes them are those that SQLAlchemy would have written."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from storage import notices, requests
from storage.database import Database
from storage.inserts import insert_new, insert_together
from storage.tables import NOTICES, REQUESTS
from tests.storage.people import NOW, a_request

# With a zone of its own, and with microseconds that begin with zeros.
LATE = datetime(2026, 3, 2, 23, 59, 59, 7, tzinfo=timezone(timedelta(hours=-8)))
CHANGED: dict[str, dict[str, Any]] = {
    "requests": {
        "needed_by": date(2026, 12, 31),
        "created_at": LATE,
        "updated_at": NOW,
        "title": "💡 'n\"?%s:x",
    },
    "notices": {"lease_until": LATE, "delivered_at": NOW, "attempts": 2**31 - 1, "error": "100 %"},
}


def written(tx: Connection, name: str) -> dict[str, Any]:
    """One row of a table with every kind of value in it, ready to be inserted again."""
    filed = requests.open_request(tx, a_request(), NOW).id
    notices.enqueue(tx, "k", "card", "C0", filed, {"decision": 1}, NOW, NOW)
    table = REQUESTS if name == "requests" else NOTICES
    row = tx.execute(select(table)).mappings().one()
    return {key: value for key, value in row.items() if key != "id"} | CHANGED[name]


@pytest.mark.parametrize("name", CHANGED)
def test_a_row_is_the_same_whoever_writes_it(database: Database, name: str) -> None:
    table, unique = (REQUESTS, "form_key") if name == "requests" else (NOTICES, "key")
    with database.transaction() as tx:
        row = written(tx, name)
        tx.execute(insert(table), row | {unique: "by SQLAlchemy"})
        insert_together(tx, (table, [row | {unique: "together"}, row | {unique: "and again"}]))
        insert_new(tx, table, unique, row | {unique: "new"})
        every = tx.exec_driver_sql(f"SELECT * FROM {name} ORDER BY id").mappings().all()[1:]
    assert [one[unique] for one in every] == ["by SQLAlchemy", "together", "and again", "new"]
    first, *others = ({key: one[key] for key in one if key not in ("id", unique)} for one in every)
    assert others == [first] * 3


def test_the_numbers_are_those_of_the_rows_in_their_order(database: Database) -> None:
    with database.transaction() as tx:
        row = written(tx, "notices")
        none, several = insert_together(
            tx, (REQUESTS, []), (NOTICES, [row | {"key": f"k{number}"} for number in range(30)])
        )
        found = tx.execute(select(NOTICES.c.id, NOTICES.c.key).where(NOTICES.c.key != "k")).all()
        number = insert_new(tx, NOTICES, "key", row | {"key": "last"})
        last = tx.scalar(select(NOTICES.c.id).where(NOTICES.c.key == "last"))
    assert none == []
    assert dict(zip(several, (f"k{number}" for number in range(30)), strict=True)) == {
        row.id: row.key for row in found
    }
    assert number == last


def test_a_row_that_is_there_is_left_alone_and_uses_up_no_number(database: Database) -> None:
    with database.transaction() as tx:
        row = written(tx, "notices")
        assert insert_new(tx, NOTICES, "key", row | {"key": "k", "kind": "another"}) is None
        assert insert_new(tx, NOTICES, "key", row | {"key": "k2"}) == 2
        assert tx.scalar(select(NOTICES.c.kind).where(NOTICES.c.key == "k")) == "card"


def test_what_breaks_a_rule_of_the_tables_is_refused_as_a_whole(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as tx:
        row = written(tx, "notices")
        insert_together(tx, (NOTICES, [row | {"key": "k2"}, row | {"key": "k3", "state": "nonsense"}]))
    with database.reading() as tx:
        assert tx.execute(select(NOTICES)).all() == []


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="timezone"), database.transaction() as tx:
        row = written(tx, "notices")
        insert_new(tx, NOTICES, "key", row | {"key": "k2", "due_at": datetime(2026, 3, 2)})
