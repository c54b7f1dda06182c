"""Finds expressions in tokens: one pass over the lexicon, then bounded steps from hit to hit."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import chain

from policy.text_expression import Expression, Lexicon, Part
from policy.text_tokens import Tokens

Span = tuple[int, int]  # first token, and the one after the last


class Page:
    """One text with everything the lexicon knows in it. `steps` counts the work, which is bounded."""

    def __init__(self, tokens: Tokens, lexicon: Lexicon, common: frozenset[str]) -> None:
        self.tokens = tokens
        self.steps = 0
        self._filled: dict[int, list[list[Span]]] = {}  # slot -> where each of its phrases stands
        self._starts: dict[int, dict[int, list[int]]] = {}
        self._scan(lexicon, common)
        self.present = frozenset(self._filled)

    def _scan(self, lexicon: Lexicon, common: frozenset[str]) -> None:
        words, size = self.tokens.words, len(self.tokens)
        roots: dict[tuple[str, ...], list[Lexicon]] = {}
        hits: dict[int, list[Span]] = {}  # by identity: one phrase fills many slots
        for start in range(size):
            kinds = self._kinds(start, common)
            frontier = roots.get(kinds)
            if frontier is None:
                frontier = roots[kinds] = list(_children(lexicon, kinds))
            at = start
            while frontier:
                self.steps += len(frontier)
                at += 1
                for node in frontier:
                    if node.fills:
                        spans = hits.get(id(node))
                        if spans is None:
                            spans = hits[id(node)] = []
                            for slot in node.fills:
                                self._filled.setdefault(slot, []).append(spans)
                        spans.append((start, at))
                if at == size or self.tokens.sentence[at] != self.tokens.sentence[start]:
                    break
                kinds = (words[at],)
                frontier = [
                    child
                    for node in frontier
                    if node.exact or node.begins
                    for child in _children(node, kinds)
                ]

    def _places(self, slot: int) -> dict[int, list[int]]:
        """Where `slot` stands: first token -> the ends, in reading order; made when asked for."""
        places = self._starts.get(slot)
        if places is None:
            places = self._starts[slot] = {}
            sources = self._filled.get(slot, ())
            # One phrase's spans are in order already; most slots have no more in a text.
            spans = sources[0] if len(sources) == 1 else sorted(set(chain.from_iterable(sources)))
            for start, end in spans:
                if start in places:
                    places[start].append(end)
                else:
                    places[start] = [end]
        return places

    def _kinds(self, index: int, common: frozenset[str]) -> tuple[str, ...]:
        word = self.tokens.words[index]
        if word.isdigit():
            return (word, "%number")
        if index not in self.tokens.named or word in common:
            return (word,)
        return (word, "%name", "%owner") if index in self.tokens.owning else (word, "%name")

    def spans(self, expression: Expression, dead: bytearray | None = None) -> Iterator[Span]:
        """Where `expression` stands, on living tokens only; at most one span for each first word."""
        if not expression.needs <= self.present:
            return
        if len(expression.runs) == 1:
            yield from self._run(expression.runs[0], dead)
            return
        found = [list(self._run(run, dead)) for run in expression.runs]
        if all(found):
            yield from self._together(found, expression)

    def _run(self, run: tuple[Part, ...], dead: bytearray | None) -> Iterator[Span]:
        failed: set[Span] = set()
        for start, ends in self._places(run[0].slot).items():
            for end in ends:
                if dead and dead.find(1, start, end) >= 0:
                    continue
                last = self._follow(run, 1, end, dead, failed)
                if last:
                    yield start, last
                    break

    def _follow(
        self, run: tuple[Part, ...], index: int, at: int, dead: bytearray | None, failed: set[Span]
    ) -> int:
        """The end of the run when its parts from `index` on follow token `at`, else 0."""
        if index == len(run):
            return at
        if (index, at) in failed:
            return 0
        part = run[index]
        starts = self._places(part.slot)
        marks = self.tokens.sentence if part.over else self.tokens.clause
        for start in range(at, min(at + part.gap + 1, len(marks))):
            self.steps += 1
            if marks[start] != marks[at - 1]:
                break
            for end in starts.get(start, ()):
                if dead and dead.find(1, start, end) >= 0:
                    continue
                last = self._follow(run, index + 1, end, dead, failed)
                if last:
                    return last
        last = self._follow(run, index + 1, at, dead, failed) if part.optional else 0
        if not last:
            failed.add((index, at))
        return last

    def _together(self, found: list[list[Span]], expression: Expression) -> Iterator[Span]:
        """Spans of all runs within one window, of one sentence unless the expression goes across."""
        first, *others = sorted(found, key=len)
        lines = [([span[0] for span in spans], spans) for spans in others]
        for anchor in first:
            low, high = anchor
            for starts, spans in lines:
                self.steps += 1
                near = self._nearest(low, starts, spans)
                low, high = min(low, near[0]), max(high, near[1])
            one_sentence = self.tokens.sentence[low] == self.tokens.sentence[high - 1]
            if (one_sentence or expression.across) and high - low <= expression.window + 2:
                yield low, high

    def _nearest(self, at: int, starts: list[int], spans: list[Span]) -> Span:
        index = bisect_left(starts, at)
        around = spans[max(0, index - 1) : index + 1]
        same = [span for span in around if self.tokens.sentence[span[0]] == self.tokens.sentence[at]]
        return min(same or around, key=lambda span: abs(span[0] - at))


def _children(node: Lexicon, kinds: tuple[str, ...]) -> Iterator[Lexicon]:
    for kind in kinds:
        child = node.exact.get(kind)
        if child:
            yield child
    word = kinds[0]
    for length in node.lengths:
        if length > len(word):
            break
        child = node.begins.get(word[:length])
        if child:
            yield child
