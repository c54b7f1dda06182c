"""Decide-by: how much working time those who are waited for have before the needed-by date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from bot.service.desk import Desk
from policy.chasing import Urgency, decide_by, hours_left, urgency
from policy.lifecycle import Status
from policy.worktime import Calendar
from storage.records import RequestRow, SignOffRow
from storage.tables import SignOffState


@dataclass(frozen=True)
class Deadline:
    """One person's time. `decide_by`: their last working moment before the date; None when there is none."""

    name: str
    decide_by: datetime | None
    hours_left: float
    urgency: Urgency


def most_pressing(
    tx: Connection, desk: Desk, row: RequestRow, sign_offs: Iterable[SignOffRow]
) -> Deadline | None:
    """The deadline of whoever has the least time; None without a date or with nobody to wait for."""
    needed_by = desk.needed_by(row)
    if needed_by is None or row.status != Status.PENDING:
        return None
    keys = {one.contact for one in sign_offs if one.state == SignOffState.OPEN and one.contact}
    known = keys & set(desk.authority.directory.contacts)
    if not known:
        return None
    away = desk.absences(tx, desk.clock())
    found = [
        _deadline(desk, desk.calendars.contact(key, away), key, needed_by, row.created_at) for key in known
    ]
    return min(found, key=lambda one: (one.hours_left, one.name))


def ahead(desk: Desk, code: str, needed_by: date) -> Deadline | None:
    """The time that a production's contact has before a date; for whoever is still filing."""
    production = desk.authority.directory.find(code)
    if production is None:
        return None
    with desk.database.reading() as tx:
        away = desk.absences(tx, desk.clock())
    calendar = desk.calendars.contact(production.contact, away)
    return _deadline(desk, calendar, production.contact, desk.end_of(code, needed_by), desk.clock())


def _deadline(desk: Desk, calendar: Calendar, key: str, needed_by: datetime, since: datetime) -> Deadline:
    now = desk.clock()
    return Deadline(
        name=desk.authority.directory.contacts[key].name,
        decide_by=decide_by(calendar, needed_by, since),
        hours_left=hours_left(calendar, needed_by, now) or 0.0,
        urgency=urgency(calendar, needed_by, since, now),
    )
