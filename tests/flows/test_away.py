"""Contacts who are away: who stands in, from when and until when; what cannot be kept gets one sentence."""

from datetime import date
from pathlib import Path

import pytest

from bot.chase_command import parse_away_words
from bot.chase_forms import AwayForm
from bot.chase_told import away_told, back_told
from bot.service.away import GoneAway, away_form, come_back, go_away
from bot.service.decide import prepare
from bot.service.desk import Who
from bot.service.refusals import NotYours, Unfit
from policy.lifecycle import Move
from storage import absences
from storage.absences import NewAbsence
from tests.flows.fortnight import ANA, FILM, LUCIA, MEI, OSKAR, RAVI, Fortnight, at
from tests.flows.test_chasing import listed


def says(film: Fortnight, who: Who, words: str) -> GoneAway:
    """`/genai-request` with these words."""
    said = parse_away_words(words)
    assert said is not None
    return go_away(film.desk, away_form(film.desk, said, who), who)


# Who is asked


def test_who_is_away_is_not_reminded_and_the_backup_is_asked_at_once(film: Fortnight) -> None:
    """What passed while Ravi was away is none of his hours, also once he is back."""
    assert says(film, RAVI, "away until 25 Nov") == GoneAway(
        date(2026, 11, 23), date(2026, 11, 25), "Mei Tanaka", 0
    )
    film.file()
    film.until(at("2026-12-01T00:00"))
    assert film.said() == listed(
        """
        Mon 23 19:00 backup GEN-1 mei
        Tue 24 13:00 reminder GEN-1 mei
        Wed 25 12:00 reminder GEN-1 mei
        Thu 26 15:00 reminder GEN-1 mei
        Thu 26 13:00 reminder GEN-1 ravi
        Fri 27 15:00 reminder GEN-1 mei
        Fri 27 12:00 reminder GEN-1 ravi
        Mon 30 15:00 reminder GEN-1 mei
        Mon 30 15:00 reminder GEN-1 ravi
        """
    )
    assert "Ravi Menon is away until" in film.heard[3].words


DIRECTORY = FILM.replace(
    "[contacts.mei]",
    '[[contacts.ravi.away]]\nfrom = 2026-11-24\nuntil = 2026-11-25\nto = "oskar"\n\n[contacts.mei]',
)


def test_an_absence_in_the_directory_begins_while_he_is_waited_for(tmp_path: Path) -> None:
    """At midnight the one whom the directory names is asked; he may sign until Ravi is back."""
    film = Fortnight(f"sqlite:///{tmp_path / 'film.db'}", DIRECTORY, at("2026-11-23T10:00"))
    film.file()
    film.until(at("2026-11-26T20:00"))
    assert film.said() == listed(
        """
        Mon 23 14:00 reminder GEN-1 ravi
        Tue 24 01:00 backup GEN-1 oskar
        Tue 24 12:00 reminder GEN-1 oskar
        Wed 25 11:00 reminder GEN-1 oskar
        Thu 26 13:00 reminder GEN-1 ravi
        Fri 27 02:00 backup GEN-1 mei
        """
    )
    assert film.rows("SELECT backup FROM sign_offs LIMIT 1") == [("mei",)]
    film.close()


def test_a_stand_in_who_may_not_sign_any_more_is_left_alone(film: Fortnight) -> None:
    """Lucia stood in until Tuesday; from then on Ravi is waited for, and Mei after 16 of his hours."""
    says(film, RAVI, "away until 24 Nov to <@U0LUCIA|lucia>")
    number = film.file()
    film.until(at("2026-11-27T18:00"))
    assert film.said() == listed(
        """
        Mon 23 02:00 backup GEN-1 lucia
        Mon 23 13:00 reminder GEN-1 lucia
        Tue 24 12:00 reminder GEN-1 lucia
        Wed 25 13:00 reminder GEN-1 ravi
        Thu 26 12:00 reminder GEN-1 ravi
        Fri 27 01:00 backup GEN-1 mei
        Fri 27 13:00 reminder GEN-1 mei
        Fri 27 15:00 reminder GEN-1 ravi
        """
    )
    with pytest.raises(NotYours, match="Only Ravi Menon or Mei Tanaka can decide GEN-1"):
        prepare(film.desk, number, 1, Move.APPROVE, LUCIA, "C0APPR")


def test_back_early(film: Fortnight) -> None:
    says(film, RAVI, "away until 2 Dec to lucia")
    film.file()
    film.until(at("2026-11-24T09:00"))
    assert come_back(film.desk, RAVI) == (True, 1)
    so_far = len(film.heard)
    film.until(at("2026-11-25T18:00"))
    assert film.said(since=so_far) == listed(
        """
        Tue 24 13:00 reminder GEN-1 ravi
        Wed 25 12:00 reminder GEN-1 ravi
        Thu 26 01:00 backup GEN-1 mei
        """
    )
    assert come_back(film.desk, RAVI) == (False, 1)


def test_the_backup_leaves_after_being_asked(film: Fortnight) -> None:
    """Whoever stands in for the backup is asked at once."""
    film.file(code="NORTH")
    film.until(at("2026-11-25T10:00"))
    assert film.said()[-1] == "Wed 25 00:00 backup GEN-1 lucia"
    says(film, LUCIA, "away until 4 Dec to Mei Tanaka")
    film.until(at("2026-11-26T04:00"))
    assert film.said()[-2:] == ["Wed 25 19:00 backup GEN-1 mei", "Thu 26 13:00 reminder GEN-1 mei"]


def test_everybody_is_away(film: Fortnight) -> None:
    """The operators hear it at once, and Ravi when he is back."""
    says(film, MEI, "away until 27 Nov")
    gone = says(film, RAVI, "away until 24 Nov")
    assert gone.stand_in == "" and "Nobody stands in for you: the operators are told" in away_told(gone)
    film.file()
    film.until(at("2026-11-25T18:00"))
    assert film.said("nobody", "reminder") == listed(
        """
        Mon 23 10:00 nobody GEN-1 c0ops
        Tue 24 10:00 nobody GEN-1 c0ops
        Wed 25 13:00 reminder GEN-1 ravi
        """
    )


def test_who_named_a_person_that_left_the_directory(film: Fortnight) -> None:
    says(film, RAVI, "away until 2 Dec to lucia")
    says(film, OSKAR, "away until 2 Dec")
    film.file()
    without = FILM[: FILM.index("[contacts.lucia]")] + FILM[FILM.index("[productions.FILM]") :]
    without = without.replace('backup = "lucia"\n', "").replace('contact = "lucia"', 'contact = "ravi"')
    film.restart(without)
    film.until(at("2026-11-24T04:00"))
    assert film.said("backup")[-1] == "Mon 23 19:00 backup GEN-1 mei"
    with film.database.transaction() as tx:
        gone = NewAbsence(contact="lucia", team="T", user="U", begins=film.now, ends=at("2026-12-24T00:00"))
        absences.keep(tx, gone, film.now)
    film.until(at("2026-11-25T18:00"))
    assert film.said()[-1] == "Wed 25 12:00 reminder GEN-1 mei"


# What cannot be kept


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("away until yesterday", '"yesterday" has passed; say a day from today on.'),
        ("away until 31 Nov", '"31 Nov" is no day of any year; write it like "2 Dec" or "tomorrow".'),
        ("away until 2/12", '"2/12" can be read in more than one way; write the month as a word'),
        ("away until 20 Nov", 'Which year is "20 Nov"? Write it like "20 Nov 2027".'),
        ("away until 2 Dec 2031", '"2 Dec 2031" is more than a year ahead; say a nearer day.'),
        ("away from 4 Dec until 2 Dec", "The last day is before the first"),
        (
            "away until 2 Dec to <@U0THEO|theo>",
            "That person is not in the directory; only Ravi Menon, Mei Tanaka, Oskar",
        ),
        (
            "away until 2 Dec to Lucja",
            '"Lucja" is not in the directory; did you mean "Lucia"?',
        ),
        (
            "away until 2 Dec to <@U0RAVI|ravi>",
            "You cannot stand in for yourself. Name somebody else, or nobody.",
        ),
        ("away until 2 Dec to ravi", "You cannot stand in for yourself"),
    ],
)
def test_one_sentence(film: Fortnight, words: str, sentence: str) -> None:
    with pytest.raises(Unfit) as refusal:
        says(film, RAVI, words)
    told = str(refusal.value)
    assert sentence in told and told[0] in '"<' + told[0].upper() and told[-1] in ".?", told
    assert film.rows("SELECT count(*) FROM absences") == [(0,)]


def test_a_chain_that_ends_nowhere(film: Fortnight) -> None:
    """Mei named Ravi; so Ravi cannot name Mei, nor Oskar, who named Mei."""
    says(film, MEI, "away until 4 Dec to ravi")
    says(film, OSKAR, "away until 4 Dec to mei")
    for name, who in (("mei", "Mei Tanaka"), ("oskar", "Oskar Lindqvist")):
        with pytest.raises(Unfit, match=f"{who} is away then too, and in the end nobody would be there"):
            says(film, RAVI, f"away until 2 Dec to {name}")
    assert says(film, RAVI, "away until 2 Dec to lucia").stand_in == "Lucia Ferrer"


def test_who_is_away_later_on(film: Fortnight) -> None:
    """The chain is looked at whenever somebody in it leaves."""
    says(film, LUCIA, "away from 1 Dec until 4 Dec")
    with pytest.raises(Unfit, match="Lucia Ferrer is away then too"):
        says(film, RAVI, "away until 2 Dec to lucia")
    assert says(film, RAVI, "away until 30 Nov to lucia").stand_in == "Lucia Ferrer"


def test_a_form_that_names_nobody_we_know(film: Fortnight) -> None:
    with pytest.raises(Unfit, match="is no contact in the directory"):
        go_away(film.desk, AwayForm(date(2026, 11, 24), date(2026, 11, 25), "nobody-we-know"), RAVI)
    film.file()
    film.tick()


def test_only_contacts_are_away(film: Fortnight) -> None:
    with pytest.raises(NotYours, match="Only contacts and backups in the directory can be away"):
        says(film, ANA, "away until 2 Dec")
    with pytest.raises(NotYours, match="nothing waits for you"):
        come_back(film.desk, ANA)


def test_a_new_absence_takes_the_place_of_the_one_before(film: Fortnight) -> None:
    says(film, RAVI, "away until 2 Dec")
    says(film, RAVI, "away until 24 Nov")
    with film.database.reading() as tx:
        [one] = absences.current(tx, film.now)
    assert one.ends == at("2026-11-25T00:00")


def test_what_they_are_told() -> None:
    day = date(2026, 11, 24)
    gone = GoneAway(day, date(2026, 12, 2), "Mei Tanaka", 2)
    assert away_told(gone) == (
        "You are away from 24 Nov 2026 until 2 Dec 2026, both included. "
        "You are not reminded of anything meanwhile, and can still decide. Mei Tanaka stands in. "
        "2 requests wait for you now: Mei Tanaka is asked. "
        "`/genai-request back` ends it sooner."
    )
    assert away_told(GoneAway(day, day, "", 0)).startswith("You are away on 24 Nov 2026. ")
    assert back_told(True, 1) == "Welcome back. One request waits for you. `/genai-request digest` shows it."
    assert back_told(True, 2) == "Welcome back. 2 requests wait for you. `/genai-request digest` shows them."
    assert back_told(False, 0) == "You were not away. Nothing waits for you."
