"""Two processes on one PostgreSQL: both tick and both deliver, and everything is said once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from bot.service.chase import chase
from storage import chases, requests, schema
from storage.database import open_database
from tests.flows.fortnight import FILM, MEI, RAVI, Fortnight, at, twice
from tests.storage.conftest import postgres_server as postgres_server
from tests.storage.postgres import PostgresServer

pytestmark = pytest.mark.long


@pytest.fixture
def url(postgres_server: PostgresServer) -> str:
    """A database with its tables."""
    address = postgres_server.url(postgres_server.new_database())
    database = open_database(address)
    schema.upgrade(database)
    database.close()
    return address


@pytest.fixture
def pair(url: str) -> Iterator[tuple[Fortnight, Fortnight]]:
    """Two bots with one Slack."""
    begins = at("2026-11-23T10:00")
    one = Fortnight(url, FILM, begins, patience=20)
    other = Fortnight(url, FILM, begins, slack=one.slack, heard=one.heard, patience=20)
    yield one, other
    for film in (one, other):
        film.close()


def at_once(*films: Fortnight, now: datetime) -> None:
    """Both tick and deliver, at the same moment."""
    failed: list[BaseException] = []
    start = threading.Barrier(len(films))

    def tick(film: Fortnight) -> None:
        film.now = now
        try:
            start.wait(20)
            film.tick()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=tick, args=(film,)) for film in films]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == []


def test_two_tickers_say_what_one_says(pair: tuple[Fortnight, Fortnight], tmp_path: Path) -> None:
    one, other = pair
    random = Random(7)
    for code in ("FILM", "TOKYO", "NORTH", "WEST", "FILM"):
        one.file(code=code)
    while (due := one.next_due()) and due < at("2026-11-26T12:00"):
        at_once(one, other, now=max(due, one.now))
        if random.random() < 0.1:
            other.restart()
    said = sorted(one.said())
    assert twice(each.key for each in one.heard) == []
    assert "Mon 23 14:00 reminders - ravi" in said and "Wed 25 00:00 nobody GEN-4 c0ops" in said
    assert said == sorted(_alone(tmp_path))


def _alone(folder: Path) -> list[str]:
    film = Fortnight(f"sqlite:///{folder / 'alone.db'}", FILM, at("2026-11-23T10:00"))
    for code in ("FILM", "TOKYO", "NORTH", "WEST", "FILM"):
        film.file(code=code)
    film.until(at("2026-11-26T12:00") - timedelta(seconds=1))
    film.close()
    return film.said()


def test_a_tick_and_a_decision_do_not_wait_for_each_other(pair: tuple[Fortnight, Fortnight]) -> None:
    """Whoever decides holds the request; the tick waits for it and then has nothing to say."""
    one, other = pair
    number = one.file()
    one.tick()
    one.now = other.now = at("2026-11-23T14:00")
    ticking = threading.Thread(target=chase, args=(other.desk,))
    with one.database.transaction() as tx:
        requests.lock(tx, number)
        ticking.start()
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        deadline = threading.Event()
        for _ in range(500):
            if one.rows(waits) != [(0,)]:
                break
            deadline.wait(0.02)
        else:
            raise AssertionError("the tick waits for nobody")
        chases.close(tx, [each.id for each in chases.of(tx, number)])
    ticking.join(20)
    assert not ticking.is_alive()
    other.deliver()
    assert one.said() == []


def test_a_decision_and_a_tick_at_once(pair: tuple[Fortnight, Fortnight]) -> None:
    """Whoever comes first: after the decision nobody is reminded."""
    one, other = pair
    numbers = [one.file() for _ in range(6)]
    one.tick()
    one.now = other.now = at("2026-11-23T14:00")
    ticking = threading.Thread(target=chase, args=(other.desk,))
    ticking.start()
    for number in numbers:
        one.decides(RAVI if number % 2 else MEI, number)
    ticking.join(20)
    so_far = len(one.heard)
    other.deliver()
    assert one.said("reminder", "reminders", since=so_far) == []
