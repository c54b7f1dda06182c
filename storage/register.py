"""The register: what happened to every request, appended here and nowhere else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from policy.verdict import BookIdentity
from storage.canonical import canonical, content_hash
from storage.database import insert_row
from storage.tables import AUDIT_EVENTS

__all__ = ["EventRow", "NewEvent", "append", "content_hash", "events"]


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """Something that happened, `kind` in the past tense; `content_hash` is the request's at that time."""

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
    """An event as it was recorded."""

    id: int
    at: datetime


def append(tx: Connection, event: NewEvent, now: datetime) -> int:
    """Record `event` and return its id. The only writer of audit_events."""
    values = vars(event) | {
        "at": now,
        "details": canonical(event.details),
        "book": canonical([book.model_dump() for book in event.book]),
    }
    return insert_row(tx, AUDIT_EVENTS, values)


def events(tx: Connection, request_id: int) -> list[EventRow]:
    """Everything that happened to a request, in order."""
    query = select(AUDIT_EVENTS).where(AUDIT_EVENTS.c.request_id == request_id).order_by(AUDIT_EVENTS.c.id)
    return [_event(row) for row in tx.execute(query)]


def _event(row: Row[Any]) -> EventRow:
    parsed = {
        "details": json.loads(row.details),
        "book": tuple(BookIdentity.model_validate(book) for book in json.loads(row.book)),
    }
    return EventRow(**{**row._mapping, **parsed})
