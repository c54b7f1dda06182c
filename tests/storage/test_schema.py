"""The tables are made at start, kept up to date, and left alone when they are not ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from storage import requests, schema
from storage.database import Database, ForeignSchema, open_database
from storage.tables import Row
from tests.storage.people import NOW, a_request, all_at_once


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Database]:
    """A database whose tables come from the models, not from the migrations."""
    database = open_database(f"sqlite:///{tmp_path / 'models.db'}")
    Row.metadata.create_all(database.engine)
    yield database
    database.close()


def definitions(database: Database) -> dict[str, set[str]]:
    """Every table and index as the set of the lines that define it."""
    with database.reading() as tx:
        rows = tx.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").all()
    return {
        name: {line.strip().rstrip(",") for line in sql.splitlines()}
        for name, sql in rows
        if name != "alembic_version"
    }


def test_an_empty_database_gets_its_tables(empty: Database) -> None:
    before = schema.status(empty)
    assert (before.current, before.up_to_date) == (None, False)
    schema.upgrade(empty)
    after = schema.status(empty)
    assert (after.current, after.up_to_date) == (after.head, True)
    with empty.transaction() as tx:
        requests.open_request(tx, a_request(), [], NOW)


def test_a_second_start_changes_nothing(database: Database) -> None:
    with database.transaction() as tx:
        made = requests.open_request(tx, a_request(), [], NOW)
    before = definitions(database)
    schema.upgrade(database)
    assert definitions(database) == before
    with database.reading() as tx:
        assert requests.get(tx, made) is not None


def test_four_who_start_at_once_make_the_tables_once(empty: Database) -> None:
    all_at_once(4, lambda _number: schema.upgrade(empty))
    assert schema.status(empty).up_to_date


def test_the_models_ask_for_nothing_that_the_migrations_did_not_make(database: Database) -> None:
    with database.reading() as tx:
        assert compare_metadata(MigrationContext.configure(tx), Row.metadata) == []


def test_migrated_tables_are_the_models_tables_to_the_last_check(database: Database, fresh: Database) -> None:
    assert definitions(database) == definitions(fresh)


def test_the_tables_of_a_newer_version_are_left_alone(database: Database) -> None:
    with database.transaction() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '0099'")
    for use in (schema.upgrade, schema.status):
        with pytest.raises(ForeignSchema, match="0099, which this version does not know"):
            use(database)


def test_the_tables_of_somebody_else_are_left_alone(empty: Database) -> None:
    with empty.transaction() as tx:
        tx.exec_driver_sql("CREATE TABLE requests (url TEXT)")
    with pytest.raises(ForeignSchema, match=r"somebody else \(requests\)"):
        schema.upgrade(empty)
    with empty.reading() as tx:
        assert inspect(tx).get_table_names() == ["requests"]


def test_a_migration_that_breaks_leaves_nothing_behind(empty: Database) -> None:
    with empty.transaction() as tx:
        tx.exec_driver_sql("CREATE TABLE taken (id INTEGER)")
        tx.exec_driver_sql("CREATE INDEX ix_notices_due ON taken (id)")  # the last table's index
    with pytest.raises(Exception, match="already exists"):
        schema.upgrade(empty)
    with empty.reading() as tx:
        assert inspect(tx).get_table_names() == ["taken"]


def test_the_way_back_is_open(database: Database) -> None:
    config = schema.configuration()
    with database.transaction() as tx:
        config.attributes["connection"] = tx
        command.downgrade(config, "base")
        assert inspect(tx).get_table_names() == ["alembic_version"]
    schema.upgrade(database)
    assert schema.status(database).up_to_date
