"""A contact asks for details: the requester is waited for instead, gently, and then the contact again."""

import pytest

from bot.chase_forms import AnswerForm, AskForm
from bot.service.details import answer, ask, may_ask, question
from bot.service.refusals import Changed, NoSuchRequest, NotYours, OwnRequest
from tests.flows.fortnight import ANA, FILM, LUCIA, MEI, OSKAR, PEOPLE, RAVI, Fortnight, at
from tests.flows.test_chasing import listed


def test_the_requester_is_asked_and_reminded_and_answers(film: Fortnight) -> None:
    number = film.file()
    film.until(at("2026-11-23T15:00"))
    event = film.asks(RAVI, number)
    film.until(at("2026-12-01T10:00"))
    film.answers(ANA, number, event)
    film.until(at("2026-12-02T20:00"))
    assert film.said() == listed(
        """
        Mon 23 14:00 reminder GEN-1 ravi
        Mon 23 15:00 question GEN-1 ravi
        Mon 23 15:00 asked GEN-1 ana
        Tue 24 15:00 nudge GEN-1 ana
        Thu 26 15:00 nudge GEN-1 ana
        Mon 30 15:00 nudge GEN-1 ana
        Tue 01 10:00 answered GEN-1 ravi
        Tue 01 14:00 reminder GEN-1 ravi
        Wed 02 13:00 reminder GEN-1 ravi
        Thu 03 02:00 backup GEN-1 mei
        """
    )
    words = {one.kind: one.words for one in film.heard}
    assert "How long is it seen?" in words["nudge"] and "asked 7 days ago" in words["nudge"]


def test_over_a_weekend_one_nudge_a_day(film: Fortnight) -> None:
    """A day after Friday is Monday, and so are three."""
    film.now = at("2026-11-27T17:00")
    number = film.file()
    film.asks(RAVI, number)
    film.until(at("2026-12-31T10:00"))
    assert film.said("nudge") == [
        "Mon 30 09:00 nudge GEN-1 ana",
        "Tue 01 09:00 nudge GEN-1 ana",
        "Fri 04 17:00 nudge GEN-1 ana",
    ]


def test_the_other_contact_is_still_waited_for(film: Fortnight) -> None:
    film.restart(FILM.replace('title = "The Film"', 'title = "F"\ntopics = { security = "oskar" }'))
    number = film.file()
    film.asks(RAVI, number)
    film.until(at("2026-11-24T12:00"))
    assert film.said("reminder") == ["Mon 23 15:00 reminder GEN-1 oskar"]
    with pytest.raises(NotYours, match="ana has not answered what Ravi Menon asked about GEN-1 yet"):
        may_ask(film.desk, number, 1, OSKAR, "")


def test_the_backup_asks_and_both_are_left_alone(film: Fortnight) -> None:
    number = film.file()
    film.until(at("2026-11-25T08:00"))
    event = film.asks(MEI, number)
    film.until(at("2026-11-25T20:00"))
    assert film.said()[-3:] == [
        "Wed 25 13:00 reminder GEN-1 mei",
        "Wed 25 17:00 question GEN-1 mei",
        "Wed 25 08:00 asked GEN-1 ana",
    ]
    film.answers(ANA, number, event)
    film.until(at("2026-11-26T14:00"))
    assert film.said()[-3:] == [
        "Thu 26 05:00 answered GEN-1 mei",
        "Thu 26 13:00 reminder GEN-1 mei",
        "Thu 26 13:00 reminder GEN-1 ravi",
    ]


def test_a_question_asked_again_has_its_own_nudges(film: Fortnight) -> None:
    number = film.file()
    film.answers(ANA, number, film.asks(RAVI, number))
    film.until(at("2026-11-23T12:00"))
    film.asks(RAVI, number, "And by whom?")
    film.until(at("2026-11-24T18:00"))
    assert film.said("nudge") == ["Tue 24 12:00 nudge GEN-1 ana"]
    assert "And by whom?" in film.heard[-1].words


def test_a_decision_ends_the_question(film: Fortnight) -> None:
    number = film.file()
    event = film.asks(RAVI, number)
    film.decides(MEI, number)
    film.until(at("2026-12-04T18:00"))
    assert film.said("nudge", "reminder") == []
    with pytest.raises(NotYours, match="GEN-1 is approved: nobody waits for this answer any more"):
        film.answers(ANA, number, event)
    with pytest.raises(NotYours, match="GEN-1 is approved"):
        question(film.desk, number, event, ANA)


def test_who_may_ask_and_who_may_answer(film: Fortnight) -> None:
    number = film.file()
    for who, refusal in ((ANA, OwnRequest), (LUCIA, NoSuchRequest), (PEOPLE["jun"], NoSuchRequest)):
        with pytest.raises(refusal):
            ask(film.desk, AskForm(number, 1, "Why?"), who)
    with pytest.raises(Changed):
        ask(film.desk, AskForm(number, 2, "Why?"), RAVI)
    event = film.asks(RAVI, number)
    for who in (RAVI, MEI):
        with pytest.raises(NotYours, match="Only ana, who filed GEN-1, can answer this"):
            answer(film.desk, AnswerForm(number, event, "So."), who)
    with pytest.raises(NotYours, match="was answered before"):
        answer(film.desk, AnswerForm(number, event + 1, "So."), ANA)
    with pytest.raises(NoSuchRequest):
        answer(film.desk, AnswerForm(number + 1, event, "So."), ANA)
    film.answers(ANA, number, event)
    with pytest.raises(NotYours, match="This question about GEN-1 was answered before"):
        film.answers(ANA, number, event)


def test_a_requester_who_is_a_contact(film: Fortnight) -> None:
    """Ravi files for his own film: Mei decides and asks; Ravi is nudged in his own working time."""
    number = film.file(RAVI)
    film.until(at("2026-11-24T17:00"))
    assert film.said() == ["Tue 24 13:00 reminder GEN-1 mei"]
    event = film.asks(MEI, number)
    film.until(at("2026-11-26T10:00"))
    assert film.said("nudge") == ["Wed 25 17:00 nudge GEN-1 ravi"]
    film.answers(RAVI, number, event)
    film.until(at("2026-12-01T10:00"))
    # Nobody else may sign what he filed: after 16 hours the operators are told.
    assert film.said("nobody")[:1] == ["Mon 30 07:00 nobody GEN-1 c0ops"]
