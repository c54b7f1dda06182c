"""What to decide first: overdue, at risk, soon due, then by age; what its reader put off comes last."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby

from bot.service.desk import Desk
from policy.away import Absences
from policy.chasing import Urgency, decide_by, hours_left, urgency
from policy.worktime import Calendar, day_span
from storage.digests import Waits

_FAR = datetime.max.replace(tzinfo=UTC)
_SOON_HOURS = 18  # two working days: what is due today or tomorrow does not stand behind what is merely old
_WORST_FIRST = {one: number for number, one in enumerate(Urgency)}


@dataclass(frozen=True)
class Rank:
    """How a request stands against its date. `hours_left`: working hours of whoever has the most of them."""

    request_id: int
    since: datetime
    urgency: Urgency = Urgency.FINE
    decide_by: datetime | None = None
    hours_left: float | None = None
    snoozed_until: datetime | None = None

    @property
    def order(self) -> tuple[bool, int, datetime, int]:
        """Sorts what comes first to the front; without a date at stake, the oldest request."""
        presses = self.urgency != Urgency.FINE or (self.hours_left or _SOON_HOURS) < _SOON_HOURS
        stake = self.decide_by if presses else None
        return self.snoozed_until is not None, _WORST_FIRST[self.urgency], stake or _FAR, self.request_id


def ranked(desk: Desk, found: Iterable[Waits], absences: Absences, now: datetime) -> list[Rank]:
    """One rank for each request, what comes first at the front.

    Of those who are asked for a topic the one with most time counts; of the topics the one with least.
    """
    calendars: dict[tuple[str, str], Calendar] = {}

    def rank(one: Waits) -> Rank:
        key = (one.contact, "" if one.contact else one.production)
        if key not in calendars:
            calendars[key] = _calendar(desk, one, absences)
        return _rank(desk, one, calendars[key], now)

    ranks = []
    for _, rows in groupby(found, key=lambda one: one.request_id):
        waits = sorted(rows, key=lambda one: one.topic)
        by_topic = groupby(waits, key=lambda one: one.topic)
        counts = min((max(map(rank, people), key=_ease) for _, people in by_topic), key=_ease)
        # A backup who was asked today does not make the wait any shorter.
        ranks.append(replace(counts, since=min(one.since for one in waits)))
    return sorted(ranks, key=lambda one: one.order)


def _rank(desk: Desk, one: Waits, calendar: Calendar, now: datetime) -> Rank:
    needed_by = None
    if one.needed_by:
        zone = desk.calendars.production(one.production).zone
        needed_by = day_span(zone, one.needed_by, one.needed_by)[1]
    return Rank(
        request_id=one.request_id,
        since=one.since,
        urgency=urgency(calendar, needed_by, one.since, now),
        decide_by=decide_by(calendar, needed_by, one.since) or needed_by,
        hours_left=hours_left(calendar, needed_by, now),
        snoozed_until=one.snoozed_until,
    )


def _ease(rank: Rank) -> tuple[int, datetime]:
    """The more, the less it presses."""
    return _WORST_FIRST[rank.urgency], rank.decide_by or _FAR


def _calendar(desk: Desk, one: Waits, absences: Absences) -> Calendar:
    """Of who is waited for; of the production when that is nobody, or somebody who left the directory."""
    if one.contact in desk.authority.directory.contacts:
        return desk.calendars.contact(one.contact, absences)
    return desk.calendars.production(one.production)
