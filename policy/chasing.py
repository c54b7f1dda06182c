"""What is due for one person who is waited for: a reminder, a backup, and when to look again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from policy.ladder import Rung
from policy.worktime import Calendar

AT_RISK_HOURS = 8  # working hours left
_GRACE_HOURS = 1  # nobody is chased sooner after they were first asked, or snoozes closer to the end


@dataclass(frozen=True)
class Waiting:
    """Somebody who is waited for, as the rows say it. All moments are aware."""

    since: datetime
    reminded_at: datetime | None = None  # the latest reminder
    reminders: int = 0  # how many went out
    snoozed_until: datetime | None = None
    needed_by: datetime | None = None  # when the needed-by day ends at the production
    is_contact: bool = True  # not a backup who was pulled in
    can_pull_in: bool = False  # there is a backup who was not pulled in yet


@dataclass(frozen=True)
class Due:
    """What to do now; `next_at` is when there can be something again once it was done.

    `outside_hours` belongs to a last call: the reminder must say why it comes now. `next_at` None:
    nothing comes unless something changes.
    """

    remind: bool
    outside_hours: bool
    pull_in: bool
    next_at: datetime | None


class Urgency(StrEnum):
    """How a wait stands against its needed-by date, the worst first."""

    OVERDUE = "overdue"
    AT_RISK = "at risk"
    FINE = "fine"


def due(waiting: Waiting, calendar: Calendar, ladder: Sequence[Rung], now: datetime) -> Due:
    """What is due for one person at `now`. One reminder covers everything owed, however late `now` is.

    At most one a working day, but for the end of a snooze: its reader wanted that one.
    """
    heard = [rung for rung in ladder if rung.to == "everyone" or waiting.is_contact]
    remind_at, pull_in_at = (
        _remind_at(waiting, calendar, heard, now),
        _pull_in_at(waiting, calendar, heard, now),
    )
    remind, pull_in = _come(remind_at, now), _come(pull_in_at, now)
    if remind or pull_in:  # mostly not: a tick looks at everybody who was asked just now
        done = replace(
            waiting,
            reminded_at=now if remind else waiting.reminded_at,
            can_pull_in=waiting.can_pull_in and not pull_in,
        )
        remind_at, pull_in_at = (
            _remind_at(done, calendar, heard, now),
            _pull_in_at(done, calendar, heard, now),
        )
    return Due(
        remind=remind,
        outside_hours=remind and not calendar.open_at(now),
        pull_in=pull_in,
        next_at=_first(remind_at, pull_in_at),
    )


def decide_by(calendar: Calendar, needed_by: datetime | None, since: datetime) -> datetime | None:
    """The end of the last working time before the needed-by moment; None when there is none since."""
    return None if needed_by is None else calendar.last_before(needed_by, since)


def urgency(calendar: Calendar, needed_by: datetime | None, since: datetime, now: datetime) -> Urgency:
    """Who never had working time before the needed-by moment is at risk until it passes."""
    if needed_by is None:
        return Urgency.FINE
    if now >= (decide_by(calendar, needed_by, since) or needed_by):
        return Urgency.OVERDUE
    return Urgency.AT_RISK if calendar.hours_between(now, needed_by) < AT_RISK_HOURS else Urgency.FINE


def hours_left(calendar: Calendar, needed_by: datetime | None, now: datetime) -> float | None:
    """Working hours before the needed-by moment; None when there is no such moment."""
    return None if needed_by is None else calendar.hours_between(now, needed_by)


def latest_snooze(calendar: Calendar, needed_by: datetime | None, now: datetime) -> datetime | None:
    """How far a snooze may reach: one working hour before decide-by, or `now` when less is left.

    None: no needed-by moment sets a limit.
    """
    return None if needed_by is None else calendar.before(needed_by, _GRACE_HOURS, now) or now


def _remind_at(
    waiting: Waiting, calendar: Calendar, ladder: Sequence[Rung], now: datetime
) -> datetime | None:
    """The first moment from `now` at which a reminder may go out for what is owed or will be."""
    moments = [_first_owed(rung, waiting, calendar) for rung in ladder if rung.kind == "remind"]
    owed = _first(*moments)
    calls = (_last_call_at(rung, waiting, calendar, now) for rung in ladder if rung.kind == "last_call")
    return _first(
        owed and _sendable(waiting, calendar, max(owed, now)), _asked_for(waiting, calendar, now), *calls
    )


def _asked_for(waiting: Waiting, calendar: Calendar, now: datetime) -> datetime | None:
    """When a snooze ends: the one reminder that may be the second of a day, since its reader wanted it."""
    until = waiting.snoozed_until
    return calendar.next_open(max(until, now)) if until and until > _covered(waiting) else None


def _sendable(waiting: Waiting, calendar: Calendar, at: datetime) -> datetime | None:
    """The first working moment from `at` on a working day without a reminder."""
    found = calendar.next_open(at)
    if found and waiting.reminded_at and _same_day(calendar, found, waiting.reminded_at):
        return calendar.next_day(waiting.reminded_at)
    return found


def _first_owed(rung: Rung, waiting: Waiting, calendar: Calendar) -> datetime | None:
    """The first of a remind's moments that no reminder has covered and no snooze puts off."""
    covered = _covered(waiting)
    if rung.after and waiting.snoozed_until:
        covered = max(covered, waiting.snoozed_until)
    moment = _moment(rung, waiting, calendar)
    moment = moment and calendar.next_open(moment)
    times = 1
    while moment and moment <= covered:
        moment = calendar.same_time_next_day(moment) if rung.at_most is None or times < rung.at_most else None
        times += 1
    return moment


def _moment(rung: Rung, waiting: Waiting, calendar: Calendar) -> datetime | None:
    """When a remind or backup rung is reached; None when it never is."""
    if rung.after:
        return calendar.after(waiting.since, rung.after)
    if waiting.needed_by is None or rung.before is None:
        return None
    left = calendar.before(waiting.needed_by, rung.before, waiting.since)
    earliest = calendar.after(waiting.since, _GRACE_HOURS)
    return max(left, earliest) if left and earliest else None


def _last_call_at(rung: Rung, waiting: Waiting, calendar: Calendar, now: datetime) -> datetime | None:
    """When a last call may go out, at any hour: from decide-by on no working time is left.

    It is not for people who are away, nor for who was reminded on the working day it falls on: to wait
    for that day's end would ring at midnight.
    """
    if waiting.needed_by is None or rung.before is None:
        return None
    last = decide_by(calendar, waiting.needed_by, waiting.since) or waiting.since
    earliest = waiting.since + timedelta(hours=_GRACE_HOURS)
    moment = max(earliest, last, waiting.needed_by - timedelta(hours=rung.before))
    if waiting.reminded_at and _same_day(calendar, moment, waiting.reminded_at):
        return None
    at = calendar.back_at(max(moment, now))
    return at if at < waiting.needed_by else None


def _pull_in_at(
    waiting: Waiting, calendar: Calendar, ladder: Sequence[Rung], now: datetime
) -> datetime | None:
    """When the backup is pulled in, in the past when it is owed; an absence does it at once."""
    if not (waiting.is_contact and waiting.can_pull_in):
        return None
    if calendar.away_at(now):
        return now
    moments = [calendar.next_absence(now)]
    for rung in ladder:
        moment = _moment(rung, waiting, calendar) if rung.kind == "backup" else None
        if moment and rung.after and waiting.snoozed_until:
            moment = max(moment, waiting.snoozed_until)
        moments.append(moment)
    return _first(*moments)


def _covered(waiting: Waiting) -> datetime:
    """Everything up to here was told: with the first card, or with the latest reminder."""
    return waiting.reminded_at or waiting.since


def _same_day(calendar: Calendar, at: datetime, reminded_at: datetime) -> bool:
    return calendar.working_day(at) <= calendar.working_day(reminded_at)


def _first(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _come(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now
