"""Working time counted one quarter of an hour after the other, as plainly as possible, to compare with."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from policy.worktime import Calendar

QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)

# Zones and days around which their clocks change.
CHANGES = (
    ("Europe/London", date(2026, 3, 29)),
    ("Europe/London", date(2026, 10, 25)),
    ("America/Los_Angeles", date(2026, 3, 8)),
    ("America/Los_Angeles", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),  # by half an hour
    ("Pacific/Apia", date(2011, 12, 30)),  # a day that never was
    ("Asia/Kolkata", date(2026, 11, 25)),  # never
)


def open_quarters(calendar: Calendar, start: datetime, end: datetime) -> list[datetime]:
    """The working quarters between two: watches the clock on the wall, and each shift begin and end once."""
    shifts = []
    for number in range(-4, (end - start).days + 4):
        day = start.date() + number * DAY
        opens, closes = (datetime.combine(day, clock) for clock in calendar.hours)
        if day.weekday() in calendar.days and day not in calendar.holidays:
            shifts.append((opens, closes if opens < closes else closes + DAY))
    found: list[datetime] = []
    begun: set[int] = set()
    over: set[int] = set()
    at = start - 2 * DAY
    while at < end:
        wall = at.astimezone(calendar.zone).replace(tzinfo=None)
        begun |= {number for number, (opens, _) in enumerate(shifts) if wall >= opens}
        over |= {number for number, (_, closes) in enumerate(shifts) if wall >= closes}
        away = any(gone <= at < back for gone, back in calendar.absences)
        if at >= start and begun - over and not away:
            found.append(at)
        at += QUARTER
    return found


@dataclass(frozen=True)
class Days:
    """A calendar and a few days in which to try it, beginning and ending on whole quarters."""

    calendar: Calendar
    start: datetime
    end: datetime


@st.composite
def some_days(draw: st.DrawFn, length: int = 5) -> Days:
    """Any hours, days, holidays and absences, mostly where the clock is about to change."""
    name, around = draw(st.sampled_from(CHANGES))
    start = datetime.combine(around, time(draw(st.integers(0, 23))), UTC) - draw(st.integers(1, 3)) * DAY
    hours = draw(
        st.tuples(_CLOCK, _CLOCK)
        | st.sampled_from(
            [(time(9), time(18)), (time(22), time(6)), (time(1, 30), time(10)), (time(18), time(2, 15))]
        )
    )
    dates = st.integers(-1, length).map(lambda number: start.date() + number * DAY)
    spans = st.tuples(st.integers(-8, length * 96), st.integers(1, 96)).map(
        lambda span: (start + span[0] * QUARTER, start + (span[0] + span[1]) * QUARTER)
    )
    calendar = Calendar(
        ZoneInfo(name),
        hours,
        draw(st.frozensets(st.integers(0, 6), min_size=4)),
        draw(st.frozensets(dates, max_size=2)),
        tuple(draw(st.lists(spans, max_size=2))),
    )
    return Days(calendar, start, start + length * DAY)


_CLOCK = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
