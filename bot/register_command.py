"""`clearance register verify|head|redact`: the evidence, checked, and what somebody wants forgotten.

Each function returns what to print and the exit status: 0 well, 1 it is broken, 2 could not be done.
"""

from datetime import datetime

from bot.database_command import Answer, asked
from bot.service.lookup import parse_label
from policy.faults import printable
from storage import register
from storage.database import Database, StorageError, checkpoint
from storage.records import Actor
from storage.redaction import redact
from storage.verification import Redaction, verify


def verify_register(url: str, head: str | None = None) -> Answer:
    """Read the whole chain; `head`, kept elsewhere, shows cut-off newest rows too. 1 when it breaks."""
    return asked(url, lambda database: _verify(database, head))


def register_head(url: str) -> Answer:
    """COUNT:HASH, to be kept where nobody who can write the database can write."""
    return asked(url, _head)


def redact_field(url: str, label: str, field: str, reason: str, who: Actor, now: datetime) -> Answer:
    """Empty a field of a request for good; the register keeps that it was there, why it went, by whom."""
    number = parse_label(label)
    if number is None:
        return Answer(f"{printable(label)} is no request: write GEN-3.", 2)
    if not reason.strip():
        return Answer("Say why it is redacted: --reason. Do not repeat there what must go.", 2)
    return asked(url, lambda database: _redact(database, number, field, reason.strip(), who, now))


def _verify(database: Database, head: str | None) -> Answer:
    with database.reading() as tx:
        found = verify(tx, head)
    if not found.intact:
        return Answer(f"BROKEN at {found.broken_at}. {found.says}", 1)
    return Answer("\n".join([found.says, *map(_redacted, found.redactions), f"Head: {found.head}"]))


def _redacted(one: Redaction) -> str:
    by = one.by or "somebody"
    return printable(f"GEN-{one.request_id} {one.field}: redacted by {by} at {one.at[:16]} UTC: {one.reason}")


def _head(database: Database) -> Answer:
    with database.reading() as tx:
        return Answer(register.head(tx))


def _redact(database: Database, number: int, field: str, reason: str, who: Actor, now: datetime) -> Answer:
    with database.transaction() as tx:
        seq = redact(tx, number, field, reason, who, now)
    says = f"GEN-{number}: {field} is redacted; event {seq} of the register says so."
    left = "Remove by hand what was posted in Slack, and old backups."
    if _swept(database):
        return Answer(f"{says} {left}")
    return Answer(f"{says} {left} The text leaves the file beside the database (-wal) when the bot stops.")


def _swept(database: Database) -> bool:
    """No old page is left in SQLite's WAL."""
    try:
        return checkpoint(database, thorough=True) == 0
    except StorageError:
        return False
