"""Working calendars from the directory, from Slack, and from the public holidays of a place."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.calendars import Calendars, Countries, Holidays
from policy.away import Absences, Away
from policy.directory import parse_directory
from policy.faults import Invalid
from tests.flows.fortnight import FILM, at


def calendars(text: str = FILM) -> Calendars:
    return Calendars(parse_directory(text, "directory.toml", known_countries=Countries()))


def test_the_directorys_zone_comes_before_slacks() -> None:
    known = calendars()
    known.zones["ravi"] = "Asia/Tokyo"
    assert known.contact("ravi").zone == ZoneInfo("Europe/London")


def test_without_one_slacks_counts_and_else_the_productions() -> None:
    """Mei decides for Tokyo; Lucia stands in for Oskar, who decides up North."""
    text = FILM.replace('timezone = "Asia/Tokyo"\nholidays', "holidays")
    text = text.replace('timezone = "America/Los_Angeles"\nholidays', "holidays")
    known = calendars(text.replace('contact = "lucia"', 'contact = "ravi"'))
    assert known.contact("mei").zone == ZoneInfo("Asia/Tokyo")
    assert known.contact("lucia").zone == ZoneInfo("Europe/Stockholm")
    known.zones["lucia"] = "America/New_York"
    assert known.contact("lucia").zone == ZoneInfo("America/New_York")


def test_holidays_are_those_of_the_place() -> None:
    boxing_day, second_january = date(2025, 12, 26), date(2026, 1, 2)
    assert boxing_day in Holidays("GB-ENG") and second_january not in Holidays("GB-ENG")
    assert second_january in Holidays("GB-SCT")
    assert date(2026, 11, 23) in Holidays("JP") and date(2026, 11, 23) not in Holidays("")
    assert date(2026, 11, 27) in Holidays("US-CA") and date(2026, 11, 27) not in Holidays("US")
    assert "2026-12-25" not in Holidays("GB")


def test_an_absence_is_no_working_time() -> None:
    away = Absences((Away("ravi", at("2026-11-24T00:00"), at("2026-11-25T00:00")),))
    ravi = calendars().contact("ravi", away)
    assert not ravi.open_at(at("2026-11-24T10:00")) and ravi.open_at(at("2026-11-25T10:00"))
    assert calendars().contact("mei", away).absences == ()


def test_a_production_keeps_office_hours_and_one_that_left_keeps_them_in_utc() -> None:
    known = calendars(FILM.replace('title = "The Film"', 'title = "The Film"\nholidays = "GB-ENG"'))
    film = known.production("FILM")
    assert not film.open_at(at("2026-12-25T10:00")) and film.open_at(at("2026-12-24T10:00"))
    assert not film.open_at(at("2026-12-24T08:59"))
    assert known.production("GONE").open_at(datetime(2026, 12, 25, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("written", "instead", "says"),
    [
        ('holidays = "JP"', 'holidays = "JA"', 'the public holidays of "JA" are not known; known are: AD'),
        ('holidays = "US-CA"', 'holidays = "US-XX"', 'US has no part "US-XX" with holidays of its own'),
        (
            '"Europe/Stockholm"\nholidays',
            '"Stokholm"\nholidays',
            '"Stokholm" is not a time zone; did you mean "Europe/Stockholm"?',
        ),
        ('"Europe/Stockholm"\nholidays', '"Europe"\nholidays', '"Europe" is not a time zone'),
    ],
)
def test_what_does_not_exist_gets_one_sentence(written: str, instead: str, says: str) -> None:
    with pytest.raises(Invalid) as refusal:
        calendars(FILM.replace(written, instead, 1))
    [fault] = refusal.value.faults
    assert says in fault.says and fault.line is not None


def test_a_night_shift_is_allowed() -> None:
    mei = calendars(FILM.replace('holidays = "JP"', 'hours = "18:00-09:00"')).contact("mei")
    tokyo = ZoneInfo("Asia/Tokyo")
    assert mei.open_at(at("2026-11-24T03:00", tokyo)) and not mei.open_at(at("2026-11-24T12:00", tokyo))
