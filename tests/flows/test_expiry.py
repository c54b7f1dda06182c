"""Approvals that run out: said 7 and 1 days before, in working time; lapsed on the day."""

from datetime import date

import pytest

from bot.service.decide import prepare
from bot.service.lookup import story
from bot.service.refusals import AlreadyDecided
from bot.tellings import standing
from policy.lifecycle import Move
from tests.flows.fortnight import ANA, FILM, LUCIA, MEI, OSKAR, RAVI, Fortnight, at
from tests.flows.test_chasing import listed


def test_said_before_and_lapsed_on_the_day(film: Fortnight) -> None:
    """Until 11 December ends: said on Friday 4 and Thursday 10. Ravi hears the end on Monday."""
    number = film.file()
    film.decides(RAVI, number, until=date(2026, 12, 11))
    film.until(at("2026-12-20T10:00"))
    assert film.said() == listed(
        """
        Fri 04 09:00 expiring GEN-1 ana
        Fri 04 09:00 expiring GEN-1 ravi
        Thu 10 09:00 expiring GEN-1 ana
        Thu 10 09:00 expiring GEN-1 ravi
        Sat 12 00:00 lapsed GEN-1 ana
        Mon 14 09:00 lapsed GEN-1 ravi
        """
    )
    words = [one.words for one in film.heard if one.kind in ("expiring", "lapsed")]
    assert "runs out in 7 days" in words[0] and "runs out tomorrow" in words[2]
    assert "*has run out*: it held until 11 Dec 2026 ended" in words[4]
    assert film.rows("SELECT status FROM requests") == [("lapsed",)]
    assert film.rows("SELECT count(*) FROM chases WHERE state = 'open'") == [(0,)]
    now = standing(story(film.desk, number, ANA))
    assert now.startswith(":calendar: Lapsed") and "by Ravi Menon, " not in now
    with pytest.raises(AlreadyDecided) as late:
        prepare(film.desk, number, 1, Move.APPROVE, MEI, "")
    assert "lapsed by" not in str(late.value)


def test_a_day_off_is_told_before_it(film: Fortnight) -> None:
    """Seven and one days before Sunday 13 December are Sunday 6 and Saturday 12."""
    number = film.file()
    film.decides(RAVI, number, until=date(2026, 12, 13))
    film.until(at("2026-12-13T20:00"))
    assert film.said() == listed(
        """
        Fri 04 17:00 expiring GEN-1 ana
        Fri 04 17:00 expiring GEN-1 ravi
        Fri 11 17:00 expiring GEN-1 ana
        Fri 11 17:00 expiring GEN-1 ravi
        """
    )


def test_of_two_approvals_the_first_end_counts(film: Fortnight) -> None:
    """The film's day begins in London, which is in the middle of the afternoon where Lucia is."""
    film.restart(FILM.replace('title = "The Film"', 'title = "F"\ntopics = { security = "lucia" }'))
    number = film.file()
    film.decides(RAVI, number, until=date(2026, 12, 31))
    film.decides(LUCIA, number, until=date(2026, 12, 2))
    film.until(at("2026-12-04T10:00"))
    assert film.said() == listed(
        """
        Tue 24 16:00 expiring GEN-1 lucia
        Wed 25 09:00 expiring GEN-1 ana
        Wed 25 09:00 expiring GEN-1 ravi
        Mon 30 16:00 expiring GEN-1 lucia
        Tue 01 09:00 expiring GEN-1 ana
        Tue 01 09:00 expiring GEN-1 ravi
        Thu 03 00:00 lapsed GEN-1 ana
        Wed 02 16:00 lapsed GEN-1 lucia
        Thu 03 09:00 lapsed GEN-1 ravi
        """
    )


def test_who_approved_until_tomorrow_knows_it(film: Fortnight) -> None:
    number = film.file()
    film.decides(RAVI, number, until=date(2026, 11, 24))
    film.until(at("2026-11-25T10:00"))
    assert film.said() == ["Wed 25 00:00 lapsed GEN-1 ana", "Wed 25 09:00 lapsed GEN-1 ravi"]


def test_a_bot_that_slept_says_one_of_two_and_not_at_night(film: Fortnight) -> None:
    number = film.file()
    film.decides(RAVI, number, until=date(2026, 12, 11))
    film.tick()
    film.now = at("2026-12-10T20:00")
    film.restart()
    film.until(at("2026-12-11T12:00"))
    assert film.said() == ["Fri 11 09:00 expiring GEN-1 ana", "Fri 11 09:00 expiring GEN-1 ravi"]
    assert "runs out today" in film.heard[-1].words


def test_a_bot_that_slept_until_it_was_over(film: Fortnight) -> None:
    number = film.file()
    film.decides(RAVI, number, until=date(2026, 12, 11))
    film.tick()
    film.now = at("2026-12-16T03:00")
    film.restart()
    film.until(at("2026-12-17T12:00"))
    assert film.said() == ["Wed 16 03:00 lapsed GEN-1 ana", "Wed 16 09:00 lapsed GEN-1 ravi"]


def test_without_an_end_nobody_hears_of_one(film: Fortnight) -> None:
    number = film.file(code="NORTH")
    film.decides(OSKAR, number)
    film.until(at("2027-11-20T10:00"))
    assert film.said() == []
