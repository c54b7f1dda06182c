"""What somebody searches for: words and filters, read into the question that storage.search answers. Pure."""

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from policy.lifecycle import Status
from policy.spelling import suggest
from policy.verdict import Outcome
from storage.search_words import (
    NAME,
    OUTCOME,
    PRODUCTION,
    REQUESTER,
    STATUS,
    Alternatives,
    Query,
    beginning,
    fold,
    joined,
    mark,
    stem,
    words,
)

LONGEST: Final = 300
"""So many characters are searched for at most: a button carries them from page to page."""

MOST_WORDS: Final = 16

FILTERS: Final = ("status", "production", "outcome", "from")
_CLOSED: Final = {"status": (STATUS, tuple(Status)), "outcome": (OUTCOME, tuple(Outcome))}
_FILTER: Final = re.compile(r'(?<!\S)([A-Za-z]{3,20}):(?!/)\s*(?:"([^"]*)"|(\S+))')
_ID: Final = re.compile(r"@?[UW][A-Z0-9]{2,}")


class NotSearched(Exception):
    """What was typed cannot be searched for; the message says why, and what to write instead."""


@dataclass(frozen=True)
class Asked:
    """The question. `hint`: a production that they may have meant, in a sentence; else ""."""

    query: Query
    hint: str = ""


def shortened(text: str) -> str:
    """What was typed, on one line. Raises NotSearched when it is too long."""
    line = " ".join(text.split())
    if len(line) > LONGEST:
        raise NotSearched(f"That is too long: search for a few words, at most {LONGEST} characters.")
    return line


def parse(text: str, titles: Mapping[str, str], theirs: Collection[str]) -> Asked:
    """Read what was typed.

    `titles`: code -> title of every production; `theirs`: the codes that may be named to this person.
    Raises NotSearched.
    """
    parts: list[Alternatives] = []
    hints: list[str] = []
    rest = []
    end = 0
    for found in _FILTER.finditer(text):
        name, value = found[1].casefold(), found[2] or found[3] or ""
        if name not in FILTERS:
            if _misspelt(name):
                raise NotSearched(f'There is no filter "{found[1]}:"; {suggest(name, FILTERS)}')
            continue
        rest.append(text[end : found.start()])
        end = found.end()
        parts += _filtered(name, value, titles)
        hints += _meant(value, theirs) if name == "production" else []
    last_is_word = bool(text[end:].strip())
    chunks = [chunk for part in (*rest, text[end:]) for chunk in part.split()]
    for number, chunk in enumerate(chunks, start=1):
        parts += _worded(chunk, titles, last_is_word and number == len(chunks))
    if not parts:
        raise NotSearched("Write a word that the request says, or its number like GEN-3.")
    if len(parts) > MOST_WORDS:
        raise NotSearched(f"That is too much: search for {MOST_WORDS} words at most.")
    return Asked(tuple(dict.fromkeys(parts)), next(iter(hints), ""))


def _misspelt(name: str) -> bool:
    return bool(difflib.get_close_matches(name, FILTERS, n=1, cutoff=0.75))


def _filtered(name: str, value: str, titles: Mapping[str, str]) -> list[Alternatives]:
    if name in _CLOSED:
        sign, known = _CLOSED[name]
        wanted = re.sub(r"[\s-]+", "_", fold(value).strip())
        if wanted not in known:
            raise NotSearched(f'There is no {name} "{value[:60]}"; {suggest(value[:60], map(str, known))}')
        return [(mark(sign, wanted),)]
    if not words(value):
        example = "from:ana" if name == "from" else "production:NIGHTFALL"
        raise NotSearched(f"Write a name after {name}:, like {example}.")
    if name == "from":
        return _named(value)
    return [tuple(dict.fromkeys((mark(PRODUCTION, value), *_productions(words(value), titles))))]


def _named(value: str) -> list[Alternatives]:
    if _ID.fullmatch(value):
        return [(mark(REQUESTER, value.lstrip("@")), *(NAME + word for word in words(value)))]
    return [(NAME + word,) for word in words(value)]


def _meant(value: str, theirs: Collection[str]) -> list[str]:
    """The nearest production, when the one that was named is none of them."""
    if mark("", value) in {mark("", code) for code in theirs}:
        return []
    by_name = {code.casefold(): code for code in theirs}
    near = difflib.get_close_matches(value.casefold(), by_name, n=1)
    return [f"Did you mean production:{by_name[near[0]]}?"] if near else []


def _productions(named: Collection[str], titles: Mapping[str, str], begun: str = "") -> Alternatives:
    """The productions whose code and title have all these words, or one that begins like that."""
    if not named:
        return ()
    wanted = {stem(word) for word in named}

    def fits(code: str, title: str) -> bool:
        its = words(f"{code} {title}")
        return wanted <= set(map(stem, its)) or bool(begun and any(word.startswith(begun) for word in its))

    return tuple(mark(PRODUCTION, code) for code, title in titles.items() if fits(code, title))


def _worded(chunk: str, titles: Mapping[str, str], last: bool) -> Iterable[Alternatives]:
    parts, together = words(chunk), [stem(word) for word in joined(chunk)]
    for number, part in enumerate(parts, start=1):
        # Nobody is made to finish the last word.
        begun = beginning(part) if last and number == len(parts) else ""
        tokens = [stem(part), *together, *([begun] if begun else [])]
        yield (*tokens, *_productions([part], titles, part if begun else ""))
