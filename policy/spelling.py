"""Guesses what a mistyped name was meant to be, whatever its capitals."""

import difflib
from collections.abc import Iterable
from zoneinfo import ZoneInfo, available_timezones

_LISTED = 12  # longer lists of known names help nobody


def suggest(word: str, known: Iterable[str]) -> str:
    """`did you mean "..."?`, or the known names when none is near."""
    names = list(known)
    found = _nearest(word, {name.casefold(): name for name in names})
    if found:
        return f'did you mean "{found}"?'
    if not names:
        return "none is listed yet"
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"known are: {', '.join(names[:_LISTED])}{more}"


def known_zone(name: str) -> str:
    """The name of a time zone as given, or ValueError with the nearest one that exists."""
    if not is_zone(name):
        raise ValueError(f'"{name[:60]}" is not a time zone; {_suggest_zone(name)}')
    return name


def is_zone(name: str) -> bool:
    """The name is one of a time zone, like "Europe/London"."""
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # OSError: "Europe" is a folder of zones, not a zone
        return False
    return bool(name)


def _suggest_zone(name: str) -> str:
    """People write the city alone, so both "london" and "europe/london" lead to Europe/London."""
    zones = sorted(available_timezones())
    by_word = {zone.rpartition("/")[2].casefold(): zone for zone in zones if "/" in zone}
    by_word |= {zone.casefold(): zone for zone in zones}
    found = _nearest(name.replace(" ", "_"), by_word, cutoff=0.75)  # "Mars" is not Paris
    return f'did you mean "{found}"?' if found else 'write it like "Europe/London"'


def _nearest(word: str, by_word: dict[str, str], cutoff: float = 0.6) -> str | None:
    close = difflib.get_close_matches(word.casefold(), by_word, n=1, cutoff=cutoff)
    return by_word[close[0]] if close else None
