"""Rounds: what comes round for one audience, like a digest. Every function works inside a transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, delete, select, update

from storage.inserts import insert_new
from storage.time_tables import ROUNDS


@dataclass(frozen=True, kw_only=True)
class RoundRow:
    """When an audience is next due; `last_at` and `seen` (an audit event's number): how far it was served."""

    audience: str
    due_at: datetime
    last_at: datetime | None
    seen: int


def every(tx: Connection) -> list[RoundRow]:
    """All audiences, by name."""
    return [RoundRow(**row._mapping) for row in tx.execute(select(ROUNDS).order_by(ROUNDS.c.audience))]


def get(tx: Connection, audience: str) -> RoundRow | None:
    """The audience's round, or None."""
    row = tx.execute(select(ROUNDS).where(ROUNDS.c.audience == audience)).first()
    return None if row is None else RoundRow(**row._mapping)


def due(tx: Connection, now: datetime) -> list[RoundRow]:
    """Those that are due, the longest due first."""
    query = select(ROUNDS).where(ROUNDS.c.due_at <= now).order_by(ROUNDS.c.due_at, ROUNDS.c.audience)
    return [RoundRow(**row._mapping) for row in tx.execute(query)]


def begin(tx: Connection, audience: str, due_at: datetime, seen: int) -> bool:
    """Keep a new audience, to be told of what comes after the event `seen`; False when it is kept already."""
    values = {"audience": audience, "due_at": due_at, "last_at": None, "seen": seen}
    return insert_new(tx, ROUNDS, "audience", values) is not None


def take(tx: Connection, seen: RoundRow, due_at: datetime) -> bool:
    """Claim a round that still stands as the caller saw it; False when somebody else was first."""
    still = and_(ROUNDS.c.audience == seen.audience, ROUNDS.c.due_at == seen.due_at)
    return tx.execute(update(ROUNDS).where(still).values(due_at=due_at)).rowcount == 1


def served(tx: Connection, audience: str, last_at: datetime, seen: int) -> None:
    """A claimed round was made, up to the event `seen`."""
    values = {"last_at": last_at, "seen": seen}
    tx.execute(update(ROUNDS).where(ROUNDS.c.audience == audience).values(values))


def forget(tx: Connection, audiences: Collection[str]) -> None:
    """These audiences are gone."""
    if audiences:
        tx.execute(delete(ROUNDS).where(ROUNDS.c.audience.in_(audiences)))
