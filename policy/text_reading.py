"""Reads one piece of text: which facts it states, and in which words."""

from collections.abc import Iterator
from dataclasses import dataclass

from policy.text_book import NO_SLOT, Pattern, TextBook
from policy.text_match import Page, Span
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
        self.foreign = self._foreign()
        found = {at for slot in (*self.page.present, NO_SLOT) for at in book.resting_on.get(slot, ())}
        self._possible = [] if self.everyday else [book.patterns[at] for at in sorted(found)]

    def statements(self, known: frozenset[str] | None) -> Iterator[Statement]:
        """Patterns without a requirement when `known` is None, else those whose requirement is known."""
        for pattern in self._possible:
            required = pattern.text.requires
            if pattern.language in self.foreign:
                continue
            if (required is None) if known is None else (required in known):
                yield from self._found(pattern)

    def tools(self) -> Iterator[str]:
        """Names of known tools, as the text writes them."""
        for span in self.page.spans(self.book.tools) if self.book.tools else ():
            yield _between(self.page.tokens, *span)

    def _foreign(self) -> frozenset[str]:
        """Languages this text is surely not in: words that look alike mean other things in them.

        It takes two small words of another language: a slogan or a file name is read in all of them.
        """
        words = frozenset(self.page.tokens.words)
        spoken = {language: len(small & words) for language, small in self.book.speaks.items()}
        if max(spoken.values(), default=0) < 2:
            return frozenset()
        return frozenset(language for language, count in spoken.items() if not count and language != "en")

    def _found(self, pattern: Pattern) -> Iterator[Statement]:
        if not any(match.needs <= self.page.present for match in pattern.match):
            return
        dead = self.scopes.dead(pattern.language, pattern.text.blunt)
        for match in pattern.match:
            for span in self.page.spans(match, dead):
                if not self._excused(pattern, span):
                    quote, around = self._words(span)
                    for fact, answer in pattern.text.says.items():
                        yield Statement(fact, answer, quote, around, pattern.text.id)
                    return

    def _excused(self, pattern: Pattern, span: Span) -> bool:
        sentences = self.page.tokens.sentence
        return any(
            sentences[span[0]] <= sentences[other[0]] <= sentences[span[1] - 1]
            for expression in pattern.unless
            for other in self.page.spans(expression)
        )

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
        start, end = span
        while end - 1 > start and tokens.ends[end - 1] - tokens.starts[start] > QUOTE:
            end -= 1
        return _between(tokens, start, end)[:QUOTE], around


def _between(tokens: Tokens, start: int, end: int) -> str:
    return tokens.source[tokens.starts[start] : tokens.ends[end - 1]]
