"""The small language patterns are written in: words, lists and bounded gaps, so that none can run away."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from policy.faults import nearest
from policy.text_tokens import folded_words

# Tokens between two parts, or within which all stand; more would join what does not belong together.
MOST = {"gap": 16, "window": 32, "window across sentences": 60}
MAX_PARTS = 10
WINDOW = 10  # tokens within which the parts of an unordered expression stand
_GAP = re.compile(r"(\.\.\.?)(\d*)$")
SPECIALS = ("%name", "%owner", "%number")

Phrase = tuple[str, ...]


class Unreadable(ValueError):
    """An expression that cannot be read; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One word or list, after at most `gap` tokens; `over` may cross commas, never a sentence's end."""

    slot: int
    gap: int
    over: bool
    optional: bool


@dataclass(frozen=True, slots=True)
class Expression:
    """Ordered runs of parts; several runs may stand in any order within `window` tokens.

    They stand in one sentence, or in neighbouring ones where the expression goes `across`.
    """

    source: str
    runs: tuple[tuple[Part, ...], ...]
    needs: frozenset[int]
    window: int
    across: bool


@dataclass
class Lexicon:
    """Every word patterns know, as one tree: phrase -> the slots of the parts it can fill."""

    slots: dict[str, int] = field(default_factory=dict)
    exact: dict[str, "Lexicon"] = field(default_factory=dict)
    begins: dict[str, "Lexicon"] = field(default_factory=dict)
    fills: set[int] = field(default_factory=set)
    lengths: tuple[int, ...] = ()

    def slot(self, name: str, phrases: Callable[[], set[Phrase]]) -> int:
        """The number of the part called `name`; its phrases are planted the first time."""
        if name not in self.slots:
            self.slots[name] = len(self.slots)
            for phrase in phrases():
                self._plant(phrase, self.slots[name])
        return self.slots[name]

    def _plant(self, phrase: Phrase, slot: int) -> None:
        node = self
        for word in phrase:
            children, stem = (node.begins, word[:-1]) if word[-1] == "*" else (node.exact, word)
            child = children.get(stem)
            if child is None:
                child = children[stem] = Lexicon()
            node = child
        node.fills.add(slot)

    def settle(self) -> "Lexicon":
        """Note which lengths of beginnings occur, so that reading tries no others."""
        self.lengths = tuple(sorted({len(stem) for stem in self.begins}))
        for node in (*self.exact.values(), *self.begins.values()):
            node.settle()
        return self


def compile_expression(
    source: str, language: str, words: Mapping[str, tuple[str, ...]], lexicon: Lexicon
) -> Expression:
    """Read one expression, or raise Unreadable."""
    window, across = WINDOW, source.startswith("<<")
    if source.startswith("<"):
        size, _, source = source.removeprefix("<").removeprefix("<").partition("> ")
        window = _size(size, "window across sentences" if across else "window")
    runs = tuple(_run(part.split(), language, words, lexicon) for part in source.split(" & "))
    needs = frozenset(part.slot for run in runs for part in run if not part.optional)
    if not all(any(not part.optional for part in run) for run in runs):
        raise Unreadable(f'"{source}" could match nothing at all; make a word of it required')
    return Expression(source, runs, needs, window, across)


def _run(
    pieces: list[str], language: str, words: Mapping[str, tuple[str, ...]], lexicon: Lexicon
) -> tuple[Part, ...]:
    parts: list[Part] = []
    gap, over = 0, False
    for piece in pieces:
        found = _GAP.match(piece)
        if found:
            over = found[1] == "..."
            gap = _size(found[2], "gap") if found[2] else (8 if over else 3)
            continue
        optional = piece.endswith("?")
        name = piece.removesuffix("?")
        slot = lexicon.slot(*_choices(name, language, words))
        parts.append(Part(slot, gap, over, optional))
        gap, over = 0, False
    if not parts or _GAP.match(pieces[-1]) or _GAP.match(pieces[0]):
        raise Unreadable(f'"{" ".join(pieces)}" must begin and end with a word')
    if len(parts) > MAX_PARTS:
        raise Unreadable(f"at most {MAX_PARTS} words may follow each other, these are {len(parts)}")
    return tuple(parts)


def _size(digits: str, what: str) -> int:
    size = int(digits) if digits.isdigit() else 0
    most = MOST[what]
    if not 1 <= size <= most:
        raise Unreadable(
            f"a {what} of {digits or 'nothing'} can run away; at most {most} tokens are read over"
        )
    return size


def _choices(
    name: str, language: str, words: Mapping[str, tuple[str, ...]]
) -> tuple[str, Callable[[], set[Phrase]]]:
    """The key of a part and what plants its phrases; lists of one language do not leak into another."""
    options = name.replace("_", " ").split("|")  # an underscore joins the words of one choice
    local = any(option.startswith("@") for option in options)
    return (f"{language}:{name}" if local else name), lambda: _chosen(options, words)


def _chosen(options: list[str], words: Mapping[str, tuple[str, ...]]) -> set[Phrase]:
    """The phrases a part stands for; worked out once for each part."""
    phrases: set[Phrase] = set()
    for option in options:
        if option.startswith("@"):
            phrases |= _listed(option[1:].replace(" ", "_"), words, MAX_PARTS)
        elif option.startswith("%") and option not in SPECIALS:
            raise Unreadable(f'"{option}" is no kind of word; {nearest(option, SPECIALS)}')
        else:
            phrases |= set(_phrase(option))
    return phrases


def _listed(name: str, words: Mapping[str, tuple[str, ...]], depth: int) -> set[Phrase]:
    """The phrases of a list and of the lists it names."""
    if name not in words:
        raise Unreadable(f'there is no word list "{name}"; {nearest(name, words)}')
    if not depth:
        raise Unreadable(f'the word list "{name}" contains itself')
    phrases: set[Phrase] = set()
    for entry in words[name]:
        phrases |= _listed(entry[1:], words, depth - 1) if entry.startswith("@") else set(_phrase(entry))
    return phrases


@cache
def _phrase(entry: str) -> tuple[Phrase, ...]:
    if entry in SPECIALS:
        return ((entry,),)
    if not re.fullmatch(r"[^\[\]{}()\\^$+]+", entry):
        raise Unreadable(f'"{entry}" holds signs that mean nothing here; write words, * ends an open word')
    phrase = folded_words(entry)
    if not phrase or any("*" in word[:-1] or (len(word) < 3 and "*" in word) for word in phrase):
        raise Unreadable(f'"{entry}" would match too much; at least two letters stand before *, at the end')
    return (phrase,)
