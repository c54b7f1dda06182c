"""Who gets a digest, and when: each approvals channel, and each contact."""

from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.service.announce import Kind
from bot.service.desk import Desk
from policy.away import Absences
from policy.directory import Directory
from policy.people import Person
from policy.worktime import HORIZON, Calendar
from storage.digests import Place


@dataclass(frozen=True)
class Audience:
    """To whom a digest comes round. `calendar` knows of no absence; `contact` is "" for a channel."""

    name: str
    kind: Kind
    recipient: str
    person: Person
    calendar: Calendar
    contact: str = ""

    def at_work(self, absences: Absences) -> Calendar:
        """Their calendar with everything known about who is away."""
        return (
            replace(self.calendar, absences=absences.spans(self.contact)) if self.contact else self.calendar
        )

    def regular(self, after: datetime) -> datetime:
        """When their next digest is due: where the next working time begins."""
        later = self.calendar.next_day if self.calendar.open_at(after) else self.calendar.next_open
        return later(after) or after + HORIZON

    def put_off(self, absences: Absences, now: datetime) -> datetime:
        """When to look again while they are not at work; an absence may end sooner than they said."""
        back = self.at_work(absences).next_open(now)
        return min(self.regular(now), back or now + HORIZON)


@dataclass(frozen=True)
class _SharedHolidays:
    """A day off for all of them: where one production works, its channel is told."""

    each: tuple[Container[date], ...]

    def __contains__(self, day: object) -> bool:
        return all(day in one for one in self.each)


def audiences(desk: Desk) -> dict[str, Audience]:
    """Name -> audience, as the directory has them."""
    directory, authority = desk.authority.directory, desk.authority
    found = {}
    for channel, codes in channels(directory).items():
        calendar = _where_most_are([desk.calendars.production(code) for code in codes])
        found[f"digest:{channel}"] = Audience(
            f"digest:{channel}", Kind.DIGEST, channel, Person("", ""), calendar
        )
    for key in directory.contacts:
        person = authority.person(key)
        name = f"personal:{person.team}:{person.user}"
        # Two keys may be one person: the first one's hours count.
        found.setdefault(
            name, Audience(name, Kind.PERSONAL, person.user, person, desk.calendars.contact(key), key)
        )
    return found


def channels(directory: Directory) -> dict[str, tuple[str, ...]]:
    """Approvals channel -> the productions approved there, both in the order of the directory."""
    found: dict[str, tuple[str, ...]] = {}
    for code in directory.productions:
        channel = directory.approvals_for(code)
        if channel:
            found[channel] = (*found.get(channel, ()), code)
    return found


def place(directory: Directory, channel: str) -> Place:
    """An approvals channel as the rows know it."""
    every: Mapping[str, tuple[str, ...]] = channels(directory)
    return Place(channel, every.get(channel, ()), tuple(every))


def _where_most_are(calendars: list[Calendar]) -> Calendar:
    """Office hours in the zone of most of them; when two zones tie, in that of the first listed."""
    zones = Counter(one.zone for one in calendars)  # keeps the order, and so does max
    zone = max(zones, key=lambda one: zones[one])
    return replace(
        calendars[0], zone=zone, holidays=_SharedHolidays(tuple(one.holidays for one in calendars))
    )
