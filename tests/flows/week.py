"""A simulated week: a desk with a clock that is moved, ticks when told to, and a record of what Slack got."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from bot.app import load_shelf
from bot.calendars import Calendars
from bot.decision_modal import DecisionForm
from bot.delivery import Delivery
from bot.pace import unhurried
from bot.service.announce import Kind
from bot.service.decide import decide
from bot.service.desk import Desk, Who
from bot.service.rounds import come_round, sync_rounds
from bot.service.submit import submit
from bot.submission import Submission
from bot.workspace.blocks import accept_message
from policy.authority import Authority
from policy.directory import parse_directory
from policy.lifecycle import Move
from storage import schema
from storage.database import Database, open_database
from tests.bot.slack_edge import SlackEdge
from tests.person import text_of
from tests.policy.uses import a_use

TEAM = "T0STUDIO"
ANA, RAVI, MEI, LUCIA, SAM = (
    Who(TEAM, f"U0{name.upper()}", name) for name in ("ana", "ravi", "mei", "lucia", "ops")
)
LONDON, TOKYO, ANGELES = "C0LONDON", "C0TOKYO", "C0ANGELES"
HARBOUR, LANTERN, NIGHTFALL = "HARBOUR", "LANTERN", "NIGHTFALL"
GB, JP, LA = (ZoneInfo(name) for name in ("Europe/London", "Asia/Tokyo", "America/Los_Angeles"))
MONDAY = datetime(2026, 3, 2, 6, tzinfo=GB).astimezone(UTC)
MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)

DIRECTORY = """
operators = ["U0OPS"]

[contacts.ravi]
slack = "U0RAVI"
name = "Ravi Menon"
timezone = "Europe/London"
holidays = "GB-ENG"
backup = "mei"

[contacts.mei]
slack = "U0MEI"
name = "Mei Tanaka"
timezone = "Asia/Tokyo"

[contacts.lucia]
slack = "U0LUCIA"
name = "Lucía Ferrer"
timezone = "America/Los_Angeles"
hours = "10:00-18:00"
days = ["monday", "tuesday", "wednesday", "thursday"]

[productions.HARBOUR]
title = "Harbour"
timezone = "Europe/London"
holidays = "GB-ENG"
approvals_channel = "C0LONDON"
contact = "ravi"

[productions.LANTERN]
title = "Paper Lantern"
timezone = "Asia/Tokyo"
approvals_channel = "C0TOKYO"
contact = "mei"

[productions.NIGHTFALL]
title = "Nightfall"
timezone = "America/Los_Angeles"
approvals_channel = "C0ANGELES"
contact = "lucia"
"""


def shown(blocks: list[dict[str, Any]]) -> str:
    """What a message says, without its bold type."""
    return text_of({"text": blocks}).replace("*", "")


class Heard(NamedTuple):
    """One digest as Slack got it: when, by whom, and its text; `blocks` as they were sent."""

    at: datetime
    kind: str
    to: str
    text: str
    blocks: list[dict[str, Any]]


def at(day: int, hour: int, minute: int = 0, zone: ZoneInfo = GB, month: int = 3) -> datetime:
    """A moment of 2026 by the clock on a wall."""
    return datetime(2026, month, day, hour, minute, tzinfo=zone).astimezone(UTC)


def times(heard: list[Heard], to: str, zone: ZoneInfo) -> list[str]:
    """When somebody was told, by the clock on their wall."""
    return [f"{one.at.astimezone(zone):%a %d %H:%M}" for one in heard if one.to == to]


def only(heard: list[Heard], recipient: str) -> Heard:
    """The one digest that somebody got."""
    [found] = [one for one in heard if one.to == recipient]
    return found


def tables(file: Path) -> str:
    """A database with its tables, empty."""
    address = f"sqlite:///{file}"
    database = open_database(address)
    schema.upgrade(database)
    database.close()
    return address


@dataclass
class Week:
    """One process. `start` is a new one on the same rows; `move` ticks as it goes, `sleep` does not."""

    url: str
    now: datetime
    directory: str = DIRECTORY
    slack: SlackEdge = field(default_factory=SlackEdge)
    heard: list[Heard] = field(default_factory=list)
    filed: int = 0

    def start(self, directory: str | None = None) -> None:
        """Start the bot, again if it ran before."""
        self.directory = directory or self.directory
        self.stop()
        self.database: Database | None = open_database(self.url, patience=20)
        read = parse_directory(self.directory, "directory.toml")
        due = threading.Event()
        self.desk = Desk(
            self.database,
            Authority(read, home_team=TEAM),
            load_shelf(read, date(2026, 3, 2)),
            Calendars(read),
            lambda: self.now,
            due.set,
        )
        self.delivery = Delivery(self.desk, self.slack.client, due, unhurried())
        sync_rounds(self.desk)

    def stop(self) -> None:
        """The bot is gone; its rows stay."""
        if getattr(self, "database", None):
            assert self.database is not None
            self.database.close()
            self.database = None

    def file(
        self, code: str = HARBOUR, needed_by: date | None = None, title: str = "Poster", **facts: str
    ) -> int:
        """Ana files; unless the facts say otherwise the production's contact must decide."""
        self.filed += 1
        answers: dict[str, Any] = {**facts} or {"output_final": "unsure"}
        use = a_use(beside={"title": title, "needed_by": needed_by}, **answers)
        return submit(self.desk, Submission(code, use, "no"), ANA, f"V{self.filed}", ()).row.id

    def cleared(self, code: str = HARBOUR, title: str = "Mood board") -> int:
        """Ana files something nobody has to decide."""
        return self.file(code, title=title, output_final="no")

    def decide(self, number: int, who: Who = RAVI, move: Move = Move.APPROVE) -> None:
        """A contact presses."""
        words: dict[str, Any] = {"wording": "Yes."} if move == Move.APPROVE else {"reason": "No."}
        decide(self.desk, DecisionForm(number, 1, move, **words), who)

    def tick(self) -> list[Heard]:
        """One tick and everything it brings to Slack; returns the digests among it."""
        come_round(self.desk)
        return self.deliver()

    def deliver(self) -> list[Heard]:
        """Bring what waits to Slack, which must take it."""
        before, told = len(self.slack.posts), len(self.heard)
        while self.delivery.deliver_one():
            pass
        for post in self.slack.posts[before:]:
            _, kind, to, _ = post["metadata"]["event_payload"]["key"].split(":", 3)
            if kind in (Kind.DIGEST, Kind.PERSONAL):
                accept_message(deepcopy(post["blocks"]))
                self.heard.append(Heard(self.now, kind, to, shown(post["blocks"]), post["blocks"]))
        return self.heard[told:]

    def move(self, until: datetime, step: timedelta = timedelta(minutes=30)) -> list[Heard]:
        """Let time pass with a tick at every step; returns the digests that came."""
        told = len(self.heard)
        while self.now < until:
            past = (self.now - MIDNIGHT) % step
            self.now = min(self.now - past + step, until)
            self.tick()
        return self.heard[told:]


@contextmanager
def a_week(url: str, now: datetime, directory: str = DIRECTORY) -> Iterator[Week]:
    """A bot that has just started on a database with its tables."""
    week = Week(url, now, directory)
    week.start()
    try:
        yield week
    finally:
        week.stop()
