"""Chasing one person: when they are reminded, when a backup is pulled in, when nobody is disturbed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from policy.chasing import Due, Urgency, Waiting, decide_by, due, hours_left, latest_snooze, urgency
from policy.ladder import LADDER, Rung
from policy.worktime import Calendar, Span, day_span

LONDON, TOKYO, ANGELES = map(ZoneInfo, ("Europe/London", "Asia/Tokyo", "America/Los_Angeles"))
HOUR = timedelta(hours=1)


def at(text: str, zone: ZoneInfo = LONDON) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def office(zone: ZoneInfo = LONDON, *absences: Span) -> Calendar:
    return Calendar(zone, (time(9), time(18)), frozenset(range(5)), absences=absences)


MONDAY = at("2026-11-23T09:00")
ONCE = (Rung(kind="remind", after=4),)


def fortnight(
    waiting: Waiting, calendar: Calendar, ladder: Sequence[Rung] = LADDER, days: int = 14
) -> Iterator[str]:
    """What a scheduler that always looks in time does, in local time."""
    now: datetime | None = waiting.since
    while now is not None and now < waiting.since + timedelta(days=days):
        found = due(waiting, calendar, ladder, now)
        local = now.astimezone(calendar.zone).strftime("%a %d %H:%M")
        if found.remind:
            yield f"{local} {'last call' if found.outside_hours else 'remind'}"
            waiting = replace(waiting, reminded_at=now, reminders=waiting.reminders + 1)
        if found.pull_in:
            yield f"{local} pull in"
            waiting = replace(waiting, can_pull_in=False)
        assert found.next_at is None or found.next_at > now
        now = found.next_at


# The ladder


@pytest.mark.parametrize("zone", [LONDON, TOKYO, ANGELES], ids=str)
def test_without_a_date_the_ladder_follows_the_working_hours(zone: ZoneInfo) -> None:
    waiting = Waiting(at("2026-11-23T16:00", zone), can_pull_in=True)
    assert list(fortnight(waiting, office(zone), days=9)) == [
        "Tue 24 11:00 remind",
        "Wed 25 10:00 remind",
        "Wed 25 14:00 pull in",
        "Thu 26 13:00 remind",
        "Fri 27 13:00 remind",
        "Mon 30 13:00 remind",
        "Tue 01 13:00 remind",
        "Wed 02 13:00 remind",
    ]


def test_the_needed_by_date_brings_reminder_and_backup_forward() -> None:
    waiting = Waiting(MONDAY, needed_by=at("2026-11-25T00:00"), can_pull_in=True)
    assert list(fortnight(waiting, office(), days=2)) == [
        "Mon 23 13:00 remind",
        "Tue 24 12:00 remind",
        "Tue 24 14:00 pull in",
    ]


def test_a_date_that_falls_on_a_free_day_gets_a_last_call_before_it() -> None:
    waiting = Waiting(at("2026-11-27T10:00"), needed_by=at("2026-11-30T00:00"))
    assert list(fortnight(waiting, office(), days=5)) == [
        "Fri 27 14:00 remind",
        "Sun 29 12:00 last call",
        "Mon 30 13:00 remind",
        "Tue 01 16:00 remind",
    ]


def test_no_last_call_on_a_day_that_had_a_reminder() -> None:
    """In Los Angeles the date ends on Saturday morning; to call on Saturday's first minute helps nobody."""
    needed_by = at("2026-11-28T00:00", ANGELES)
    waiting = Waiting(at("2026-11-27T10:00"), needed_by=needed_by)
    assert list(fortnight(waiting, office(), days=2)) == ["Fri 27 14:00 remind"]


def test_who_was_asked_after_their_last_working_hour_is_called_once_outside_it() -> None:
    waiting = Waiting(at("2026-11-28T15:30"), needed_by=at("2026-11-29T00:00"))
    assert list(fortnight(waiting, office(), days=2)) == ["Sat 28 16:30 last call", "Mon 30 13:00 remind"]
    late = due(waiting, office(), LADDER, at("2026-11-29T00:00"))
    assert late == Due(False, False, False, at("2026-11-30T13:00")), (
        "too late for a call: Monday is early enough"
    )


def test_a_last_call_that_came_a_day_late_is_the_only_one() -> None:
    ladder = (Rung(kind="last_call", before=36),)  # due on Saturday at noon
    called = Waiting(
        at("2026-11-27T10:00"), reminded_at=at("2026-11-29T10:00"), needed_by=at("2026-11-30T00:00")
    )
    assert due(called, office(), ladder, at("2026-11-29T11:00")) == Due(False, False, False, None)


def test_nobody_is_chased_in_the_first_hour_however_near_the_date() -> None:
    waiting = Waiting(at("2026-11-24T16:00"), needed_by=at("2026-11-25T00:00"), can_pull_in=True)
    assert list(fortnight(waiting, office(), days=1)) == [
        "Tue 24 17:00 remind",
        "Tue 24 17:00 pull in",
        "Wed 25 11:00 remind",
    ]


def test_a_backup_who_was_pulled_in_hears_what_is_for_everyone() -> None:
    ladder = (Rung(kind="remind", after=1, to="contact"), Rung(kind="remind", after=3))
    backup = Waiting(MONDAY, is_contact=False, can_pull_in=True)
    assert list(fortnight(backup, office(), ladder)) == ["Mon 23 12:00 remind"]
    assert list(fortnight(replace(backup, is_contact=True), office(), ladder)) == [
        "Mon 23 10:00 remind",
        "Tue 24 09:00 remind",
    ]


def test_so_many_times_and_then_silence() -> None:
    ladder = (Rung(kind="remind", after=4, at_most=3),)
    assert list(fortnight(Waiting(MONDAY), office(), ladder)) == [
        "Mon 23 13:00 remind",
        "Tue 24 13:00 remind",
        "Wed 25 13:00 remind",
    ]


def test_a_rung_at_the_end_of_a_day_is_climbed_the_next_morning() -> None:
    ladder = (Rung(kind="remind", after=9, at_most=None),)
    assert list(fortnight(Waiting(MONDAY), office(), ladder, days=3)) == [
        "Tue 24 09:00 remind",
        "Wed 25 09:00 remind",
    ]


def test_twice_from_the_end_of_a_day_are_two_mornings() -> None:
    ladder = (Rung(kind="remind", after=9, at_most=2),)
    assert list(fortnight(Waiting(MONDAY), office(), ladder)) == [
        "Tue 24 09:00 remind",
        "Wed 25 09:00 remind",
    ]


# A bot that slept


def test_three_days_asleep_are_one_reminder() -> None:
    waiting = Waiting(MONDAY, can_pull_in=True)
    found = due(waiting, office(), LADDER, at("2026-11-26T10:00"))
    assert found == Due(True, False, True, at("2026-11-27T09:00")), "Thursday's 15:00 comes on Friday morning"


def test_what_was_owed_in_the_evening_waits_for_the_morning() -> None:
    found = due(Waiting(MONDAY), office(), ONCE, at("2026-11-23T20:00"))
    assert found == Due(False, False, False, at("2026-11-24T09:00"))
    assert due(Waiting(MONDAY), office(), ONCE, at("2026-11-24T09:00")).remind


def test_the_same_moment_twice_is_one_reminder() -> None:
    now = at("2026-11-23T13:00")
    assert due(Waiting(MONDAY), office(), ONCE, now) == Due(True, False, False, None)
    assert due(Waiting(MONDAY, reminded_at=now), office(), ONCE, now) == Due(False, False, False, None)


# Clocks that change, and nights


def test_reminders_keep_their_hour_when_the_clock_changes() -> None:
    waiting = Waiting(at("2026-10-22T09:00"))
    ladder = (Rung(kind="remind", after=4, at_most=None),)
    assert list(fortnight(waiting, office(), ladder, days=5)) == [
        "Thu 22 13:00 remind",
        "Fri 23 13:00 remind",
        "Mon 26 13:00 remind",
    ]


def test_one_reminder_a_night_also_across_midnight() -> None:
    night = Calendar(LONDON, (time(22), time(6)), frozenset(range(5)))
    ladder = (Rung(kind="remind", after=1), Rung(kind="remind", after=3), Rung(kind="remind", after=11))
    assert list(fortnight(Waiting(at("2026-11-23T22:00")), night, ladder)) == [
        "Mon 23 23:00 remind",
        "Tue 24 22:00 remind",
        "Wed 25 22:00 remind",
    ]


# Away


def test_an_absence_pulls_the_backup_in_at_once_and_keeps_the_contact_in_peace() -> None:
    away = day_span(LONDON, date(2026, 11, 24), date(2026, 11, 26))
    waiting = Waiting(MONDAY, can_pull_in=True)
    assert list(fortnight(waiting, office(LONDON, away), days=5)) == [
        "Mon 23 13:00 remind",
        "Tue 24 00:00 pull in",
        "Fri 27 12:00 remind",
    ]
    assert due(replace(waiting, since=away[0]), office(LONDON, away), LADDER, away[0]).pull_in


def test_no_last_call_to_who_is_away() -> None:
    away = day_span(LONDON, date(2026, 11, 28), date(2026, 11, 29))
    waiting = Waiting(at("2026-11-27T17:30"), needed_by=at("2026-11-30T00:00"))
    assert list(fortnight(waiting, office(LONDON, away), days=3)) == ["Mon 30 09:30 remind"]


def test_nobody_is_pulled_in_twice_or_by_a_backup() -> None:
    away = day_span(LONDON, date(2026, 11, 23), date(2026, 11, 27))
    calendar = office(LONDON, away)
    for waiting in (Waiting(MONDAY, is_contact=False, can_pull_in=True), Waiting(MONDAY)):
        assert not due(waiting, calendar, LADDER, at("2026-11-26T12:00")).pull_in


# Snooze


def test_a_snooze_puts_off_what_counts_from_the_asking() -> None:
    waiting = Waiting(MONDAY, snoozed_until=at("2026-11-26T11:00"), can_pull_in=True)
    assert list(fortnight(waiting, office(), days=5)) == [
        "Thu 26 11:00 remind",
        "Thu 26 11:00 pull in",
        "Fri 27 09:00 remind",
    ]


def test_a_snooze_never_hides_the_date() -> None:
    waiting = Waiting(
        MONDAY, snoozed_until=at("2026-11-26T11:00"), needed_by=at("2026-11-25T00:00"), can_pull_in=True
    )
    assert list(fortnight(waiting, office(), days=4)) == [
        "Tue 24 14:00 remind",
        "Tue 24 14:00 pull in",
        "Thu 26 11:00 remind",
    ]


def test_a_snooze_ends_in_working_time_also_on_a_day_that_had_a_reminder() -> None:
    snoozed = Waiting(MONDAY, at("2026-11-24T10:00"), 1, at("2026-11-24T16:00"))
    assert due(snoozed, office(), ONCE, at("2026-11-24T15:00")).next_at == at("2026-11-24T16:00")
    assert due(snoozed, office(), ONCE, at("2026-11-24T16:00")).remind
    weekend = replace(snoozed, snoozed_until=at("2026-11-28T12:00"))
    assert due(weekend, office(), ONCE, at("2026-11-28T12:00")).next_at == at("2026-11-30T09:00")


# Decide-by


def test_decide_by_is_the_end_of_the_last_working_time() -> None:
    assert decide_by(office(), at("2026-11-30T00:00"), MONDAY) == at("2026-11-27T18:00")
    assert decide_by(office(TOKYO), at("2026-11-28T00:00", ANGELES), MONDAY) == at("2026-11-27T18:00", TOKYO)
    assert decide_by(office(), at("2026-11-30T00:00"), at("2026-11-28T10:00")) is None
    assert decide_by(office(), None, MONDAY) is None


@pytest.mark.parametrize(
    ("since", "now", "stands"),
    [
        ("2026-11-23T09:00", "2026-11-23T09:00", Urgency.FINE),
        ("2026-11-23T09:00", "2026-11-27T10:00", Urgency.FINE),  # eight hours left
        ("2026-11-23T09:00", "2026-11-27T10:01", Urgency.AT_RISK),
        ("2026-11-23T09:00", "2026-11-27T17:59", Urgency.AT_RISK),
        ("2026-11-23T09:00", "2026-11-27T18:00", Urgency.OVERDUE),
        ("2026-11-28T09:00", "2026-11-28T09:00", Urgency.AT_RISK),  # never had an hour for it
        ("2026-11-28T09:00", "2026-11-29T23:59", Urgency.AT_RISK),
        ("2026-11-28T09:00", "2026-11-30T00:00", Urgency.OVERDUE),
        ("2026-12-01T09:00", "2026-12-01T09:00", Urgency.OVERDUE),  # asked when it had passed
    ],
)
def test_urgency(since: str, now: str, stands: Urgency) -> None:
    needed_by = at("2026-11-30T00:00")
    assert urgency(office(), needed_by, at(since), at(now)) is stands
    assert urgency(office(), None, at(since), at(now)) is Urgency.FINE


def test_hours_left_and_how_far_a_snooze_reaches() -> None:
    needed_by = at("2026-11-25T00:00")
    assert hours_left(office(), needed_by, at("2026-11-24T12:00")) == 6
    assert hours_left(office(), None, MONDAY) is None
    assert latest_snooze(office(), needed_by, MONDAY) == at("2026-11-24T17:00")
    for late in ("2026-11-24T17:30", "2026-11-24T20:00", "2026-11-26T10:00"):
        assert latest_snooze(office(), needed_by, at(late)) == at(late)
    assert latest_snooze(office(), None, MONDAY) is None
