"""Reads one piece of text: which facts it states, and in which words."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policy.text_book import Pattern, TextBook
from policy.text_expression import Expression
from policy.text_match import Mask, Page, Span, tokens_between
from policy.text_scope import Scopes
from policy.text_tokens import Tokens, tokenise

QUOTE = 120  # characters


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact the text states: the answer, the exact words and the tokens they stand in."""

    fact: str
    answer: str
    quote: str
    clause: frozenset[str]  # the words around, by which a step's tool can be recognised
    pattern: str


class Reading:
    """One text, read once.

    `everyday`: it may ask for something and speak of no use of a machine at all, and then states nothing; the
    name and purpose of a step always speak of one.
    """

    def __init__(self, text: str, book: TextBook, everyday: bool = False) -> None:
        self.page = Page(tokenise(text), book.lexicon, book.common)
        self.book = book
        self.scopes = Scopes(self.page, book)
        self.everyday = everyday and self.scopes.everyday()
        self._excuses: dict[Expression, Mask] = {}  # where each begins
        self._possible = [] if self.everyday else self._candidates()

    def statements(self, known: frozenset[str] | None) -> Iterator[Statement]:
        """Patterns without a requirement when `known` is None, else those whose requirement is known."""
        said: Pattern | None = None
        for pattern, expression in self._possible:
            required = pattern.text.requires
            if pattern is said or ((required is not None) if known is None else (required not in known)):
                continue
            if not expression.possible(self.page.present):
                continue
            alive = self.scopes.alive(pattern.language, pattern.text.blunt)
            for span in self.page.spans(expression, alive):
                if not self._excused(pattern, span):
                    said = pattern  # once is enough
                    quote, around = self._words(span)
                    for fact, answer in pattern.text.says.items():
                        yield Statement(fact, answer, quote, around, pattern.text.id)
                    break

    def telling(self, weights: Sequence[float], fact: str, answer: str) -> tuple[float, Statement | None]:
        """What weighs most, `weights` being what each token adds: its sentence, or a clause of a long one."""
        tokens = self.page.tokens
        if not len(tokens):
            return 0.0, None
        start, end = _heaviest(tokens.sentence, weights, 0, len(tokens))
        total = sum(weights[start:end])
        if len(_between(tokens, start, end)) > QUOTE:
            start, end = _heaviest(tokens.clause, weights, start, end)
        quote = _cut(tokens, start, end)
        return total, Statement(fact, answer, quote, frozenset(tokens.words[start:end]), "words")

    def tools(self) -> Iterator[str]:
        """Names of known tools, as the text writes them."""
        for span in self.page.spans(self.book.tools) if self.book.tools else ():
            yield _between(self.page.tokens, *span)

    def _candidates(self) -> list[tuple[Pattern, Expression]]:
        """Expressions that may stand here, in the order of the book, without those of foreign languages.

        A text is surely not in a language when it holds two small words of another and none of its own: words
        that look alike mean other things there. A slogan or a file name is read in all of them.
        """
        words = frozenset(self.page.tokens.words)
        spoken = Counter(language for word in words for language in self.book.spoken.get(word, ()))
        found = self.book.matches.among(self.page.present)
        if max(spoken.values(), default=0) < 2:
            return found
        foreign = self.book.speaks.keys() - spoken.keys() - {"en"}
        return [entry for entry in found if entry[0].language not in foreign]

    def _excused(self, pattern: Pattern, span: Span) -> bool:
        """Whether any `unless` of the pattern begins in the sentences of the span."""
        marks = self.page.tokens.sentence
        first, last = marks[span[0]], marks[span[1] - 1]
        around = tokens_between(bisect_left(marks, first), bisect_right(marks, last))
        for expression in pattern.unless:
            begun = self._excuses.get(expression)
            if begun is None:
                if not expression.across and not self.page.holds(expression, around):
                    continue
                begun = sum(1 << start for start in {start for start, _ in self.page.spans(expression)})
                self._excuses[expression] = begun
            if begun & around:
                return True
        return False

    def _words(self, span: Span) -> tuple[str, frozenset[str]]:
        """The exact words: the whole clause where it is short, else the match, cut at a word."""
        tokens = self.page.tokens
        low, high = span
        while low and tokens.clause[low - 1] == tokens.clause[span[0]]:
            low -= 1
        while high < len(tokens) and tokens.clause[high] == tokens.clause[span[1] - 1]:
            high += 1
        around = frozenset(tokens.words[low:high])
        clause = _between(tokens, low, high)
        if len(clause) <= QUOTE:
            return clause, around
        return _cut(tokens, *span), around


def _between(tokens: Tokens, start: int, end: int) -> str:
    return tokens.source[tokens.starts[start] : tokens.ends[end - 1]]


def _cut(tokens: Tokens, start: int, end: int) -> str:
    """As many whole words as make a quote."""
    while end - 1 > start and tokens.ends[end - 1] - tokens.starts[start] > QUOTE:
        end -= 1
    return _between(tokens, start, end)[:QUOTE]


def _heaviest(marks: Sequence[int], weights: Sequence[float], start: int, end: int) -> Span:
    """The tokens with the mark that weighs most, between `start` and `end`."""
    totals: dict[int, float] = {}
    for at in range(start, end):
        totals[marks[at]] = totals.get(marks[at], 0.0) + weights[at]
    best = max(totals, key=lambda mark: totals[mark])
    return bisect_left(marks, best, start, end), bisect_right(marks, best, start, end)
