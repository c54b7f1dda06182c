"""Reminders across the changes of the clock, by day and by night."""

from collections.abc import Callable

import pytest

from tests.flows.fortnight import FILM, Fortnight, at
from tests.flows.test_chasing import begin as begin
from tests.flows.test_chasing import listed

Begin = Callable[..., Fortnight]


@pytest.mark.parametrize(
    ("filed", "said"),
    [
        # London goes forward on Sunday 29 March; Good Friday and Easter Monday are free.
        (
            "2026-03-27T16:00",
            """
            Mon 30 11:00 reminder GEN-1 ravi
            Tue 31 10:00 reminder GEN-1 ravi
            Tue 31 22:00 backup GEN-1 mei
            Wed 01 13:00 reminder GEN-1 mei
            Wed 01 13:00 reminder GEN-1 ravi
            Thu 02 12:00 reminder GEN-1 mei
            Thu 02 13:00 reminder GEN-1 ravi
            Fri 03 15:00 reminder GEN-1 mei
            Mon 06 15:00 reminder GEN-1 mei
            Tue 07 15:00 reminder GEN-1 mei
            Tue 07 13:00 reminder GEN-1 ravi
            """,
        ),
        # and back on Sunday 25 October; Tuesday 3 November is Culture Day in Japan.
        (
            "2026-10-23T16:00",
            """
            Mon 26 11:00 reminder GEN-1 ravi
            Tue 27 10:00 reminder GEN-1 ravi
            Tue 27 23:00 backup GEN-1 mei
            Wed 28 13:00 reminder GEN-1 mei
            Wed 28 13:00 reminder GEN-1 ravi
            Thu 29 12:00 reminder GEN-1 mei
            Thu 29 13:00 reminder GEN-1 ravi
            Fri 30 15:00 reminder GEN-1 mei
            Fri 30 13:00 reminder GEN-1 ravi
            Mon 02 15:00 reminder GEN-1 mei
            Mon 02 13:00 reminder GEN-1 ravi
            Tue 03 13:00 reminder GEN-1 ravi
            """,
        ),
    ],
    ids=["spring", "autumn"],
)
def test_reminders_keep_to_the_clock_on_the_wall(begin: Begin, filed: str, said: str) -> None:
    film = begin(filed)
    film.file()
    film.until(at("2026-04-07T20:00" if "-03-" in filed else "2026-11-03T20:00"))
    assert film.said() == listed(said)


@pytest.mark.parametrize(
    ("night", "reminded"),
    [
        ("2026-03-28T23:00", "Sun 29 04:00"),
        ("2026-10-24T23:00", "Sun 25 02:00"),
        ("2026-06-06T23:00", "Sun 07 03:00"),
    ],
    ids=["an hour less", "an hour more", "as ever"],
)
def test_a_night_shift_across_the_change(begin: Begin, night: str, reminded: str) -> None:
    """Four hours are four hours that passed, whatever the clock says."""
    hours = 'hours = "18:00-09:00"\ndays = ["friday", "saturday", "sunday"]'
    film = begin(night, FILM.replace('holidays = "GB-ENG"', hours))
    film.file()
    film.until(film.now.replace(hour=12) + (at("2026-01-02") - at("2026-01-01")))
    assert film.said("reminder")[:1] == [f"{reminded} reminder GEN-1 ravi"]
