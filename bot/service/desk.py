"""What every verb needs, and who is asking."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain
from typing import Self
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.calendars import Calendars
from bot.wording import when_there
from policy.authority import Authority
from policy.away import Absences, Away, absences_of
from policy.directory import Production
from policy.people import Person
from policy.rulebook import Rulebook
from policy.worktime import day_span
from storage import absences
from storage.database import Database
from storage.records import RequestRow


@dataclass(frozen=True)
class Who:
    """A person with the name Slack showed when they acted."""

    team: str
    user: str
    name: str

    @property
    def person(self) -> Person:
        """Who they are, whatever they are called."""
        return Person(self.team, self.user)


@dataclass(frozen=True)
class Desk:
    """The parts a verb works with. `wake` tells delivery that notices were committed."""

    database: Database
    authority: Authority
    shelf: Mapping[str, Rulebook]
    calendars: Calendars
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    # Who is away from a moment on, when a transaction has read it.
    read: tuple[datetime, Absences] | None = None

    def as_of(self, tx: Connection) -> Self:
        """The same desk with the authority of this moment: who is away changes who may sign."""
        now = self.clock()
        away = self.absences(tx, now)
        return replace(self, authority=self.authority.during(away, now), read=(now, away))

    def absences(self, tx: Connection, now: datetime) -> Absences:
        """Everything known about who is away from now on: what they said, and what the directory says."""
        if self.read and self.read[0] <= now:  # what is not over later is not over now
            return self.read[1]
        said = [Away(one.contact, one.begins, one.ends, one.stand_in) for one in absences.current(tx, now)]
        return absences_of(said, chain.from_iterable(map(self._written, self.authority.directory.contacts)))

    def _written(self, key: str) -> list[Away]:
        """The absences of a contact in the directory file: whole days where they are."""
        listed = self.authority.directory.contacts[key].away
        if not listed:
            return []
        zone = self.calendars.contact(key).zone
        return [Away(key, *day_span(zone, one.first, one.last), one.to or "") for one in listed]

    def needed_by(self, row: RequestRow) -> datetime | None:
        """The moment at which the day ends, at the production, by which a request needs its answer."""
        return self.end_of(row.production, row.needed_by) if row.needed_by else None

    def end_of(self, code: str, day: date) -> datetime:
        """The moment at which a day is over at a production."""
        return day_span(self._zone(code), day, day)[1]

    def known(self, who: Who) -> Who:
        """The same person under the directory's name when they are a contact: "Ravi Menon", not "ravi"."""
        key = self.authority.key_of(who.person)
        return replace(who, name=self.authority.directory.contacts[key].name) if key else who

    def books(self, production: Production) -> tuple[Rulebook, ...]:
        """The rulebooks that judge a production's requests."""
        return tuple(self.shelf[name] for name in production.rulebooks)

    def today(self, code: str) -> date:
        """The date it is at the production: needed-by and valid-until end there at 23:59."""
        return self.clock().astimezone(self._zone(code)).date()

    def when(self, code: str, moment: datetime) -> str:
        """A moment in words, in the production's time: "on 22 Nov 2026 at 15:51 (GMT)"."""
        return when_there(moment, self._zone(code))

    def _zone(self, code: str) -> ZoneInfo:
        production = self.authority.directory.find(code)
        return ZoneInfo(production.timezone if production else "UTC")
