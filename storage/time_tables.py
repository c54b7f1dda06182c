"""The tables of what time brings: who is chased, who is away, which digest is due. Due times live in rows."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Index, Table, UniqueConstraint
from sqlmodel import Field

from storage.tables import Row, one_of, partial


class ChaseKind(StrEnum):
    """Whom a chase is after, or what it brings."""

    CONTACT = "contact"  # the contact of an open topic
    BACKUP = "backup"  # who stands in, once pulled in
    REQUESTER = "requester"  # asked for details
    OPERATORS = "operators"  # nobody can sign
    EXPIRY = "expiry"  # somebody who must hear that an approval runs out
    LAPSE = "lapse"  # the approval itself


class ChaseState(StrEnum):
    """Done: nobody waits for this any more."""

    OPEN = "open"
    DONE = "done"


class Chase(Row, table=True):
    """One person a request waits for, or one thing that a date brings. Empty ids: nobody in particular."""

    __tablename__ = "chases"
    __table_args__ = (
        one_of("kind", ChaseKind),
        one_of("state", ChaseState),
        UniqueConstraint("request_id", "kind", "team", "user"),
        partial("ix_chases_due", "due_at", "id", where="state = 'open' AND due_at IS NOT NULL"),
        partial("ix_chases_person", "team", "user", "request_id", where="state = 'open'"),
    )

    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(foreign_key="requests.id")
    kind: str
    contact: str  # the key in the directory, when they are a contact
    team: str
    user: str
    since: datetime  # the ladder counts from here
    reminded_at: datetime | None
    reminders: int  # never counted back: part of each reminder's key
    snoozed_until: datetime | None
    # A contact's: when their backup was pulled in; without a backup, when the operators were told.
    escalated_at: datetime | None
    about: int | None  # the audit event with what the requester was asked
    due_at: datetime | None  # when to look again; None: not before something changes
    state: str


class Absence(Row, table=True):
    """A contact said that they are away."""

    __tablename__ = "absences"
    __table_args__ = (Index("ix_absences_ends", "ends"),)

    id: int | None = Field(default=None, primary_key=True)
    contact: str  # the key in the directory
    team: str
    user: str
    begins: datetime
    ends: datetime  # moved to the present when they are back early
    stand_in: str  # the key of who stands in meanwhile; "" for their backup
    said_at: datetime


class Round(Row, table=True):
    """What comes round for one audience, like a digest; `seen` is the last audit event it covered."""

    __tablename__ = "rounds"
    __table_args__ = (Index("ix_rounds_due", "due_at"),)

    audience: str = Field(primary_key=True)
    due_at: datetime
    last_at: datetime | None
    seen: int


CHASES: Final[Table] = Row.metadata.tables["chases"]
ABSENCES: Final[Table] = Row.metadata.tables["absences"]
ROUNDS: Final[Table] = Row.metadata.tables["rounds"]
