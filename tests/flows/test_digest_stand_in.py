"""A digest once a backup was pulled in: for whom its reader stands in, and since when all is waited for."""

import pytest

from bot.service.desk import Who
from bot.service.digest import digest_now
from tests.flows.fortnight import MEI, RAVI, Fortnight, at
from tests.person import text_of


@pytest.fixture
def handed_over(film: Fortnight) -> Fortnight:
    """Ravi was asked on Monday and did not answer; Mei was asked beside him on Wednesday."""
    film.file()
    film.until(at("2026-11-25T08:00"))
    return film


def shown(film: Fortnight, who: Who, channel: str = "C0ANYWHERE") -> str:
    text, blocks = digest_now(film.desk, who, channel)
    return text_of({"text": text, "blocks": blocks})


def test_who_stands_in_reads_for_whom(handed_over: Fortnight) -> None:
    assert "\nYou stand in for Ravi Menon Approve" in shown(handed_over, MEI)
    assert "stand in" not in shown(handed_over, RAVI)
    assert "You stand in" not in shown(handed_over, MEI, "C0APPR")


def test_a_backup_does_not_make_the_wait_any_shorter(handed_over: Fortnight) -> None:
    said = shown(handed_over, RAVI, "C0APPR")
    assert "waits for Ravi Menon or Mei Tanaka" in said and "|23 Nov 2026>" in said and "|25 Nov" not in said
    # Of her own part only the time counts since she was asked.
    assert "waiting since" in shown(handed_over, MEI) and "|23 Nov" not in shown(handed_over, MEI)
