"""Notices: what the bot has to say. The attempt is committed before the call: none is lost or doubled."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    Update,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from storage.canonical import canonical
from storage.inserts import Rows, insert_new
from storage.tables import NOTICES, NoticeState

_NOW: BindParameter[datetime] = bindparam("now")
# Of a notice that nobody has tried to say.
_UNTRIED: Final[dict[str, Any]] = {
    "attempts": 0,
    "state": NoticeState.WAITING.value,
    **dict.fromkeys(("channel", "ts", "error"), ""),
    **dict.fromkeys(("lease_until", "doubt_since", "delivered_at", "failed_at")),
}

__all__ = [
    "NoticeRow",
    "NoticeState",
    "claim",
    "delivered",
    "dropped",
    "enqueue",
    "failed",
    "first_rows",
    "get",
    "key",
    "next_due",
    "renew",
    "retry",
    "retry_at",
    "revive",
    "stuck",
]


@dataclass(frozen=True, kw_only=True)
class NoticeRow:
    """One notice as it stands. `attempts` counts the claims, this one included.

    `doubt_since`: it may have been said by an attempt that began then or up to one lease earlier.
    """

    id: int
    key: str
    kind: str
    request_id: int | None
    recipient: str
    payload: Mapping[str, Any]
    due_at: datetime
    created_at: datetime
    attempts: int
    lease_until: datetime | None
    doubt_since: datetime | None
    state: NoticeState
    channel: str
    ts: str
    error: str
    delivered_at: datetime | None
    failed_at: datetime | None


def key(request_id: int | None, kind: str, recipient: str, occurrence: str | int) -> str:
    """What makes a notice the same notice. A digest's request is None, its occurrence the local date."""
    parts = ("-" if request_id is None else str(request_id), kind, recipient)
    if any(":" in part for part in parts):
        raise ValueError(f"a kind and a recipient hold no colon: {kind!r}, {recipient!r}")
    return ":".join((*parts, str(occurrence)))


def enqueue(
    tx: Connection,
    key: str,
    kind: str,
    recipient: str,
    request_id: int | None,
    payload: Mapping[str, Any],
    due_at: datetime,
    now: datetime,
) -> bool:
    """Keep something to say from `due_at` on; False when this key was kept before. `payload`: ids only."""
    values = _UNTRIED | {
        "key": key,
        "kind": kind,
        "request_id": request_id,
        "recipient": recipient,
        "payload": canonical(payload),
        "due_at": due_at,
        "created_at": now,
    }
    return insert_new(tx, NOTICES, "key", values) is not None


def first_rows(request_id: int, said: Iterable[tuple[str, str, str]], now: datetime) -> Rows:
    """The rows of what a new request has to say, given as (key, kind, recipient).

    Nobody can have kept these keys before: one that is there is an IntegrityError.
    """
    shared = _UNTRIED | {"request_id": request_id, "payload": "{}", "due_at": now, "created_at": now}
    return NOTICES, [shared | {"key": key, "kind": kind, "recipient": to} for key, kind, to in said]


def claim(tx: Connection, now: datetime, lease: timedelta, resting: Collection[str] = ()) -> NoticeRow | None:
    """The oldest due notice that nobody holds and that is first in its line, held until `now` + `lease`.

    Commit before the call to Slack: a crash then leaves an attempt that can be looked for. First in
    line: no earlier notice to the same recipient or about the same request is due, held or retried.
    A reminder that is only due tomorrow holds nobody up. Nothing for a recipient in `resting`.
    """
    values = {"now": now, "until": now + lease}
    asked = values | {"resting": list(resting)} if resting else values
    row = tx.execute(_claim(bool(resting)), asked).first()
    return None if row is None else _notice(row)


def renew(tx: Connection, held: NoticeRow, now: datetime, lease: timedelta) -> bool:
    """Hold a claimed notice for longer; False when it was settled, or taken over after the lease ended."""
    still = and_(
        NOTICES.c.id == held.id,
        _waiting(NOTICES),
        NOTICES.c.attempts == held.attempts,
        NOTICES.c.lease_until > now,
    )
    return tx.execute(update(NOTICES).where(still).values(lease_until=now + lease)).rowcount == 1


def delivered(tx: Connection, notice_id: int, channel: str, ts: str, now: datetime) -> bool:
    """It stands in Slack; False when it was settled before."""
    done = {"channel": channel, "ts": ts, "delivered_at": now, "error": ""}
    return _settle(tx, notice_id, NoticeState.DELIVERED, **done)


def retry_at(
    tx: Connection, notice_id: int, due_at: datetime, error: str, doubt_since: datetime | None = None
) -> bool:
    """Try again from `due_at` on; those behind it in line wait too. False when it was settled before.

    `doubt_since`: when the first attempt began of which nobody knows whether it got through.
    """
    values = {"due_at": due_at, "error": error, "doubt_since": doubt_since}
    return _settle(tx, notice_id, NoticeState.WAITING, **values)


def failed(tx: Connection, notice_id: int, error: str, now: datetime) -> bool:
    """It cannot be said; the operators see it in `stuck`. False when it was settled before."""
    return _settle(tx, notice_id, NoticeState.FAILED, error=error, failed_at=now)


def revive(tx: Connection, now: datetime) -> int:
    """Let everything that failed be tried again from `now` on, in its old order; returns how many."""
    failures = update(NOTICES).where(NOTICES.c.state == literal_column("'failed'"))
    again = {"state": NoticeState.WAITING.value, "due_at": now, "attempts": 0, "failed_at": None}
    return tx.execute(failures.values(again)).rowcount


def retry(tx: Connection, which: int | str, now: datetime) -> bool:
    """Say what failed once more, from `now` on; False when no failed notice has this id or key.

    The attempts count on: whoever delivers it sees that it may have been said, and looks first.
    """
    named = NOTICES.c.key == which if isinstance(which, str) else NOTICES.c.id == which
    again = {"state": NoticeState.WAITING.value, "due_at": now, "failed_at": None}
    change = update(NOTICES).where(named, NOTICES.c.state == NoticeState.FAILED.value).values(again)
    return tx.execute(change).rowcount == 1


def dropped(tx: Connection, notice_id: int, reason: str) -> bool:
    """It is no longer true or wanted. False when it was settled before."""
    return _settle(tx, notice_id, NoticeState.DROPPED, error=reason)


def get(tx: Connection, notice_id: int) -> NoticeRow | None:
    """The notice, or None."""
    row = tx.execute(select(NOTICES).where(NOTICES.c.id == notice_id)).first()
    return None if row is None else _notice(row)


def next_due(tx: Connection, resting: Collection[str] = ()) -> datetime | None:
    """When the next claim can succeed, possibly in the past; None when nothing waits but for `resting`."""
    asked = {"resting": list(resting)} if resting else {}
    times = [tx.scalar(question, asked) for question in _next_due(bool(resting))]
    return min((time for time in times if time), default=None)


def stuck(tx: Connection) -> list[NoticeRow]:
    """The notices that failed for good, oldest first."""
    query = select(NOTICES).where(NOTICES.c.state == literal_column("'failed'")).order_by(NOTICES.c.id)
    return [_notice(row) for row in tx.execute(query)]


def _waiting(notices: FromClause) -> ColumnElement[bool]:
    # Written out, not bound: a partial index serves only a query that carries its literal predicate.
    return notices.c.state == literal_column("'waiting'")


def _awake(notices: FromClause, some_rest: bool) -> list[ColumnElement[bool]]:
    # Left out when nobody rests: an empty list would be one more table to read.
    return [notices.c.recipient.not_in(bindparam("resting", expanding=True))] if some_rest else []


def _not_behind(
    one: FromClause, earlier: FromClause, in_the_way: ColumnElement[bool]
) -> list[ColumnElement[bool]]:
    """No earlier notice stands in the way, asked by request and by recipient: an index serves each."""
    ahead = and_(_waiting(earlier), earlier.c.id < one.c.id, in_the_way)
    return [
        ~exists().where(earlier.c[same] == one.c[same], ahead).correlate(one)
        for same in ("request_id", "recipient")
    ]


def _settle(tx: Connection, notice_id: int, state: NoticeState, **values: object) -> bool:
    changed = {"state": state.value, "lease_until": None, **values}
    return tx.execute(_settling(*changed), {"which": notice_id, **changed}).rowcount == 1


def _notice(row: Row[Any]) -> NoticeRow:
    parsed = {"payload": json.loads(row.payload), "state": NoticeState(row.state)}
    return NoticeRow(**{**row._mapping, **parsed})


# Made once each: building these takes longer than running them, and the writers wait meanwhile.
@cache
def _settling(*changed: str) -> Update:
    still = and_(NOTICES.c.id == bindparam("which"), _waiting(NOTICES))
    return update(NOTICES).where(still).values({name: bindparam(name) for name in changed})


@cache
def _claim(some_rest: bool) -> ReturningUpdate[Any]:
    due = NOTICES.alias("due")
    earlier = NOTICES.alias("earlier")
    in_the_way = or_(earlier.c.due_at <= _NOW, earlier.c.attempts > 0)
    first = (
        select(due.c.id)
        .where(
            _waiting(due),
            due.c.due_at <= _NOW,
            or_(due.c.lease_until.is_(None), due.c.lease_until <= _NOW),
            *_awake(due, some_rest),
            *_not_behind(due, earlier, in_the_way),
        )
        .order_by(due.c.due_at, due.c.id)
        .limit(1)
        # SQLite drops this clause, and has one writer; on PostgreSQL replicas step past each other.
        .with_for_update(of=due, skip_locked=True)
    )
    return (
        update(NOTICES)
        .where(NOTICES.c.id == first.scalar_subquery())
        .values(
            attempts=NOTICES.c.attempts + 1,
            lease_until=bindparam("until"),
            # A lease that ran out unsettled: whoever held it may have said it before they died.
            doubt_since=func.coalesce(NOTICES.c.doubt_since, NOTICES.c.lease_until),
        )
        .returning(NOTICES)
    )


@cache
def _next_due(some_rest: bool) -> tuple[Select[Any], Select[Any]]:
    earlier = NOTICES.alias("earlier")
    in_the_way = or_(earlier.c.due_at <= NOTICES.c.due_at, earlier.c.attempts > 0)
    first = and_(_waiting(NOTICES), *_awake(NOTICES, some_rest), *_not_behind(NOTICES, earlier, in_the_way))
    free_at = case((NOTICES.c.lease_until > NOTICES.c.due_at, NOTICES.c.lease_until), else_=NOTICES.c.due_at)
    # Two questions, because each has its index: thousands may wait, a few are held.
    free = select(NOTICES.c.due_at).where(first, NOTICES.c.lease_until.is_(None))
    held = select(func.min(free_at)).where(first, NOTICES.c.lease_until.is_not(None))
    return free.order_by(NOTICES.c.due_at).limit(1), held
