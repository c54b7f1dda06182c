"""A simulated fortnight: the real service and delivery on a clock that is moved, and what Slack was told.

The only fake is the edge of Slack. Time passes in steps; each step ticks and delivers as the threads would.
"""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from bot.app import load_shelf
from bot.calendars import Calendars
from bot.chase_forms import AnswerForm, AskForm
from bot.decision_modal import DecisionForm
from bot.delivery import Delivery
from bot.pace import Pace
from bot.service.chase import chase
from bot.service.decide import decide
from bot.service.desk import Desk, Who
from bot.service.details import answer, ask
from bot.service.handover import AUDIENCE
from bot.service.reassign import reassign
from bot.service.submit import submit
from bot.submission import Submission
from policy.authority import Authority
from policy.directory import parse_directory
from policy.facts import Facts, Step, Use
from policy.lifecycle import Move
from storage import notices, rounds, schema
from storage.database import checkpoint, open_database
from storage.time_tables import CHASES
from tests.bot.slack_edge import SlackEdge
from tests.reading import text_of

HOME = "T0STUDIO"
PEOPLE = {
    name: Who(HOME, f"U0{name.upper()}", name) for name in ("ana", "jun", "ravi", "mei", "oskar", "lucia")
}
ANA, RAVI, MEI, OSKAR, LUCIA = (PEOPLE[name] for name in ("ana", "ravi", "mei", "oskar", "lucia"))
# Said when somebody files or presses, or a change of what stands there: no matter of time.
AT_ONCE = frozenset(("card", "ask", "receipt", "refresh_card", "refresh_ask", "decided", "told", "retag"))
NOT_SURE = Facts(steps=(Step(),))  # every topic but talent

LONDON, TOKYO, STOCKHOLM, ANGELES = map(
    ZoneInfo, ("Europe/London", "Asia/Tokyo", "Europe/Stockholm", "America/Los_Angeles")
)


def at(text: str, zone: ZoneInfo = LONDON) -> datetime:
    """What the clock on the wall says there, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True)
class Said:
    """One message: when, the notice's parts, whom it tags or reaches, and its words."""

    at: datetime
    request: str
    kind: str
    to: str
    words: str
    key: str


@dataclass
class Fortnight:
    """A desk with its delivery on the database at `url`. `restart` forgets everything but the rows."""

    url: str
    directory: str
    now: datetime
    slack: SlackEdge = field(default_factory=SlackEdge)
    heard: list[Said] = field(default_factory=list)
    pace: Pace = field(default_factory=lambda: Pace(per_second=1000, burst=1000, look_again=0))
    patience: float = 1.5

    def __post_init__(self) -> None:
        self.slack.after = self._listen
        path = Path(self.url.removeprefix("sqlite:///"))
        if self.url.startswith("sqlite:") and not path.exists():
            path.write_bytes(_with_tables())
        self.open()

    def open(self) -> None:
        """Start as the bot does: the directory is read again, and what waits is looked at."""
        self.database = open_database(self.url, patience=self.patience)
        directory = parse_directory(self.directory, "directory.toml")
        due = threading.Event()
        self.desk = Desk(
            self.database,
            Authority(directory, home_team=HOME),
            load_shelf(directory, self.now.date()),
            Calendars(directory),
            lambda: self.now,
            due.set,
        )
        self.delivery = Delivery(self.desk, self.slack.client, due, self.pace)
        reassign(self.desk)

    def restart(self, directory: str | None = None) -> None:
        """Stop and start, perhaps with another directory."""
        self.close()
        self.directory = directory or self.directory
        self.open()

    def close(self) -> None:
        """Stop."""
        self.database.close()

    # What people do

    def file(
        self, who: Who = ANA, code: str = "FILM", needed_by: date | None = None, facts: Facts = NOT_SURE
    ) -> int:
        """File a request; returns its number."""
        use = Use(title="Upscale", description="Sharper.", facts=facts, needed_by=needed_by)
        with self.database.reading() as tx:
            count = tx.exec_driver_sql("SELECT count(*) FROM requests").scalar()
        return submit(self.desk, Submission(code, use, "no"), who, f"V{count}", ()).row.id

    def decides(self, who: Who, number: int, move: Move = Move.APPROVE, until: date | None = None) -> None:
        """Press approve or deny and send the form."""
        form = DecisionForm(number, 1, move, wording="As described.", reason="No.", valid_until=until)
        decide(self.desk, form, who)

    def asks(self, who: Who, number: int, question: str = "How long is it seen?") -> int:
        """Ask for details; returns the event with the question."""
        ask(self.desk, AskForm(number, 1, question), who)
        return int(self.rows("SELECT max(seq) FROM audit_events WHERE kind = 'asked'")[0][0])

    def answers(self, who: Who, number: int, event: int) -> None:
        """Answer a question."""
        answer(self.desk, AnswerForm(number, event, "A second."), who)

    # What time does

    def tick(self) -> None:
        """What the ticks and the delivery do at this moment."""
        for _ in range(20):
            if not chase(self.desk):
                break
        else:
            raise AssertionError(f"the tick finds something to do for ever at {self.now}")
        self.deliver()

    def deliver(self) -> None:
        """Bring what is due to Slack."""
        while self.delivery.deliver_one():
            pass

    def until(self, end: datetime) -> None:
        """A perfect scheduler: looks at each moment at which a row is due."""
        self.tick()
        while (due := self.next_due()) is not None and due <= end:
            self.now = max(due, self.now)
            self.tick()
        self.now = max(end, self.now)

    def in_steps(self, end: datetime, step: timedelta) -> None:
        """A scheduler that only looks now and then."""
        while self.now < end:
            self.tick()
            self.now = min(self.now + step, end)
        self.tick()

    def next_due(self) -> datetime | None:
        """When there is something to look at again."""
        with self.database.reading() as tx:
            due = select(func.min(CHASES.c.due_at)).where(CHASES.c.state == "open")
            turn = rounds.get(tx, AUDIENCE)
            moments = (tx.scalar(due), notices.next_due(tx), turn and turn.due_at)
            return min((one for one in moments if one), default=None)

    # What there is to see

    def said(self, *kinds: str, since: int = 0) -> list[str]:
        """What time brought, each at its reader's clock: "Tue 24 11:00 reminder GEN-1 ravi"."""
        return [
            f"{self.local(one.at, one.to):%a %d %H:%M} {one.kind} {one.request} {one.to}"
            for one in self.heard[since:]
            if one.kind not in AT_ONCE and one.kind in (kinds or (one.kind,))
        ]

    def local(self, moment: datetime, name: str) -> datetime:
        """A moment where somebody is; for all but contacts, in London."""
        known = name in self.desk.authority.directory.contacts
        return moment.astimezone(self.desk.calendars.contact(name).zone if known else LONDON)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What stands in the database."""
        with self.database.reading() as tx:
            return [tuple(row) for row in tx.exec_driver_sql(query)]

    def _listen(self) -> None:
        with _LISTENING:  # two bots may speak at once
            for call in self.slack.posts[len(self.heard) :]:
                self.heard.append(_heard(self.now, call))


_LISTENING = threading.Lock()


@cache
def _with_tables() -> bytes:
    """A database file with its tables: migrating takes longer than most stories."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ready.db"
        database = open_database(f"sqlite:///{path}")
        schema.upgrade(database)
        checkpoint(database, thorough=True)
        database.close()
        return path.read_bytes()


def _heard(now: datetime, call: dict[str, Any]) -> Said:
    key = call["metadata"]["event_payload"]["key"]
    number, kind, recipient, _ = key.split(":", 3)
    tags = re.findall(r"<@U0([A-Z]+)>", call["text"])
    to = tags[0] if tags and recipient.startswith("C") else recipient.removeprefix("U0")
    request = f"GEN-{number}" if number != "-" else "-"
    return Said(now, request, kind, to.lower(), text_of(call), key)


def twice(keys: Iterable[str]) -> list[str]:
    """The keys that are there more than once."""
    found = list(keys)
    return sorted({key for key in found if found.count(key) > 1})


# A film in London with people in four zones; each story says what differs.
FILM = """
operators = ["U0OPS"]
operators_channel = "C0OPS"
approvals_channel = "C0APPR"

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
holidays = "JP"
backup = "ravi"

[contacts.oskar]
slack = "U0OSKAR"
name = "Oskar Lindqvist"
timezone = "Europe/Stockholm"
holidays = "SE"
hours = "08:00-17:00"
backup = "lucia"

[contacts.lucia]
slack = "U0LUCIA"
name = "Lucia Ferrer"
timezone = "America/Los_Angeles"
holidays = "US-CA"

[productions.FILM]
title = "The Film"
timezone = "Europe/London"
contact = "ravi"

[productions.TOKYO]
title = "Paper Lantern"
timezone = "Asia/Tokyo"
contact = "mei"

[productions.NORTH]
title = "Northern Light"
timezone = "Europe/Stockholm"
contact = "oskar"

[productions.WEST]
title = "West"
timezone = "America/Los_Angeles"
contact = "lucia"
"""
