"""What is written differently in two books: headings, clauses, duties and rules, field by field."""

from collections.abc import Mapping
from typing import Any, Literal

from policy.facts import Strict
from policy.rulebook import Rulebook

KINDS = ("book", "clause", "duty", "rule")


class BookChange(Strict):
    """One entry added or removed, or one field of an entry edited; `old` and `new` are what stands there."""

    kind: str
    id: str
    change: Literal["added", "removed", "edited"]
    field: str = ""
    old: Any = None
    new: Any = None


def book_changes(old: Rulebook, new: Rulebook) -> list[BookChange]:
    """Every difference of content, in the order in which a book is read; order and comments do not count."""
    before, after = _entries(old), _entries(new)
    found = []
    for key in dict.fromkeys((*before, *after)):
        kind, name = key
        if key not in after:
            found.append(BookChange(kind=kind, id=name, change="removed", old=before[key]))
        elif key not in before:
            found.append(BookChange(kind=kind, id=name, change="added", new=after[key]))
        else:
            found += _edits(kind, name, before[key], after[key])
    return sorted(found, key=lambda change: KINDS.index(change.kind))


def _edits(kind: str, name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[BookChange]:
    return [
        BookChange(kind=kind, id=name, change="edited", field=field, old=old[field], new=new[field])
        for field in old
        if old[field] != new[field]
    ]


def _entries(book: Rulebook) -> dict[tuple[str, str], dict[str, Any]]:
    """Kind and name -> the entry's fields; two versions of a book compare as one book."""
    found = {("book", "heading"): book.heading.model_dump(mode="json")}
    found |= {("clause", name): clause.model_dump(mode="json") for name, clause in book.clauses.items()}
    found |= {("duty", name): duty.model_dump(mode="json") for name, duty in book.duties.items()}
    found |= {("rule", rule.id): rule.model_dump(mode="json") for rule in book.rules}
    return found
