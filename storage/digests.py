"""What stands in a digest: what waits, and what the register says has happened since the last one.

The cost follows what is open (partial indexes) and the events in between, never the size of the register.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal_column, or_, select

from policy.lifecycle import Status
from policy.verdict import Outcome
from storage.tables import AUDIT_EVENTS, NOTICES, REQUESTS, SIGN_OFFS, NoticeState
from storage.time_tables import CHASES, ChaseKind

# Audit events after which nobody waits for a decision.
_CLOSING = ("approved", "denied", "withdrawn", "superseded", "revoked", "lapsed")
_STILL_OPEN = (Status.PENDING.value, Status.RECORDED.value)

# Written out, not bound: a partial index serves only a query that carries its literal predicate.
_OPEN: ColumnElement[bool] = SIGN_OFFS.c.state == literal_column("'open'")
_CHASED: ColumnElement[bool] = CHASES.c.state == literal_column("'open'")
# The same rows, and no partial index: PostgreSQL, whose statistics know of none that is open, would read all
# the open ones again for every topic (650 that wait: 150 ms; by the request's number: 6).
_NOT_DONE: ColumnElement[bool] = CHASES.c.state != literal_column("'done'")


@dataclass(frozen=True)
class Place:
    """An approvals channel: `productions` are approved there now, `channels` are all that are in use.

    A request belongs where its card stands; where its production is approved now, once nobody uses that
    channel any more.
    """

    channel: str
    productions: tuple[str, ...]
    channels: tuple[str, ...]

    @property
    def holds(self) -> ColumnElement[bool]:
        """Whether a request belongs here."""
        stranded = and_(
            REQUESTS.c.production.in_(self.productions), REQUESTS.c.approvals_channel.not_in(self.channels)
        )
        return or_(REQUESTS.c.approvals_channel == self.channel, stranded)


@dataclass(frozen=True, kw_only=True)
class Waits:
    """An open topic of a pending request and one person who is waited for; `contact` "": nobody is.

    `snoozed_until`: for their own digest alone, when they put it off and that is not over.
    """

    request_id: int
    production: str
    needed_by: date | None
    topic: str
    contact: str
    since: datetime
    snoozed_until: datetime | None = None


def waiting_in(tx: Connection, place: Place | None) -> list[Waits]:
    """Everything that needs a decision in a place, or anywhere."""
    return _waiting(tx, *([place.holds] if place else []))


def waiting_for(tx: Connection, team: str, user: str, now: datetime) -> list[Waits]:
    """Everything that waits for a person's decision, and only their part of it."""
    asleep = case((CHASES.c.snoozed_until > now, CHASES.c.snoozed_until)).label("snoozed_until")
    return _waiting(tx, _CHASED, CHASES.c.team == team, CHASES.c.user == user, more=[asleep])


def filed_by(tx: Connection, team: str, user: str) -> list[Waits]:
    """Everything that a person filed and that needs a decision."""
    return _waiting(tx, REQUESTS.c.requester_team == team, REQUESTS.c.requester_user == user)


def unassigned(tx: Connection) -> list[int]:
    """The requests with an open topic that nobody in the directory can decide, oldest first."""
    topics = SIGN_OFFS.c
    nobody = and_(topics.contact_team == "", topics.contact_user == "")
    query = select(topics.request_id).join(REQUESTS, _REQUEST.id == topics.request_id)
    query = query.where(_OPEN, nobody, _REQUEST.status == Status.PENDING.value)
    return sorted(set(tx.scalars(query)))


def decided(tx: Connection, since: int, until: int, place: Place | None) -> list[int]:
    """The requests that were decided by an event after `since`, up to `until`, and stand; latest first."""
    return _happened(tx, since, until, place, _EVENT.kind.in_(_CLOSING), _REQUEST.status.not_in(_STILL_OPEN))


def cleared(tx: Connection, since: int, until: int, place: Place | None) -> list[int]:
    """The requests filed in the same window that nobody has to decide; latest first."""
    stands = and_(_REQUEST.outcome == Outcome.CLEARED.value, _REQUEST.status == Status.RECORDED.value)
    return _happened(tx, since, until, place, _EVENT.kind == "submitted", stands)


def unsaid(tx: Connection, key: str) -> Mapping[str, Any] | None:
    """The payload of a notice that was kept and does not stand in Slack; None: it does, or there is none."""
    away = and_(NOTICES.c.key == key, NOTICES.c.state != NoticeState.DELIVERED.value)
    payload = tx.scalar(select(NOTICES.c.payload).where(away))
    return None if payload is None else dict(json.loads(payload))


_EVENT = AUDIT_EVENTS.c
_REQUEST = REQUESTS.c


def _waiting(
    tx: Connection, *which: ColumnElement[bool], more: Sequence[ColumnElement[Any]] = ()
) -> list[Waits]:
    topics = SIGN_OFFS.c
    theirs = and_(
        _NOT_DONE,
        CHASES.c.request_id == topics.request_id,
        or_(
            and_(CHASES.c.kind == ChaseKind.CONTACT.value, CHASES.c.contact == topics.contact),
            and_(CHASES.c.kind == ChaseKind.BACKUP.value, CHASES.c.contact == topics.backup),
        ),
    )
    joined = SIGN_OFFS.join(REQUESTS, _REQUEST.id == topics.request_id).outerjoin(CHASES, theirs)
    query = (
        select(
            topics.request_id,
            _REQUEST.production,
            _REQUEST.needed_by,
            topics.topic,
            func.coalesce(CHASES.c.contact, "").label("contact"),
            func.coalesce(CHASES.c.since, _REQUEST.created_at).label("since"),
            *more,
        )
        .select_from(joined)
        .where(_OPEN, _REQUEST.status == Status.PENDING.value, *which)
    )
    # Sorted here: asked to, SQLite would walk all sign-offs in their order instead of the few open ones.
    found = [Waits(**row._mapping) for row in tx.execute(query)]
    return sorted(found, key=lambda one: one.request_id)


def _happened(
    tx: Connection, since: int, until: int, place: Place | None, *what: ColumnElement[bool]
) -> list[int]:
    between = and_(_EVENT.seq > since, _EVENT.seq <= until)
    joined = AUDIT_EVENTS.join(REQUESTS, _REQUEST.id == _EVENT.request_id)
    query = select(_EVENT.request_id, func.max(_EVENT.seq).label("last")).select_from(joined)
    query = query.where(between, *what, *([place.holds] if place else [])).group_by(_EVENT.request_id)
    return [row.request_id for row in tx.execute(query.order_by(literal_column("last").desc()))]
