"""Whose turn it is: in the order of asking, and nobody waits longer than they said."""

import threading
from collections.abc import Callable
from time import monotonic, sleep

from storage.turns import Turns

LONG = 20.0  # seconds: a bound, never waited for


def until(condition: Callable[[], bool]) -> None:
    """Wait for it."""
    end = monotonic() + LONG
    while not condition():
        assert monotonic() < end, "it never came"
        sleep(0.001)


def test_those_who_wait_are_served_in_the_order_in_which_they_asked() -> None:
    turns, served = Turns(), list[int]()

    def ask(number: int) -> None:
        assert turns.acquire(LONG)
        served.append(number)
        turns.release()

    assert turns.acquire(0)
    people = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for number, person in enumerate(people, 1):
        person.start()
        until(lambda expected=number: len(turns._waiting) == expected)  # type: ignore[misc]
    turns.release()
    for person in people:
        person.join(LONG)
    assert served == [0, 1, 2, 3, 4, 5]


def test_whoever_gives_back_their_turn_does_not_take_it_again_before_those_who_wait() -> None:
    turns, served = Turns(), list[str]()

    def ask() -> None:
        assert turns.acquire(LONG)
        served.append("waited")
        turns.release()

    assert turns.acquire(0)
    person = threading.Thread(target=ask)
    person.start()
    until(lambda: len(turns._waiting) == 1)
    turns.release()
    assert turns.acquire(LONG)
    served.append("came again")
    turns.release()
    person.join(LONG)
    assert served == ["waited", "came again"]


def test_whoever_waited_long_enough_hears_no_and_stands_in_nobodys_way() -> None:
    turns = Turns()
    assert turns.acquire(0)
    assert not turns.acquire(0.01)
    turns.release()
    assert turns.acquire(0)
    turns.release()


def test_a_turn_that_comes_as_the_time_ends_is_never_lost() -> None:
    turns, inside = Turns(), list[int]()

    def hurry() -> None:
        for _ in range(300):
            if turns.acquire(0.0002):
                inside.append(1)
                assert len(inside) == 1, "two at once"
                inside.pop()
                turns.release()

    people = [threading.Thread(target=hurry) for _ in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join(LONG)
    assert turns.acquire(0), "somebody went away with the turn"
