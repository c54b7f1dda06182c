"""Ticks that come late, twice, or not at all; a Slack that is away; a bot that slept or was killed."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.errors import SlackClientError

from bot.service.chase import chase
from tests.flows.fortnight import FILM, OSKAR, RAVI, Fortnight, at
from tests.flows.test_chasing import listed


def away(film: Fortnight) -> None:
    """Slack answers nothing any more."""

    def refuse(call: dict[str, Any]) -> None:
        raise SlackClientError("no answer")

    film.slack.answer = refuse


def again(film: Fortnight) -> None:
    """Slack answers again."""
    film.slack.answer = lambda call: None


def test_a_bot_that_slept_three_days_says_it_once(film: Fortnight) -> None:
    """Three reminders and a backup came due meanwhile. The next reminder is one of the next day."""
    film.file()
    film.tick()
    film.now = at("2026-11-26T11:00")
    film.restart()
    film.until(at("2026-11-27T17:00"))
    assert film.said() == listed(
        """
        Thu 26 20:00 backup GEN-1 mei
        Thu 26 11:00 reminder GEN-1 ravi
        Fri 27 13:00 reminder GEN-1 mei
        Fri 27 09:00 reminder GEN-1 ravi
        """
    )


def test_it_wakes_at_night_and_waits_for_the_morning(film: Fortnight) -> None:
    film.file()
    film.tick()
    film.now = at("2026-11-26T03:00")
    film.restart()
    film.until(at("2026-11-26T12:00"))
    assert film.said() == listed(
        """
        Thu 26 12:00 backup GEN-1 mei
        Thu 26 16:00 reminder GEN-1 mei
        Thu 26 09:00 reminder GEN-1 ravi
        """
    )


def test_many_that_waited_while_it_slept_are_one_message(film: Fortnight) -> None:
    for _ in range(12):
        film.file()
    film.tick()
    film.now = at("2026-11-25T09:30")
    film.restart()
    film.until(at("2026-11-25T09:45"))
    assert film.said("reminder", "reminders") == ["Wed 25 09:30 reminders - ravi"]
    assert (
        "12 requests wait for your decision" in film.heard[-1].words and "4 more wait" in film.heard[-1].words
    )


def test_slack_is_away_until_the_evening(film: Fortnight) -> None:
    """What could not be said in Ravi's day is said in the next one, and not at night."""
    film.file()
    film.until(at("2026-11-23T13:50"))
    away(film)
    film.in_steps(at("2026-11-23T20:00"), timedelta(minutes=5))
    again(film)
    film.in_steps(at("2026-11-24T09:00"), timedelta(minutes=30))
    assert film.said("reminder") == ["Tue 24 09:00 reminder GEN-1 ravi"]


def test_slack_is_away_for_days_and_the_reminders_do_not_pile_up(film: Fortnight) -> None:
    number = film.file()
    film.asks(RAVI, film.file(code="FILM"))
    film.until(at("2026-11-23T13:50"))
    away(film)
    film.in_steps(at("2026-11-26T11:00"), timedelta(minutes=30))
    again(film)
    film.in_steps(at("2026-11-26T15:30"), timedelta(minutes=5))
    assert film.said("reminder", "reminders") == ["Thu 26 11:05 reminder GEN-1 ravi"]
    assert film.said("nudge") == ["Thu 26 11:05 nudge GEN-2 ana"]
    film.decides(RAVI, number)


def test_slack_is_away_and_several_that_waited_become_late(film: Fortnight) -> None:
    film.file()
    film.file()
    film.until(at("2026-11-23T13:50"))
    away(film)
    film.in_steps(at("2026-11-24T15:00"), timedelta(minutes=30))
    again(film)
    film.in_steps(at("2026-11-24T16:00"), timedelta(minutes=10))
    assert film.said("reminder", "reminders") == ["Tue 24 15:10 reminders - ravi"]


def test_what_was_decided_while_slack_was_away_is_not_said(
    film: Fortnight, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    number = film.file()
    film.until(at("2026-11-23T13:50"))
    away(film)
    film.in_steps(at("2026-11-23T15:00"), timedelta(minutes=10))
    film.decides(RAVI, number)
    again(film)
    film.in_steps(at("2026-11-24T20:00"), timedelta(hours=1))
    assert film.said() == []
    dropped = [one.levelname for one in caplog.records if "is not said" in one.getMessage()]
    assert dropped and set(dropped) == {"INFO"}  # nothing is wrong, and nobody has to look


def test_a_doubled_tick_says_nothing_twice(film: Fortnight) -> None:
    film.file()
    film.now = at("2026-11-23T14:00")
    assert chase(film.desk) and not chase(film.desk)
    film.deliver()
    assert film.said() == ["Mon 23 14:00 reminder GEN-1 ravi"]


def test_killed_between_the_row_and_the_message(film: Fortnight) -> None:
    """The row is there; whoever starts next delivers it."""
    film.file()
    film.tick()
    film.now = at("2026-11-23T14:00")
    chase(film.desk)
    film.restart()
    film.until(at("2026-11-23T18:00"))
    assert film.said() == ["Mon 23 14:00 reminder GEN-1 ravi"]


def test_killed_between_the_message_and_its_note(film: Fortnight) -> None:
    """It stands in Slack: it is found there and not said again."""
    film.file()
    film.tick()
    film.now = at("2026-11-23T14:00")
    heard = film.slack.after

    def die() -> None:
        heard()
        raise KeyboardInterrupt

    film.slack.after = die
    with pytest.raises(KeyboardInterrupt):
        film.tick()
    film.slack.after = heard
    film.restart()
    film.until(at("2026-11-23T18:00"))
    assert film.said() == ["Mon 23 14:00 reminder GEN-1 ravi"]


def test_the_directory_names_a_backup_at_last(film: Fortnight) -> None:
    """The operators were told that nobody stands in: from the restart on somebody does."""
    film.file(code="WEST")
    film.until(at("2026-11-26T12:00"))
    assert film.said("nobody") == ["Wed 25 00:00 nobody GEN-1 c0ops", "Thu 26 00:00 nobody GEN-1 c0ops"]
    film.restart(FILM.replace('holidays = "US-CA"\n', 'holidays = "US-CA"\nbackup = "oskar"\n'))
    film.until(at("2026-11-27T14:00"))
    assert film.said("backup", "nobody")[2:] == ["Thu 26 13:00 backup GEN-1 oskar"]
    film.decides(OSKAR, 1)


def test_the_directory_names_another_contact(film: Fortnight) -> None:
    """Oskar is asked from then on: four of his hours later his day is over."""
    film.file()
    film.until(at("2026-11-24T12:00"))
    start = FILM.index("[productions.FILM]")
    film.restart(FILM[:start] + FILM[start:].replace('contact = "ravi"', 'contact = "oskar"', 1))
    film.until(at("2026-11-25T12:00"))
    assert film.said() == ["Mon 23 14:00 reminder GEN-1 ravi", "Wed 25 08:00 reminder GEN-1 oskar"]


def test_an_operators_ladder_of_their_own(film: Fortnight) -> None:
    """One rung in the directory takes the place of the usual seven."""
    rung = '\n[[productions.FILM.ladder]]\nkind = "remind"\nafter = 2\n\n[productions.TOKYO]'
    film.restart(FILM.replace("\n[productions.TOKYO]", rung))
    film.file()
    film.until(at("2026-12-04T12:00"))
    assert film.said() == ["Mon 23 12:00 reminder GEN-1 ravi"]
