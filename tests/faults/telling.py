"""A seeded story: people file and decide at once, Slack drops, delays and repeats, the bot stops and dies."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bot import wire
from bot.app import read_directory
from bot.workspace import Fault
from bot.workspace.faults import HISTORIES, Luck
from storage.database import open_database
from tests.faults.stubborn import Heard, Unheard, decides, files
from tests.faults.tally import Records
from tests.flows.conftest import Stage, stage_of
from tests.person import Answer, Person
from tests.processes import launcher
from tests.processes.office import Office, open_office
from tests.studio import ESCALATE, TWO_TOPICS, House, house

FASTER = 30
HOUR = 3600.0
# Of the calls: one in doubt makes five of them, and waits twice as long for each time one fails.
RATE = 0.25
# Outside, where seconds take as long as they do.
RATE_OUTSIDE = 0.08
CALLS = (
    Fault(kind="drop_after"),
    Fault(kind="drop_before"),
    Fault(kind="http", status=500),
    Fault(kind="http", status=503),
    Fault(kind="ratelimited", seconds=3),
    Fault(kind="refuse", error="internal_error"),
    Fault(kind="slow", seconds=0.05),
)
TWICE = (Fault(kind="again", seconds=0.01), Fault(kind="again_as_new", seconds=0.01))
# A form's opening is left alone: it costs a press more, and the story that time.
SUFFERS = ("chat.*", "conversations.*")
SETTLING = 90.0


class Clock:
    """Waits of seconds pass in a moment; `ahead` seconds are put on top, and may be taken away again."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        # It starts behind Slack's clock and overtakes it.
        self._start = datetime.now(UTC) - timedelta(hours=1)
        self.ahead = 0.0

    def __call__(self) -> datetime:
        passed = (time.monotonic() - self._began) * FASTER
        return self._start + timedelta(seconds=passed + self.ahead)


@dataclass
class Tale:
    """Who is there, what they were told, and what may befall the bot beside Slack's own faults."""

    people: Stage
    dice: random.Random
    records: Records
    hurry: Callable[[], object]
    troubles: list[Callable[[], object]]
    set_clock: Callable[[float], object]
    # What happens while people act.
    beside: Callable[[], AbstractContextManager[None]] = nullcontext
    rate: float = RATE
    befallen: int = 0

    @property
    def suffered(self) -> int:
        """How many faults there were."""
        return self.records.workspace.faults.tally.total() + self.befallen

    def waiting(self, which: str = "1 = 1") -> int:
        """How many notices are not said yet."""
        query = f"SELECT count(*) FROM notices WHERE state = 'waiting' AND {which}"
        return self.records.count(query)


def tell(tale: Tale, faults: int, seed: int) -> None:
    """Go on until that many faults were suffered, then let everything settle."""
    trouble = tale.records.workspace.faults
    trouble.trust(Luck(seed=seed, rate=tale.rate, kinds=CALLS, methods=SUFFERS))
    stale = 0
    while tale.suffered < faults:
        looked = sum(trouble.tally[f"{each}: stale"] for each in HISTORIES)
        # One at a time: two looks that are both too old are more than anybody can see through.
        if looked == stale and not tale.waiting("doubt_since IS NOT NULL"):
            stale += 1
            trouble.plan("conversations.*", "stale")
        # A later deed of this story comes twice.
        trouble.plan("envelope.interactive", tale.dice.choice(TWICE), after=tale.dice.randrange(4))
        with tale.beside():
            _one_story(tale)
        if tale.troubles and tale.dice.random() < 0.6:
            tale.befallen += 1
            tale.dice.choice(tale.troubles)()
    trouble.clear()


def settle(tale: Tale) -> None:
    """Let the clock be right again, or a little later, and wait until nothing is left to say."""
    tale.set_clock(2 * HOUR)
    until = time.monotonic() + SETTLING
    while tale.waiting() and time.monotonic() < until:
        tale.hurry()
        time.sleep(0.02)


def _one_story(tale: Tale) -> None:
    """Somebody files; mostly two press at once, one to approve and one to deny."""
    differing: dict[str, Answer] = dict(tale.dice.choice(({}, ESCALATE, TWO_TOPICS)))
    number = files(tale.people.ana, differing)
    tale.records.filed.append(number)
    moves = tale.dice.sample(("approve", "deny"), 2)
    if not differing or tale.dice.random() < 0.3:
        return

    def race(who: Person, move: str) -> None:
        heard = decides(who, number, move, tale.hurry)
        if heard in (Heard.DONE, Heard.DONE_BEFORE):
            tale.records.won.append((number, who.user))

    with ThreadPoolExecutor(2) as both:
        list(both.map(race, (tale.people.ravi, tale.people.mei), moves))


@contextmanager
def in_house(folder: Path, seed: int) -> Iterator[Tale]:
    """A bot in this process: it restarts, its socket breaks, its clock jumps."""
    patience, wire.PING_SECONDS = wire.PING_SECONDS, 0.2  # type: ignore[misc]
    try:
        with house(folder) as built:
            clock = built.clock = Clock()
            built.start()
            database = open_database(built.settings.database_url, patience=20)
            records = Records(built.workspace, database, read_directory(built.settings))
            hurry = partial(_wake, built)
            tale = Tale(
                stage_of(built), random.Random(seed), records, hurry, [], partial(setattr, clock, "ahead")
            )
            tale.troubles = [
                partial(_restart, built),
                partial(_restart, built),
                built.running.hang_up,
                built.running.cut,
                partial(built.running.disconnect, grace=0.05),
                *(partial(tale.set_clock, ahead) for ahead in (-HOUR, 0.0, HOUR)),
            ]
            yield tale
            database.close()
    finally:
        wire.PING_SECONDS = patience  # type: ignore[misc]


def _wake(built: House) -> None:
    """The clock runs faster than the worker sleeps."""
    if built.clearance:
        built.clearance.delivery.wake()


def _restart(built: House) -> None:
    """The bot stops in the middle of whatever it does, Slack hangs up, and it starts anew."""
    built.stop()
    built.start()


@contextmanager
def outside(folder: Path, seed: int) -> Iterator[Tale]:
    """A bot that is a process, killed at random instants while people press; its clock jumps."""
    with open_office(folder) as office:
        office.bot.start()
        office.house.workspace.link.ack_seconds = 1.0  # who presses in vain presses again
        records = office.records()
        tale = Tale(
            office.people,
            random.Random(seed),
            records,
            lambda: None,
            [],
            partial(_set_clock, office),
        )
        tale.troubles = [partial(tale.set_clock, ahead) for ahead in (-HOUR, 0.0, HOUR)]
        tale.rate = RATE_OUTSIDE
        tale.beside = partial(_killed, office, tale, _instants(random.Random(f"{seed} kill")))
        try:
            yield tale
        except Unheard:
            print(office.bot.said)
            raise


def _set_clock(office: Office, ahead: float) -> None:
    new = office.bot.folder / "clock.new"
    new.write_text(str(ahead), "ascii")
    new.replace(office.bot.folder / launcher.AHEAD)


@contextmanager
def _killed(office: Office, tale: Tale, instants: Iterator[list[float]]) -> Iterator[None]:
    """SIGKILL so many seconds after the beginning of the story, and after the start that follows each."""

    def kill() -> None:
        for seconds in next(instants):
            time.sleep(seconds)
            office.bot.kill()
            tale.befallen += 1
            office.bot.start()

    with ThreadPoolExecutor(1) as killer:
        done = killer.submit(kill)
        yield
    done.result()


def _instants(dice: random.Random) -> Iterator[list[float]]:
    """For each story: when its bots die."""
    while True:
        yield [dice.uniform(0.0, 1.5) for _ in range(dice.randrange(4))]
