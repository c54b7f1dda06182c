"""Books for the tests: the shipped one with a change, and the studio's example."""

from functools import cache
from pathlib import Path

from policy.rulebook import Rulebook, parse_book

ROOT = Path(__file__).parents[2]
STUDIO = ROOT / "examples" / "studio-extra-2026-01-01.toml"
SHIPPED = ROOT / "policy" / "books" / "netflix-genai-2025-11-11.toml"


@cache
def studio_book() -> Rulebook:
    return parse_book(STUDIO.read_text(encoding="utf-8"), STUDIO.name)


def changed(old: str, new: str, text: str | None = None) -> str:
    """The text of a book, the shipped one by default, with one thing written differently."""
    text = text or SHIPPED.read_text(encoding="utf-8")
    assert old in text, old
    return text.replace(old, new, 1)
