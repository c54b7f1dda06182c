"""Text as tokens: folded to plain letters, with clause and sentence, each knowing its characters."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Letters of other alphabets that pass for Latin ones; there are no Cyrillic or Greek patterns to spoil.
_TWINS = str.maketrans(
    "авекмнорстухіјѕԁɡһԛԝӏАВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧαενικορτυχıℓ’‘ʼ´`＇",
    "abekmhopctyxijsdghqwlABEKMHOPCTYXIJSABEZHIKMNOPTYXaevikoptuxil''''''",
)
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"(?P<word>[A-Za-z]+(?:'[A-Za-z]+)*)|(?P<sign>\d+|[{_CJK}])|(?P<mark>[^\sA-Za-z\d])|\n+")
_ELISION = re.compile(r"(?i)(?:[ldnsjmtc]|qu|jusqu|lorsqu|puisqu)'(?=[a-z]{2})")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONGEST_FOLD = 3  # "ﬃ"; a sign for a whole phrase would make a text of 3,000 characters one of 54,000
_SENTENCE = frozenset("!?;。！？;")
_CLAUSE = frozenset(",:()[]{}—–、，：（）…·•→>")
_ABBREVIATIONS = frozenset(
    ["ep", "eps", "sc", "vs", "mr", "mrs", "ms", "dr", "st", "nr", "approx", "incl", "vol", "bzw", "ca"]
) | set("egispzb")


@dataclass(frozen=True, slots=True)
class Tokens:
    """`words` are folded; `starts` and `ends` count characters of `source`; clauses are numbered."""

    source: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    clause: tuple[int, ...]
    sentence: tuple[int, ...]
    named: frozenset[int]  # capitalised inside a sentence, or somebody's ("Marta's")
    owning: frozenset[int]  # with a possessive 's

    def __len__(self) -> int:
        return len(self.words)


@lru_cache(maxsize=8192)
def _fold(character: str) -> str:
    """One character as the patterns know it: no accents, no disguises, nothing invisible."""
    if character.isascii():
        return character
    if "\uac00" <= character <= "\ud7af":  # Hangul would fall apart into single sounds
        return character
    plain = unicodedata.normalize("NFKC", character).translate(_TWINS)
    if len(plain) > _LONGEST_FOLD:
        return " "
    if "\u3040" <= plain[:1] <= "\u30ff":
        return plain
    kept = unicodedata.normalize("NFKD", plain)
    kept = "".join(c for c in kept if unicodedata.category(c) not in ("Mn", "Cf", "Cc"))
    return kept.replace("ß", "ss").replace("ø", "o").replace("æ", "ae").replace("œ", "oe")


def folded_words(text: str) -> tuple[str, ...]:
    """The tokens of a pattern or a word list; a trailing * stays where it was."""
    marked = text.replace("*", "zqz")
    return tuple(word.replace("zqz", "*") for word in tokenise(marked).words)


def tokenise(text: str) -> Tokens:
    """Read `text` once, from left to right."""
    source = unicodedata.normalize("NFC", text)
    if source.isascii():
        return _Reader(source, source).tokens()
    folded = {character: _fold(character) for character in set(source)}
    if all(len(plain) == 1 for plain in folded.values()):
        plain_letters = {ord(character): plain for character, plain in folded.items()}
        return _Reader(source, source.translate(plain_letters)).tokens()
    letters: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(source):
        plain = folded[character]
        letters.append(plain)
        origin += [index] * len(plain)
    return _Reader(source, "".join(letters), [*origin, len(source)]).tokens()


def _bare(word: str, start: int) -> tuple[str, int, bool]:
    """A word without its apostrophe: what patterns name, where it begins, and whether it owns something.

    "don't" is written "dont" too; of "she'll" and "Marta's" the stem counts, of "l'acteur" the noun.
    """
    elision = _ELISION.match(word)
    if elision and not word.lower().startswith(("i'", "s'mo")):
        start += elision.end()
        word = word[elision.end() :]
    stem, apostrophe, tail = word.partition("'")
    if apostrophe and tail.lower() == "t":
        return word.replace("'", ""), start, False
    return stem, start, tail.lower() == "s"


class _Reader:
    """`plain` is the folded text; `origin` has the place of each letter in the source, where they differ."""

    def __init__(self, source: str, plain: str, origin: list[int] | None = None) -> None:
        self.source, self.plain, self.origin = source, plain, origin
        self.found: list[tuple[str, int, int, int, int]] = []  # word, start, end, clause, sentence
        self.named: set[int] = set()
        self.owning: set[int] = set()
        self.clauses = self.sentences = 0
        self.fresh = True
        self.has_names = "_" in plain  # of files, where words are joined by capitals too

    def tokens(self) -> Tokens:
        for found in _TOKEN.finditer(self.plain):
            kind, word = found.lastgroup, found[0]
            if kind == "sign" or (kind == "word" and word.islower() and "'" not in word):
                self.found.append((word, found.start(), found.end(), self.clauses, self.sentences))
                self.fresh = False
            elif kind == "word":
                self._word(word, found.start())
            elif kind == "mark":
                self._mark(word, found.start())
            else:
                self._stop()
        words, starts, ends, clause, sentence = zip(*self.found, strict=True) if self.found else ((),) * 5
        if self.origin:
            starts = tuple(self.origin[start] for start in starts)
            ends = tuple(self.origin[end - 1] + 1 for end in ends)
        return Tokens(
            self.source,
            words,
            starts,
            ends,
            clause,
            sentence,
            frozenset(self.named),
            frozenset(self.owning),
        )

    def _word(self, word: str, start: int) -> None:
        owned = False
        if "'" in word:
            word, start, owned = _bare(word, start)
        parts = [word]
        if self.has_names and not (word.islower() or word.isupper()):
            parts = _CAMEL.split(word)  # EP105_castScan.obj
        for part in parts:
            if owned:
                self.owning.add(len(self.found))
            initials = not self.has_names and len(part) > 1 and part.isupper()
            if part[0].isupper() and not initials and (owned or not self.fresh):
                self.named.add(len(self.found))
            self.found.append((part.lower(), start, start + len(part), self.clauses, self.sentences))
            self.fresh = False
            start += len(part)

    def _mark(self, mark: str, start: int) -> None:
        after = self.plain[start + 1 : start + 2]
        if mark in _SENTENCE:
            self._stop()
        elif mark == ".":
            short = bool(self.found) and self.found[-1][0] in _ABBREVIATIONS
            if (not after or after.isspace()) and not short:
                self._stop()
        elif mark == "-":
            if after.isspace() and self.plain[start - 1 : start].isspace():
                self.clauses += 1
        elif mark in _CLAUSE:
            self.clauses += 1

    def _stop(self) -> None:
        self.clauses += 1
        self.sentences += 1
        self.fresh = True
