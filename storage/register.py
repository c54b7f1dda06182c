"""The register: what happened to every request, one hash chain, appended here and nowhere else.

An event's row carries what stays for good; who did it, by name, and the details are its contents, in a
table of their own that a redaction can empty. docs/register.md says what exactly is hashed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select

from policy.verdict import BookIdentity
from storage.canonical import canonical, content_hash, storable
from storage.inserts import insert_together
from storage.seals import MARKER, digest, new_seals, stamp
from storage.tables import AUDIT_EVENTS, DECISIONS, EVENT_CONTENTS

__all__ = ["GENESIS", "EventRow", "NewEvent", "append", "content_hash", "events", "head"]

GENESIS: Final = "0" * 64  # what the first event follows

_EVENTS = AUDIT_EVENTS.c
_LAST: Final = "SELECT seq, hash FROM audit_events ORDER BY seq DESC LIMIT 1"
# PostgreSQL in two round trips instead of four: all others who append wait for them.
_LOCKED_LAST: Final = "SELECT seq, hash FROM clearance_register_end()"
_HASH_OF: Final = select(DECISIONS.c.hash).where(
    DECISIONS.c.id == bindparam("decision_id"), DECISIONS.c.request_id == bindparam("request_id")
)


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """Something that happened, `kind` in the past tense; `content_hash` is the request's at that time.

    `details["decision"]`, when it is there, is the id of the decision that the event is about: its hash
    joins the chain with the event.
    """

    request_id: int
    kind: str
    actor_team: str = ""
    actor_user: str = ""
    actor_name: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    book: tuple[BookIdentity, ...] = ()
    content_hash: str = ""


@dataclass(frozen=True, kw_only=True)
class EventRow(NewEvent):
    """An event as it was recorded; redacted details read as none, a redacted name as the marker."""

    id: int
    at: datetime


def append(tx: Connection, event: NewEvent, now: datetime) -> int:
    """Record `event` at the end of the chain and return its number. The only writer of audit_events.

    Append last: on PostgreSQL everybody else who appends waits from here to the end of the transaction.
    """
    decision_id, decision_hash = _decision(tx, event)
    last, previous = _end(tx)
    name_seal, details_seal = new_seals(2)
    details = canonical(event.details)
    team, user, name = map(storable, (event.actor_team, event.actor_user, event.actor_name))
    contents = {
        "seq": last + 1,
        "actor_team": team,
        "actor_user": user,
        "actor_name": name,
        "name_seal": name_seal,
        "details": details,
        "details_seal": details_seal,
    }
    row: dict[str, Any] = {
        "seq": last + 1,
        "at": now,
        "kind": event.kind,
        "request_id": event.request_id,
        "content_hash": event.content_hash,
        "decision_id": decision_id,
        "decision_hash": decision_hash,
        "book": canonical([book.model_dump() for book in event.book]),
        "digest": contents_digest(team, user, name, name_seal, details, details_seal),
        "previous": previous,
    }
    row["hash"] = event_hash(**row)
    insert_together(tx, (AUDIT_EVENTS, [row]), (EVENT_CONTENTS, [contents]))
    return last + 1


def head(tx: Connection) -> str:
    """The chain's end as COUNT:HASH. Kept elsewhere, it shows later that no newest row was cut off."""
    last = tx.exec_driver_sql(_LAST).first()
    return f"{last.seq}:{last.hash}" if last else f"0:{GENESIS}"


def events(tx: Connection, request_id: int) -> list[EventRow]:
    """Everything that happened to a request, in order."""
    joined = AUDIT_EVENTS.join(EVENT_CONTENTS, EVENT_CONTENTS.c.seq == _EVENTS.seq)
    query = select(AUDIT_EVENTS, *EVENT_CONTENTS.c[1:]).select_from(joined)
    return [
        _event(row) for row in tx.execute(query.where(_EVENTS.request_id == request_id).order_by(_EVENTS.seq))
    ]


def contents_digest(team: str, user: str, name: str, name_seal: str, details: str, details_seal: str) -> str:
    """The digest of an event's contents; the same before and after its name or details were redacted."""
    texts = f"{digest(name_seal, name)}\n{digest(details_seal, details)}\n{len(team)}\n{team}{user}"
    return sha256(texts.encode()).hexdigest()


def event_hash(
    seq: int,
    at: datetime | str,
    kind: str,
    request_id: int,
    content_hash: str,
    decision_id: int | None,
    decision_hash: str,
    book: str,
    digest: str,
    previous: str,
) -> str:
    """The hash of an event's row over the one before it; the arguments are the row's columns in order."""
    moment = at if isinstance(at, str) else stamp(at)
    # Lengths keep apart what stands side by side; everything else has no line end in it.
    linked = (
        f"{previous}\n{seq}\n{moment}\n{request_id}\n{digest}\n{decision_id or ''}\n{decision_hash}\n"
        f"{len(content_hash)} {len(kind)}\n{content_hash}{kind}{book}"
    )
    return sha256(linked.encode()).hexdigest()


def _end(tx: Connection) -> tuple[int, str]:
    """The last event's number and hash, which nobody else can follow before this transaction ends."""
    last = tx.exec_driver_sql(_LOCKED_LAST if tx.dialect.name == "postgresql" else _LAST).first()
    return (last.seq, last.hash) if last else (0, GENESIS)


def _decision(tx: Connection, event: NewEvent) -> tuple[int | None, str]:
    decision_id = event.details.get("decision")
    if not isinstance(decision_id, int):
        return None, ""
    asked = {"decision_id": decision_id, "request_id": event.request_id}
    found: str | None = tx.scalar(_HASH_OF, asked)
    if found is None:
        raise LookupError(f"GEN-{event.request_id} has no decision {decision_id}")
    return decision_id, found


def _event(row: Row[Any]) -> EventRow:
    return EventRow(
        id=row.seq,
        at=row.at,
        request_id=row.request_id,
        kind=row.kind,
        actor_team=row.actor_team,
        actor_user=row.actor_user,
        actor_name=row.actor_name,
        details={} if row.details == MARKER else json.loads(row.details),
        book=tuple(BookIdentity.model_validate(book) for book in json.loads(row.book)),
        content_hash=row.content_hash,
    )
