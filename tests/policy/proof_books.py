"""The shipped book as text, to break one thing in it."""

from importlib.resources import files

BOOK = (files("policy") / "books" / "netflix-genai-2025-11-11.toml").read_text(encoding="utf-8")


def broken(rule_id: str, old: str, new: str) -> str:
    """The book with one edit of one rule."""
    before, found, after = BOOK.partition(f'id = "{rule_id}"')
    own, separator, others = after.partition("\n[[rule]]")
    assert found, rule_id
    assert old in own, old
    return before + found + own.replace(old, new, 1) + separator + others


def rule(rule_id: str, outcome: str, when: str, clauses: str = '["R2"]') -> str:
    """One more rule, to stand at the end of a book."""
    topics = '\ntopics = ["production"]' if outcome == "escalate" else ""
    return (
        f'\n[[rule]]\nid = "{rule_id}"\noutcome = "{outcome}"\nwhen = {when}\n'
        f'clauses = {clauses}{topics}\nbecause = "Because."\n'
    )


def copied(rule_id: str, name: str) -> str:
    """The rule once more under another name."""
    own = BOOK.partition(f'id = "{rule_id}"')[2].partition("\n[[rule]]")[0]
    return f'\n[[rule]]\nid = "{name}"{own}'
