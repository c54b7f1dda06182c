"""The tables. Enums are strings under a CHECK, JSON is canonical text, every time is aware UTC."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final, get_args

from sqlalchemy import CheckConstraint, Index, MetaData, Table, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from policy.facts import Context, UseStarted
from policy.lifecycle import Move, Status
from policy.verdict import Outcome, Topic

# Constraints need names before a later migration can change them (SQLite rebuilds the table).
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class SignOffState(StrEnum):
    """Where one topic stands; void: nobody has to decide it any more."""

    OPEN = "open"
    SIGNED = "signed"
    DENIED = "denied"
    VOID = "void"


class NoticeState(StrEnum):
    """Where one notice stands; dropped: no longer true or wanted, never said."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """A closed vocabulary as a CHECK."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def partial(name: str, *columns: str, where: str) -> Index:
    """An index over some rows; a query uses it only when it carries the same literal predicate."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Row(SQLModel):
    """What all tables share: one MetaData with named constraints."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=_NAMES)


class Request(Row, table=True):
    """A stored GenAI request, shown as GEN-<id>; `books`, `facts` and `verdict` are canonical JSON."""

    __tablename__ = "requests"
    __table_args__ = (
        one_of("use_started", get_args(UseStarted)),
        one_of("context", get_args(Context)),
        one_of("outcome", Outcome),
        one_of("status", Status),
        CheckConstraint("revision >= 1", name="revision"),
        UniqueConstraint("form_key"),
        Index("ix_requests_requester", "requester_team", "requester_user", "id"),
        # GEN-n is quoted in contracts and threads: a number is never given twice.
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    production: str
    requester_team: str
    requester_user: str
    requester_name: str
    title: str
    description: str
    needed_by: date | None
    use_started: str
    vendor: str
    context: str
    not_generative: str
    consent_reference: str
    origin_channel: str
    facts: str
    verdict: str
    outcome: str
    status: str
    revision: int
    books: str
    content_hash: str
    seals: str  # storage.seals: in the order of REQUEST_TEXTS
    form_key: str  # the root view's id: a form sent twice is one request
    created_at: datetime
    updated_at: datetime
    approvals_channel: str
    card_ts: str
    thread_ts: str  # the message in the thread that tags the contacts and carries the buttons
    called_in_by: str
    called_in_reason: str


class SignOff(Row, table=True):
    """One topic of a request that its contact, or the backup, must decide."""

    __tablename__ = "sign_offs"
    __table_args__ = (
        one_of("topic", Topic),
        one_of("state", SignOffState),
        UniqueConstraint("request_id", "topic"),
        partial("ix_sign_offs_open_contact", "contact_team", "contact_user", where="state = 'open'"),
        partial("ix_sign_offs_open_backup", "backup_team", "backup_user", where="state = 'open'"),
    )

    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(foreign_key="requests.id")
    topic: str
    contact: str  # the key in the directory; the names beside it are history
    contact_team: str
    contact_user: str
    contact_name: str
    backup: str
    backup_team: str
    backup_user: str
    backup_name: str
    state: str
    decision_id: int | None = Field(foreign_key="decisions.id")


class Decision(Row, table=True):
    """What a person pressed, in their words, with the hash and a snapshot of what they were shown."""

    __tablename__ = "decisions"
    __table_args__ = (one_of("action", Move),)

    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(foreign_key="requests.id", index=True)
    revision: int
    action: str
    by_team: str
    by_user: str
    by_name: str
    wording: str
    conditions: str
    valid_until: date | None
    reason: str
    topics: str
    shown_hash: str
    snapshot: str
    seals: str  # storage.seals: DECISION_TEXTS, then the snapshot's keys
    hash: str
    at: datetime


class AuditEvent(Row, table=True):
    """One link of the chain: what happened, without names and texts; written by register.append alone."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_request", "request_id", "seq"),
        partial("ix_audit_events_decision", "decision_id", where="decision_id IS NOT NULL"),
    )

    # Counted by append, not by the database: PostgreSQL's own numbers have gaps after a rollback.
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
    kind: str
    request_id: int = Field(foreign_key="requests.id")
    content_hash: str
    decision_id: int | None = Field(foreign_key="decisions.id")
    decision_hash: str
    book: str
    digest: str
    previous: str
    hash: str


class EventContents(Row, table=True):
    """Who did it and the details of one event, each under its seal: what a redaction can empty."""

    __tablename__ = "event_contents"

    seq: int = Field(
        foreign_key="audit_events.seq", primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    actor_team: str
    actor_user: str
    actor_name: str
    name_seal: str
    details: str
    details_seal: str


class Notice(Row, table=True):
    """One thing to say in Slack: a row before it is a message. `payload` holds ids only."""

    __tablename__ = "notices"
    __table_args__ = (
        one_of("state", NoticeState),
        UniqueConstraint("key"),
        partial("ix_notices_due", "due_at", where="state = 'waiting'"),
        partial("ix_notices_held", "lease_until", where="state = 'waiting' AND lease_until IS NOT NULL"),
        partial("ix_notices_request", "request_id", "id", where="state = 'waiting'"),
        partial("ix_notices_recipient", "recipient", "id", where="state = 'waiting'"),
        partial("ix_notices_failed", "id", where="state = 'failed'"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str
    kind: str
    request_id: int | None = Field(foreign_key="requests.id")
    recipient: str
    payload: str
    due_at: datetime
    created_at: datetime
    attempts: int
    lease_until: datetime | None
    doubt_since: datetime | None
    state: str
    channel: str
    ts: str
    error: str
    delivered_at: datetime | None
    failed_at: datetime | None


class ToIndex(Row, table=True):
    """A request that was opened or has changed since the search last looked at it; filled by triggers."""

    __tablename__ = "to_index"

    id: int | None = Field(default=None, primary_key=True)
    # Not unique, and refers to nothing: who changes a request waits for nobody who indexes it.
    request_id: int


REQUESTS: Final[Table] = Row.metadata.tables["requests"]
SIGN_OFFS: Final[Table] = Row.metadata.tables["sign_offs"]
DECISIONS: Final[Table] = Row.metadata.tables["decisions"]
AUDIT_EVENTS: Final[Table] = Row.metadata.tables["audit_events"]
EVENT_CONTENTS: Final[Table] = Row.metadata.tables["event_contents"]
NOTICES: Final[Table] = Row.metadata.tables["notices"]
TO_INDEX: Final[Table] = Row.metadata.tables["to_index"]
