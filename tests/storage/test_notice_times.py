"""Times that are not to be trusted: whoever held a lease died, or the clock was set back."""

from datetime import datetime, timedelta

from storage import notice_times, notices
from storage.database import Database
from storage.notices import NoticeRow
from tests.storage.people import NOW

HOUR = timedelta(hours=1)
LEASE, LONGEST = timedelta(minutes=1), timedelta(minutes=5)


def say(database: Database, key: str, at: datetime, later: timedelta = timedelta(0)) -> None:
    with database.transaction() as tx:
        notices.enqueue(tx, key, "card", f"C{key}", None, {}, at + later, at)


def claim(database: Database, at: datetime) -> NoticeRow | None:
    with database.transaction() as tx:
        return notices.claim(tx, at, LEASE)


def set_right(database: Database, at: datetime) -> int:
    with database.reading() as tx:
        found = notice_times.misdated(tx, at, LEASE, LONGEST)
    with database.transaction() as tx:
        count = notice_times.set_right(tx, at, LEASE, LONGEST)
    assert found == (count > 0)
    return count


def test_a_clock_that_was_an_hour_ahead_leaves_nothing_waiting_for_that_hour(database: Database) -> None:
    ahead = NOW + HOUR
    say(database, "new", ahead)
    say(database, "tomorrow", ahead, timedelta(days=1))
    assert claim(database, NOW) is None
    assert set_right(database, NOW) == 2 and set_right(database, NOW) == 0
    taken = claim(database, NOW)
    assert taken is not None and taken.key == "new"
    # What was meant for later still comes so much later.
    with database.transaction() as tx:
        notices.delivered(tx, taken.id, "C", "1.1", NOW)
    assert claim(database, NOW + timedelta(hours=23)) is None
    assert claim(database, NOW + timedelta(hours=24)) is not None


def test_a_try_that_was_put_off_by_the_old_clock_is_made_soon(database: Database) -> None:
    say(database, "tried", NOW)
    taken = claim(database, NOW + HOUR)
    assert taken is not None
    with database.transaction() as tx:
        notices.retry_at(tx, taken.id, NOW + HOUR + timedelta(seconds=1), "no answer", NOW + HOUR)
    assert set_right(database, NOW) == 1
    assert claim(database, NOW) is None
    again = claim(database, NOW + LONGEST)
    assert again is not None and again.doubt_since == NOW + HOUR  # it is still looked for


def test_a_lease_of_the_old_clock_ends_in_time(database: Database) -> None:
    say(database, "held", NOW)
    assert claim(database, NOW + HOUR) is not None
    assert set_right(database, NOW) == 1
    assert claim(database, NOW + LEASE / 2) is None
    taken = claim(database, NOW + LEASE)
    assert taken is not None and taken.doubt_since == NOW + LEASE


def test_good_times_are_left_alone(database: Database) -> None:
    say(database, "now", NOW)
    say(database, "later", NOW, HOUR)
    say(database, "of another replica", NOW + timedelta(seconds=20))
    assert claim(database, NOW) is not None
    assert set_right(database, NOW) == 0


def test_who_is_alone_ends_the_leases_of_the_dead(database: Database, dialect: str) -> None:
    say(database, "held", NOW)
    assert claim(database, NOW) is not None
    with database.transaction() as tx:
        ended = notice_times.let_go(tx, NOW + timedelta(seconds=5))
    taken = claim(database, NOW + timedelta(seconds=5))
    if dialect == "sqlite":
        assert ended == 1 and taken is not None and taken.doubt_since == NOW + timedelta(seconds=5)
    else:  # another replica may be alive and hold it
        assert ended == 0 and taken is None
