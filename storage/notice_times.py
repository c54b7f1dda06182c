"""The times in notices, when they are not to be trusted: a process died, or a clock was set back."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, literal_column, or_, select, update

from storage.tables import NOTICES

# So much may the clocks of two replicas differ.
_APART = timedelta(minutes=1)


def let_go(tx: Connection, now: datetime) -> int:
    """End every lease, at the start of a process that is alone on its database (SQLite's one_bot).

    Whoever held them is dead: nobody has to wait until the leases run out. Returns how many there were.
    """
    if tx.dialect.name != "sqlite":
        return 0
    held = and_(_waiting(), NOTICES.c.lease_until > now)
    return tx.execute(update(NOTICES).where(held).values(lease_until=now)).rowcount


def misdated(tx: Connection, now: datetime, lease: timedelta, longest: timedelta) -> bool:
    """Whether `set_right` would find anything: mostly not, and looking takes no write lock."""
    return tx.scalar(select(NOTICES.c.id).where(_misdated(now, lease, longest)).limit(1)) is not None


def set_right(tx: Connection, now: datetime, lease: timedelta, longest: timedelta) -> int:
    """After a clock was set back, nothing waits for a time that only the old clock meant.

    Such are: a row of the future, a try later than `longest` from now, a lease of more than `lease`. Returns
    how many there were.
    """
    rows = tx.execute(select(NOTICES).where(_misdated(now, lease, longest))).all()
    for row in rows:
        # What was meant for later stays so much later.
        due_at = row.due_at - max(row.created_at - now, timedelta(0))
        values = {
            "created_at": min(row.created_at, now),
            "due_at": min(due_at, now + longest) if row.attempts else due_at,
            "lease_until": min(row.lease_until, now + lease) if row.lease_until else None,
        }
        tx.execute(update(NOTICES).where(NOTICES.c.id == row.id).values(values))
    return len(rows)


def _misdated(now: datetime, lease: timedelta, longest: timedelta) -> ColumnElement[bool]:
    early = NOTICES.c.created_at > now + _APART
    late = and_(NOTICES.c.attempts > 0, NOTICES.c.due_at > now + longest)
    return and_(_waiting(), or_(early, late, NOTICES.c.lease_until > now + lease + _APART))


def _waiting() -> ColumnElement[bool]:
    # Written out, not bound: a partial index serves only a query that carries its literal predicate.
    return NOTICES.c.state == literal_column("'waiting'")
