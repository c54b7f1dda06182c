"""Absences as contacts set them: one plan at a time, ended early when they are back."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from storage import absences
from storage.absences import NewAbsence
from storage.database import Database
from tests.storage.people import NOW

DAY = timedelta(days=1)


def goes(
    tx: Connection, who: str, begins: datetime, ends: datetime, now: datetime = NOW, to: str = ""
) -> None:
    new = NewAbsence(contact=who, team="T0", user=f"U0{who.upper()}", begins=begins, ends=ends, stand_in=to)
    absences.keep(tx, new, now)


def known(tx: Connection, at: datetime = NOW) -> list[tuple[str, datetime, datetime]]:
    return [(one.contact, one.begins, one.ends) for one in absences.current(tx, at)]


def test_kept_and_read(database: Database) -> None:
    with database.transaction() as tx:
        goes(tx, "ravi", NOW, NOW + DAY, to="mei")
        goes(tx, "mei", NOW + DAY, NOW + 3 * DAY)
        one, other = absences.current(tx, NOW)
    assert (one.contact, one.team, one.user, one.stand_in, one.said_at) == (
        "ravi",
        "T0",
        "U0RAVI",
        "mei",
        NOW,
    )
    assert (other.contact, other.stand_in) == ("mei", "")


def test_over_is_over_and_can_still_be_asked_for(database: Database) -> None:
    """Whose working time is counted from some days ago needs the absences of those days."""
    with database.transaction() as tx:
        goes(tx, "ravi", NOW, NOW + DAY)
        assert known(tx, NOW + DAY) == []
        assert known(tx, NOW + DAY - timedelta(seconds=1)) == [("ravi", NOW, NOW + DAY)]


def test_a_new_plan_takes_the_place_of_the_old_one(database: Database) -> None:
    with database.transaction() as tx:
        goes(tx, "ravi", NOW + 5 * DAY, NOW + 9 * DAY)
        goes(tx, "mei", NOW, NOW + DAY)
        goes(tx, "ravi", NOW + DAY, NOW + 2 * DAY)
        assert known(tx) == [("mei", NOW, NOW + DAY), ("ravi", NOW + DAY, NOW + 2 * DAY)]


def test_planning_the_next_absence_does_not_end_this_one(database: Database) -> None:
    with database.transaction() as tx:
        goes(tx, "ravi", NOW, NOW + 3 * DAY)
        goes(tx, "ravi", NOW + 9 * DAY, NOW + 12 * DAY, now=NOW + DAY)
        assert known(tx) == [("ravi", NOW, NOW + 3 * DAY), ("ravi", NOW + 9 * DAY, NOW + 12 * DAY)]


def test_shortened_or_lengthened_while_away(database: Database) -> None:
    with database.transaction() as tx:
        goes(tx, "ravi", NOW, NOW + 3 * DAY)
        goes(tx, "ravi", NOW + DAY, NOW + 2 * DAY, now=NOW + DAY)
        assert known(tx) == [("ravi", NOW, NOW + DAY), ("ravi", NOW + DAY, NOW + 2 * DAY)]


def test_back_early_keeps_the_days_that_were_away(database: Database) -> None:
    with database.transaction() as tx:
        goes(tx, "ravi", NOW, NOW + 9 * DAY)
        assert absences.end(tx, "ravi", NOW + DAY) == 1
        assert absences.end(tx, "ravi", NOW + DAY) == 0
        assert absences.end(tx, "mei", NOW) == 0
        assert known(tx, NOW + DAY) == []
        assert known(tx, NOW) == [("ravi", NOW, NOW + DAY)]


def test_back_before_it_began_there_was_no_absence(database: Database) -> None:
    with database.transaction() as tx:
        goes(tx, "ravi", NOW + 5 * DAY, NOW + 9 * DAY)
        assert absences.end(tx, "ravi", NOW) == 1
        assert known(tx) == []
