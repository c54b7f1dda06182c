"""Chases: whom a request waits for and what a date brings. Every function works inside a transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Update,
    and_,
    bindparam,
    literal_column,
    select,
    update,
)

from storage.inserts import Rows, insert_together
from storage.time_tables import CHASES, ChaseKind, ChaseState

__all__ = [
    "ChaseKind",
    "ChaseRow",
    "ChaseState",
    "NewChase",
    "begin",
    "begun",
    "begun_rows",
    "change",
    "close",
    "due",
    "get",
    "look_again",
    "of",
    "of_several",
    "reopen",
    "take",
    "waiting_on",
]

# Written out, not bound: a partial index serves only a query that carries its literal predicate.
_OPEN: ColumnElement[bool] = CHASES.c.state == literal_column("'open'")

# Made once, because they are part of every submission: storage.requests says why.
_OF_REQUEST = select(CHASES).where(CHASES.c.request_id == bindparam("request_id")).order_by(CHASES.c.id)
_OF_SEVERAL = (
    select(CHASES).where(CHASES.c.request_id.in_(bindparam("ids", expanding=True))).order_by(CHASES.c.id)
)
# What a chase has that nobody has looked at.
_FRESH: Final[dict[str, Any]] = {"reminded_at": None, "reminders": 0, "snoozed_until": None}
# What must still stand for whoever takes a chase.
_SEEN = ("id", "due_at", "escalated_at", "snoozed_until")


@dataclass(frozen=True, kw_only=True)
class NewChase:
    """Somebody to chase, or something to bring, looked at from `due_at` on."""

    request_id: int
    kind: ChaseKind
    contact: str = ""
    team: str = ""
    user: str = ""
    since: datetime
    due_at: datetime | None
    escalated_at: datetime | None = None
    about: int | None = None


@dataclass(frozen=True, kw_only=True)
class ChaseRow(NewChase):
    """A chase as it stands. `reminders`: how many there were, all told."""

    id: int
    reminded_at: datetime | None
    reminders: int
    snoozed_until: datetime | None
    state: ChaseState


def begin(tx: Connection, new: Sequence[NewChase]) -> None:
    """Begin chases that the request never had."""
    insert_together(tx, begun_rows(new))


def begun_rows(new: Sequence[NewChase]) -> Rows:
    """The rows of chases that begin."""
    shared = _FRESH | {"state": ChaseState.OPEN.value}
    return CHASES, [vars(one) | shared | {"kind": one.kind.value} for one in new]


def begun(new: Sequence[NewChase], ids: Sequence[int]) -> list[ChaseRow]:
    """What `of` would read of chases that began under these ids, without asking."""
    shared = _FRESH | {"state": ChaseState.OPEN}
    return [ChaseRow(**vars(one), **shared, id=number) for one, number in zip(new, ids, strict=True)]


def reopen(tx: Connection, seen: ChaseRow, new: NewChase) -> None:
    """Begin a chase again that was done; its reminders count on, since each has its own key."""
    values = {**vars(new), "kind": new.kind.value, "state": ChaseState.OPEN.value}
    again = values | {"reminded_at": None, "snoozed_until": None}
    tx.execute(update(CHASES).where(CHASES.c.id == seen.id).values(again))


def of(tx: Connection, request_id: int) -> list[ChaseRow]:
    """Every chase of a request, open and done, in the order they began."""
    return [_chase(row) for row in tx.execute(_OF_REQUEST, {"request_id": request_id})]


def of_several(tx: Connection, ids: Sequence[int]) -> list[ChaseRow]:
    """The same of several requests."""
    return [_chase(row) for row in tx.execute(_OF_SEVERAL, {"ids": ids})]


def get(tx: Connection, chase_id: int) -> ChaseRow | None:
    """The chase, or None."""
    row = tx.execute(select(CHASES).where(CHASES.c.id == chase_id)).first()
    return None if row is None else _chase(row)


def due(tx: Connection, now: datetime, limit: int) -> list[ChaseRow]:
    """The open chases to look at, the longest due first."""
    query = select(CHASES).where(_OPEN, CHASES.c.due_at.is_not(None), CHASES.c.due_at <= now)
    return [_chase(row) for row in tx.execute(query.order_by(CHASES.c.due_at, CHASES.c.id).limit(limit))]


def waiting_on(tx: Connection, team: str, user: str, limit: int) -> list[ChaseRow]:
    """The open chases after a person, oldest request first."""
    theirs = select(CHASES).where(_OPEN, CHASES.c.team == team, CHASES.c.user == user)
    return [_chase(row) for row in tx.execute(theirs.order_by(CHASES.c.request_id).limit(limit))]


def take(tx: Connection, seen: ChaseRow, due_at: datetime | None, **values: object) -> bool:
    """Change an open chase that still stands as the caller saw it; False when somebody else was first."""
    new = {"due_at": due_at, **values}
    asked = {f"seen_{name}": getattr(seen, name) for name in _SEEN} | {f"new_{n}": v for n, v in new.items()}
    return tx.execute(_take(*new), asked).rowcount == 1


def change(tx: Connection, chase_id: int, **values: object) -> bool:
    """Change an open chase, whoever looked at it; False when it was done before."""
    return tx.execute(_change(*values), values | {"which": chase_id}).rowcount == 1


def close(tx: Connection, chase_ids: Collection[int]) -> None:
    """Nobody is waited for there any more."""
    if chase_ids:
        done = update(CHASES).where(CHASES.c.id.in_(chase_ids), _OPEN)
        tx.execute(done.values(state=ChaseState.DONE.value, due_at=None))


def look_again(tx: Connection, team: str, user: str, now: datetime) -> None:
    """Look at everything that waits for a person: their time or their stand-in changed."""
    theirs = and_(_OPEN, CHASES.c.team == team, CHASES.c.user == user)
    tx.execute(update(CHASES).where(theirs).values(due_at=now))


# Made once for each set of columns: a tick takes hundreds in one transaction, and the writers wait meanwhile.
@cache
def _take(*changed: str) -> Update:
    seen = {name: bindparam(f"seen_{name}", type_=CHASES.c[name].type) for name in _SEEN}
    still = and_(
        CHASES.c.id == seen["id"],
        _OPEN,
        CHASES.c.due_at == seen["due_at"],
        # Looked at again at the very moment at which it was due, but for another reason.
        CHASES.c.escalated_at.is_not_distinct_from(seen["escalated_at"]),
        CHASES.c.snoozed_until.is_not_distinct_from(seen["snoozed_until"]),
    )
    return update(CHASES).where(still).values({name: bindparam(f"new_{name}") for name in changed})


@cache
def _change(*changed: str) -> Update:
    still = update(CHASES).where(CHASES.c.id == bindparam("which"), _OPEN)
    return still.values({name: bindparam(name) for name in changed})


def _chase(row: Row[Any]) -> ChaseRow:
    parsed = {"kind": ChaseKind(row.kind), "state": ChaseState(row.state)}
    return ChaseRow(**{**row._mapping, **parsed})
