"""Working time is the same as counting quarters of an hour one by one on the clock on the wall."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.quarters import QUARTER, Days, open_quarters, some_days


@settings(max_examples=60, deadline=None)
@given(some_days())
def test_open_is_what_the_clock_on_the_wall_says(days: Days) -> None:
    quarters = [days.start + number * QUARTER for number in range((days.end - days.start) // QUARTER)]
    counted = open_quarters(days.calendar, days.start, days.end)
    assert [moment for moment in quarters if days.calendar.open_at(moment)] == counted
    assert days.calendar.hours_between(days.start, days.end) == len(counted) / 4
    if counted:
        assert days.calendar.next_open(days.start) == counted[0]
        assert days.calendar.last_before(days.end, days.start) == counted[-1] + QUARTER
    else:
        assert days.calendar.last_before(days.end, days.start) is None


@settings(max_examples=60, deadline=None)
@given(some_days(), st.integers(1, 120))
def test_hours_passed_are_quarters_counted(days: Days, number: int) -> None:
    counted = open_quarters(days.calendar, days.start, days.end)
    then = days.calendar.after(days.start, number / 4)
    back = days.calendar.before(days.end, number / 4, days.start)
    if number <= len(counted):
        assert then == counted[number - 1] + QUARTER
        assert back == counted[-number]
    else:
        assert then is None or then > days.end
        assert back == (days.start if counted else None)


@settings(max_examples=150, deadline=None)
@given(some_days(), st.floats(0, 60, allow_nan=False), st.integers(0, 5 * 24 * 60))
def test_forward_and_back_agree(days: Days, hours: float, minutes: int) -> None:
    calendar, since = days.calendar, days.start + timedelta(minutes=minutes)
    then = calendar.after(since, hours)
    if then is not None:
        assert calendar.hours_between(since, then) == pytest.approx(hours, abs=1e-9)
    back = calendar.before(days.end, hours, since)
    left = calendar.hours_between(since, days.end)
    if back is not None:
        assert since <= back <= days.end or since > days.end
        assert calendar.hours_between(back, days.end) == pytest.approx(min(hours, left), abs=1e-9)
    else:
        assert left == 0


@settings(max_examples=150, deadline=None)
@given(some_days(), st.integers(0, 5 * 24 * 60))
def test_the_next_working_day_is_later_open_and_the_first(days: Days, minutes: int) -> None:
    calendar, now = days.calendar, days.start + timedelta(minutes=minutes)
    then, same = calendar.next_day(now), calendar.same_time_next_day(now)
    assert then and same
    assert calendar.open_at(then) and calendar.open_at(same)
    assert now < then <= same
    assert calendar.working_day(now) < calendar.working_day(then) <= calendar.working_day(same)
    quarters = open_quarters(calendar, now.replace(minute=0), then.replace(minute=0))
    assert all(calendar.working_day(moment) <= calendar.working_day(now) for moment in quarters)
    for moment in (then, same):
        assert not calendar.away_at(moment)
        assert calendar.working_day(moment) not in calendar.holidays
        assert calendar.working_day(moment).weekday() in calendar.days
