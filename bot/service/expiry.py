"""Approvals that run out on the day their approver set: said before, lapsed on the day. Our own addition."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from bot.service.announce import announce_lapse
from bot.service.desk import Desk, Who
from bot.service.record import event
from policy.lifecycle import LAPSES, Move
from policy.people import Person
from policy.worktime import Calendar
from storage import chases, register, requests
from storage.chases import ChaseKind, ChaseRow, NewChase
from storage.records import DecisionRow, RequestRow

NOTICE_DAYS = (7, 1)  # before the last day


def last_day(taken: list[DecisionRow], row: RequestRow) -> date | None:
    """The last day an approval holds: of several contacts' days the first; None when nobody set one."""
    signed = (one for one in taken if one.action == Move.APPROVE and one.revision == row.revision)
    return min((one.valid_until for one in signed if one.valid_until), default=None)


def to_watch(tx: Connection, row: RequestRow, now: datetime) -> Iterator[NewChase]:
    """The end of an approval, and who must hear of it before: the requester and whoever approved."""
    taken = requests.decisions(tx, row.id)
    if last_day(taken, row) is None:
        return
    yield NewChase(request_id=row.id, kind=ChaseKind.LAPSE, since=now, due_at=now)
    people = {(one.by_team, one.by_user) for one in taken if one.action == Move.APPROVE}
    for team, user in sorted(people | {(row.requester_team, row.requester_user)}):
        yield NewChase(request_id=row.id, kind=ChaseKind.EXPIRY, team=team, user=user, since=now, due_at=now)


def runs_out(tx: Connection, desk: Desk, row: RequestRow) -> datetime | None:
    """The moment an approval ends: its last day is over at the production."""
    day = last_day(requests.decisions(tx, row.id), row)
    return desk.end_of(row.production, day) if day else None


def notices_before(tx: Connection, desk: Desk, row: RequestRow, chase: ChaseRow) -> list[datetime]:
    """When a person hears that an approval runs out: in their working time, before it is over."""
    day = last_day(requests.decisions(tx, row.id), row)
    if day is None:
        return []
    calendar = working_time(tx, desk, row, chase)
    ends = desk.end_of(row.production, day)
    days = [day - timedelta(days=before) for before in NOTICE_DAYS]
    found = [
        _on(calendar, desk.end_of(row.production, each - timedelta(days=1)), chase.since) for each in days
    ]
    return [each for each in found if each and each < ends]


def lapse(tx: Connection, desk: Desk, row: RequestRow, chase: ChaseRow, now: datetime) -> None:
    """The day is over that its approver set: nobody decided anew, and nobody may rely on it."""
    chases.close(tx, [chase.id])
    after = LAPSES.get(row.status)
    if after is None or not requests.move(
        tx, row.id, frm=row.status, to=after, revision=row.revision, now=now
    ):
        return
    day = last_day(requests.decisions(tx, row.id), row)
    chases.close(tx, [one.id for one in chases.of(tx, row.id) if one.kind == ChaseKind.EXPIRY])
    details = {"valid_until": day.isoformat() if day else None}
    register.append(tx, event(row, "lapsed", Who("", "", "Clearance"), details), now)
    people = [one for one in chases.of(tx, row.id) if one.kind == ChaseKind.EXPIRY]
    announce_lapse(tx, row, {one.user: _heard_at(tx, desk, row, one, now) for one in people}, now)


def _heard_at(tx: Connection, desk: Desk, row: RequestRow, chase: ChaseRow, now: datetime) -> datetime:
    """The requester must stop at once; a contact has nothing to do, and hears it when work begins."""
    if (chase.team, chase.user) == (row.requester_team, row.requester_user):
        return now
    return working_time(tx, desk, row, chase).next_open(now) or now


def _on(calendar: Calendar, begins: datetime, since: datetime) -> datetime | None:
    """The first working moment of a day; on a day off the last working hour before it."""
    opening = calendar.next_open(begins)
    if opening is None or opening < begins + timedelta(days=1):
        return opening
    return calendar.before(begins, 1, since)


def working_time(tx: Connection, desk: Desk, row: RequestRow, chase: ChaseRow) -> Calendar:
    """The working time of a contact; for a requester, office hours at the production."""
    key = desk.authority.key_of(Person(chase.team, chase.user))
    if key is None:
        return desk.calendars.production(row.production)
    return desk.calendars.contact(key, desk.absences(tx, chase.since))
