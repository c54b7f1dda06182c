"""On which line each key of a TOML or JSON text stands; the text was parsed before and is well formed."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache

Place = tuple[int | str, ...]

_TOKEN = re.compile(
    r'''(?P<string>"""(?:\\.|[^\\])*?"""+|\'\'\'.*?\'\'\'+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')'''
    r"""|(?P<mark>[\[\]{},=:.\n])|(?P<word>[^\s\[\]{},=:.\"'\#]+)|\#[^\n]*|\s""",
    re.DOTALL,
)


def line_of(text: str, place: Place) -> int | None:
    """The 1-based line of the key or entry at `place`, such as ("facts", "steps", 1, "environment")."""
    return _lines(text).get(place)


@lru_cache(maxsize=1)  # one fault asks after the other
def _lines(text: str) -> dict[Place, int]:
    walk = _Walk(text)
    with suppress(RecursionError, ValueError):  # a fault without its line is better than none
        walk.document()
    return walk.lines


class _Walk:
    """Goes through the tokens once, with the place it is at in hand."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Place, int] = {}
        self._entries: dict[Place, int] = {}  # [[tables]] seen so far
        self._tokens = _tokens(text)
        self._next()

    def _next(self) -> tuple[str, int]:
        """The token in hand; the one after it comes to hand. The end is an empty token."""
        taken = getattr(self, "_hand", ("", 1))
        self._hand = next(self._tokens, ("", 0))
        return taken

    def _skip(self, signs: str) -> None:
        while self._hand[0] and self._hand[0] in signs:
            self._next()

    def document(self) -> None:
        self._skip("\n")
        if self._hand[0] == "{":
            self._value(())
            return
        table: Place = ()
        while self._hand[0]:
            if self._hand[0] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip("\n")

    def _header(self) -> Place:
        """[facts] or [[facts.steps]]; tables of a list are counted."""
        self._next()
        listed = self._hand[0] == "["
        self._skip("[")
        table = self._key((), "]")
        self._skip("]")
        if listed:
            number = self._entries.get(table, 0)
            self._entries[table] = number + 1
            self.lines[(*table, number)] = self.lines[table] if number == 0 else self._last
            return (*table, number)
        return self._latest(table)

    def _latest(self, table: Place) -> Place:
        return (*table, self._entries[table] - 1) if table in self._entries else table

    def _key(self, table: Place, end: str) -> Place:
        """A key, dotted or not, up to one of the signs in `end`."""
        place = table
        while self._hand[0] and self._hand[0] not in end:
            token, self._last = self._next()
            if token != ".":
                place = (*self._latest(place), _plain(token))
                self.lines.setdefault(place, self._last)
        return place

    def _pair(self, table: Place) -> None:
        place = self._key(table, "=:")
        self._next()
        self._value(place)

    def _value(self, place: Place) -> None:
        sign = self._hand[0]
        if sign == "{":
            self._inside("}", place)
        elif sign == "[":
            self._inside("]", place)
        else:
            while self._hand[0] and self._hand[0] not in ",]}\n":
                self._next()

    def _inside(self, end: str, place: Place) -> None:
        """An inline table or a list, entry by entry."""
        self._next()
        self._skip(",\n")
        number = 0
        while self._hand[0] and self._hand[0] != end:
            if end == "}":
                self._pair(place)
            else:
                self.lines[(*place, number)] = self._hand[1]
                self._value((*place, number))
                number += 1
            self._skip(",\n")
        self._next()


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    line, at = 1, 0
    for found in _TOKEN.finditer(text):
        line += text.count("\n", at, found.start())
        at = found.start()
        if found.lastgroup:
            yield found[0], line


def _plain(token: str) -> str:
    if token.startswith('"'):
        return str(json.loads(token))
    return token.strip("'")
