"""Two bots side by side on PostgreSQL: they share the work, and one takes over what the other died with."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.stubborn import Heard, decides, files
from tests.processes import launcher
from tests.processes.office import Bot, Office, open_office, thorough
from tests.storage.postgres import PostgresServer
from tests.studio import ESCALATE, TWO_TOPICS

pytestmark = pytest.mark.process

MINUTE = 60.0


@contextmanager
def two_bots(folder: Path, server: PostgresServer) -> Iterator[tuple[Office, Bot]]:
    """An office with a second process."""
    with open_office(folder, server.url(server.new_database())) as office:
        other = office.another("other")
        office.bot.launch()
        other.start()
        office.bot.until(lambda: office.house.workspace.link.connected == 2)
        yield office, other


def decided(office: Office, number: int) -> None:
    """Ravi and Mei press at once."""
    people = office.people
    with ThreadPoolExecutor(2) as both:
        presses = [
            both.submit(decides, who, number, move, lambda: None)
            for who, move in ((people.ravi, "approve"), (people.mei, "deny"))
        ]
        for who, press in zip((people.ravi, people.mei), presses, strict=True):
            if press.result() in (Heard.DONE, Heard.DONE_BEFORE):
                office.won.append((number, who.user))


def test_they_share_the_work_and_say_everything_once(tmp_path: Path, postgres_server: PostgresServer) -> None:
    with two_bots(tmp_path, postgres_server) as (office, _):
        for turn in range(10):
            office.filed.append(files(office.people.ana, (ESCALATE, TWO_TOPICS)[turn % 2]))
        for number in office.filed:
            decided(office, number)
        assert stored(office) == (10, len(office.won))
        office.all_is_well()


def stored(office: Office) -> tuple[int, int]:
    """Requests and decisions."""
    [(requests, decisions)] = office.rows(
        "SELECT (SELECT count(*) FROM requests), (SELECT count(*) FROM decisions)"
    )
    return requests, decisions


def one_dies(office: Office, other: Bot) -> float:
    """One is killed while it holds the lease of a card, about to post it; returns when."""
    for bot in (office.bot, other):
        (bot.folder / launcher.DIE_AT).write_text(f"{launcher.CLAIMED} card", "utf-8")
    office.filed.append(files(office.people.ana, ESCALATE))
    deadline = time.monotonic() + 30
    while office.bot.alive and other.alive and time.monotonic() < deadline:
        time.sleep(0.02)
    dead = other if office.bot.alive else office.bot
    alive = office.bot if office.bot.alive else other
    (alive.folder / launcher.DIE_AT).unlink()
    dead.died()
    office.bot = alive
    return time.monotonic()


def test_one_takes_over_what_the_other_held(tmp_path: Path, postgres_server: PostgresServer) -> None:
    """The minute is let pass in the row: waiting for it is the next story's."""
    with two_bots(tmp_path, postgres_server) as (office, other):
        one_dies(office, other)
        held = "state = 'waiting' AND lease_until > now() + interval '30 seconds'"
        assert office.rows(f"SELECT count(*) FROM notices WHERE {held}") == [(1,)]
        office.write(f"UPDATE notices SET lease_until = now() WHERE {held}")
        office.all_is_well()


@pytest.mark.skipif(not thorough(), reason="it takes a minute: make faults tells it")
def test_it_takes_over_within_a_minute(tmp_path: Path, postgres_server: PostgresServer) -> None:
    with two_bots(tmp_path, postgres_server) as (office, other):
        since = one_dies(office, other)
        office.settled(seconds=2 * MINUTE)
        # It looks every five seconds, then searches; the machine may be busy.
        assert time.monotonic() - since < MINUTE + 10
        office.all_is_well()
