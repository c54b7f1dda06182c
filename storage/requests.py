"""Requests, their sign-offs and decisions. Every function works inside the caller's transaction."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Select,
    Update,
    bindparam,
    literal_column,
    select,
    update,
)

from policy.lifecycle import Status
from policy.verdict import Topic
from storage.canonical import canonical, storable_row
from storage.errors import AlreadyFiled
from storage.inserts import insert_new, insert_together
from storage.read_back import decision_row, request_row
from storage.records import (
    DecisionRow,
    NewDecision,
    NewRequest,
    NewSignOff,
    RequestRow,
    SignOffRow,
)
from storage.register import EventRow, events
from storage.seals import sealed_decision
from storage.tables import DECISIONS, REQUESTS, SIGN_OFFS, SignOffState
from storage.written import opened_rows, request_columns, written_row

__all__ = [
    "DecisionRow",
    "EventRow",
    "NewDecision",
    "NewRequest",
    "NewSignOff",
    "RequestRow",
    "SignOffRow",
    "SignOffState",
    "add_sign_offs",
    "by_form_key",
    "decisions",
    "decisions_of",
    "events",
    "filed_by",
    "get",
    "hold",
    "latest",
    "lock",
    "move",
    "note_call_in",
    "open_request",
    "pending",
    "place_card",
    "place_thread",
    "reassign",
    "record_decision",
    "sign",
    "sign_offs",
    "sign_offs_of",
    "those",
    "void_open",
    "waiting_for",
]

# Written out, not bound: a partial index serves only a query that carries its literal predicate.
_OPEN: ColumnElement[bool] = SIGN_OFFS.c.state == literal_column("'open'")

# Made once: SQLAlchemy takes four times as long over a statement that it has not seen before.
_LOCK = select(REQUESTS.c.id).where(REQUESTS.c.id == bindparam("id")).with_for_update()
_BY_ID = select(REQUESTS).where(REQUESTS.c.id == bindparam("id"))
_BY_FORM_KEY = select(REQUESTS).where(REQUESTS.c.form_key == bindparam("form_key"))
_THEIRS: BindParameter[int] = bindparam("request_id")
_TOPICS = select(SIGN_OFFS).where(SIGN_OFFS.c.request_id == _THEIRS).order_by(SIGN_OFFS.c.id)
_DECIDED = select(DECISIONS).where(DECISIONS.c.request_id == _THEIRS).order_by(DECISIONS.c.id)
# By key, not OFFSET: page 45,000 costs what the first does, and is the same statement.
_NO_REQUEST = 2**31 - 1  # the greatest number that the column takes
_PAGE = (
    select(REQUESTS)
    .where(REQUESTS.c.id < bindparam("before_id"))
    .order_by(REQUESTS.c.id.desc())
    .limit(bindparam("limit"))
)
_THEIR_PAGE = _PAGE.where(
    REQUESTS.c.requester_team == bindparam("team"), REQUESTS.c.requester_user == bindparam("user")
)
_ASKED: BindParameter[Any] = bindparam("ids", expanding=True)
_TOPICS_OF = select(SIGN_OFFS).where(SIGN_OFFS.c.request_id.in_(_ASKED)).order_by(SIGN_OFFS.c.id)
_DECIDED_OF = select(DECISIONS).where(DECISIONS.c.request_id.in_(_ASKED)).order_by(DECISIONS.c.id)


def open_request(tx: Connection, new: NewRequest, now: datetime) -> RequestRow:
    """Record a request; its topics come with `openings.begin`.

    Raises AlreadyFiled for a known form_key, and writes nothing.
    """
    columns, as_given = request_columns(new, now)
    request_id = insert_new(tx, REQUESTS, "form_key", columns)
    if request_id is None:
        raise AlreadyFiled(new.form_key)
    return written_row(new, columns, as_given, request_id)


def get(tx: Connection, request_id: int) -> RequestRow | None:
    """The request, or None."""
    return _first(tx, _BY_ID, id=request_id)


def those(tx: Connection, ids: Collection[int]) -> list[RequestRow]:
    """The requests with these ids."""
    return [request_row(row) for row in tx.execute(select(REQUESTS).where(REQUESTS.c.id.in_(ids)))]


def lock(tx: Connection, request_id: int) -> None:
    """Nobody else changes this request, its sign-offs or its chases before this transaction ends.

    Everybody who changes several of these takes it first: in any other order two could wait for each other.
    """
    tx.execute(_LOCK, {"id": request_id})


def by_form_key(tx: Connection, form_key: str) -> RequestRow | None:
    """The request that this form opened before, or None."""
    return _first(tx, _BY_FORM_KEY, form_key=form_key)


def move(tx: Connection, request_id: int, *, frm: Status, to: Status, revision: int, now: datetime) -> bool:
    """Move a request that still stands where the caller saw it; False when it does not."""
    return _change_seen(tx, request_id, frm, revision, status=to.value, updated_at=now)


def hold(tx: Connection, request_id: int, *, status: Status, revision: int, now: datetime) -> bool:
    """The guard of `move` with no move: those who sign different topics at once pass one by one."""
    return _change_seen(tx, request_id, status, revision, updated_at=now)


def note_call_in(tx: Connection, request_id: int, *, by: str, reason: str, now: datetime) -> None:
    """Keep who called a recorded use in, and why."""
    _change(tx, request_id, called_in_by=by, called_in_reason=reason, updated_at=now)


def place_card(tx: Connection, request_id: int, channel: str, ts: str) -> None:
    """Keep where the request's card stands in Slack."""
    _change(tx, request_id, approvals_channel=channel, card_ts=ts)


def place_thread(tx: Connection, request_id: int, ts: str) -> None:
    """Keep which message of the card's thread tags the contacts and carries the buttons."""
    _change(tx, request_id, thread_ts=ts)


def filed_by(
    tx: Connection, team: str, user: str, limit: int = 20, *, before_id: int | None = None
) -> list[RequestRow]:
    """What a person filed, newest first; `before_id` continues after the last row of a page."""
    return _page(tx, _THEIR_PAGE, limit, before_id, team=team, user=user)


def latest(tx: Connection, limit: int = 20, *, before_id: int | None = None) -> list[RequestRow]:
    """The newest requests, newest first; `before_id` continues after the last row of a page."""
    return _page(tx, _PAGE, limit, before_id)


def pending(tx: Connection) -> list[RequestRow]:
    """Every request that waits for a decision, oldest first."""
    waiting = select(SIGN_OFFS.c.request_id).where(_OPEN)
    query = select(REQUESTS).where(REQUESTS.c.id.in_(waiting), REQUESTS.c.status == Status.PENDING.value)
    return [request_row(row) for row in tx.execute(query.order_by(REQUESTS.c.id))]


def waiting_for(tx: Connection, team: str, user: str, limit: int = 20) -> list[RequestRow]:
    """Pending requests with an open topic that names the person as contact or backup, oldest first."""
    topics = SIGN_OFFS.c
    as_contact = select(topics.request_id).where(
        _OPEN, topics.contact_team == team, topics.contact_user == user
    )
    as_backup = select(topics.request_id).where(_OPEN, topics.backup_team == team, topics.backup_user == user)
    query = select(REQUESTS).where(
        REQUESTS.c.id.in_(as_contact.union(as_backup)), REQUESTS.c.status == Status.PENDING.value
    )
    return [request_row(row) for row in tx.execute(query.order_by(REQUESTS.c.id).limit(limit))]


def sign_offs(tx: Connection, request_id: int) -> list[SignOffRow]:
    """Every topic of a request, in the order they were opened."""
    return [_sign_off(row) for row in tx.execute(_TOPICS, {"request_id": request_id})]


def sign_offs_of(tx: Connection, ids: Sequence[int]) -> list[SignOffRow]:
    """The topics of several requests, in the order they were opened."""
    return [_sign_off(row) for row in tx.execute(_TOPICS_OF, {"ids": ids})]


def add_sign_offs(tx: Connection, request_id: int, new: Sequence[NewSignOff]) -> None:
    """Open topics on a request; a topic that it already has is an IntegrityError."""
    insert_together(tx, opened_rows(request_id, new))


def reassign(tx: Connection, sign_off_id: int, new: NewSignOff) -> bool:
    """Give an open topic to somebody else; False when it was closed before."""
    values = {name: value for name, value in vars(new).items() if name != "topic"}
    still_open = update(SIGN_OFFS).where(SIGN_OFFS.c.id == sign_off_id, _OPEN)
    return tx.execute(still_open.values(values)).rowcount == 1


def sign(
    tx: Connection, request_id: int, topics: Iterable[Topic], decision_id: int, state: SignOffState
) -> int:
    """Close those of `topics` that are still open under a decision; returns how many were."""
    named = SIGN_OFFS.c.topic.in_([topic.value for topic in topics])
    return _close(tx, request_id, named, state=state.value, decision_id=decision_id)


def void_open(tx: Connection, request_id: int) -> int:
    """Nobody has to decide the open topics any more; returns how many there were."""
    return _close(tx, request_id, state=SignOffState.VOID.value)


def record_decision(tx: Connection, new: NewDecision, now: datetime) -> int:
    """Record what a person pressed and return its id."""
    values = storable_row(vars(new)) | {
        "action": new.action.value,
        "conditions": canonical(new.conditions),
        "topics": canonical(new.topics),
        "snapshot": canonical(new.snapshot),
        "at": now,
    }
    row = values | sealed_decision(values, json.loads(values["snapshot"]))
    [[decision_id]] = insert_together(tx, (DECISIONS, [row]))
    return decision_id


def decisions(tx: Connection, request_id: int) -> list[DecisionRow]:
    """Every decision on a request, in order."""
    return [decision_row(row) for row in tx.execute(_DECIDED, {"request_id": request_id})]


def decisions_of(tx: Connection, ids: Sequence[int]) -> list[DecisionRow]:
    """The decisions on several requests, in order."""
    return [decision_row(row) for row in tx.execute(_DECIDED_OF, {"ids": ids})]


def _sign_off(row: Row[Any]) -> SignOffRow:
    return SignOffRow(**{**row._mapping, "topic": Topic(row.topic), "state": SignOffState(row.state)})


def _first(tx: Connection, query: Select[Any], **values: object) -> RequestRow | None:
    row = tx.execute(query, values).first()
    return None if row is None else request_row(row)


def _page(
    tx: Connection, query: Select[Any], limit: int, before_id: int | None, **whose: str
) -> list[RequestRow]:
    asked = {"limit": limit, "before_id": _NO_REQUEST if before_id is None else before_id, **whose}
    return [request_row(row) for row in tx.execute(query, asked)]


def _change(tx: Connection, request_id: int, **values: object) -> None:
    tx.execute(_changing(*values), values | {"which": request_id})


def _change_seen(tx: Connection, request_id: int, status: Status, revision: int, /, **values: object) -> bool:
    asked = values | {"which": request_id, "seen_status": status.value, "seen_revision": revision}
    return tx.execute(_changing_seen(*values), asked).rowcount == 1


@cache  # by what is changed: a handful of statements
def _changing(*names: str) -> Update:
    values: dict[str, BindParameter[Any]] = {name: bindparam(name) for name in names}
    return update(REQUESTS).where(REQUESTS.c.id == bindparam("which")).values(values)


@cache
def _changing_seen(*names: str) -> Update:
    seen = ("status", "revision")
    return _changing(*names).where(*(REQUESTS.c[name] == bindparam(f"seen_{name}") for name in seen))


def _close(tx: Connection, request_id: int, *which: ColumnElement[bool], **values: object) -> int:
    found = update(SIGN_OFFS).where(SIGN_OFFS.c.request_id == request_id, _OPEN, *which)
    return tx.execute(found.values(values)).rowcount
