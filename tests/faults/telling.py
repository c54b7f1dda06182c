"""A seeded story: people file and decide at once, Slack drops, delays and repeats, the bot restarts."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bot.workspace import Fault
from bot.workspace.faults import HISTORIES, Luck
from tests.flows.conftest import Stage, stage_of
from tests.person import Answer, Person, text_of
from tests.studio import APPROVALS, ESCALATE, TWO_TOPICS, House, file, house, of_kind, press

NIGHT = APPROVALS["NIGHTFALL"]
FASTER = 30
# Of the calls: one in doubt makes five of them, and waits twice as long for each time one fails.
RATE = 0.25
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
# What the bot asks at its start is left alone: a start that fails says so and ends, tested elsewhere.
SUFFERS = ("chat.*", "conversations.*")
SETTLING = 60.0


def fast_clock() -> Callable[[], datetime]:
    """Waits of seconds pass in a moment. It begins yesterday: never ahead of what Slack calls now."""
    began, start = time.monotonic(), datetime.now(UTC) - timedelta(days=2)
    return lambda: start + timedelta(seconds=(time.monotonic() - began) * FASTER)


@dataclass
class Tale:
    """What people were told, and how much went wrong meanwhile."""

    stage: Stage
    dice: random.Random
    filed: list[int] = field(default_factory=list)
    # (request, person) of everybody who read that it was decided as they pressed.
    won: list[tuple[int, str]] = field(default_factory=list)
    restarts: int = 0

    @property
    def house(self) -> House:
        """Where it happens."""
        return self.stage.house

    @property
    def suffered(self) -> int:
        """How many faults there were."""
        return self.house.workspace.faults.tally.total() + self.restarts


def tell(tale: Tale, faults: int, seed: int) -> None:
    """Go on until that many faults were suffered, then let everything settle."""
    trouble = tale.house.workspace.faults
    trouble.trust(Luck(seed=seed, rate=RATE, kinds=CALLS, methods=SUFFERS))
    stale = 0
    while tale.suffered < faults:
        if sum(trouble.tally[f"{each}: stale"] for each in HISTORIES) == stale and not _in_doubt(tale):
            stale += 1
            # One at a time: two looks that are both too old are more than anybody can see through.
            trouble.plan("conversations.*", "stale")
        # A later deed of this story comes twice.
        trouble.plan("envelope.interactive", tale.dice.choice(TWICE), after=tale.dice.randrange(4))
        _one_story(tale)
        if tale.dice.random() < 0.3:
            restart(tale)
    trouble.clear()
    settle(tale)


def _in_doubt(tale: Tale) -> bool:
    """A search may be between its two looks."""
    query = "SELECT count(*) FROM notices WHERE state = 'waiting' AND doubt_since IS NOT NULL"
    return tale.house.rows(query) != [(0,)]


def restart(tale: Tale) -> None:
    """The bot stops in the middle of whatever it does, Slack hangs up, and it starts anew."""
    tale.restarts += 1
    tale.house.stop()
    tale.house.start()


def settle(tale: Tale) -> bool:
    """Wait until nothing is left to say; False when something is still waiting."""
    until = time.monotonic() + SETTLING
    while time.monotonic() < until:
        hurry(tale)
        if tale.house.rows("SELECT count(*) FROM notices WHERE state = 'waiting'") == [(0,)]:
            return True
        time.sleep(0.02)
    return False


def hurry(tale: Tale) -> None:
    """Its clock runs faster than the worker sleeps."""
    if tale.house.clearance:
        tale.house.clearance.delivery.wake()


def _one_story(tale: Tale) -> None:
    """Somebody files; mostly two press at once, one to approve and one to deny."""
    differing: dict[str, Answer] = dict(tale.dice.choice(({}, ESCALATE, TWO_TOPICS)))
    number = file(tale.stage.ana, differing)
    tale.filed.append(number)
    tale.stage.ana.close()
    if not differing or tale.dice.random() < 0.3:
        return
    racers = (tale.stage.ravi, tale.stage.mei)
    for who, move in zip(racers, tale.dice.sample(("approve", "deny"), 2), strict=True):
        message = who.wait(partial(_asked, tale, who, number), SETTLING)
        press(who, message, move)
        who.fill({"reason": "No."} if move == "deny" else {})
    with ThreadPoolExecutor(2) as both:
        tale.won += [(number, who.user) for who in both.map(_send, racers) if who]


def _asked(tale: Tale, who: Person, number: int) -> dict[str, object] | None:
    hurry(tale)
    found = [
        one
        for card in of_kind(who.messages(NIGHT), number, "card")
        for one in of_kind(who.replies(NIGHT, card["ts"]), number, "ask")
    ]
    return found[0] if found else None


def _send(who: Person) -> Person | None:
    """Send the form; the person when it says that what they pressed was recorded."""
    errors = who.submit()
    view = who.modal()
    said = text_of(view) if view else ""
    if view:
        who.close(everything=True)
    return who if not errors and ("The requester is told" in said or "Your part of" in said) else None


@contextmanager
def tale(folder: Path, seed: int) -> Iterator[Tale]:
    """A house of its own, whose bot runs."""
    with house(folder) as built:
        built.clock = fast_clock()
        built.start()
        yield Tale(stage_of(built), random.Random(seed))
