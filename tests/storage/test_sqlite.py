"""What SQLite alone promises: settings of its file, and plain words when the file or the disk fails."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection

from storage import requests
from storage.database import Away, Database, checkpoint, open_database
from tests.storage.people import NOW, a_request


@pytest.fixture
def dialect() -> str:
    """These stories are SQLite's."""
    return "sqlite"


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that other users can enter; pytest's own is closed to them."""
    with tempfile.TemporaryDirectory(prefix="clearance-") as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path


@contextmanager
def as_somebody_else() -> Iterator[None]:
    """Root may write everywhere: act as nobody for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def open_one(tx: Connection, number: int) -> int:
    """One request more."""
    return requests.open_request(tx, a_request(form_key=f"V{number}"), NOW).id


def wal(database: Database) -> Path:
    """The file that commits go to first."""
    return Path(f"{database.engine.url.database}-wal")


def test_the_promises_to_the_disk_are_set_on_every_connection(database: Database) -> None:
    with database.reading() as first, database.reading() as second:
        for tx in (first, second):
            pragmas = {
                name: tx.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            }
            assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_place_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'nowhere' / 'clearance.db'}")
    with pytest.raises(Away, match="cannot be opened"), database.transaction():
        pytest.fail("opened")
    database.close()


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, only some words " * 100)
    database = open_database(f"sqlite:///{tmp_path / 'notes.txt'}")
    with pytest.raises(Away, match="not a SQLite database"), database.reading():
        pytest.fail("opened")
    database.close()


def test_a_full_disk_is_said_nothing_is_half_written_and_room_is_enough_to_go_on(database: Database) -> None:
    with database.transaction() as tx:
        open_one(tx, 0)
    with pytest.raises(Away, match="The disk is full: make room"), database.transaction() as tx:
        pages = tx.exec_driver_sql("PRAGMA page_count").scalar_one()
        tx.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}").close()  # a disk that can be full
        for number in range(1, 50):
            open_one(tx, number)
    with database.reading() as tx:
        assert len(requests.latest(tx)) == 1
        tx.exec_driver_sql("PRAGMA max_page_count = 1000000").close()
    with database.transaction() as tx:
        open_one(tx, 1)


def test_a_read_only_file_is_said(reachable: Path, ready_file: Path) -> None:
    path = reachable / "clearance.db"
    path.write_bytes(ready_file.read_bytes())
    path.chmod(0o444)
    reachable.chmod(0o777)  # SQLite can make its companions, but not write the file itself
    database = open_database(f"sqlite:///{path}")
    with (
        as_somebody_else(),
        pytest.raises(Away, match="read-only: let the user"),
        database.transaction() as tx,
    ):
        open_one(tx, 0)
    database.close()


def test_a_read_only_folder_is_said(reachable: Path, ready_file: Path) -> None:
    path = reachable / "clearance.db"
    path.write_bytes(ready_file.read_bytes())
    reachable.chmod(0o555)
    database = open_database(f"sqlite:///{path}")
    with (
        as_somebody_else(),
        pytest.raises(Away, match=r"read-only|cannot be opened"),
        database.transaction() as tx,
    ):
        open_one(tx, 0)
    database.close()
    reachable.chmod(0o755)


def test_commits_leave_the_checkpoint_to_the_background(database: Database) -> None:
    before = Path(str(database.engine.url.database)).read_bytes()
    for number in range(400):  # more than the 1,000 pages at which SQLite would do it by itself
        with database.transaction() as tx:
            open_one(tx, number)
    assert Path(str(database.engine.url.database)).read_bytes() == before
    checkpoint(database)
    assert Path(str(database.engine.url.database)).read_bytes() != before
    assert checkpoint(database, thorough=True) == 0
    assert wal(database).stat().st_size == 0


def test_a_checkpoint_steps_aside_for_who_reads_and_for_who_writes(database: Database) -> None:
    with database.transaction() as tx:
        open_one(tx, 0)
    with database.reading() as view:
        assert len(requests.latest(view)) == 1
        with database.transaction() as tx:
            open_one(tx, 1)
            assert checkpoint(database) > 0
        assert checkpoint(database, thorough=True) > 0  # somebody still reads what it would move
        assert len(requests.latest(view)) == 1
    assert checkpoint(database, thorough=True) == 0


def test_a_file_made_by_the_driver_alone_is_opened_too(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "plain.db").close()
    database = open_database(f"sqlite:///{tmp_path / 'plain.db'}")
    with database.reading() as tx:
        assert tx.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    database.close()
