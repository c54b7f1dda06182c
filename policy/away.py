"""Who is away, and who stands in for them: what the directory says, and what contacts said themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from policy.directory import Directory
from policy.worktime import Span


@dataclass(frozen=True)
class Away:
    """A contact is away from `begins` until `ends`; `stand_in` is a contact's key, "" for their backup."""

    contact: str
    begins: datetime
    ends: datetime
    stand_in: str = ""

    def covers(self, at: datetime) -> bool:
        """They are away at that moment."""
        return self.begins <= at < self.ends


@dataclass(frozen=True)
class Absences:
    """Everything known about who is away. What a contact said themselves comes before the directory."""

    known: tuple[Away, ...] = ()

    def spans(self, key: str) -> tuple[Span, ...]:
        """When a contact is away."""
        return tuple((one.begins, one.ends) for one in self.known if one.contact == key)

    def at(self, key: str, moment: datetime) -> Away | None:
        """The absence of a contact at that moment, or None."""
        return next((one for one in self.known if one.contact == key and one.covers(moment)), None)

    def stand_ins(self, directory: Directory, moment: datetime) -> dict[str, tuple[str, ...]]:
        """Absent contact -> who stands in: first whoever is there, then those who are away too.

        It begins with whom they named, else with their backup.
        """
        found: dict[str, tuple[str, ...]] = {}
        for one in self.known:
            if one.covers(moment) and one.contact not in found:
                there, absent = self._chain(directory, one, moment)
                found[one.contact] = (there, *absent) if there else absent
        return {contact: keys for contact, keys in found.items() if keys}

    def stands_in(self, directory: Directory, away: Away, moment: datetime) -> str | None:
        """Who is there in the end: through everybody who is away too; None when nobody is."""
        return self._chain(directory, away, moment)[0]

    def _chain(
        self, directory: Directory, away: Away, moment: datetime
    ) -> tuple[str | None, tuple[str, ...]]:
        """Who is there in the end, and who is passed over on the way because they are away."""
        absent: list[str] = []
        key = _next(directory, away)
        while key and key != away.contact and key not in absent:
            theirs = self.at(key, moment)
            if theirs is None:
                return key, tuple(absent)
            absent.append(key)
            key = _next(directory, theirs)
        return None, tuple(absent)


def _named(directory: Directory, away: Away) -> str | None:
    """Whom they named; the directory may have changed since."""
    return away.stand_in if away.stand_in in directory.contacts else None


def _next(directory: Directory, away: Away) -> str | None:
    return _named(directory, away) or directory.backup_of(away.contact)


def absences_of(said: Sequence[Away], written: Iterable[Away]) -> Absences:
    """What contacts said, before what the directory file says."""
    return Absences((*said, *written))
