"""A workspace whose bot is a process of its own, and what became of it all afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.app import read_directory
from storage.database import Database, open_database
from tests.bot.test_running import configured, environment
from tests.faults.tally import Records, Tally, taken
from tests.flows.conftest import Stage, stage_of
from tests.processes import launcher
from tests.studio import House, house

READY = "Clearance is running"
PATIENCE = 30.0  # seconds that a busy machine may take


def thorough() -> bool:
    """Asked by `make faults`: the stories that take their time are told too."""
    return "FAULTS" in os.environ


class Bot:
    """One `clearance run`. What it says is kept in a file."""

    def __init__(self, folder: Path, settings: Mapping[str, str], name: str = "bot") -> None:
        self.folder, self._settings = folder, settings
        self._said = folder / f"{name}.log"
        self._began = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process, running or not."""
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        """It runs."""
        return self._process is not None and self._process.poll() is None

    def launch(self, **settings: str) -> None:
        """Start it; returns before it is ready."""
        self._began = self._said.stat().st_size if self._said.exists() else 0
        command = [sys.executable, "-m", "tests.processes.launcher", str(self.folder), "run"]
        with self._said.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env=environment(PYTHONUNBUFFERED="1", **{**self._settings, **settings}),
                cwd=Path(__file__).parents[2],
                stdout=log,
                stderr=log,
            )

    def start(self) -> None:
        """Start it and wait until it serves."""
        self.launch()
        self.until(lambda: READY in self.said)

    def until(self, true: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Wait for something while it lives."""
        deadline = time.monotonic() + seconds
        while not true():
            if not self.alive or time.monotonic() > deadline:
                raise AssertionError(f"it did not come to that; the bot said:\n{self.said}")
            time.sleep(0.02)

    @property
    def said(self) -> str:
        """What it said since its last start."""
        with self._said.open("rb") as log:
            log.seek(self._began)
            return log.read().decode("utf-8", "replace")

    def kill(self) -> None:
        """SIGKILL, in the middle of whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def died(self) -> None:
        """Wait until it killed itself."""
        assert self._process is not None
        assert self._process.wait(PATIENCE) == -signal.SIGKILL, self.said

    def terminate(self) -> float:
        """SIGTERM; returns the seconds until it ended well."""
        assert self._process is not None
        began = time.monotonic()
        self._process.terminate()
        assert self._process.wait(PATIENCE) == 0, self.said
        return time.monotonic() - began


@dataclass
class Office:
    """A house whose bot runs outside, on SQLite or wherever `url` says."""

    house: House
    people: Stage
    bot: Bot
    database: Database
    others: list[Bot] = field(default_factory=list)
    # What people were told: the numbers of their requests, and (number, who) of their decisions.
    filed: list[int] = field(default_factory=list)
    won: list[tuple[int, str]] = field(default_factory=list)

    def records(self) -> Records:
        """What is stored and shown, and what people were told."""
        directory = read_directory(self.house.settings)
        return Records(self.house.workspace, self.database, directory, self.filed, self.won)

    def taken(self) -> Tally:
        """What was lost, doubled, is stuck or wrong."""
        return taken(self.records())

    def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        """What stands in the register."""
        with self.database.reading() as tx:
            return [tuple(row) for row in tx.execute(text(query), values)]

    def write(self, statement: str) -> None:
        """Change a row as no command does."""
        with self.database.transaction() as tx:
            tx.execute(text(statement))

    def dies_at(self, step: str) -> None:
        """The bot kills itself when it comes to this step."""
        (self.bot.folder / launcher.DIE_AT).write_text(step, "utf-8")

    def lingers_at(self, step: str) -> None:
        """The bot takes a second for this step; it has begun when `lingering`."""
        (self.bot.folder / launcher.LINGER_AT).write_text(step, "utf-8")

    def lingering(self) -> bool:
        """The bot is at that step."""
        return not (self.bot.folder / launcher.LINGER_AT).exists()

    def settled(self, seconds: float = PATIENCE) -> None:
        """Wait until nothing is left to say."""
        waiting = "SELECT count(*) FROM notices WHERE state = 'waiting'"
        self.bot.until(lambda: self.rows(waiting) == [(0,)], seconds)

    def all_is_well(self) -> None:
        """Once nothing waits any more: everything is there, once, and true."""
        self.settled()
        found = self.taken()
        assert found.clean, vars(found)

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """The bot is dead for sure: nobody waits three seconds for its answer."""
        link = self.house.workspace.link
        link.ack_seconds, before = 0.5, link.ack_seconds
        try:
            yield
        finally:
            link.ack_seconds = before

    def another(self, name: str) -> Bot:
        """One more process on the same database, not started."""
        folder = self.house.folder / name
        folder.mkdir(exist_ok=True)
        self.others.append(Bot(folder, self.bot._settings, name))
        return self.others[-1]


@contextmanager
def open_office(folder: Path, url: str | None = None) -> Iterator[Office]:
    """A workspace with a bot that is not started yet."""
    with ExitStack() as stack:
        built = stack.enter_context(house(folder))
        # A busy machine is no fault of the bot's: Slack's three seconds are not what these stories are about.
        built.workspace.link.ack_seconds = 10.0
        settings = dict(configured(built))
        settings["CLEARANCE_DATABASE_URL"] = url or settings["CLEARANCE_DATABASE_URL"]
        database = open_database(settings["CLEARANCE_DATABASE_URL"], patience=20)
        stack.callback(database.close)
        opened = Office(built, stage_of(built), Bot(folder, settings), database)
        try:
            yield opened
        finally:
            for each in (opened.bot, *opened.others):
                each.kill()
