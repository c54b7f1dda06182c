"""snooze: a contact looks at it later, as far as the needed-by date allows; the requester sees it."""

from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.service.announce import Kind, say
from bot.service.desk import Desk, Who
from bot.service.record import event
from bot.service.refusals import NoSuchRequest, NotYours, Unfit
from bot.wording import when_there
from policy.chasing import latest_snooze
from policy.lifecycle import Status
from policy.worktime import Calendar
from storage import chases, register, requests
from storage.chases import ChaseKind, ChaseRow, ChaseState
from storage.records import RequestRow

_LATER_HOURS = 3  # of working time

Until = Literal["later", "tomorrow"] | date


def snooze(desk: Desk, chase_id: int, until: Until, who: Who) -> tuple[RequestRow, datetime, ZoneInfo]:
    """Remind this person no sooner than that; returns the request, the moment, and where they are."""
    now, who = desk.clock(), desk.known(who)
    with desk.database.transaction() as tx:
        there = desk.as_of(tx)
        chase = chases.get(tx, chase_id)
        row = requests.get(tx, chase.request_id) if chase else None
        if chase is None or row is None:
            raise NoSuchRequest("request")
        requests.lock(tx, row.id)
        _is_theirs(chase, row, who)
        calendar = there.calendars.contact(chase.contact, there.absences(tx, now))
        rests = _moment(calendar, until, now)
        limit = latest_snooze(calendar, there.needed_by(row), now)
        if limit is not None and rests > limit:
            raise Unfit("day", _too_late(row, limit, calendar, now))
        if not chases.change(tx, chase.id, snoozed_until=rests, due_at=now):
            raise NotYours(f"{row.label} no longer waits for you.")
        details = {"until": rests.isoformat()}
        event_id = register.append(tx, event(row, "snoozed", who, details), now)
        about = {"event": event_id}
        say(tx, row, Kind.SNOOZED, row.requester_user, now, f"event-{event_id}", about)
    desk.wake()
    return row, rests, calendar.zone


def snoozable(desk: Desk, chase_id: int, who: Who) -> tuple[RequestRow, datetime | None]:
    """For the form: the request, and how far a snooze may reach (None: as far as they like)."""
    now = desk.clock()
    with desk.database.reading() as tx:
        chase = chases.get(tx, chase_id)
        row = requests.get(tx, chase.request_id) if chase else None
        if chase is None or row is None:
            raise NoSuchRequest("request")
        _is_theirs(chase, row, who)
        calendar = desk.calendars.contact(chase.contact, desk.absences(tx, now))
        return row, latest_snooze(calendar, desk.needed_by(row), now)


def _is_theirs(chase: ChaseRow, row: RequestRow, who: Who) -> None:
    if chase.kind not in (ChaseKind.CONTACT, ChaseKind.BACKUP) or (chase.team, chase.user) != who.person:
        raise NotYours("Only the person who was reminded can put this off.")
    if row.status != Status.PENDING or chase.state != ChaseState.OPEN:
        raise NotYours(f"{row.label} no longer waits for you: there is nothing to put off.")


def _moment(calendar: Calendar, until: Until, now: datetime) -> datetime:
    """When it comes back, in this person's working time."""
    if until == "later":
        found = calendar.after(now, _LATER_HOURS)
    elif until == "tomorrow":
        found = calendar.next_day(now)
    else:
        found = calendar.next_open(datetime.combine(until, time(), calendar.zone))
    return found or now + timedelta(days=1)


def _too_late(row: RequestRow, limit: datetime, calendar: Calendar, now: datetime) -> str:
    if limit <= now:
        return (
            f"{row.label} cannot wait any longer: it is needed by then. Please decide it, or ask for details."
        )
    return f"{row.label} is needed sooner. It can wait at most until {when_there(limit, calendar.zone)[3:]}."
