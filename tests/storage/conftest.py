"""The database of every story; which kind it is, is decided here alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import schema
from storage.database import Database, open_database


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Where an empty database is, or will be."""
    return f"sqlite:///{tmp_path / 'clearance.db'}"


@pytest.fixture
def empty(url: str) -> Iterator[Database]:
    """A database without tables."""
    database = open_database(url, patience=20)  # the stories race on machines that are busy with others
    yield database
    database.close()


@pytest.fixture
def database(empty: Database) -> Database:
    """A database as it is after the start."""
    schema.upgrade(empty)
    return empty
