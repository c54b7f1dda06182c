"""What silences a match: negations, rejected ideas, asides and homonyms, each as far as it reaches."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property

from policy.text_book import Cue, CueKind, TextBook
from policy.text_match import Mask, Page, Span, first_of, last_of, living, tokens_between

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
        self._cues = book.cues.among(page.present)
        self.found = [
            (cue, span)
            for cue, match in self._cues
            if cue.text.kind not in ("ask", "deed")  # read only when they matter
            for span in page.spans(match)
            if self._fits(cue, *span)
        ]
        self._spoken = frozenset(cue.language for cue, _ in self.found)
        marks = page.tokens.sentence  # a sentence that plainly says what is done is no mere context
        self.plain = {marks[span[0]] for cue, span in self.found if cue.text.kind == "plain"}
        self.homonyms: Mask = 0
        for cue, span in self.found:
            if cue.text.kind == "homonym":
                self.homonyms |= tokens_between(*span)
        self._dead: dict[tuple[frozenset[str], bool], Mask] = {}
        self._alive: dict[tuple[str, bool], tuple[Mask, ...] | None] = {}

    def everyday(self) -> bool:
        """Whether something everyday is asked for, and nothing is made, changed or read by machine."""
        dead = self.silenced("en")
        if any(not dead & tokens_between(*span) for span in self._spans("deed")):
            return False
        return any(cue.text.kind == "context" for cue, _ in self.found) or any(self._spans("ask"))

    @cached_property
    def _doing(self) -> set[int]:
        """The sentences that say what is done, or what a machine does."""
        marks = self.page.tokens.sentence
        return self.plain | {marks[start] for start, _ in self._spans("deed")}

    def _spans(self, kind: CueKind) -> Iterator[Span]:
        for cue, match in self._cues:
            if cue.text.kind == kind:
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

    def alive(self, language: str, blunt: bool) -> tuple[Mask, ...] | None:
        """By length, where a phrase of a pattern of `language` may stand; None: everywhere.

        A blunt pattern carries its own negation.
        """
        key = (language, blunt)
        if key not in self._alive:
            dead = self.silenced(language, blunt)
            self._alive[key] = living(dead, self.size, self.page.longest) if dead else None
        return self._alive[key]

    def silenced(self, language: str, blunt: bool = False) -> Mask:
        """The tokens a pattern must not rest on; the same for all languages whose own cues are not heard."""
        key = (self._spoken.intersection((language, _KIN.get(language, language), "en", "any")), blunt)
        if key not in self._dead:
            self._dead[key] = self._compute(*key)
        return self._dead[key]

    def _compute(self, heard: frozenset[str], blunt: bool) -> Mask:
        spoken = [(cue, span) for cue, span in self.found if cue.language in heard]
        stops = sum({1 << span[0] for cue, span in spoken if cue.text.kind == "but"})
        idle = {at for cue, span in spoken if cue.text.kind == "idle" for at in range(*span)}
        listed: set[tuple[int, int]] = set()
        dead = self.homonyms
        last = max((span for cue, span in spoken if cue.text.kind == "context"), default=None)
        for cue, span in spoken:
            if cue.text.kind in ("not", "gone") and (blunt or span[0] in idle):
                continue
            if cue.text.kind == "context" and span != last:  # it reaches back over all the others do
                continue
            if cue.text.kind == "not":
                dead |= self._forward(cue, span[1], stops, listed)
            else:
                dead |= self._reached(cue, span, stops)
        return dead

    def _reached(self, cue: Cue, span: Span, stops: Mask) -> Mask:
        sentence = self.page.tokens.sentence
        match cue.text.kind:
            case "gone":
                return self._backward(cue, span[0], stops)
            case "aside":
                return self._rest(span[0], 0 if cue.text.crosses else stops & ~tokens_between(*span))
            case "clause":
                return self._around(span, self.page.tokens.clause, stops)
            case "whole":
                return self._around(span, sentence, 0)
            case "recant":
                return self._sentence(sentence[span[0]] - 1)
            case "context":
                asked = sentence[span[0]]
                silenced = [at for at in range(asked) if at not in self.plain]
                silenced += [at for at in range(asked + 1, sentence[-1] + 1) if at not in self._doing]
                return sum(self._sentence(at) for at in silenced)
        return 0

    def _sentence(self, number: int) -> Mask:
        marks = self.page.tokens.sentence
        return tokens_between(bisect_left(marks, number), bisect_right(marks, number))

    def _forward(self, cue: Cue, start: int, stops: Mask, listed: set[tuple[int, int]]) -> Mask:
        """What a denial reaches. `listed`: the items others went on over, so that no list is walked twice."""
        tokens, left = self.page.tokens, cue.text.reach
        at = start
        while at < self.size and not stops >> at & 1 and tokens.sentence[at] == tokens.sentence[start - 1]:
            if tokens.clause[at] != tokens.clause[at - 1] and not cue.text.crosses:
                item = (at, cue.text.reach)
                if not cue.text.lists or item in listed or not self._is_item(at):
                    break
                listed.add(item)
                left = cue.text.reach
            if not left:
                break
            left -= 1
            at += 1
            self.page.steps += 1
        return tokens_between(start, at)

    def _is_item(self, start: int) -> bool:
        clause = self.page.tokens.clause
        end = start
        while end < self.size and clause[end] == clause[start]:
            end += 1
        words = self.page.tokens.words[start:end]
        return len(words) <= _ITEM and self.book.subjects.isdisjoint(words)

    def _backward(self, cue: Cue, end: int, stops: Mask) -> Mask:
        marks = self.page.tokens.sentence if cue.text.crosses else self.page.tokens.clause
        low = max(0, end - cue.text.reach, bisect_left(marks, marks[end]), last_of(stops, end) + 1)
        return tokens_between(low, end)

    def _around(self, span: Span, marks: tuple[int, ...], stops: Mask) -> Mask:
        """The tokens with the same mark as the cue's, up to a "but" on either side."""
        start, after = span
        low = max(bisect_left(marks, marks[start]), last_of(stops, start + 1))
        return tokens_between(low, first_of(stops, after, bisect_right(marks, marks[start])))

    def _rest(self, start: int, stops: Mask) -> Mask:
        marks = self.page.tokens.sentence
        return tokens_between(start, first_of(stops, start, bisect_right(marks, marks[start])))
