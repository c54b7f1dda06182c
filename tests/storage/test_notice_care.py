"""What failed can be said again, and whoever is slow can hold on."""

from datetime import timedelta

from storage import notices
from storage.database import Database
from storage.notices import NoticeRow, NoticeState
from tests.storage.people import NOW

LEASE = timedelta(minutes=1)
MINUTE = timedelta(minutes=1)


def keep(database: Database, kind: str) -> str:
    """Something to say, by its key."""
    key = notices.key(None, kind, "C0", "first")
    with database.transaction() as tx:
        notices.enqueue(tx, key, kind, "C0", None, {}, NOW, NOW)
    return key


def claimed(database: Database, after: timedelta = timedelta(0)) -> NoticeRow:
    """What the next ticker gets."""
    with database.transaction() as tx:
        row = notices.claim(tx, NOW + after, LEASE)
    assert row is not None
    return row


def failed(database: Database, kind: str) -> NoticeRow:
    """Slack refused it for good."""
    keep(database, kind)
    row = claimed(database)
    with database.transaction() as tx:
        assert notices.failed(tx, row.id, "is_archived", NOW)
    return row


def test_a_failed_notice_is_said_again_when_somebody_asks(database: Database) -> None:
    row = failed(database, "card")
    with database.transaction() as tx:
        assert notices.stuck(tx)
        assert notices.retry(tx, row.id, NOW + MINUTE)
        assert not notices.retry(tx, row.id, NOW + MINUTE)
        assert notices.stuck(tx) == []
    again = claimed(database, MINUTE)
    assert (again.id, again.attempts, again.state) == (row.id, 2, NoticeState.WAITING)
    assert (again.failed_at, again.error) == (None, "is_archived")


def test_it_can_be_named_by_its_key(database: Database) -> None:
    first, second = failed(database, "card"), failed(database, "ask")
    with database.transaction() as tx:
        assert notices.retry(tx, second.key, NOW)
        assert [row.key for row in notices.stuck(tx)] == [first.key]
        assert not notices.retry(tx, "nothing:like:this", NOW)
        assert not notices.retry(tx, 99, NOW)


def test_what_waits_or_was_said_is_not_said_again(database: Database) -> None:
    key = keep(database, "card")
    with database.transaction() as tx:
        assert not notices.retry(tx, key, NOW)
    row = claimed(database)
    with database.transaction() as tx:
        notices.delivered(tx, row.id, "C0", "1.1", NOW)
        assert not notices.retry(tx, key, NOW)


def test_who_is_slow_can_hold_on_until_the_lease_has_ended(database: Database) -> None:
    keep(database, "card")
    row = claimed(database)
    with database.transaction() as tx:
        assert notices.renew(tx, row, NOW + LEASE / 2, LEASE)
        assert notices.claim(tx, NOW + LEASE, LEASE) is None
        assert not notices.renew(tx, row, NOW + 2 * LEASE, LEASE)  # too late: anybody may have it now


def test_who_was_taken_over_cannot_hold_on(database: Database) -> None:
    keep(database, "card")
    row = claimed(database)
    taken = claimed(database, LEASE)
    with database.transaction() as tx:
        assert not notices.renew(tx, row, NOW + LEASE, LEASE)
        assert notices.renew(tx, taken, NOW + LEASE, LEASE)
        notices.delivered(tx, taken.id, "C0", "1.1", NOW)
        assert not notices.renew(tx, taken, NOW + LEASE, LEASE)
