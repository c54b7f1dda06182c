"""The tick: what has come due is said once, whoever ticks, however late.

Nothing here decides a request. Each look moves a chase's due time in the transaction that keeps the notice,
on the condition that it stands where it was seen: two who tick at once cannot both say it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection

from bot.service.announce import Kind, operators, say
from bot.service.desk import Desk
from bot.service.expiry import lapse, notices_before, runs_out, working_time
from bot.service.handover import settle
from bot.service.waits import Because, pull_in
from policy.away import Absences
from policy.chasing import Due, Waiting, due
from policy.ladder import LADDER
from policy.lifecycle import Status
from policy.worktime import Calendar
from storage import chases, notices, requests
from storage.chases import ChaseKind, ChaseRow, ChaseState
from storage.records import RequestRow

_AT_ONCE = 200  # chases a look takes; the rest is due at once
_IN_ONE_GO = 20  # put off in one transaction, 2 ms: whoever submits waits for it
_PEOPLE = (ChaseKind.CONTACT, ChaseKind.BACKUP)
NUDGES = tuple(timedelta(days=days) for days in (1, 3, 7))  # to a requester who was asked for details
_ALARM_AGAIN = timedelta(days=1)


@dataclass(frozen=True)
class _Look:
    """A person's chase, its request, and what is due."""

    chase: ChaseRow
    row: RequestRow
    due: Due
    because: Because


def chase(desk: Desk) -> int:
    """Do what is due now and return how many chases were looked at; call it again while it finds any."""
    settle(desk)
    now = desk.clock()
    with desk.database.reading() as tx:
        found = chases.due(tx, now, _AT_ONCE)
        if not found:
            return 0
        # An absence that is over was no working time either.
        there, away = desk.as_of(tx), desk.absences(tx, min(one.since for one in found))
        rows = {row.id: row for row in requests.those(tx, {one.request_id for one in found})}
    looks = [_look(there, away, one, rows[one.request_id], now) for one in found if one.kind in _PEOPLE]
    for look in looks:
        if look.due.pull_in:
            _pull_in(desk, look)
    for one in found:
        if one.kind not in _PEOPLE:
            _bring(desk, one, now)
    quiet = [look for look in looks if not look.due.remind]
    for start in range(0, len(quiet), _IN_ONE_GO):
        _put_off(desk, quiet[start : start + _IN_ONE_GO])
    loud = (look for look in looks if look.due.remind)
    theirs = sorted(loud, key=lambda look: (look.chase.team, look.chase.user, look.chase.id))
    for _, group in groupby(theirs, key=lambda look: (look.chase.team, look.chase.user)):
        _remind(desk, list(group), now)
    desk.wake()
    return len(found)


def _look(desk: Desk, away: Absences, one: ChaseRow, row: RequestRow, now: datetime) -> _Look:
    if one.contact not in desk.authority.directory.contacts:
        # They left the directory: the next start gives their topics to somebody else.
        return _Look(one, row, Due(remind=False, outside_hours=False, pull_in=False, next_at=None), "away")
    production = desk.authority.directory.find(row.production)
    calendar = desk.calendars.contact(one.contact, away)
    waiting = Waiting(
        since=one.since,
        reminded_at=one.reminded_at,
        reminders=one.reminders,
        snoozed_until=one.snoozed_until,
        needed_by=desk.needed_by(row),
        is_contact=one.kind == ChaseKind.CONTACT,
        can_pull_in=one.escalated_at is None,
    )
    found = due(waiting, calendar, production.ladder if production else LADDER, now)
    late = waiting.needed_by is not None and calendar.hours_between(now, waiting.needed_by) <= _SHORT
    return _Look(one, row, found, "away" if calendar.away_at(now) else "date" if late else "no_answer")


_SHORT = 4.0  # working hours before the needed-by date: then the date is the reason, not the silence


def _pull_in(desk: Desk, look: _Look) -> None:
    with desk.database.transaction() as tx:
        seen = _still(tx, look.chase)
        row = requests.get(tx, look.row.id)
        if seen and row and seen.escalated_at is None and row.status == Status.PENDING:
            pull_in(tx, desk.as_of(tx), row, seen, look.because)


def _put_off(desk: Desk, looks: Sequence[_Look]) -> None:
    """Nothing is said: look at each again when something can be."""
    with desk.database.transaction() as tx:
        _lock(tx, looks)
        for look in looks:
            chases.take(tx, look.chase, look.due.next_at)


def _lock(tx: Connection, looks: Sequence[_Look]) -> None:
    for request_id in sorted({look.row.id for look in looks}):
        requests.lock(tx, request_id)


def _remind(desk: Desk, looks: Sequence[_Look], now: datetime) -> None:
    """One person: a reminder in the thread, or one direct message when several are due together."""
    with desk.database.transaction() as tx:
        _lock(tx, looks)
        won = [look for look in looks if _is_taken(tx, look, now)]
        if len(won) == 1:
            [look] = won
            about = {**_this(look.chase), "outside": int(look.due.outside_hours)}
            say(tx, look.row, Kind.REMINDER, look.row.approvals_channel, now, _occurrence(look.chase), about)
        elif won:
            first = won[0].chase
            key = notices.key(None, Kind.REMINDERS, first.user, _occurrence(first))
            payload = {
                "reminders": [_this(look.chase) for look in won],
                "outside": [look.chase.id for look in won if look.due.outside_hours],
            }
            notices.enqueue(tx, key, Kind.REMINDERS, first.user, None, payload, now, now)


def _this(one: ChaseRow) -> dict[str, int]:
    """The next reminder of a chase, for its notice: once a later one was kept, this one is not said."""
    return {"chase": one.id, "number": one.reminders + 1}


def _occurrence(one: ChaseRow) -> str:
    return f"{one.id}-{one.reminders + 1}"


def _is_taken(tx: Connection, look: _Look, now: datetime) -> bool:
    """Set when to look again; True when this look is the one that reminds."""
    one = look.chase
    return chases.take(tx, one, look.due.next_at, reminded_at=now, reminders=one.reminders + 1)


def _bring(desk: Desk, one: ChaseRow, now: datetime) -> None:
    """What is not about a person's working time: the requester, the operators, an approval's end."""
    with desk.database.transaction() as tx:
        seen = _still(tx, one)
        row = requests.get(tx, one.request_id)
        if seen is None or row is None:
            return
        match seen.kind:
            case ChaseKind.OPERATORS:
                _alarm(tx, desk, row, seen, now)
            case ChaseKind.REQUESTER:
                _nudge(tx, desk, row, seen, now)
            case ChaseKind.EXPIRY:
                moments = notices_before(tx, desk, row, seen)
                if _series(tx, seen, moments, working_time(tx, desk, row, seen), now):
                    say(tx, row, Kind.EXPIRING, seen.user, now, _occurrence(seen), _this(seen))
            case ChaseKind.LAPSE:
                ends = runs_out(tx, desk, row)
                if ends and now < ends:
                    chases.take(tx, seen, ends)
                else:
                    lapse(tx, desk, row, seen, now)


def _alarm(tx: Connection, desk: Desk, row: RequestRow, seen: ChaseRow, now: datetime) -> None:
    """Loudly again each day; the first time it was said by whatever left nobody to sign."""
    again = seen.since + _ALARM_AGAIN * (1 + (now - seen.since) // _ALARM_AGAIN)
    if now - seen.since < _ALARM_AGAIN:
        chases.take(tx, seen, again)
    elif chases.take(tx, seen, again, reminded_at=now, reminders=seen.reminders + 1):
        for recipient in operators(desk):
            say(tx, row, Kind.NOBODY, recipient, now, _occurrence(seen), _this(seen))


def _nudge(tx: Connection, desk: Desk, row: RequestRow, seen: ChaseRow, now: datetime) -> None:
    calendar = working_time(tx, desk, row, seen)
    moments: list[datetime] = []
    for wait in NUDGES:
        moment = calendar.next_open(seen.since + wait)
        if moment and moments and calendar.working_day(moment) <= calendar.working_day(moments[-1]):
            moment = calendar.next_day(moments[-1])  # after a weekend two would come on one day
        moments += [moment] if moment else []
    if _series(tx, seen, moments, calendar, now):
        say(tx, row, Kind.NUDGE, seen.user, now, _occurrence(seen), _this(seen))


def _series(
    tx: Connection, seen: ChaseRow, moments: Iterable[datetime], calendar: Calendar, now: datetime
) -> bool:
    """Of a list of moments: is one owed that was not covered yet? One message covers all that passed.

    Who looks late may look at night: it is said when work begins.
    """
    covered = seen.reminded_at or seen.since
    listed = sorted(moments)
    next_at = next((each for each in listed if each > now), None)
    owed = any(covered < each <= now for each in listed)
    if owed and not calendar.open_at(now):
        chases.take(tx, seen, calendar.next_open(now))
        return False
    if not owed:
        chases.take(tx, seen, next_at)
        return False
    return chases.take(tx, seen, next_at, reminded_at=now, reminders=seen.reminders + 1)


def _still(tx: Connection, one: ChaseRow) -> ChaseRow | None:
    """The chase under its request's lock, if it is as it was seen."""
    requests.lock(tx, one.request_id)
    seen = chases.get(tx, one.id)
    return seen if seen and seen.state == ChaseState.OPEN and seen.due_at == one.due_at else None
