"""Expressions are found where trying word after word finds them: the same first words, the same ends."""

from collections.abc import Iterator
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from policy.text_expression import Compiler
from policy.text_lexicon import Lexicon
from policy.text_match import Page, Span, living
from policy.text_tokens import Tokens, tokenise


@dataclass(frozen=True)
class Piece:
    """One part of a run as a person writes it: after so many words, some of them over a comma."""

    choices: tuple[str, ...]
    gap: int = 0
    over: bool = False
    optional: bool = False

    def written(self, first: bool) -> str:
        dots = "" if first or not self.gap else f"{'...' if self.over else '..'}{self.gap} "
        return dots + "|".join(self.choices).replace(" ", "_") + "?" * self.optional

    def ends(self, words: tuple[str, ...], at: int) -> list[int]:
        """After which words a choice that begins at `at` ends, the shortest first."""
        told = {len(choice.split()) for choice in self.choices if _stands(choice.split(), words[at:])}
        return [at + length for length in sorted(told)]


def _stands(choice: list[str], words: tuple[str, ...]) -> bool:
    return len(choice) <= len(words) and all(
        word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted
        for wanted, word in zip(choice, words, strict=False)
    )


def found(run: list[Piece], tokens: Tokens, dead: set[int]) -> list[Span]:
    """Every run by trying: each part at the first place that lets the rest follow, as short as it goes."""

    def alive(start: int, end: int) -> bool:
        return dead.isdisjoint(range(start, end)) and tokens.sentence[start] == tokens.sentence[end - 1]

    def follow(index: int, at: int) -> int | None:
        if index == len(run):
            return at
        piece = run[index]
        marks = tokens.sentence if piece.over else tokens.clause
        for start in range(at, min(at + piece.gap + 1, len(tokens))):
            if marks[start] != marks[at - 1]:
                break
            for end in piece.ends(tokens.words, start):
                last = follow(index + 1, end) if alive(start, end) else None
                if last is not None:
                    return last
        return follow(index + 1, at) if piece.optional else None

    def from_first(start: int) -> Iterator[Span]:
        for end in run[0].ends(tokens.words, start):
            last = follow(1, end) if alive(start, end) else None
            if last is not None:
                yield start, last

    return [span for start in range(len(tokens)) for span in list(from_first(start))[:1]]


def together(runs: list[list[Span]], tokens: Tokens, window: int, across: bool) -> list[Span]:
    """The runs about each place of the rarest one, where they stand in one window."""

    def near(span: Span, low: int) -> tuple[bool, int]:
        return tokens.sentence[span[0]] != tokens.sentence[low], abs(span[0] - low)

    rarest, *others = sorted(runs, key=len)
    spans = []
    for low, high in rarest:
        for other in others:
            # The last one before, or the next one: the same sentence counts for more than nearness.
            before = [span for span in other if span[0] < low][-1:]
            start, end = min(
                before + [span for span in other if span[0] >= low][:1], key=lambda s: near(s, low)
            )
            low, high = min(low, start), max(high, end)
        in_one = tokens.sentence[low] == tokens.sentence[high - 1]
        if (in_one or across) and high - low <= window + 2:
            spans.append((low, high))
    return spans


WORDS = ("ash", "bee", "cow", "cowl", "dog")
CHOICES = ("ash", "bee", "cow", "dog", "cow*", "ash bee", "bee cow", "dog dog", "ash bee cow")
TEXTS = st.lists(st.sampled_from([*WORDS, *WORDS, ",", "."]), min_size=1, max_size=40).map(" ".join)


@st.composite
def runs(draw: st.DrawFn) -> list[Piece]:
    pieces = []
    for index in range(draw(st.integers(1, 4))):
        choices = draw(st.lists(st.sampled_from(CHOICES), min_size=1, max_size=3, unique=True))
        gap = draw(st.integers(0, 7)) if index else 0
        optional = index > 0 and draw(st.booleans())
        pieces.append(Piece(tuple(choices), gap, gap > 0 and draw(st.booleans()), optional))
    return pieces


@given(text=TEXTS, several=st.lists(runs(), min_size=1, max_size=3), data=st.data())
def test_masks_find_what_trying_finds(text: str, several: list[list[Piece]], data: st.DataObject) -> None:
    window, across = data.draw(st.integers(1, 32)), data.draw(st.booleans())
    written = " & ".join(
        " ".join(piece.written(first=index == 0) for index, piece in enumerate(run)) for run in several
    )
    lexicon = Lexicon()
    expression = Compiler({}, lexicon).expression(f"{'<<' if across else '<'}{window}> {written}")
    tokens = tokenise(text)
    dead = data.draw(st.sets(st.integers(0, max(0, len(tokens) - 1)), max_size=3))
    page = Page(tokens, lexicon, frozenset())
    mask = living(sum(1 << at for at in dead), len(tokens), page.longest) if dead else None

    tried = [found(run, tokens, dead) for run in several]
    expected = [] if not all(tried) else tried[0] if len(tried) == 1 else None
    if expected is None:
        expected = together(tried, tokens, window, across)
    assert list(page.spans(expression, mask)) == expected


def test_a_sign_that_stands_for_a_phrase_does_not_make_a_text_long() -> None:
    """Some signs fold into eighteen letters; 3,000 characters of anything stay as long as they are."""
    for sign in "ﷺ㌂㏂":
        assert len(tokenise(sign * 3000)) == 0
    assert tokenise("the ﬁnal oﬃce ½").words == ("the", "final", "office", "1", "2")
