"""Days as people type them after "until"; what could be meant in two ways is asked."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.said_dates import FURTHEST, MONTHS, DayNotRead, read_day

TODAY = date(2026, 11, 25)  # a Wednesday


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2 Dec", date(2026, 12, 2)),
        ("Dec 2", date(2026, 12, 2)),
        ("2 December", date(2026, 12, 2)),
        ("2nd of December", date(2026, 12, 2)),
        ("  december   2nd, 2026. ", date(2026, 12, 2)),
        ("2 DEC 2026", date(2026, 12, 2)),
        ("2Dec", date(2026, 12, 2)),
        ("2026-12-02", date(2026, 12, 2)),
        ("3 Jan", date(2027, 1, 3)),
        ("25 Nov", TODAY),
        ("1 Sept 2027", date(2027, 9, 1)),
        ("26 Nov 2027", date(2027, 11, 26)),
        ("today", TODAY),
        ("Tomorrow", date(2026, 11, 26)),
        ("Thursday", date(2026, 11, 26)),
        ("fri", date(2026, 11, 27)),
        ("Tuesday", date(2026, 12, 1)),
        ("Wednesday", date(2026, 12, 2)),  # not today
    ],
)
def test_a_day_is_read(said: str, meant: date) -> None:
    assert read_day(said, TODAY) == meant


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("yesterday", '"yesterday" has passed; say a day from today on'),
        ("2 Dec 2025", '"2 Dec 2025" has passed; say a day from today on'),
        ("2026-11-24", '"2026-11-24" has passed; say a day from today on'),
        ("24 Nov", 'which year is "24 Nov"? Write it like "24 Nov 2027"'),
        ("2 Jun", 'which year is "2 Jun"? Write it like "2 Jun 2027"'),
        ("June 2nd", 'which year is "June 2nd"? Write it like "2 Jun 2027"'),
        ("29 Feb", 'which year is "29 Feb"? Write it like "29 Feb 2028"'),
        ("27 Nov 2027", '"27 Nov 2027" is more than a year ahead; say a nearer day'),
        ("2 Dec 9999", '"2 Dec 9999" is more than a year ahead; say a nearer day'),
        ("31 Nov", '"31 Nov" is no day of any year; write it like "2 Dec" or "tomorrow"'),
        ("29 Feb 2027", 'there is no day "29 Feb 2027"; write it like "2 Dec" or "tomorrow"'),
        ("2026-13-01", 'there is no day "2026-13-01"; write it like "2 Dec" or "tomorrow"'),
        ("1 Jan 0000", 'there is no day "1 Jan 0000"; write it like "2 Dec" or "tomorrow"'),
        ("2 Decembre", '"2 Decembre" has no month that is known; did you mean "December"?'),
        ("Fryday", '"Fryday" is not a day; write it like "2 Dec" or "tomorrow"'),
        ("next week", '"next week" is not a day; write it like "2 Dec" or "tomorrow"'),
        ("2", '"2" is not a day; write it like "2 Dec" or "tomorrow"'),
        ("2 Dec 26", '"2 Dec 26" is not a day; write it like "2 Dec" or "tomorrow"'),
        (" ", 'say until which day; write it like "2 Dec" or "tomorrow"'),
        ("x" * 100, f'"{"x" * 40}…" is not a day; write it like "2 Dec" or "tomorrow"'),
    ],
)
def test_refused_with_one_sentence(said: str, says: str) -> None:
    with pytest.raises(DayNotRead) as refusal:
        read_day(said, TODAY)
    assert str(refusal.value) == says


@pytest.mark.parametrize("said", ["2/12", "02.12.2026", "12-02-2026", "2. 12. 2026", "13/12/26"])
def test_refused_a_date_in_numbers_that_people_read_differently(said: str) -> None:
    with pytest.raises(DayNotRead, match='more than one way; write the month as a word, like "2 Dec 2026"'):
        read_day(said, TODAY)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, FURTHEST))
def test_a_day_is_read_as_written_or_the_year_is_asked(today: date, ahead: int) -> None:
    day = today + timedelta(days=ahead)
    month = MONTHS[day.month - 1]
    for said in (f"{day}", f"{day.day} {month[:3]} {day.year:04}", f"{month} {day.day}, {day.year:04}"):
        assert read_day(said, today) == day
    without_year = f"{day.day} {month}"
    if ahead <= 183:
        assert read_day(without_year, today) == day
    elif ahead < 365:
        with pytest.raises(DayNotRead, match=f"which year .* {day.year}"):
            read_day(without_year, today)


@given(st.text(max_size=30))
def test_any_text_is_a_near_day_or_one_sentence(said: str) -> None:
    try:
        found = read_day(said, TODAY)
    except DayNotRead as refusal:
        assert "\n" not in str(refusal)
    else:
        assert TODAY <= found <= TODAY + timedelta(days=FURTHEST)
