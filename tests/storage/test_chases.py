"""Chases: begun once for each person and request, looked at when due, moved by one of two who look."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from storage import chases, requests
from storage.chases import ChaseKind, ChaseRow, ChaseState, NewChase
from storage.database import Database
from tests.storage.people import NOW, a_request, all_at_once

HOUR = timedelta(hours=1)


@pytest.fixture
def numbers(database: Database) -> list[int]:
    """Three requests."""
    with database.transaction() as tx:
        return [requests.open_request(tx, a_request(form_key=f"V{n}"), NOW).id for n in range(3)]


def ravis(request_id: int, **changes: Any) -> NewChase:
    said: dict[str, Any] = {"kind": ChaseKind.CONTACT, "contact": "ravi", "team": "T0", "user": "U0RAVI"}
    return NewChase(request_id=request_id, **{**said, "since": NOW, "due_at": NOW, **changes})


def only(database: Database, request_id: int) -> ChaseRow:
    with database.reading() as tx:
        [one] = chases.of(tx, request_id)
    return one


def test_begun_and_read(database: Database, numbers: list[int]) -> None:
    with database.transaction() as tx:
        chases.begin(tx, [])
        chases.begin(tx, [ravis(numbers[0], about=None, escalated_at=NOW)])
    one = only(database, numbers[0])
    assert vars(ravis(numbers[0], escalated_at=NOW)).items() <= vars(one).items()
    assert (one.reminders, one.reminded_at, one.snoozed_until, one.state) == (0, None, None, ChaseState.OPEN)
    with database.reading() as tx:
        assert chases.get(tx, one.id) == one
        assert chases.get(tx, one.id + 1) is None


def test_one_for_each_person_and_request(database: Database, numbers: list[int]) -> None:
    with database.transaction() as tx:
        chases.begin(tx, [ravis(numbers[0]), ravis(numbers[1]), ravis(numbers[0], kind=ChaseKind.BACKUP)])
    with pytest.raises(IntegrityError), database.transaction() as tx:
        chases.begin(tx, [ravis(numbers[0])])


def test_due_is_what_is_open_and_has_come_the_longest_first(database: Database, numbers: list[int]) -> None:
    with database.transaction() as tx:
        chases.begin(
            tx,
            [
                ravis(numbers[0], due_at=NOW),
                ravis(numbers[1], due_at=NOW - HOUR),
                ravis(numbers[2], due_at=None),
                ravis(numbers[2], kind=ChaseKind.BACKUP, due_at=NOW + HOUR),
            ],
        )
    with database.reading() as tx:
        assert [one.request_id for one in chases.due(tx, NOW, 9)] == [numbers[1], numbers[0]]
        assert [one.request_id for one in chases.due(tx, NOW, 1)] == [numbers[1]]
        assert len(chases.due(tx, NOW + HOUR, 9)) == 3
        assert chases.due(tx, NOW - 2 * HOUR, 9) == []


def test_taken_by_whoever_saw_it_as_it_is(database: Database, numbers: list[int]) -> None:
    with database.transaction() as tx:
        chases.begin(tx, [ravis(numbers[0])])
    seen = only(database, numbers[0])
    with database.transaction() as tx:
        assert chases.take(tx, seen, NOW + HOUR, reminded_at=NOW, reminders=1)
        assert not chases.take(tx, seen, NOW + HOUR, reminded_at=NOW, reminders=1)
    assert only(database, numbers[0]).reminders == 1


@pytest.mark.parametrize(
    "changed", [{"snoozed_until": NOW}, {"escalated_at": NOW}, {"due_at": NOW + HOUR}], ids=str
)
def test_not_taken_once_it_changed_even_at_the_same_moment(
    database: Database, numbers: list[int], changed: dict[str, object]
) -> None:
    with database.transaction() as tx:
        chases.begin(tx, [ravis(numbers[0])])
    seen = only(database, numbers[0])
    with database.transaction() as tx:
        assert chases.change(tx, seen.id, **changed)
        assert not chases.take(tx, seen, NOW + HOUR)


def test_of_many_at_once_one_takes_it(database: Database, numbers: list[int]) -> None:
    with database.transaction() as tx:
        chases.begin(tx, [ravis(numbers[0])])
    seen = only(database, numbers[0])

    def take(number: int) -> bool:
        with database.transaction() as tx:
            return chases.take(tx, seen, NOW + (1 + number) * HOUR, reminders=seen.reminders + 1)

    assert sorted(all_at_once(6, take)) == [False] * 5 + [True]
    assert only(database, numbers[0]).reminders == 1


def test_closed_and_begun_again_the_reminders_count_on(database: Database, numbers: list[int]) -> None:
    with database.transaction() as tx:
        chases.begin(tx, [ravis(numbers[0])])
        [seen] = chases.of(tx, numbers[0])
        chases.take(tx, seen, NOW + HOUR, reminders=3, reminded_at=NOW, snoozed_until=NOW)
        chases.close(tx, [])
        chases.close(tx, [seen.id])
    done = only(database, numbers[0])
    assert (done.state, done.due_at) == (ChaseState.DONE, None)
    with database.transaction() as tx:
        assert not chases.change(tx, done.id, due_at=NOW)
        assert not chases.take(tx, done, NOW)
        assert chases.due(tx, NOW + 9 * HOUR, 9) == []
        chases.reopen(tx, done, ravis(numbers[0], since=NOW + HOUR, due_at=NOW + HOUR))
    again = only(database, numbers[0])
    assert (again.id, again.state, again.reminders, again.since) == (done.id, ChaseState.OPEN, 3, NOW + HOUR)
    assert (again.reminded_at, again.snoozed_until) == (None, None)


def test_what_waits_for_a_person_is_looked_at_again(database: Database, numbers: list[int]) -> None:
    with database.transaction() as tx:
        chases.begin(tx, [ravis(number, due_at=None) for number in reversed(numbers)])
        chases.begin(tx, [ravis(numbers[0], user="U0MEI", due_at=None)])
        [done] = chases.of(tx, numbers[1])
        chases.close(tx, [done.id])
        assert [one.request_id for one in chases.waiting_on(tx, "T0", "U0RAVI", 9)] == [
            numbers[0],
            numbers[2],
        ]
        assert len(chases.waiting_on(tx, "T0", "U0RAVI", 1)) == 1
        assert chases.waiting_on(tx, "T1", "U0RAVI", 9) == []
        chases.look_again(tx, "T0", "U0RAVI", NOW)
        assert {one.user for one in chases.due(tx, NOW, 9)} == {"U0RAVI"}
        assert len(chases.due(tx, NOW, 9)) == 2
