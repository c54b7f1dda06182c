"""What silences a match: negations, rejected ideas, asides and homonyms, each as far as it reaches."""

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property

from policy.text_book import Cue, CueKind, TextBook
from policy.text_match import Page, Span

# A text in one is often understood by patterns of the other, so each must know the other's denials; and
# English ones everywhere, because people mix.
_KIN = {"es": "pt", "pt": "es"}
# A list goes on over commas only while its items are this short: "no actors, no scans, faces".
_ITEM = 4


class Scopes:
    """Dead tokens of one page, by language: dead for everything, or only for what a negation can silence."""

    def __init__(self, page: Page, book: TextBook) -> None:
        self.page, self.book = page, book
        self.size = len(page.tokens)
        found = [
            (cue, span)
            for cue in book.cues
            if cue.text.kind not in ("ask", "deed")  # read only when they matter
            for match in cue.match
            for span in page.spans(match)
        ]
        self.found = found = [(cue, span) for cue, span in found if self._fits(cue, *span)]
        marks = self.page.tokens.sentence  # a sentence that plainly says what is done is no mere context
        self.plain = {marks[span[0]] for cue, span in found if cue.text.kind == "plain"}
        self.homonyms = bytearray(self.size)
        for cue, span in found:
            if cue.text.kind == "homonym":
                self._kill(self.homonyms, *span)
        self._dead: dict[tuple[str, bool], bytearray | None] = {}

    def everyday(self) -> bool:
        """Whether something everyday is asked for, and nothing is made, changed or read by machine."""
        dead = self.dead("en", False)
        if any(not dead or dead.find(1, *span) < 0 for span in self._spans("deed")):
            return False
        return any(cue.text.kind == "context" for cue, _ in self.found) or any(self._spans("ask"))

    @cached_property
    def _doing(self) -> set[int]:
        """The sentences that say what is done, or what a machine does."""
        marks = self.page.tokens.sentence
        return self.plain | {marks[start] for start, _ in self._spans("deed")}

    def _spans(self, kind: CueKind) -> Iterator[Span]:
        for cue in self.book.cues:
            if cue.text.kind == kind:
                for match in cue.match:
                    yield from self.page.spans(match)

    def _fits(self, cue: Cue, start: int, end: int) -> bool:
        """Whether a cue that must be a whole sentence is one, and one that must end its clause ends it."""
        if cue.text.ends and end < self.size:
            return self.page.tokens.clause[end - 1] != self.page.tokens.clause[end]
        if not cue.text.alone:
            return True
        marks = self.page.tokens.sentence
        begins = start == 0 or marks[start - 1] != marks[start]
        return begins and (end == self.size or marks[end] != marks[end - 1])

    def dead(self, language: str, blunt: bool) -> bytearray | None:
        """The tokens a pattern of `language` must not rest on; a blunt one carries its own negation."""
        key = (language, blunt)
        if key not in self._dead:
            self._dead[key] = self._compute(language, blunt)
        return self._dead[key]

    def _compute(self, language: str, blunt: bool) -> bytearray | None:
        heard = (language, _KIN.get(language), "en", "any")
        spoken = [(cue, span) for cue, span in self.found if cue.language in heard]
        stops = {span[0] for cue, span in spoken if cue.text.kind == "but"}
        idle = {at for cue, span in spoken if cue.text.kind == "idle" for at in range(*span)}
        dead = bytearray(self.homonyms)
        last = max((span for cue, span in spoken if cue.text.kind == "context"), default=None)
        for cue, span in spoken:
            if cue.text.kind in ("not", "gone") and (blunt or span[0] in idle):
                continue
            if cue.text.kind == "context" and span != last:  # it reaches back over all the others do
                continue
            for at in self._reached(cue, span, stops):
                dead[at] = 1
        return dead if any(dead) else None

    def _reached(self, cue: Cue, span: Span, stops: set[int]) -> Iterator[int]:
        match cue.text.kind:
            case "not":
                yield from self._forward(cue, span[1], stops)
            case "gone":
                yield from self._backward(cue, span[0], stops)
            case "aside":
                yield from self._rest(span[0], set() if cue.text.crosses else stops - set(range(*span)))
            case "clause":
                yield from self._around(span, self.page.tokens.clause, stops)
            case "whole":
                yield from self._around(span, self.page.tokens.sentence, set())
            case "recant":
                before = self.page.tokens.sentence[span[0]] - 1
                yield from (i for i, number in enumerate(self.page.tokens.sentence) if number == before)
            case "context":
                marks = self.page.tokens.sentence
                asked = marks[span[0]]
                end = bisect_left(marks, asked)
                yield from (i for i, number in enumerate(marks[:end]) if number not in self.plain)
                later = enumerate(marks[end:], start=end)
                yield from (i for i, number in later if number != asked and number not in self._doing)

    def _forward(self, cue: Cue, start: int, stops: set[int]) -> Iterator[int]:
        tokens, left = self.page.tokens, cue.text.reach
        for at in range(start, self.size):
            if at in stops or tokens.sentence[at] != tokens.sentence[start - 1]:
                return
            if tokens.clause[at] != tokens.clause[at - 1] and not cue.text.crosses:
                if not (cue.text.lists and self._is_item(at)):
                    return
                left = cue.text.reach
            if not left:
                return
            left -= 1
            yield at

    def _is_item(self, start: int) -> bool:
        clause = self.page.tokens.clause
        end = start
        while end < self.size and clause[end] == clause[start]:
            end += 1
        words = self.page.tokens.words[start:end]
        return len(words) <= _ITEM and self.book.subjects.isdisjoint(words)

    def _backward(self, cue: Cue, end: int, stops: set[int]) -> Iterator[int]:
        tokens = self.page.tokens
        marks = tokens.sentence if cue.text.crosses else tokens.clause
        for at in range(end - 1, max(-1, end - 1 - cue.text.reach), -1):
            if at in stops or marks[at] != marks[end]:
                return
            yield at

    def _around(self, span: Span, marks: tuple[int, ...], stops: set[int]) -> Iterator[int]:
        """The tokens with the same mark as the cue's, up to a "but" on either side."""
        for at in range(span[0], -1, -1):
            if marks[at] != marks[span[0]]:
                break
            yield at
            if at in stops:
                break
        for at in range(span[0] + 1, self.size):
            if marks[at] != marks[span[0]] or (at in stops and at >= span[1]):
                break
            yield at

    def _rest(self, start: int, stops: set[int]) -> Iterator[int]:
        for at in range(start, self.size):
            if at in stops or self.page.tokens.sentence[at] != self.page.tokens.sentence[start]:
                return
            yield at

    @staticmethod
    def _kill(dead: bytearray, start: int, end: int) -> None:
        dead[start:end] = b"\x01" * (end - start)
