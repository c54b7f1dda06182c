"""One bot per SQLite file."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.database import AlreadyRunning, Away, BadAddress, one_bot

HOLD = """
import sys
from storage.database import one_bot
with one_bot(sys.argv[1]):
    print("held", flush=True)
    input()
"""
ROOT = Path(__file__).parents[2]


@contextmanager
def another_bot(url: str) -> Iterator[subprocess.Popen[str]]:
    """A second process that holds the database until its input ends."""
    command = [sys.executable, "-c", HOLD, url]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_bot_is_told_who_is_running_and_may_start_when_it_died(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'clearance.db'}"
    with another_bot(url) as running:
        with pytest.raises(AlreadyRunning, match=f"Its process is {running.pid}") as refusal, one_bot(url):
            pytest.fail("two bots on one file")
        assert refusal.value.pid == running.pid
    with one_bot(url):
        pass  # a killed process leaves its file, but not its lock


def test_the_same_file_under_another_name_is_the_same_database(tmp_path: Path) -> None:
    (tmp_path / "real.db").touch()
    (tmp_path / "link.db").symlink_to("real.db")
    with one_bot(f"sqlite:///{tmp_path / 'real.db'}"):
        with pytest.raises(AlreadyRunning), one_bot(f"sqlite:///{tmp_path / 'link.db'}"):
            pytest.fail("two bots on one file")
        with one_bot(f"sqlite:///{tmp_path / 'other.db'}"):
            pass


def test_postgresql_serves_many(tmp_path: Path) -> None:
    url = "postgresql://clearance@localhost/clearance"
    with one_bot(url), one_bot(url):
        pass


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(Away, match="cannot be written"), one_bot(f"sqlite:///{tmp_path / 'no' / 'x.db'}"):
        pytest.fail("locked nothing")
    with pytest.raises(BadAddress), one_bot("sqlite://"):
        pytest.fail("locked memory")
