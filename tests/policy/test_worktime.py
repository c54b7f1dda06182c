"""Working time where a person is: weeks, nights, holidays, absences, and clocks that change."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from policy.worktime import HORIZON, Calendar, day_span
from tests.policy.quarters import DAY

LONDON, ANGELES, TOKYO, HOWE = map(
    ZoneInfo, ("Europe/London", "America/Los_Angeles", "Asia/Tokyo", "Australia/Lord_Howe")
)
WEEKDAYS, EVERY_DAY = frozenset(range(5)), frozenset(range(7))
OFFICE, NIGHT = (time(9), time(18)), (time(22), time(6))
MIDDAY = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday


def at(text: str, zone: ZoneInfo = LONDON) -> datetime:
    """A moment as the clock there shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def office(zone: ZoneInfo = LONDON, **rest: object) -> Calendar:
    return Calendar(**{"zone": zone, "hours": OFFICE, "days": WEEKDAYS} | rest)  # type: ignore[arg-type]


# Weeks


@pytest.mark.parametrize("zone", [LONDON, ANGELES, TOKYO, HOWE], ids=str)
@pytest.mark.parametrize(
    ("since", "hours", "then"),
    [
        ("2026-11-23T09:00", 0, "2026-11-23T09:00"),
        ("2026-11-23T09:00", 4, "2026-11-23T13:00"),
        ("2026-11-23T16:00", 4, "2026-11-24T11:00"),
        ("2026-11-23T09:00", 9, "2026-11-23T18:00"),  # passed when the day ends, not when the next begins
        ("2026-11-23T18:00", 0, "2026-11-24T09:00"),
        ("2026-11-23T20:00", 4, "2026-11-24T13:00"),
        ("2026-11-27T17:30", 1, "2026-11-30T09:30"),  # over the weekend
        ("2026-11-28T12:00", 0, "2026-11-30T09:00"),
        ("2026-11-23T09:00", 24, "2026-11-25T15:00"),
        ("2026-11-23T09:00", 45.5, "2026-11-30T09:30"),
    ],
)
def test_hours_pass_only_at_work(zone: ZoneInfo, since: str, hours: float, then: str) -> None:
    calendar = office(zone)
    assert calendar.after(at(since, zone), hours) == at(then, zone)
    assert calendar.hours_between(at(since, zone), at(then, zone)) == hours


def test_a_day_is_open_from_its_first_minute_and_closed_at_its_last() -> None:
    day = [at(f"2026-11-23T{clock}") for clock in ("08:59", "09:00", "17:59", "18:00")]
    assert [office().open_at(moment) for moment in day] == [False, True, True, False]


def test_working_back_from_a_deadline() -> None:
    since, deadline = at("2026-11-23T09:00"), at("2026-11-29T00:00")  # a Saturday's end
    calendar = office()
    assert calendar.last_before(deadline, since) == at("2026-11-27T18:00")
    assert calendar.last_before(at("2026-11-25T11:00"), since) == at("2026-11-25T11:00")
    assert calendar.before(deadline, 4, since) == at("2026-11-27T14:00")
    assert calendar.before(deadline, 9, since) == at("2026-11-27T09:00")
    assert calendar.before(deadline, 10, since) == at("2026-11-26T17:00")
    assert calendar.before(deadline, 46, since) == since, "fewer are left"


def test_between_friday_evening_and_sunday_there_is_nothing_to_work_back_into() -> None:
    since, deadline = at("2026-11-27T18:00"), at("2026-11-29T23:00")
    assert office().last_before(deadline, since) is None
    assert office().before(deadline, 1, since) is None
    assert office().hours_between(since, deadline) == 0
    assert office().hours_between(deadline, since) == 0, "the wrong way round"


def test_a_night_belongs_to_the_day_it_begins() -> None:
    calendar = office(hours=NIGHT)
    assert calendar.open_at(at("2026-11-28T05:59")), "Friday's night ends on Saturday"
    assert not calendar.open_at(at("2026-11-28T22:00"))
    assert not calendar.open_at(at("2026-11-23T05:00")), "Sunday's night does not exist"
    assert calendar.working_day(at("2026-11-28T05:59")) == date(2026, 11, 27)
    assert calendar.working_day(at("2026-11-28T06:00")) == date(2026, 11, 28)
    assert calendar.after(at("2026-11-27T23:00"), 8) == at("2026-11-30T23:00")


@pytest.mark.parametrize(
    ("now", "hours", "opening", "same_time"),
    [
        ("2026-11-23T15:00", OFFICE, "2026-11-24T09:00", "2026-11-24T15:00"),
        ("2026-11-27T15:00", OFFICE, "2026-11-30T09:00", "2026-11-30T15:00"),
        ("2026-11-23T20:00", OFFICE, "2026-11-24T09:00", "2026-11-24T09:00"),
        ("2026-11-23T07:00", OFFICE, "2026-11-24T09:00", "2026-11-24T09:00"),
        ("2026-11-24T05:00", NIGHT, "2026-11-24T22:00", "2026-11-25T05:00"),
        ("2026-11-28T01:00", NIGHT, "2026-11-30T22:00", "2026-12-01T01:00"),
    ],
)
def test_the_next_working_day(now: str, hours: tuple[time, time], opening: str, same_time: str) -> None:
    calendar = office(hours=hours)
    assert calendar.next_day(at(now)) == at(opening)
    assert calendar.same_time_next_day(at(now)) == at(same_time)


# Clocks that change


@pytest.mark.parametrize(
    ("zone", "day", "hours", "long"),
    [
        (LONDON, "2026-03-28", NIGHT, 7),  # spring: an hour is missing in Saturday's night
        (LONDON, "2026-10-24", NIGHT, 9),  # autumn: an hour comes twice
        (LONDON, "2026-03-29", OFFICE, 9),
        (LONDON, "2026-10-25", OFFICE, 9),
        (ANGELES, "2026-03-07", NIGHT, 7),
        (ANGELES, "2026-10-31", NIGHT, 9),
        (HOWE, "2026-10-03", NIGHT, 7.5),
        (HOWE, "2026-04-04", NIGHT, 8.5),
        (LONDON, "2026-03-29", (time(1, 30), time(5)), 3),  # 01:30 does not exist: from 02:00
        (LONDON, "2026-03-28", (time(22), time(1, 30)), 3),  # until 02:00, which is 01:00
        (LONDON, "2026-10-25", (time(1, 30), time(5)), 4.5),  # from the first 01:30
        (LONDON, "2026-10-24", (time(22), time(1, 30)), 3.5),  # until the first 01:30
        (LONDON, "2026-03-29", (time(1, 15), time(1, 45)), 0),  # a shift that never was
        (TOKYO, "2026-03-28", NIGHT, 8),
    ],
)
def test_a_shift_is_what_the_wall_says_and_as_long_as_it_lasts(
    zone: ZoneInfo, day: str, hours: tuple[time, time], long: float
) -> None:
    noon = at(f"{day}T00:00", zone)
    calendar = Calendar(zone, hours, frozenset({date.fromisoformat(day).weekday()}))
    assert calendar.hours_between(noon, noon + 2 * DAY) == long


def test_nine_oclock_stays_nine_oclock_when_the_clock_changes() -> None:
    calendar = office(days=EVERY_DAY)
    for saturday in ("2026-03-28", "2026-10-24"):
        then = calendar.next_day(at(f"{saturday}T15:00"))
        assert then and then.astimezone(LONDON).time() == time(9)
    assert calendar.same_time_next_day(at("2026-10-24T15:00")) == at("2026-10-25T15:00")


def test_the_same_time_in_a_shorter_night_stays_inside_it() -> None:
    calendar = office(hours=NIGHT, days=EVERY_DAY)
    assert calendar.same_time_next_day(at("2026-03-28T05:30")) == at("2026-03-29T05:59")


def test_a_day_that_never_was_has_no_shift() -> None:
    apia = ZoneInfo("Pacific/Apia")  # went from Thursday 29 to Saturday 31 December 2011
    calendar = office(apia)
    assert calendar.next_day(at("2011-12-29T12:00", apia)) == at("2012-01-02T09:00", apia)


# Holidays and absences


def test_no_shift_begins_on_a_holiday() -> None:
    holidays = {date(2026, 12, 25), date(2026, 12, 28)}
    assert office(holidays=holidays).after(at("2026-12-24T17:00"), 2) == at("2026-12-29T10:00")
    night = office(hours=NIGHT, holidays=holidays)
    assert night.open_at(at("2026-12-25T05:00")), "the night of the 24th ends on the holiday"
    assert not night.open_at(at("2026-12-25T23:00"))


def test_an_absence_is_cut_out_wherever_it_falls() -> None:
    calendar = office(absences=((at("2026-11-24T11:00"), at("2026-11-26T15:00")),))
    assert calendar.hours_between(at("2026-11-23T09:00"), at("2026-11-28T00:00")) == 9 + 2 + 3 + 9
    assert calendar.next_open(at("2026-11-24T12:00")) == at("2026-11-26T15:00")
    assert calendar.same_time_next_day(at("2026-11-23T10:00")) == at("2026-11-24T10:00")
    assert calendar.same_time_next_day(at("2026-11-23T12:00")) == at("2026-11-26T15:00")
    assert calendar.next_day(at("2026-11-24T10:00")) == at("2026-11-26T15:00")
    assert calendar.working_day(at("2026-11-24T12:00")) == date(2026, 11, 24)


def test_working_back_over_an_absence_in_the_middle_of_a_day() -> None:
    calendar, morning = (
        office(absences=((at("2026-11-24T11:00"), at("2026-11-24T15:00")),)),
        at("2026-11-24T09:00"),
    )
    assert calendar.last_before(at("2026-11-25T00:00"), morning) == at("2026-11-24T18:00")
    assert calendar.before(at("2026-11-25T00:00"), 2, morning) == at("2026-11-24T16:00")
    assert calendar.before(at("2026-11-25T00:00"), 4, morning) == at("2026-11-24T10:00")


def test_an_absence_within_another_changes_nothing() -> None:
    long, short = (
        (at(f"2026-12-01T{start}:00"), at(f"2026-12-01T{end}:00"))
        for start, end in (("10", "17"), ("11", "12"))
    )
    assert office(absences=(long, short)).back_at(at("2026-12-01T10:00")) == at("2026-12-01T17:00")


def test_absences_that_touch_are_one() -> None:
    first, second = (
        day_span(LONDON, date(2026, 12, 1), date(2026, 12, 2)),
        day_span(LONDON, date(2026, 12, 3), date(2026, 12, 4)),
    )
    calendar = office(absences=(second, first))
    assert calendar.away_at(at("2026-12-01T00:00")) and not calendar.away_at(at("2026-12-05T00:00"))
    assert calendar.back_at(at("2026-12-01T07:00")) == at("2026-12-05T00:00")
    assert calendar.back_at(MIDDAY) == MIDDAY
    assert calendar.next_absence(MIDDAY) == at("2026-12-01T00:00")
    assert calendar.next_absence(at("2026-12-01T00:00")) is None


def test_whole_days_end_at_the_midnight_there() -> None:
    assert day_span(LONDON, date(2026, 3, 29), date(2026, 3, 29)) == (
        datetime(2026, 3, 29, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 23, tzinfo=UTC),
    )
    cairo = ZoneInfo("Africa/Cairo")  # its clock jumps over midnight
    assert day_span(cairo, date(2026, 4, 24), date(2026, 4, 24))[0] == at("2026-04-24T01:00", cairo)


# What has no answer


def test_who_never_works_is_never_waited_for_long() -> None:
    calendar = office(absences=((MIDDAY - DAY, MIDDAY + HORIZON + DAY),))
    assert calendar.next_open(MIDDAY) is None
    assert calendar.next_day(MIDDAY) is None
    assert calendar.same_time_next_day(MIDDAY) is None
    assert calendar.after(MIDDAY, 1) is None
    far = datetime(9000, 1, 1, tzinfo=UTC)
    assert calendar.hours_between(MIDDAY, far) == 0
    assert office().before(far, 1_000_000, MIDDAY) == MIDDAY
    assert office().after(MIDDAY, 3000) is None


@pytest.mark.parametrize(
    "ask",
    [
        lambda calendar, naive: calendar.open_at(naive),
        lambda calendar, naive: calendar.next_open(naive),
        lambda calendar, naive: calendar.after(naive, 1),
        lambda calendar, naive: calendar.hours_between(MIDDAY, naive),
        lambda calendar, naive: calendar.last_before(naive, MIDDAY),
        lambda calendar, naive: calendar.before(MIDDAY, 1, naive),
        lambda calendar, naive: calendar.working_day(naive),
        lambda calendar, naive: calendar.next_day(naive),
        lambda calendar, naive: calendar.same_time_next_day(naive),
        lambda calendar, naive: calendar.away_at(naive),
        lambda calendar, naive: calendar.next_absence(naive),
        lambda calendar, naive: office(absences=((naive, MIDDAY),)),
    ],
)
def test_refused_a_moment_without_a_zone(ask: Callable[[Calendar, datetime], object]) -> None:
    with pytest.raises(ValueError, match="2026-11-25T12:00:00 has no time zone; pass a moment in UTC"):
        ask(office(), MIDDAY.replace(tzinfo=None))


def test_refused_hours_that_run_backward() -> None:
    with pytest.raises(ValueError, match="counted forward"):
        office().after(MIDDAY, -1)


def test_any_zone_goes_in_and_utc_comes_out() -> None:
    then = office().next_open(MIDDAY.astimezone(TOKYO))
    assert then == MIDDAY and then.tzinfo is UTC
