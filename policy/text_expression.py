"""The small language patterns are written in: words, lists and bounded gaps, so that none can run away."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from policy.faults import nearest
from policy.text_lexicon import Choices, Lexicon, Phrase
from policy.text_tokens import folded_words

# Tokens between two parts, or within which all stand; more would join what does not belong together.
MOST = {"gap": 16, "window": 32, "window across sentences": 60}
MAX_PARTS = 10
WINDOW = 10  # tokens within which the parts of an unordered expression stand
_GAP = re.compile(r"(\.\.\.?)(\d*)$")
SPECIALS = ("%name", "%owner", "%number")

_PLAIN = re.compile(r"[a-z]+\*?(?: [a-z]+\*?)*")  # what folding and splitting would leave as it is


class Unreadable(ValueError):
    """An expression that cannot be read; the message says what is wrong with it."""


class Part(NamedTuple):
    """One word or list, after at most `gap` tokens; `over` may cross commas, never a sentence's end."""

    choices: Choices
    gap: int
    over: bool
    optional: bool


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """Ordered runs of parts; several runs may stand in any order within `window` tokens.

    They stand in one sentence, or in neighbouring ones where the expression goes `across`. `needs` holds the
    choices of its parts that may not be missing.
    """

    source: str
    runs: tuple[tuple[Part, ...], ...]
    needs: tuple[Choices, ...]
    window: int
    across: bool

    def possible(self, present: frozenset[int]) -> bool:
        """Whether the groups of phrases that are there leave none of its parts empty."""
        return not any(map(present.isdisjoint, self.needs))


class Compiler:
    """Reads the expressions of one language into the lexicon that all share; `words` are its lists."""

    def __init__(self, words: Mapping[str, tuple[str, ...]], lexicon: Lexicon) -> None:
        self.words, self.lexicon = words, lexicon
        self._known: dict[str, Expression] = {}
        self._choices: dict[str, Choices] = {}
        self._lists: dict[str, Choices] = {}

    def expression(self, source: str) -> Expression:
        """Read one expression, the same for the same source, or raise Unreadable."""
        known = self._known.get(source)
        if known is None:
            known = self._known[source] = self._expression(source)
        return known

    def _expression(self, source: str) -> Expression:
        window, across, text = WINDOW, source.startswith("<<"), source
        if text.startswith("<"):
            size, _, text = text.removeprefix("<").removeprefix("<").partition("> ")
            window = _size(size, "window across sentences" if across else "window")
        runs = tuple(self._run(part.split()) for part in text.split(" & "))
        needs = dict.fromkeys(part.choices for run in runs for part in run if not part.optional)
        if not all(any(not part.optional for part in run) for run in runs):
            raise Unreadable(f'"{text}" could match nothing at all; make a word of it required')
        return Expression(text, runs, tuple(needs), window, across)

    def _run(self, pieces: list[str]) -> tuple[Part, ...]:
        parts: list[Part] = []
        gap, over = 0, False
        for piece in pieces:
            found = _GAP.match(piece)
            if found:
                over = found[1] == "..."
                gap = _size(found[2], "gap") if found[2] else (8 if over else 3)
                continue
            parts.append(Part(self._part(piece.removesuffix("?")), gap, over, piece.endswith("?")))
            gap, over = 0, False
        if not parts or _GAP.match(pieces[-1]) or _GAP.match(pieces[0]):
            raise Unreadable(f'"{" ".join(pieces)}" must begin and end with a word')
        if len(parts) > MAX_PARTS:
            raise Unreadable(f"at most {MAX_PARTS} words may follow each other, these are {len(parts)}")
        return tuple(parts)

    def _part(self, name: str) -> Choices:
        """The groups of a part; an underscore joins the words of one choice."""
        known = self._choices.get(name)
        if known is None:
            groups: set[int] = set()
            for option in name.split("|"):
                if option.startswith("@"):
                    groups |= self._listed(option[1:], MAX_PARTS)
                elif option.startswith("%") and option not in SPECIALS:
                    raise Unreadable(f'"{option}" is no kind of word; {nearest(option, SPECIALS)}')
                else:
                    groups.add(self._phrase(option.replace("_", " ")))
            for group in groups:
                self.lexicon.uses[group] += 1
            known = self._choices[name] = frozenset(groups)
        return known

    def _phrase(self, entry: str) -> int:
        """The group of one phrase, whichever language names it."""
        group = self.lexicon.phrases.get(entry)
        if group is None:
            group = self.lexicon.phrases[entry] = self.lexicon.group((_words(entry),))
        return group

    def _listed(self, name: str, depth: int) -> Choices:
        """The groups of a list and of the lists it names; lists of one language do not leak into another."""
        known = self._lists.get(name)
        if known is not None:
            return known
        if name not in self.words:
            raise Unreadable(f'there is no word list "{name}"; {nearest(name, self.words)}')
        if not depth:
            raise Unreadable(f'the word list "{name}" contains itself')
        groups: set[int] = set()
        own: list[Phrase] = []
        for entry in self.words[name]:
            if entry.startswith("@"):
                groups |= self._listed(entry[1:], depth - 1)
            else:
                own.append(_words(entry))
        known = self._lists[name] = frozenset({*groups, self.lexicon.group(own)})
        return known


def _size(digits: str, what: str) -> int:
    size = int(digits) if digits.isdigit() else 0
    most = MOST[what]
    if not 1 <= size <= most:
        raise Unreadable(
            f"a {what} of {digits or 'nothing'} can run away; at most {most} tokens are read over"
        )
    return size


def _words(entry: str) -> Phrase:
    """The words of a phrase as a text has them, or Unreadable."""
    if entry in SPECIALS:
        return (entry,)
    if _PLAIN.fullmatch(entry):
        phrase = tuple(entry.split(" "))
    elif re.fullmatch(r"[^\[\]{}()\\^$+]+", entry):
        phrase = folded_words(entry)
    else:
        raise Unreadable(f'"{entry}" holds signs that mean nothing here; write words, * ends an open word')
    if not phrase or any("*" in word[:-1] or (len(word) < 3 and "*" in word) for word in phrase):
        raise Unreadable(f'"{entry}" would match too much; at least two letters stand before *, at the end')
    return phrase
