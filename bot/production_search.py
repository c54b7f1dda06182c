"""The productions that fit what somebody types into the form, best first."""

import unicodedata
from collections.abc import Iterable

from bot.form_blocks import option
from bot.markup import Block

_MOST_OPTIONS = 100  # a select holds no more (Slack)
_NO_MATCH = 3


def production_options(productions: Iterable[tuple[str, str]], query: str) -> list[Block]:
    """The (code, title) pairs that match what was typed, best first, in any case and without accents."""
    ranked = sorted(
        (_rank(code, title, _folded(query)), _folded(title), code, title) for code, title in productions
    )
    fitting = [option(code, title) for rank, _, code, title in ranked if rank < _NO_MATCH]
    return fitting[:_MOST_OPTIONS]


def _folded(text: str) -> str:
    """Lower case and without accents: "lucia" finds Lucía."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in apart if not unicodedata.combining(one)).strip()


def _rank(code: str, title: str, wanted: str) -> int:
    """0 for what begins like that, 1 for a word that does, 2 for anywhere."""
    names = (_folded(title), _folded(code))
    if any(name.startswith(wanted) for name in names):
        return 0
    if any(word.startswith(wanted) for name in names for word in name.split()):
        return 1
    return 2 if any(wanted in name for name in names) else _NO_MATCH
