"""Reminders, backups and last calls over a fortnight: the exact list, each at the clock of its reader."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from policy.lifecycle import Move
from tests.flows.fortnight import FILM, LUCIA, MEI, OSKAR, RAVI, Fortnight, at, twice

Begin = Callable[..., Fortnight]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Begin a fortnight at a moment, with the film's directory or another."""
    begun: list[Fortnight] = []

    def start(now: str, directory: str = FILM) -> Fortnight:
        begun.append(Fortnight(f"sqlite:///{tmp_path / f'{len(begun)}.db'}", directory, at(now)))
        return begun[-1]

    yield start
    for each in begun:
        keys = [one.key for one in each.heard]
        each.close()
        assert twice(keys) == []


# Filed on Monday 23 November 2026 at 10:00 in London, and nobody answers.
UNANSWERED = {
    # 4, 12 and 24 of Ravi's hours, the backup after 16; Mei's own hours begin when she is pulled in.
    "FILM": """
        Mon 23 14:00 reminder GEN-1 ravi
        Tue 24 13:00 reminder GEN-1 ravi
        Wed 25 02:00 backup GEN-1 mei
        Wed 25 13:00 reminder GEN-1 mei
        Wed 25 16:00 reminder GEN-1 ravi
        Thu 26 12:00 reminder GEN-1 mei
        Thu 26 16:00 reminder GEN-1 ravi
        Fri 27 15:00 reminder GEN-1 mei
        Fri 27 16:00 reminder GEN-1 ravi
        Mon 30 15:00 reminder GEN-1 mei
        Mon 30 16:00 reminder GEN-1 ravi
    """,
    # Monday is Labour Thanksgiving Day in Japan.
    "TOKYO": """
        Tue 24 13:00 reminder GEN-1 mei
        Wed 25 12:00 reminder GEN-1 mei
        Wed 25 07:00 backup GEN-1 ravi
        Wed 25 13:00 reminder GEN-1 ravi
        Thu 26 15:00 reminder GEN-1 mei
        Thu 26 12:00 reminder GEN-1 ravi
        Fri 27 15:00 reminder GEN-1 mei
        Fri 27 15:00 reminder GEN-1 ravi
        Mon 30 15:00 reminder GEN-1 mei
        Mon 30 15:00 reminder GEN-1 ravi
    """,
    # Oskar works from 8 to 17; Thursday and Friday are Thanksgiving and the day after in California.
    "NORTH": """
        Mon 23 15:00 reminder GEN-1 oskar
        Tue 24 14:00 reminder GEN-1 oskar
        Wed 25 00:00 backup GEN-1 lucia
        Wed 25 13:00 reminder GEN-1 lucia
        Thu 26 08:00 reminder GEN-1 oskar
        Fri 27 08:00 reminder GEN-1 oskar
        Mon 30 08:00 reminder GEN-1 oskar
        Mon 30 12:00 reminder GEN-1 lucia
    """,
    # Lucia has no backup: the operators are told, and again each day.
    "WEST": """
        Mon 23 13:00 reminder GEN-1 lucia
        Tue 24 12:00 reminder GEN-1 lucia
        Wed 25 00:00 nobody GEN-1 c0ops
        Wed 25 15:00 reminder GEN-1 lucia
        Thu 26 00:00 nobody GEN-1 c0ops
        Fri 27 00:00 nobody GEN-1 c0ops
        Sat 28 00:00 nobody GEN-1 c0ops
        Sun 29 00:00 nobody GEN-1 c0ops
        Mon 30 00:00 nobody GEN-1 c0ops
        Mon 30 15:00 reminder GEN-1 lucia
    """,
}


def listed(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize("code", UNANSWERED)
def test_nobody_answers(begin: Begin, code: str) -> None:
    film = begin("2026-11-23T10:00")
    film.file(code=code)
    film.until(at("2026-11-30T23:00"))
    assert film.said() == listed(UNANSWERED[code])


def test_two_at_once_become_one_message(begin: Begin) -> None:
    film = begin("2026-11-23T10:00")
    film.file()
    film.file(code="FILM")
    film.until(at("2026-11-23T18:00"))
    assert film.said() == ["Mon 23 14:00 reminders - ravi"]
    assert "2 requests wait for your decision" in film.heard[-1].words
    controls = [
        each["action_id"]
        for block in film.slack.posts[-1]["blocks"]
        if block["type"] == "actions"
        for each in block["elements"]
    ]
    assert controls == [*("decide:approve", "decide:deny", "chase:snooze") * 2, "chase:away"]


def test_a_decision_ends_it_for_everybody(begin: Begin) -> None:
    film = begin("2026-11-23T10:00")
    number = film.file()
    film.until(at("2026-11-25T12:00"))
    film.decides(MEI, number)
    so_far = len(film.heard)
    film.until(at("2026-12-07T00:00"))
    assert film.said(since=so_far) == []


def test_who_signed_is_left_alone_while_others_are_waited_for(begin: Begin) -> None:
    film = begin("2026-11-23T10:00", FILM + 'topics = { security = "oskar" }\n')
    number = film.file(code="WEST")
    film.until(at("2026-11-23T15:00"))
    film.decides(OSKAR, number)
    so_far = len(film.heard)
    film.until(at("2026-11-24T23:00"))
    assert film.said(since=so_far) == [
        "Mon 23 13:00 reminder GEN-1 lucia",
        "Tue 24 12:00 reminder GEN-1 lucia",
    ]
    film.decides(LUCIA, number)
    assert film.rows("SELECT status FROM requests") == [("approved",)]


def test_whoever_signs_one_topic_cannot_stand_in_for_another(begin: Begin) -> None:
    """Ravi and Mei are each other's backup: neither may sign both topics, so the operators are told."""
    film = begin(
        "2026-11-23T10:00", FILM.replace('title = "The Film"', 'title = "F"\ntopics = { talent = "mei" }')
    )
    film.file()
    film.until(at("2026-11-26T10:00"))
    assert film.said() == listed(
        """
        Mon 23 14:00 reminder GEN-1 ravi
        Tue 24 13:00 reminder GEN-1 mei
        Tue 24 13:00 reminder GEN-1 ravi
        Tue 24 17:00 nobody GEN-1 c0ops
        Wed 25 12:00 reminder GEN-1 mei
        Wed 25 07:00 nobody GEN-1 c0ops
        Wed 25 16:00 reminder GEN-1 ravi
        Wed 25 17:00 nobody GEN-1 c0ops
        Thu 26 15:00 reminder GEN-1 mei
        """
    )


# The date it is needed by


def test_the_date_is_near(begin: Begin) -> None:
    """Needed on Tuesday: 14:00 leaves Ravi four hours. Mei has none, so that she is called at any hour."""
    film = begin("2026-11-23T10:00")
    film.file(needed_by=date(2026, 11, 24))
    film.until(at("2026-11-25T18:00"))
    assert film.said() == listed(
        """
        Mon 23 14:00 reminder GEN-1 ravi
        Tue 24 13:00 reminder GEN-1 ravi
        Tue 24 23:00 backup GEN-1 mei
        Wed 25 00:00 reminder GEN-1 mei
        Wed 25 09:00 reminder GEN-1 ravi
        """
    )
    calls = {one.to: one.words for one in film.heard if one.kind in ("reminder", "backup")}
    assert "the date it is needed by is near" in calls["mei"] or "outside your working hours" in calls["mei"]
    assert "outside your working hours" not in calls["ravi"]


def test_a_last_call_comes_outside_working_time_and_says_so(begin: Begin) -> None:
    """Filed on Friday evening, needed by Sunday: no hour of Ravi's is left before the date ends."""
    film = begin("2026-11-27T17:30")
    film.file(needed_by=date(2026, 11, 29))
    film.until(at("2026-11-30T08:00"))
    assert film.said() == ["Sun 29 12:00 reminder GEN-1 ravi"]
    assert "outside your working hours" in film.heard[-1].words


def test_a_denial_ends_it_too(begin: Begin) -> None:
    film = begin("2026-11-23T10:00")
    number = film.file()
    film.decides(RAVI, number, Move.DENY)
    film.until(at("2026-12-07T00:00"))
    assert film.said() == []
    assert film.rows("SELECT count(*) FROM chases WHERE state = 'open'") == [(0,)]
