"""`clearance policy diff` as text and as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.rule_words import plain_outcome
from policy.book_changes import BookChange
from policy.cells import CellChange, size
from policy.rulebook import Rulebook
from policy.verdict import Verdict


@dataclass(frozen=True)
class RequestChange:
    """A past request that the new book judges or cites differently."""

    id: str
    old: Verdict
    new: Verdict


@dataclass(frozen=True)
class Difference:
    """All that two books differ in. `requests` is None when none were given, `asked` how many were."""

    old: Rulebook
    new: Rulebook
    written: Sequence[BookChange]
    cells: Sequence[CellChange]
    requests: Sequence[RequestChange] | None = None
    asked: int = 0

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.written or self.cells or self.requests)


def cited(verdict: Verdict) -> list[str]:
    """The clauses a verdict cites, each once, the strictest finding's first."""
    return list(dict.fromkeys(clause for finding in verdict.findings for clause in finding.clauses))


def as_json(difference: Difference) -> str:
    """One object; counts are exact."""
    requests = None if difference.requests is None else [_request(entry) for entry in difference.requests]
    cells = [
        {"old": change.old, "new": change.new, "count": change.uses, "examples": change.examples}
        for change in difference.cells
    ]
    return json.dumps(
        {
            "old": difference.old.identity.model_dump(),
            "new": difference.new.identity.model_dump(),
            "changes": [change.model_dump(mode="json") for change in difference.written],
            "cells": {"total": size(), "changed": sum(c.uses for c in difference.cells), "by_outcome": cells},
            "requests": requests,
        },
        indent=1,
    )


def _request(entry: RequestChange) -> dict[str, Any]:
    return {"id": entry.id, "old": _judged(entry.old), "new": _judged(entry.new)}


def _judged(verdict: Verdict) -> dict[str, Any]:
    return {"outcome": verdict.outcome, "clauses": cited(verdict), "topics": verdict.topics}


def as_lines(difference: Difference) -> Iterator[str]:
    """The same for a person at a terminal."""
    for word, book in (("Old", difference.old), ("New", difference.new)):
        yield f"{word}: {book.identity.id} {book.identity.version}, sha256 {book.identity.sha256[:12]}"
    yield "\nWhat is written"
    for change in difference.written:
        yield from _written(change)
    if not difference.written:
        yield "  Nothing has changed."
    yield f"\nWhat is judged: {size():,} uses of one tool, with or without a vendor, all counted"
    yield from _cells(difference.cells)
    if difference.requests is not None:
        count = f"{len(difference.requests)} of {difference.asked}"
        yield f"\nPast requests: {count} are judged or cited differently"
        for entry in difference.requests:
            yield f"  {entry.id}"
            yield f"    old: {_line(entry.old)}"
            yield f"    new: {_line(entry.new)}"


def _written(change: BookChange) -> Iterator[str]:
    name = f"{change.kind} {change.id}"
    if change.change == "edited":
        yield f"  ~ {name}, {change.field}:"
        yield f"      was {_shown(change.old)}"
        yield f"      now {_shown(change.new)}"
        return
    yield f"  {'+' if change.change == 'added' else '-'} {name}"
    entry = change.new if change.change == "added" else change.old
    for field, value in entry.items():
        if value and field not in ("id", "clause"):
            yield f"      {field}: {_shown(value)}"


def _cells(changes: Sequence[CellChange]) -> Iterator[str]:
    for change in changes:
        yield f"  {plain_outcome(change.old)} -> {plain_outcome(change.new)}: {change.uses:,}"
        for example in change.examples:
            said = ", ".join(f"{name} = {answer}" for name, answer in example.items())
            yield f"      such as a safe use with {said or 'nothing else'}"
    if not changes:
        yield "  No outcome changes."


def _line(verdict: Verdict) -> str:
    signs = f"; signs: {', '.join(verdict.topics)}" if verdict.topics else ""
    return f"{plain_outcome(verdict.outcome)} [{', '.join(cited(verdict))}]{signs}"


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
