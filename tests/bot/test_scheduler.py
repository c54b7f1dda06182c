"""Ticks: at once, again and again, after trouble too, and never two of a kind together."""

import logging
import threading
from collections.abc import Callable, Iterator

import pytest

from bot.scheduler import Scheduler, Tick
from storage.errors import Busy

LONG = 3600.0


class Counted:
    """A look that counts; `then` says what it finds, or raises."""

    def __init__(self, then: Callable[[int], int] = lambda _: 0) -> None:
        self.times, self._then = 0, then
        self.looked = threading.Condition()

    def __call__(self) -> int:
        with self.looked:
            self.times += 1
            self.looked.notify_all()
        return self._then(self.times)

    def reaches(self, times: int) -> None:
        with self.looked:
            assert self.looked.wait_for(lambda: self.times >= times, timeout=10), self.times


@pytest.fixture
def started() -> Iterator[Callable[..., Scheduler]]:
    running: list[Scheduler] = []

    def start(*ticks: Tick) -> Scheduler:
        running.append(Scheduler(list(ticks)))
        running[-1].start()
        return running[-1]

    yield start
    for each in running:
        each.stop()


def test_it_ticks_at_once_and_then_in_its_time(started: Callable[..., Scheduler]) -> None:
    often, seldom = Counted(), Counted()
    started(Tick("often", often, 0.02), Tick("seldom", seldom, LONG))
    often.reaches(4)
    seldom.reaches(1)
    assert seldom.times == 1


def test_it_goes_on_while_it_finds_something(started: Callable[..., Scheduler]) -> None:
    look = Counted(lambda times: 7 if times < 5 else 0)
    started(Tick("chase", look, LONG))
    look.reaches(5)


def test_a_look_that_always_finds_something_stops_for_now() -> None:
    look = Counted(lambda _: 1)
    scheduler = Scheduler([Tick("endless", look, LONG)])
    scheduler.start()
    look.reaches(100)
    scheduler.stop()
    assert look.times == 100


def test_the_clock_is_moved_while_a_look_is_under_way(started: Callable[..., Scheduler]) -> None:
    """That look saw the old hour: another one follows it."""
    go = threading.Event()

    def slow(_: int) -> int:
        go.wait(10)
        return 0

    look, other = Counted(slow), Counted()
    scheduler = started(Tick("slow", look, LONG), Tick("other", other, LONG))
    look.reaches(1)
    scheduler.now()
    go.set()
    look.reaches(2)
    other.reaches(2)


def test_a_moved_clock_asks_for_all_of_them_at_once(started: Callable[..., Scheduler]) -> None:
    one, other = Counted(), Counted()
    scheduler = started(Tick("one", one, LONG), Tick("other", other, LONG))
    for each in (one, other):
        each.reaches(1)
    scheduler.now()
    for each in (one, other):
        each.reaches(2)


def test_trouble_is_said_once_and_the_ticks_go_on(
    started: Callable[..., Scheduler], caplog: pytest.LogCaptureFixture
) -> None:
    def busy(times: int) -> int:
        if times < 4:
            raise Busy
        return 0

    look = Counted(busy)
    with caplog.at_level(logging.WARNING, "bot.scheduler"):
        started(Tick("chase", look, 0.01))
        look.reaches(6)
    assert [one.levelname for one in caplog.records if one.name == "bot.scheduler"] == ["WARNING"]
    assert "The chase tick waits: " in caplog.text


def test_a_defect_does_not_end_the_ticks(
    started: Callable[..., Scheduler], caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(times: int) -> int:
        return 1 // (times - 1)

    look = Counted(stumble)
    started(Tick("chase", look, 0.01))
    look.reaches(3)
    assert 'Job "chase' in caplog.text and "raised an exception" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_never_two_of_a_kind_together(
    started: Callable[..., Scheduler], caplog: pytest.LogCaptureFixture
) -> None:
    """A look that takes long is not joined by the next; it comes after."""
    inside, most, go = 0, 0, threading.Event()
    lock = threading.Lock()

    def slow(_: int) -> int:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        go.wait(10)
        with lock:
            inside -= 1
        return 0

    look, other = Counted(slow), Counted()
    started(Tick("slow", look, 0.01), Tick("other", other, 0.01))
    look.reaches(1)
    other.reaches(10)
    assert look.times == 1
    go.set()
    look.reaches(3)
    assert most == 1
    # What is left out on purpose is nothing to warn of.
    assert caplog.text == ""


def test_stopping_finishes_the_tick_in_hand() -> None:
    began, go, ended = threading.Event(), threading.Event(), threading.Event()

    def slow() -> int:
        began.set()
        go.wait(10)
        ended.set()
        return 0

    scheduler = Scheduler([Tick("slow", slow, LONG)])
    scheduler.start()
    assert began.wait(10)
    stopping = threading.Thread(target=scheduler.stop)
    stopping.start()
    go.set()
    stopping.join(10)
    assert ended.is_set() and not stopping.is_alive()
