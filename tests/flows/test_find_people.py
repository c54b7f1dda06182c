"""Who finds what follows the directory and the absences as they are now, by words as by number."""

from dataclasses import replace

import pytest

from bot.service.find import find
from bot.service.refusals import NoSuchRequest
from tests.flows.fortnight import ANA, LUCIA, RAVI, Fortnight, at
from tests.flows.test_away import says


def test_who_stands_in_finds_it_as_long_as_they_do(film: Fortnight) -> None:
    """The film is none of Lucia's business but while Ravi is away."""
    words = ("production:FILM", f"GEN-{film.file()}")
    says(film, RAVI, "away until 24 Nov to lucia")
    assert [len(find(film.desk, LUCIA, each).entries) for each in words] == [1, 1]
    film.now = at("2026-11-25T10:00")
    assert find(film.desk, LUCIA, words[0]).entries == ()
    with pytest.raises(NoSuchRequest):
        find(film.desk, LUCIA, words[1])


def test_the_same_number_in_another_workspace_is_somebody_else(film: Fortnight) -> None:
    """The index knows only the number: every hit is held against the whole person."""
    film.file()
    for words in ("production:FILM", f"from:{ANA.user}"):
        assert len(find(film.desk, ANA, words).entries) == 1
        assert find(film.desk, replace(ANA, team="T0OTHER"), words).entries == ()
