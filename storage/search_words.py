"""The words of a request and of a question, made the same way: folded, in English stems, and as beginnings.

A token is a word with a sign before it that says what it stands for; both databases only ever compare tokens.
"""

import json
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from storage.seals import MARKER

STEM: Final = "="
BEGINNING: Final = "^"
PRODUCTION: Final = ":"
REQUESTER: Final = "@"
NAME: Final = "&"
STATUS: Final = "!"
OUTCOME: Final = "%"

SIGNS: Final = f"{STEM}{BEGINNING}{PRODUCTION}{REQUESTER}{NAME}{STATUS}{OUTCOME}"

SHORTEST, LONGEST = 3, 6
"""So many letters of a word are kept as its beginning; what goes on after the sixth is not told apart."""

Alternatives = tuple[str, ...]
Query = tuple[Alternatives, ...]
"""Every part must be there, each as one of its tokens; without a part, everything is meant."""

# Written without blanks between words: each sign is a word.
_WORD: Final = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\W_\u0e00-\u0e7f\u3040-\u30ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)
_HYPHENED: Final = re.compile(r"[^\W_]+(?:[-\u2010\u2011][^\W_]+)+")
_POSSESSIVE: Final = re.compile(r"['’]s\b")
_APOSTROPHE: Final = re.compile(r"(?<=\w)['’](?=\w)")
_MOST_LETTERS: Final = 40  # of a word; what is longer is no word of anybody
_LONGEST_MARK: Final = 200
_MOST_WORDS: Final = 5_000  # of a request, different ones: a tsvector takes a megabyte
_PLAIN: Final = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"})

# The columns that `tokens_of` reads, and whose change asks for it again.
TEXTS: Final = (
    *("production", "requester_name", "title", "description", "vendor"),
    *("not_generative", "consent_reference", "facts"),
)
COLUMNS: Final = ("id", *TEXTS, "requester_user", "status", "outcome")


@dataclass(frozen=True)
class Tokens:
    """What one request is found by. `beginnings`: its words, cut to the longest beginning that is kept."""

    marks: frozenset[str]
    beginnings: frozenset[str]


def fold(text: str) -> str:
    """Small letters without accents."""
    if text.isascii():
        return text.casefold()
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return "".join(one for one in apart if not unicodedata.combining(one))


def words(text: str) -> list[str]:
    """The folded words of a text in their order; "de-aging" is "de" and "aging", "Ana's" is "ana"."""
    bare = _APOSTROPHE.sub("", _POSSESSIVE.sub("", fold(text)))
    return [found[:_MOST_LETTERS] for found in _WORD.findall(bare)]


def joined(text: str) -> list[str]:
    """What is written with a hyphen, as one word: "de-aging" is "deaging" too."""
    found = _HYPHENED.findall(fold(text))
    return [re.sub(r"\W", "", one)[:_MOST_LETTERS] for one in found]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The token of a folded word, the same for "board" and "boards"."""
    stemmer = _stemmer()
    with _STEMMING:
        return f"{STEM}{stemmer.stemWord(word)}"


_STEMMING: Final = threading.Lock()  # a stemmer serves one thread at a time


@cache
def _stemmer() -> Any:
    from Stemmer import Stemmer  # the first who searches loads it, not the start

    return Stemmer("english")


def mark(sign: str, value: str) -> str:
    """The token of a production, a person, a status: compared without regard to capitals."""
    return sign + re.sub(r"\W+", "_", fold(value))[:_LONGEST_MARK]


def beginning(word: str) -> str:
    """The token of all words that begin with a folded word; "" when it is too short to say."""
    return f"{BEGINNING}{word[:LONGEST]}" if len(word) >= SHORTEST else ""


def tokens_of(row: Mapping[str, Any]) -> Tokens:
    """All that a request is found by; `row` has COLUMNS."""
    found: set[str] = set()
    for text in _said(row):
        if len(found) > _MOST_WORDS:
            break
        found.update(words(text))
        if "-" in text or "\u2010" in text or "\u2011" in text:
            found.update(joined(text))
    marks = {stem(word) for word in found}
    marks |= {NAME + word for word in words(_kept(row["requester_name"]))}
    marks |= {
        mark(PRODUCTION, row["production"]),
        mark(REQUESTER, row["requester_user"]),
        mark(STATUS, row["status"]),
        mark(OUTCOME, row["outcome"]),
    }
    return Tokens(frozenset(marks), frozenset(word[:LONGEST] for word in found))


def _said(row: Mapping[str, Any]) -> Iterator[str]:
    for name in TEXTS:
        if name != "facts":
            yield _kept(row[name])
        elif row[name] != MARKER:
            yield from _of_steps(json.loads(row[name])["steps"])


def _of_steps(steps: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for step in steps:
        yield from (str(step.get(name, "")) for name in ("tool", "purpose", "inputs"))


def _kept(text: str) -> str:
    return "" if text == MARKER else text
