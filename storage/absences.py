"""Absences that contacts set themselves; those of the directory file stand there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from storage.time_tables import ABSENCES

# Made once, because it is part of every submission: storage.requests says why.
_CURRENT = (
    select(ABSENCES)
    .where(ABSENCES.c.ends > bindparam("now"), ABSENCES.c.begins < ABSENCES.c.ends)
    .order_by(ABSENCES.c.id)
)


@dataclass(frozen=True, kw_only=True)
class NewAbsence:
    """A contact is away from `begins` until `ends`; `stand_in` is a contact's key, "" for their backup."""

    contact: str
    team: str
    user: str
    begins: datetime
    ends: datetime
    stand_in: str = ""


@dataclass(frozen=True, kw_only=True)
class AbsenceRow(NewAbsence):
    """An absence as it stands."""

    id: int
    said_at: datetime


def keep(tx: Connection, new: NewAbsence, now: datetime) -> None:
    """Keep what a contact said, in place of what they planned before.

    Whoever is away and plans the next absence stays away until this one ends, or the next one begins.
    """
    theirs = update(ABSENCES).where(ABSENCES.c.contact == new.contact)
    tx.execute(theirs.where(ABSENCES.c.begins > now, ABSENCES.c.ends > now).values(ends=now))
    begun = theirs.where(ABSENCES.c.begins <= now, ABSENCES.c.ends > new.begins)
    tx.execute(begun.values(ends=new.begins))
    tx.execute(insert(ABSENCES), vars(new) | {"said_at": now})


def end(tx: Connection, contact: str, now: datetime) -> int:
    """They are back, and what they planned is off; returns how many absences that ended."""
    theirs = update(ABSENCES).where(ABSENCES.c.contact == contact, ABSENCES.c.ends > now)
    return tx.execute(theirs.values(ends=now)).rowcount


def current(tx: Connection, now: datetime) -> list[AbsenceRow]:
    """Every absence that is not over, in the order they were said."""
    return [AbsenceRow(**row._mapping) for row in tx.execute(_CURRENT, {"now": now})]
