"""The day a person types after "until". What could be meant in two ways is asked, never guessed."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from policy.people import DAYS
from policy.spelling import suggest

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
FURTHEST = 366  # days ahead
_YEAR_MEANT = 183  # days ahead up to which nobody asks for the year
_NEXT_LEAP = 9  # years to look through for a 29 February: 2096 to 2104 has none between
_DAY, _MONTH, _YEAR = (
    r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?",
    r"(?P<month>[a-z]{3,})\.?",
    r"(?:,? (?P<year>[0-9]{4}))?",
)
_DAY_AND_MONTH = (
    re.compile(f"{_DAY} ?(?:of )?{_MONTH}{_YEAR}", re.IGNORECASE),
    re.compile(f"{_MONTH} ?{_DAY}{_YEAR}", re.IGNORECASE),
)
_WRITE = 'write it like "2 Dec" or "tomorrow"'


class DayNotRead(ValueError):
    """One sentence for the person who typed it."""


def read_day(text: str, today: date) -> date:
    """The day meant, from today to FURTHEST days ahead, or DayNotRead.

    Read are "2 Dec", "Dec 2", "2nd December 2026", "2026-12-02", "tomorrow" and "Friday" (the next one,
    never today).
    """
    said = " ".join(text.split()).strip(" .,")
    shown = said if len(said) <= 40 else f"{said[:40]}…"
    found = _named(said.casefold(), today) or _in_numbers(said, shown) or _in_words(said, shown, today)
    if found is None:
        raise DayNotRead(f'"{shown}" is not a day; {_WRITE}' if said else f"say until which day; {_WRITE}")
    if found < today:
        raise DayNotRead(f'"{shown}" has passed; say a day from today on')
    if found - today > timedelta(days=FURTHEST):
        raise DayNotRead(f'"{shown}" is more than a year ahead; say a nearer day')
    return found


def _named(word: str, today: date) -> date | None:
    """today, tomorrow and the days of the week."""
    near = {"yesterday": -1, "today": 0, "tomorrow": 1}
    if word in near:
        return today + timedelta(days=near[word])
    for number, day in enumerate(DAYS):
        if len(word) >= 3 and day.startswith(word):
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    return None


def _in_numbers(said: str, shown: str) -> date | None:
    """2026-12-02 and nothing else: people read 2/12 in two ways."""
    parts = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", said)
    if parts:
        return _existing(lambda: date(int(parts[1]), int(parts[2]), int(parts[3])), shown)
    if re.fullmatch(r"[0-9]+([./ -]+[0-9]+)+", said):
        raise DayNotRead(
            f'"{shown}" can be read in more than one way; write the month as a word, like "2 Dec 2026"'
        )
    return None


def _in_words(said: str, shown: str, today: date) -> date | None:
    """A day and a month in either order, with a year of four digits or without one."""
    parts = next((found for pattern in _DAY_AND_MONTH if (found := pattern.fullmatch(said))), None)
    if not parts:
        return None
    month = _month(parts["month"], shown)
    number = int(parts["day"])
    if parts["year"]:
        return _existing(lambda: date(int(parts["year"]), month, number), shown)
    return _nearest(number, month, today, shown)


def _month(name: str, shown: str) -> int:
    word = name.casefold()
    for number, month in enumerate(MONTHS, start=1):
        if month.casefold().startswith(word):
            return number
    raise DayNotRead(f'"{shown}" has no month that is known; {suggest(name, MONTHS)}')


def _nearest(day: int, month: int, today: date, shown: str) -> date:
    """The next such day; when it is far away, whoever typed it may have meant the past one."""
    for year in range(today.year, today.year + _NEXT_LEAP):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found < today:
            continue
        if found - today > timedelta(days=_YEAR_MEANT):
            raise DayNotRead(f'which year is "{shown}"? Write it like "{day} {MONTHS[month - 1][:3]} {year}"')
        return found
    raise DayNotRead(f'"{shown}" is no day of any year; {_WRITE}')


def _existing(build: Callable[[], date], shown: str) -> date:
    try:
        return build()
    except ValueError:
        raise DayNotRead(f'there is no day "{shown}"; {_WRITE}') from None
