"""Finds expressions in tokens. Sets of tokens are whole numbers, a bit for each token, so that one step on a
number moves every place of a text at once and no gap or window is tried out word by word."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from policy.text_expression import Expression, Part
from policy.text_lexicon import Choices, Lexicon, Node, children
from policy.text_tokens import Tokens

Span = tuple[int, int]  # first token, and the one after the last
Mask = int  # a set of tokens: bit n is token n
# Where phrases begin, by their length, the shortest first.
Begins = Sequence[tuple[int, Mask]]


def tokens_between(start: int, end: int) -> Mask:
    """The tokens from `start` to before `end`; none when there are none between."""
    return (1 << end) - (1 << start) if end > start else 0


def first_of(mask: Mask, start: int, end: int) -> int:
    """The first token of `mask` from `start` on and before `end`, else `end`."""
    rest = mask >> start
    return min(end, start + _lowest(rest)) if rest else end


def last_of(mask: Mask, end: int) -> int:
    """The last token of `mask` before `end`, else -1."""
    return (mask & ((1 << end) - 1)).bit_length() - 1


def living(dead: Mask, size: int, longest: int) -> tuple[Mask, ...]:
    """By length: where a phrase may begin that holds no dead token."""
    alive = [tokens_between(0, size) & ~dead] * 2
    for length in range(2, longest + 1):
        alive.append(alive[-1] & (alive[1] >> (length - 1)))
    return tuple(alive)


class _Same(dict[int, Mask]):
    """By distance: the tokens that have the same mark as the one so far behind them."""

    def __init__(self, marks: tuple[int, ...]) -> None:
        changes = sum(1 << at for at in range(1, len(marks)) if marks[at] != marks[at - 1])
        self[1] = tokens_between(0, len(marks) - 1) & ~(changes >> 1)

    def __missing__(self, far: int) -> Mask:
        half = far // 2
        found = self[far] = self[half] & (self[far - half] >> half)
        return found


# A part of a run where the rest of the run can follow it: where it begins, by length and at any, and the last
# tokens of the part before from which it is reached (-1 for the first part).
_Stop = tuple[Begins, Mask, Mask]


class Page:
    """One text with everything the lexicon knows in it. `steps` counts the work, which is bounded."""

    def __init__(self, tokens: Tokens, lexicon: Lexicon, common: frozenset[str]) -> None:
        self.tokens = tokens
        self.longest = lexicon.longest
        self.steps = 0
        self._filled: dict[int, dict[int, Mask]] = {}  # group -> by length, where its phrases begin
        self._begins: dict[Choices, Begins] = {}
        self._clauses, self._sentences = _Same(tokens.clause), _Same(tokens.sentence)
        self._scan(lexicon, common)
        self.present = frozenset(self._filled)

    def _scan(self, lexicon: Lexicon, common: frozenset[str]) -> None:
        words, sentence, size = self.tokens.words, self.tokens.sentence, len(self.tokens)
        hits: dict[Node, Mask] = defaultdict(int)
        for start, word in enumerate(self._kinds(common)):
            bit, at = 1 << start, start + 1
            ending, going = lexicon.first(word)
            for node in ending:
                hits[node] |= bit
            while going and at < size and sentence[at] == sentence[start]:
                self.steps += len(going)
                going = children(going, words[at])
                at += 1
                for node in going:
                    if node.fills:
                        hits[node] |= bit
        self.steps += len(hits)
        filled = self._filled
        for node, mask in hits.items():
            length = node.depth
            for group in node.fills:
                if group in filled:
                    filled[group][length] = filled[group].get(length, 0) | mask
                else:
                    filled[group] = {length: mask}

    def _kinds(self, common: frozenset[str]) -> list[str]:
        """The words, each with the special words it counts as behind it."""
        words, named, owning = list(self.tokens.words), self.tokens.named, self.tokens.owning
        for index, word in enumerate(words):
            if word.isdigit():
                words[index] += "%number"
            elif index in named and word not in common:
                words[index] += "%name%owner" if index in owning else "%name"
        return words

    def _where(self, choices: Choices) -> Begins:
        """Where a part stands; worked out when asked for: most parts stand in few texts."""
        begins = self._begins.get(choices)
        if begins is None:
            first, *others = [self._filled[group] for group in choices & self.present] or [{}]
            if others:
                first = dict(first)
                for other in others:
                    for length, mask in other.items():
                        first[length] = first.get(length, 0) | mask
            begins = self._begins[choices] = tuple(sorted(first.items()) if len(first) > 1 else first.items())
        return begins

    def holds(self, expression: Expression, tokens: Mask) -> bool:
        """Whether nothing that `expression` needs is missing among `tokens`."""
        return expression.possible(self.present) and all(
            any(where & tokens for _, where in self._where(choices)) for choices in expression.needs
        )

    def spans(self, expression: Expression, alive: tuple[Mask, ...] | None = None) -> Iterable[Span]:
        """Where `expression` stands, on living tokens only; at most one span for each first word."""
        trails = []
        if expression.possible(self.present):
            for run in expression.runs:
                trail = self._trail(run, alive)
                if not trail:
                    return ()
                trails.append(trail)
        if len(trails) > 1:
            return self._together(trails, expression)
        return self._each(trails[0]) if trails else ()

    def _trail(self, run: tuple[Part, ...], alive: tuple[Mask, ...] | None) -> list[_Stop]:
        """Worked out from the last part to the first: where each can stand so that the rest follows."""
        trail: list[_Stop] = []
        after = -1  # the last tokens of a part that the rest can follow; after the last part no rest has to
        first = run[0]
        for part in reversed(run):
            choices, gap, over, optional = part
            self.steps += 1
            begins, starts = [], 0
            for length, where in self._begins.get(choices) or self._where(choices):
                where &= after if length == 1 else after >> (length - 1)
                if alive:
                    where &= alive[length]
                if where:
                    begins.append((length, where))
                    starts |= where
            if part is first or not (starts or optional):
                trail.append((begins, starts, -1))
                break
            same = self._sentences if over else self._clauses
            near = (starts >> 1) & same[1]
            for stride in _strides(gap):
                near |= (near >> stride) & same[stride]
            trail.append((begins, starts, near))
            after = near | after if optional else near
            if not after:
                return []
        trail.reverse()
        return trail if starts else []

    def _each(self, trail: list[_Stop]) -> Iterator[Span]:
        starts = trail[0][1]
        while starts:
            start = _lowest(starts)
            yield start, self._end(trail, start)
            starts &= starts - 1

    def _end(self, trail: list[_Stop], start: int) -> int:
        """Where the run ends that begins at `start`: each part at the first place, as short as it goes."""
        at = start
        for begins, starts, near in trail:
            if near >= 0:
                if not near >> at & 1:
                    continue  # a part that may be missing
                at += 1
                at += _lowest(starts >> at)
            at += next(length for length, where in begins if where >> at & 1) - 1
        return at + 1

    def _together(self, trails: list[list[_Stop]], expression: Expression) -> Iterator[Span]:
        """Spans of all runs within one window, of one sentence unless the expression goes across."""
        first, *others = sorted(trails, key=lambda trail: trail[0][1].bit_count())
        same = None if expression.across else self._sentences
        anchors = first[0][1]
        for trail in others:
            # An anchor with none of these so near cannot be within one window with them.
            anchors &= _around(trail[0][1], expression.window + 1, same)
        while anchors:
            low = _lowest(anchors)
            anchors &= anchors - 1
            high = self._end(first, low)
            for trail in others:
                self.steps += 1
                near = self._nearest(low, trail[0][1])
                low, high = min(low, near), max(high, self._end(trail, near))
            one_sentence = self.tokens.sentence[low] == self.tokens.sentence[high - 1]
            if (one_sentence or expression.across) and high - low <= expression.window + 2:
                yield low, high

    def _nearest(self, at: int, starts: Mask) -> int:
        """The nearest of `starts`, in the sentence of `at` where there is one, the first of two as near."""
        sentence = self.tokens.sentence
        before = last_of(starts, at)
        rest = starts >> at
        if not rest:
            return before
        after = at + _lowest(rest)
        if before < 0:
            return after
        here = sentence[before] == sentence[at]
        if here != (sentence[after] == sentence[at]):
            return before if here else after
        return before if at - before <= after - at else after


def _lowest(mask: Mask) -> int:
    return (mask & -mask).bit_length() - 1


@lru_cache(maxsize=128)  # one for each gap and window there can be
def _strides(far: int) -> tuple[int, ...]:
    """Steps that together reach every distance up to `far`, each at most one longer than all before."""
    strides, reached = [], 0
    while reached < far:
        strides.append(min(reached + 1, far - reached))
        reached += strides[-1]
    return tuple(strides)


def _around(mask: Mask, far: int, same: _Same | None) -> Mask:
    """`mask`, and up to `far` tokens to both sides, of the same mark where that counts."""
    low = high = mask
    for stride in _strides(far):
        low |= low >> stride if same is None else (low >> stride) & same[stride]
        high |= high << stride if same is None else (high & same[stride]) << stride
    return low | high
