"""Working time where a person is: when they are at work, and how many of their hours lie between moments."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]  # from the first up to, not including, the second

HORIZON = timedelta(days=400)  # nothing is looked for further away, so that no question takes long
_DAY = timedelta(days=1)
_INSTANT = timedelta(minutes=1)  # the last moment of a shift that a reminder can still reach


class _Piece(NamedTuple):
    """Working time without a break; `day` is the local date on which its shift began."""

    day: date
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Calendar:
    """One person's working time. Moments go in aware (ValueError otherwise) and come out in UTC.

    A shift is what the clock on the wall says; hours are time that really passed, also across a change
    of the clock. An end at or before the start is on the next day; a shift belongs to the day it begins,
    and one that would begin on a holiday does not exist. Nobody looks further than HORIZON.
    """

    zone: ZoneInfo
    hours: tuple[time, time]
    days: frozenset[int]  # Monday is 0
    holidays: Container[date] = frozenset()
    absences: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "absences", tuple((_utc(start), _utc(end)) for start, end in self.absences))

    def open_at(self, at: datetime) -> bool:
        """Whether the person is at work."""
        at = _utc(at)
        return any(True for _ in self._pieces(at, at + timedelta.resolution))

    def next_open(self, at: datetime) -> datetime | None:
        """The first moment of working time, `at` itself when it is one; None when none comes."""
        at = _utc(at)
        return next((piece.start for piece in self._pieces(at, at + HORIZON)), None)

    def after(self, at: datetime, hours: float) -> datetime | None:
        """The moment when so many working hours have passed since `at`: for none, the next open one."""
        if hours < 0:
            raise ValueError("working hours are counted forward; ask `before` for the other way")
        at, left = _utc(at), timedelta(hours=hours)
        for piece in self._pieces(at, at + HORIZON):
            if left <= piece.end - piece.start:
                return piece.start + left
            left -= piece.end - piece.start
        return None

    def hours_between(self, start: datetime, end: datetime) -> float:
        """Working hours from `start` to `end`, 0 when the end comes first."""
        start, end = _utc(start), _utc(end)
        pieces = self._pieces(start, min(end, start + HORIZON))
        return sum((piece.end - piece.start for piece in pieces), timedelta()) / timedelta(hours=1)

    def last_before(self, deadline: datetime, since: datetime) -> datetime | None:
        """Where the last working time between `since` and `deadline` ends; None when there is none."""
        return next((piece.end for piece in self._pieces_back(_utc(deadline), _utc(since))), None)

    def before(self, deadline: datetime, hours: float, since: datetime) -> datetime | None:
        """The last moment from which so many working hours are left before `deadline`.

        `since` when fewer are left from there; None when no working time is left at all.
        """
        deadline, since, left = _utc(deadline), _utc(since), timedelta(hours=hours)
        found = None
        for piece in self._pieces_back(deadline, since):
            if left <= piece.end - piece.start:
                return piece.end - left
            left -= piece.end - piece.start
            found = since
        return found

    def working_day(self, at: datetime) -> date:
        """The local date on which the shift of `at` began; outside shifts the local date."""
        at = _utc(at)
        today = at.astimezone(self.zone).date()
        for day in (today - _DAY, today):
            shift = self._shift(day)
            if shift and shift[0] <= at < shift[1]:
                return day
        return today

    def next_day(self, at: datetime) -> datetime | None:
        """When work begins on the first working day after the one of `at`."""
        piece = self._next_day(_utc(at))
        return piece.start if piece else None

    def same_time_next_day(self, at: datetime) -> datetime | None:
        """As far into the next working day's shift as `at` is into its own, inside that shift.

        When the person is absent then, the next open moment. A moment outside shifts counts as an opening.
        """
        at = _utc(at)
        piece, own = self._next_day(at), self._shift(self.working_day(at))
        shift = self._shift(piece.day) if piece else None
        if shift is None:
            return None
        into = at - own[0] if own and own[0] <= at < own[1] else timedelta()
        return self.next_open(max(shift[0], min(shift[0] + into, shift[1] - _INSTANT)))

    def away_at(self, at: datetime) -> bool:
        """Whether an absence covers the moment, in working time or not."""
        return self.back_at(at) > _utc(at)

    def back_at(self, at: datetime) -> datetime:
        """When the absence around `at`, with those it runs into, is over; `at` itself outside of one."""
        at = _utc(at)
        return next((end for start, end in self._runs if start <= at < end), at)

    def next_absence(self, at: datetime) -> datetime | None:
        """When the next absence begins, after `at`."""
        at = _utc(at)
        return next((start for start, _ in self._runs if start > at), None)

    @cached_property
    def _runs(self) -> tuple[Span, ...]:
        """The absences in order, those that touch made into one."""
        runs: list[Span] = []
        for start, end in sorted(span for span in self.absences if span[0] < span[1]):
            if runs and start <= runs[-1][1]:
                runs[-1] = (runs[-1][0], max(runs[-1][1], end))
            else:
                runs.append((start, end))
        return tuple(runs)

    def _shift(self, day: date) -> Span | None:
        """The shift that begins on a local date, absences not cut out."""
        if day.weekday() not in self.days or day in self.holidays:
            return None
        opens, closes = self.hours
        last = day if opens < closes else day + _DAY
        return _wall(self.zone, day, opens), _wall(self.zone, last, closes)

    def _next_day(self, at: datetime) -> _Piece | None:
        today = self.working_day(at)
        return next((piece for piece in self._pieces(at, at + HORIZON) if piece.day > today), None)

    def _pieces(self, since: datetime, until: datetime) -> Iterator[_Piece]:
        """Working time between two moments, earliest first."""
        first, last = self._dates(since, until)
        for number in range((last - first).days + 1):
            yield from self._worked(first + number * _DAY, since, until)

    def _pieces_back(self, until: datetime, since: datetime) -> Iterator[_Piece]:
        """Working time between two moments, latest first."""
        first, last = self._dates(max(since, until - HORIZON), until)
        for number in range((last - first).days + 1):
            yield from reversed(list(self._worked(last - number * _DAY, since, until)))

    def _dates(self, since: datetime, until: datetime) -> tuple[date, date]:
        """The local dates on which shifts begin that may reach between two moments."""
        return since.astimezone(self.zone).date() - _DAY, until.astimezone(self.zone).date()

    def _worked(self, day: date, since: datetime, until: datetime) -> Iterator[_Piece]:
        """What is worked of the shift of a local date, between two moments."""
        shift = self._shift(day)
        for start, end in _without(shift, self._runs) if shift else ():
            if max(start, since) < min(end, until):
                yield _Piece(day, max(start, since), min(end, until))


def day_span(zone: ZoneInfo, first: date, last: date) -> Span:
    """From the midnight that begins the first date there to the one that ends the last."""
    return _wall(zone, first, time()), _wall(zone, last + _DAY, time())


def _without(span: Span, runs: Iterable[Span]) -> Iterator[Span]:
    """A span with sorted runs cut out of it."""
    start, end = span
    for gone, back in runs:
        if gone < end and start < back:
            if start < gone:
                yield start, gone
            start = back
    if start < end:
        yield start, end


@lru_cache(maxsize=10_000)
def _wall(zone: ZoneInfo, day: date, clock: time) -> datetime:
    """The first moment at which the clock on the wall shows this time, or has jumped past it."""
    local = datetime.combine(day, clock, tzinfo=zone)
    at = local.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return at
    # The clock jumps over this time. Read with the offset after the jump, it lies before the jump.
    low = local.replace(fold=1).astimezone(UTC)
    before = low.astimezone(zone).utcoffset()
    while at - low > timedelta(seconds=1):
        middle = low + (at - low) // 2
        low, at = (middle, at) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    return at.replace(microsecond=0)


def _utc(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no time zone; pass a moment in UTC")
    return at.astimezone(UTC)
