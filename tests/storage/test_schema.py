"""The tables are made at start, kept up to date, and left alone when they are not ours."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from storage import requests, schema, search
from storage.database import Database, ForeignSchema
from storage.tables import Row
from tests.storage.people import NOW, a_request, all_at_once

# Everything that defines a table or an index, a line each, as the database itself tells it.
CATALOGUE = """
    SELECT table_name, concat_ws(' ', column_name, data_type, is_nullable) FROM information_schema.columns
    WHERE table_schema = 'public'
    UNION ALL
    SELECT conrelid::regclass::text, concat_ws(' ', conname, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
"""
DEFINED = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'trigger'"


@pytest.fixture
def database(empty: Database) -> Database:
    """A database of our own, because these stories spoil it."""
    schema.upgrade(empty)
    return empty


def definitions(database: Database) -> dict[str, set[str]]:
    """Every table and index as the set of the lines that define it."""
    found: dict[str, set[str]] = {}
    with database.reading() as tx:
        for name, sql in tx.exec_driver_sql(DEFINED if tx.dialect.name == "sqlite" else CATALOGUE):
            found.setdefault(name, set()).update(line.strip().rstrip(",") for line in sql.splitlines())
    del found["alembic_version"]
    return found


def test_an_empty_database_gets_its_tables(empty: Database) -> None:
    before = schema.status(empty)
    assert (before.current, before.up_to_date) == (None, False)
    schema.upgrade(empty)
    after = schema.status(empty)
    assert (after.current, after.up_to_date) == (after.head, True)
    with empty.transaction() as tx:
        requests.open_request(tx, a_request(), NOW)


def test_a_second_start_changes_nothing(database: Database) -> None:
    with database.transaction() as tx:
        made = requests.open_request(tx, a_request(), NOW).id
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


def test_migrated_tables_are_the_models_tables_to_the_last_check(database: Database) -> None:
    migrated = definitions(database)
    go_back(database)
    Row.metadata.create_all(database.engine)
    assert definitions(database) == migrated


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


def go_back(database: Database) -> None:
    """Undo every migration."""
    config = schema.configuration()
    with database.transaction() as tx:
        config.attributes["connection"] = tx
        command.downgrade(config, "base")
        assert inspect(tx).get_table_names() == ["alembic_version"]


def test_the_way_back_is_open(database: Database) -> None:
    go_back(database)
    schema.upgrade(database)
    assert schema.status(database).up_to_date


def test_the_way_back_takes_the_search_with_it(database: Database) -> None:
    with database.transaction() as tx:
        requests.open_request(tx, a_request(), NOW)
    assert search.catch_up(database) == 1
    go_back(database)
