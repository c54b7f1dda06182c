"""Working calendars of contacts and productions: the directory, Slack's time zones, public holidays."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from policy.away import Absences
from policy.directory import Directory
from policy.worktime import Calendar

_OFFICE_HOURS = (time(9), time(18))
_WEEKDAYS = frozenset(range(5))


@dataclass(frozen=True)
class Holidays:
    """The public holidays of a country or one of its parts: "GB", "GB-SCT"; none for ""."""

    code: str

    def __contains__(self, day: object) -> bool:
        return bool(self.code) and isinstance(day, date) and day in _holidays(self.code, day.year)


@lru_cache(maxsize=256)
def _holidays(code: str, year: int) -> frozenset[date]:
    import holidays  # a tenth of a second: only for a directory that names a country

    country, _, part = code.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))


class Countries(Collection[str]):
    """Every code that may stand after `holidays =` in the directory; listed only where one is wrong."""

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and _is_known(code)

    def __iter__(self) -> Iterator[str]:
        return iter(_codes())

    def __len__(self) -> int:
        return len(_codes())


def _is_known(code: str) -> bool:
    """One country alone is loaded: to list them all takes longer than the rest of the directory."""
    import holidays

    country, dash, part = code.partition("-")
    known = getattr(holidays, country, None) if len(country) == 2 and country.isupper() else None
    return known is not None and (part in known.subdivisions if dash else True)


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    import holidays

    every = holidays.list_supported_countries()
    two = {country: parts for country, parts in every.items() if len(country) == 2}
    return frozenset(two) | {f"{country}-{part}" for country, parts in two.items() for part in parts}


@dataclass
class Calendars:
    """Calendars by contact and by production. `zones`, `statuses`: by contact, as Slack said last."""

    directory: Directory
    zones: dict[str, str] = field(default_factory=dict)
    # Hints of absence, as Slack said last: shown, never counted.
    statuses: dict[str, str] = field(default_factory=dict)
    resting: dict[str, datetime] = field(default_factory=dict)

    def resting_at(self, now: datetime) -> dict[str, datetime]:
        """Contacts whose do-not-disturb is on, and until when."""
        return {key: until for key, until in self.resting.items() if until > now}

    def contact(self, key: str, absences: Absences | None = None) -> Calendar:
        """When a contact works. A zone that neither the directory nor Slack tells is their production's."""
        contact = self.directory.contacts[key]
        return Calendar(
            zone=ZoneInfo(contact.timezone or self.zones.get(key) or self._home(key)),
            hours=contact.window,
            days=contact.weekdays,
            holidays=Holidays(contact.holidays or ""),
            absences=absences.spans(key) if absences else (),
        )

    def production(self, code: str) -> Calendar:
        """Office hours where a production is, Monday to Friday; UTC for one that left the directory."""
        production = self.directory.find(code)
        zone = ZoneInfo(production.timezone if production else "UTC")
        off = Holidays((production.holidays or "") if production else "")
        return Calendar(zone=zone, hours=_OFFICE_HOURS, days=_WEEKDAYS, holidays=off, absences=())

    def _home(self, key: str) -> str:
        """The zone of the first production a contact decides for, else of one where they stand in."""
        stands_in_for = {other for other, each in self.directory.contacts.items() if each.backup == key}
        for deciding in ({key}, stands_in_for):
            for production in self.directory.productions.values():
                if not deciding.isdisjoint(production.contacts()):
                    return production.timezone
        return "UTC"
