"""Put off: later, tomorrow, to a day; as far as the date allows, and by nobody else."""

from collections.abc import Callable
from datetime import date

import pytest

from bot.service.desk import Who
from bot.service.refusals import NotYours, Unfit
from bot.service.snooze import snooze
from tests.flows.fortnight import ANA, MEI, OSKAR, RAVI, Fortnight, at
from tests.flows.test_chasing import begin as begin
from tests.flows.test_chasing import listed

Begin = Callable[..., Fortnight]


def test_put_off_and_put_off_again(begin: Begin) -> None:
    """Whoever asks for it hears it twice a day; the backup waits as long; the requester sees it each time."""
    film = begin("2026-11-23T10:00")
    number = film.file()
    film.until(at("2026-11-23T14:30"))
    [(chase,)] = film.rows("SELECT id FROM chases WHERE kind = 'contact'")
    snooze(film.desk, chase, "later", RAVI)
    film.until(at("2026-11-23T17:30"))
    snooze(film.desk, chase, "tomorrow", RAVI)
    film.until(at("2026-11-24T09:00"))
    snooze(film.desk, chase, date(2026, 11, 26), RAVI)
    film.until(at("2026-11-27T12:00"))
    assert film.said() == listed(
        """
        Mon 23 14:00 reminder GEN-1 ravi
        Mon 23 14:30 snoozed GEN-1 ana
        Mon 23 17:30 reminder GEN-1 ravi
        Mon 23 17:30 snoozed GEN-1 ana
        Tue 24 09:00 reminder GEN-1 ravi
        Tue 24 09:00 snoozed GEN-1 ana
        Thu 26 18:00 backup GEN-1 mei
        Thu 26 09:00 reminder GEN-1 ravi
        Fri 27 13:00 reminder GEN-1 mei
        Fri 27 09:00 reminder GEN-1 ravi
        """
    )
    film.decides(RAVI, number)
    with pytest.raises(NotYours, match=r"GEN-1 no longer waits for you"):
        snooze(film.desk, chase, "later", RAVI)


@pytest.mark.parametrize(
    ("until", "says"),
    [
        ("tomorrow", None),
        (
            date(2026, 11, 25),
            r"GEN-1 is needed sooner. It can wait at most until 24 Nov 2026 at 17:00 \(GMT\).",
        ),
    ],
)
def test_a_snooze_ends_before_the_date(begin: Begin, until: date, says: str | None) -> None:
    film = begin("2026-11-23T10:00")
    film.file(needed_by=date(2026, 11, 24))
    film.until(at("2026-11-23T15:00"))
    [(chase,)] = film.rows("SELECT id FROM chases WHERE kind = 'contact'")
    if says is None:
        assert snooze(film.desk, chase, until, RAVI)[1] == at("2026-11-24T09:00")
        return
    with pytest.raises(Unfit, match=says):
        snooze(film.desk, chase, until, RAVI)
    film.until(at("2026-11-24T17:30"))
    with pytest.raises(Unfit, match="GEN-1 cannot wait any longer"):
        snooze(film.desk, chase, "later", RAVI)


@pytest.mark.parametrize("who", [ANA, MEI, OSKAR], ids=lambda who: who.name)
def test_nobody_else_puts_it_off(begin: Begin, who: Who) -> None:
    film = begin("2026-11-23T10:00")
    film.file()
    with pytest.raises(NotYours, match="Only the person who was reminded can put this off"):
        snooze(film.desk, 1, "later", who)
