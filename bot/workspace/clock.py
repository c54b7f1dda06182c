"""The workspace's clock: real time, moved forward when somebody demonstrates what time brings."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

STEP = timedelta(hours=1)
MOST_STEPS = 24 * 7  # a week passes hour by hour
FARTHEST = timedelta(days=366)  # in one move; a slip of the finger should not reach the year 9999
SATURDAY = 5


class Clock:
    """Call it for the present moment, aware UTC; any thread may."""

    def __init__(self, movable: bool) -> None:
        self.movable = movable
        self.ahead = timedelta(0)
        # Called with the new moment after each move, each in a thread that may take its time.
        self.moved: list[Callable[[datetime], object]] = []

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def move(self, by: timedelta) -> datetime:
        """Move forward; time never goes back."""
        if not self.movable:
            raise ValueError("this workspace's clock cannot be moved")
        if not timedelta(0) < by <= FARTHEST:
            raise ValueError(f"time moves forward, by a year at most: not by {by}")
        self.ahead += by
        return self()

    def steps(self, by: timedelta) -> Iterator[timedelta]:
        """A move in hours, so that whoever listens lives through it; a long one in fewer, longer steps."""
        if not (self.movable and timedelta(0) < by <= FARTHEST):
            yield by  # refused as a whole by `move`
            return
        count = min(max(math.ceil(by / STEP), 1), MOST_STEPS)
        for _ in range(count - 1):
            yield by / count
        yield by - (by / count) * (count - 1)

    def working_day(self, zone: ZoneInfo) -> timedelta:
        """How far it is to this time of day on the next working day (Monday to Friday) there."""
        now = self()
        local = now.astimezone(zone)
        day = local + timedelta(days=1)
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
        # Adding days in a zone keeps its wall clock; the true distance is the one in UTC.
        return day.astimezone(UTC) - now

    def distance(self) -> str:
        """How far ahead of real time, in words; empty when nobody moved it."""
        hours = round(self.ahead.total_seconds() / 3600)
        days, rest = divmod(hours, 24)
        told = ([f"{days} {'day' if days == 1 else 'days'}"] if days else []) + (
            [f"{rest} h"] if rest else []
        )
        return f"{' '.join(told) or 'a little'} ahead" if self.ahead else ""
