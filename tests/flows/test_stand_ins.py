"""Who stands in is settled anew when somebody leaves: nobody loses a right, and no request is left out."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from bot.chase_told import away_told
from bot.service.decide import prepare
from bot.service.handover import AUDIENCE, settle, settle_at
from policy.lifecycle import Move
from storage import requests, rounds
from storage.errors import Busy
from storage.rounds import RoundRow
from tests.flows.fortnight import LUCIA, MEI, OSKAR, Fortnight, at
from tests.flows.test_away import says


def test_who_is_away_can_still_decide_beside_their_deputy(film: Fortnight) -> None:
    """Mei was asked, leaves, and was told that she can still decide; Oskar is asked in her place."""
    number = film.file()
    film.until(at("2026-11-25T08:00"))
    assert film.rows("SELECT DISTINCT backup FROM sign_offs") == [("mei",)]
    assert "can still decide" in away_told(says(film, MEI, "away until 4 Dec to oskar"))
    film.until(at("2026-11-25T12:00"))
    assert film.rows("SELECT DISTINCT backup FROM sign_offs") == [("oskar",)]
    assert prepare(film.desk, number, 1, Move.APPROVE, OSKAR, "C0APPR").topics
    film.decides(MEI, number)
    assert film.rows("SELECT status FROM requests") == [("approved",)]


def test_a_stumble_while_stand_ins_are_named_leaves_nobody_out(
    film: Fortnight, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is busy at the second of two requests: the next tick names who stands in there, too."""
    for _ in range(2):
        film.file(code="NORTH")
    film.until(at("2026-11-25T10:00"))
    says(film, LUCIA, "away until 4 Dec to Mei Tanaka")
    lock, locked = requests.lock, []

    def busy(tx: Connection, request_id: int) -> None:
        locked.append(request_id)
        if len(locked) == 2:
            raise Busy
        lock(tx, request_id)

    with monkeypatch.context() as trouble:
        trouble.setattr(requests, "lock", busy)
        with pytest.raises(Busy):
            settle(film.desk)
    film.tick()
    assert film.rows("SELECT DISTINCT backup FROM sign_offs") == [("mei",)]


def test_somebody_leaves_while_another_process_settles(
    film: Fortnight, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its tick moves the round between our look at it and our change: it is still due now."""
    read, looks = rounds.get, []

    def late(tx: Connection, audience: str) -> RoundRow | None:
        found = read(tx, audience)
        looks.append(found)
        if len(looks) == 1 and found:
            return replace(found, due_at=at("2026-11-20T10:00"))
        return found

    with film.database.transaction() as tx, monkeypatch.context() as trouble:
        trouble.setattr(rounds, "get", late)
        settle_at(tx, film.now)
    with film.database.reading() as tx:
        kept = rounds.get(tx, AUDIENCE)
    assert kept is not None and kept.due_at == film.now
