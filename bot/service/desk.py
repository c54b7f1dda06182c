"""What every verb needs, and who is asking."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from policy.authority import Authority
from policy.directory import Production
from policy.people import Person
from policy.rulebook import Rulebook
from storage.database import Database


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
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def known(self, who: Who) -> Who:
        """The same person under the directory's name when they are a contact: "Ravi Menon", not "ravi"."""
        for key, contact in self.authority.directory.contacts.items():
            if self.authority.person(key) == who.person:
                return replace(who, name=contact.name)
        return who

    def books(self, production: Production) -> tuple[Rulebook, ...]:
        """The rulebooks that judge a production's requests."""
        return tuple(self.shelf[name] for name in production.rulebooks)

    def today(self, code: str) -> date:
        """The date it is at the production: needed-by and valid-until end there at 23:59."""
        return self.clock().astimezone(self._zone(code)).date()

    def when(self, code: str, moment: datetime) -> str:
        """A moment in words, in the production's time: "on 22 Nov 2026 at 15:51 (GMT)"."""
        there = moment.astimezone(self._zone(code))
        return f"on {there.day} {there:%b %Y} at {there:%H:%M} ({there:%Z})"

    def _zone(self, code: str) -> ZoneInfo:
        production = self.authority.directory.find(code)
        return ZoneInfo(production.timezone if production else "UTC")
