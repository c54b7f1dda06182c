"""`/genai-request away ...`: until when, from when and who stands in, from the text as Slack sends it."""

import re
from dataclasses import dataclass

from bot.slack_text import as_typed
from policy.people import DAYS
from policy.said_dates import MONTHS


@dataclass(frozen=True)
class AwaySaid:
    """What somebody said about being away, as typed; `until` empty: they did not say, so the form asks.

    `delegate`: a user id for a mention, else the name after "to"; "" for whoever their backup is.
    """

    until: str = ""
    begins: str = ""
    delegate: str = ""


# Slack sends a mention for a person it knows, and what was typed for anybody else.
_MENTION = re.compile(r"(?:(?:^| )to )?<@(?P<id>[A-Z0-9]+)(?:\|[^<>]*)?>[ .,!]*$", re.IGNORECASE)
_TO = re.compile(r"(?:^| )to ", re.IGNORECASE)
_UNTIL = re.compile(r"(?:^| )(?:until|till|til)(?: |$)", re.IGNORECASE)
_RANGE = re.compile(r" (?:to|[-–—]) ", re.IGNORECASE)
_FROM = re.compile(r"^(?:from|since|on) ", re.IGNORECASE)
_FOR = re.compile(r"^for ", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,4}(?:st|nd|rd|th)?(?:[./-]\d{1,4})*", re.IGNORECASE)
_NEAR = frozenset(("today", "tomorrow", "yesterday", "now", "day", "days", "week", "weeks", "weekend"))
_BETWEEN = frozenset(("a", "next", "of", "one", "the", "this", "two"))
_MOST_WORDS = 5  # "the 2nd of December 2026"


def parse_away_words(raw: str) -> AwaySaid | None:
    """What the text after /genai-request says about being away, or None when it is about something else.

    "away", "away until ..." and "away" before a day are; "away team uniforms" is the description of a use.
    Days are not read here: whoever keeps the absence says what is wrong with them.
    """
    word, _, rest = " ".join(raw.split()).partition(" ")
    if word.casefold() != "away":
        return None
    said, delegate, mentioned = _delegate(rest)
    begins, until = _days(said)
    if not said:
        return AwaySaid(delegate=delegate) if mentioned or not delegate else None
    if _FOR.match(said) and _is_day(_FOR.sub("", said)):  # for two weeks: the form asks until when
        return AwaySaid(delegate=delegate)
    misspelt = begins[:1].isdigit() and until is not None and _is_day(until)  # "24 Dez until 2 Jan"
    if not begins or _is_day(begins) or misspelt:
        return AwaySaid(as_typed(until or ""), as_typed(begins), delegate)
    return None


def _delegate(text: str) -> tuple[str, str, bool]:
    """The text without who stands in at its end; who that is; and whether Slack knows them."""
    mention = _MENTION.search(text)
    if mention:
        return text[: mention.start()].strip(), mention["id"].upper(), True
    found = list(_TO.finditer(text))
    if found and not _is_day(text[found[-1].end() :]):
        name = as_typed(text[found[-1].end() :]).lstrip("@").rstrip(" .,!")
        return text[: found[-1].start()].strip(), name, False
    return text, "", False


def _days(text: str) -> tuple[str, str | None]:
    """The first day, "" when it is now or not said, and the last one, None when it is not said."""
    parts = _UNTIL.split(text, maxsplit=1)
    if len(parts) == 1 and (found := _RANGE.split(text, maxsplit=1))[1:] and all(map(_is_day, found)):
        parts = found
    begins = _FROM.sub("", parts[0]).strip()
    begins = "" if begins.casefold() == "now" else begins
    return begins, parts[1].strip() if len(parts) == 2 else None


def _is_day(text: str) -> bool:
    """Every word of it may belong to a day, and one names it; "May" alone is a person too."""
    words = [word.strip(".,").casefold() for word in _FROM.sub("", text).split()]
    return 0 < len(words) <= _MOST_WORDS and all(map(_of_a_day, words)) and any(map(_names_a_day, words))


def _names_a_day(word: str) -> bool:
    weekday = len(word) >= 3 and any(day.startswith(word) for day in DAYS)
    return weekday or word in _NEAR or bool(_NUMBER.fullmatch(word))


def _of_a_day(word: str) -> bool:
    month = len(word) >= 3 and any(name.casefold().startswith(word) for name in MONTHS)
    return month or word in _BETWEEN or _names_a_day(word)
