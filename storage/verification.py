"""Verification: read the whole register once and say whether it holds, or where and how it breaks."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from storage.canonical import canonical
from storage.errors import BadHead
from storage.redaction import REDACTED
from storage.register import GENESIS, event_hash
from storage.seals import (
    DECISION_PLAIN,
    MARKER,
    REQUEST_PLAIN,
    decision_texts,
    is_redacted,
    request_texts,
    root,
    stamp,
)
from storage.verified_rows import (
    DECISION_COLUMNS,
    DECISIONS,
    EVENTS,
    ODD,
    REQUEST_COLUMNS,
    REQUESTS,
    decision_stands,
    follows,
    request_stands,
)

Result = TypeVar("Result")

# Rows that lost, or never had, their other half: what the chain names must be there. That it names 1 to
# `count`, each with contents, is known by then.
_ORPHANS: Final = {
    "Event {} is missing; its contents are there.": """
        SELECT seq FROM event_contents WHERE seq < 1 OR seq > :count ORDER BY seq LIMIT 1""",
    "GEN-{} is missing; its events are there.": """
        SELECT e.request_id FROM audit_events e LEFT JOIN requests r ON r.id = e.request_id
        WHERE r.id IS NULL ORDER BY e.seq LIMIT 1""",
    "Decision {} is missing; its event is there.": """
        SELECT e.decision_id FROM audit_events e LEFT JOIN decisions d ON d.id = e.decision_id
        WHERE e.decision_id IS NOT NULL AND d.id IS NULL ORDER BY e.seq LIMIT 1""",
}


@dataclass(frozen=True)
class Redaction:
    """What was emptied, as the register's event `seq` says."""

    seq: int
    request_id: int
    field: str
    reason: str
    by: str
    at: str  # UTC


@dataclass(frozen=True)
class Verification:
    """What was found. `broken_at` is "" when all holds, else "event 12", "GEN-4" or "decision 3"."""

    count: int
    head: str
    redactions: tuple[Redaction, ...]
    broken_at: str
    says: str

    @property
    def intact(self) -> bool:
        """Nothing was altered, removed, exchanged or emptied unsaid."""
        return not self.broken_at


class _Broken(Exception):
    """Where, and a sentence."""

    def __init__(self, at: str, says: str) -> None:
        self.at = at
        super().__init__(says)


def verify(tx: Connection, head: str | None = None) -> Verification:
    """Read the whole register in this one view. `head`, kept elsewhere, shows cut-off newest rows too.

    Raises BadHead for a head that is not COUNT:HASH.
    """
    walk = _Walk(tx, *_parsed(head))
    try:
        walk.chain()
        walk.requests()
        walk.decisions()
        walk.unsaid()
    except _Broken as broken:
        return walk.found(broken.at, str(broken))
    return walk.found("", "")


class _Walk:
    """One pass over the register; what was redacted is remembered, everything else goes by."""

    def __init__(self, tx: Connection, kept_count: int, kept_hash: str) -> None:
        self._tx, self._kept_count, self._kept_hash = tx, kept_count, kept_hash
        self._count, self._hash = 0, GENESIS
        self._redactions: list[Redaction] = []
        self._said: set[tuple[int, str]] = set()
        self._emptied: list[tuple[int, str, str]] = []

    def chain(self) -> None:
        """Every event follows the one before it and says what it said."""
        for row in self._rows(EVENTS, "the events after event {}"):
            if not follows(row, self._count, self._hash):
                raise _misfit(row, self._count, self._hash)
            self._count, self._hash = row[0], row[10]
            if self._count == self._kept_count and self._hash != self._kept_hash:
                says = f"Event {self._count} is not the one of the kept head: the register was rewritten."
                raise _Broken(f"event {self._count}", says)
            if is_redacted(row[14]) or is_redacted(row[16]):
                seals = {"actor_name": row[14], "details": row[16]}
                self._note(row[3], f"event {row[0]}", seals, f"event {row[0]} ")
            if row[2] == REDACTED:
                self._told(row)
        if self._count < self._kept_count:
            cut = self._kept_count - self._count
            says = f"The register ends at event {self._count}: the newest events are missing, {cut} of them."
            raise _Broken(f"event {self._count + 1}", says)

    def requests(self) -> None:
        """Every request states what the chain last held for it."""
        for row in self._rows(REQUESTS, "the requests"):
            if request_stands(row):
                continue
            verdict, sealed, number, own, chained = row[-5:]
            where, columns = f"GEN-{number}", dict(zip(REQUEST_COLUMNS, row, strict=False))
            texts = _computed(request_texts, columns, _value(verdict)) or {}
            seals, plain = str(sealed).split(","), [columns[name] for name in REQUEST_PLAIN]
            _held(where, own, chained, _computed(root, texts.values(), seals, plain))
            self._note(number, where, dict(zip(texts, seals, strict=False)))

    def decisions(self) -> None:
        """Every decision says what the chain's event about it holds."""
        for row in self._rows(DECISIONS, "the decisions"):
            if decision_stands(row):
                continue
            snapshot, sealed, number, own, chained = row[-5:]
            where, columns = f"decision {number}", dict(zip(DECISION_COLUMNS, row, strict=False))
            texts = _computed(decision_texts, columns, _value(snapshot)) or {}
            seals, plain = str(sealed).split(","), [*(columns[name] for name in DECISION_PLAIN), *texts]
            _held(where, own, chained, _computed(root, texts.values(), seals, plain))
            self._note(columns["request_id"], where, dict(zip(texts, seals, strict=False)), f"{where} ")

    def unsaid(self) -> None:
        """Nothing was emptied without an event, and nothing that the chain names is gone."""
        for request_id, place, where in self._emptied:
            if (request_id, place) not in self._said:
                says = f"The text {place!r} of GEN-{request_id} was emptied, and no event says why."
                raise _Broken(where, says)
        for says, query in _ORPHANS.items():
            if (found := self._tx.scalar(text(query), {"count": self._count})) is not None:
                raise _Broken(says.partition(" is ")[0].format(found), says.format(found))

    def found(self, broken_at: str, says: str) -> Verification:
        """The outcome, in a sentence when nothing broke."""
        head = f"{self._count}:{self._hash}"
        says = (
            says or f"The register holds: {self._count} events, {len(self._redactions)} of them redactions."
        )
        return Verification(self._count, head, tuple(self._redactions), broken_at, says)

    def _rows(self, query: str, what: str) -> Iterator[Sequence[Any]]:
        """Row by row; on PostgreSQL in batches, through a cursor on the server."""
        batched = {"stream_results": True, "yield_per": 5000} if self._tx.dialect.name != "sqlite" else {}
        try:
            with self._tx.execute(text(query), execution_options=batched) as rows:
                yield from rows
        except DBAPIError as error:
            # Bytes that are no text, or a damaged page: not the driver being away.
            if isinstance(error.orig, sqlite3.DatabaseError):
                what = what.format(self._count)
                raise _Broken(what, f"{what[0].upper()}{what[1:]} cannot be read: {error.orig}.") from error
            raise

    def _note(self, request_id: int, where: str, seals: Mapping[str, str], prefix: str = "") -> None:
        """Remember what was emptied there."""
        self._emptied += [
            (request_id, prefix + name, where) for name, seal in seals.items() if is_redacted(seal)
        ]

    def _told(self, row: Sequence[Any]) -> None:
        """Remember what an event says was emptied."""
        said = json.loads(row[15])
        self._said.update((row[3], place) for place in said["places"])
        at = row[1] if isinstance(row[1], str) else stamp(row[1])
        self._redactions.append(Redaction(row[0], row[3], said["field"], said["reason"], row[13], at))


def _computed(compute: Callable[..., Result], *arguments: Any) -> Result | None:
    """What `compute` makes of stored values; None of a value whose very kind was altered."""
    try:
        return compute(*arguments)
    except ODD:
        return None


def _value(stored: str) -> Any:
    """The value of a JSON column; None when its text is not the one that we would write."""
    if stored == MARKER:
        return MARKER
    value = _computed(json.loads, stored)
    return value if _computed(canonical, value) == stored else None


def _held(where: str, own: str, chained: str | None, computed: str | None) -> None:
    """Raise unless a row's own hash, the chain's and that of what it says are one."""
    name = where[0].upper() + where[1:]
    if chained is None:
        raise _Broken(where, f"{name} is in no event of the register.")
    if computed != chained:
        raise _Broken(where, f"{name} was altered: what it says is not what the register holds a digest of.")
    if own != chained:
        raise _Broken(where, f"The hash of {where} was altered.")


def _misfit(row: Sequence[Any], count: int, previous: str) -> _Broken:
    """An event that does not continue the chain after `count` events: why."""
    seq = row[0]
    if seq > count + 1:
        missing = f"Event {count + 1} is" if seq == count + 2 else f"Events {count + 1} to {seq - 1} are"
        return _Broken(f"event {count + 1}", f"{missing} missing: event {count} is followed by event {seq}.")
    if row[10] != _computed(event_hash, *row[:10]):
        return _Broken(f"event {seq}", f"Event {seq} was altered: what it says does not match its hash.")
    if seq == count + 1 and row[9] == previous:
        says = "are missing" if row[11] is None else "were altered: they do not match their digest"
        return _Broken(f"event {seq}", f"The contents of event {seq} (who, and the details) {says}.")
    says = f"Event {seq} does not follow event {count}: they were exchanged, or one before was rewritten."
    return _Broken(f"event {seq}", says)


def _parsed(head: str | None) -> tuple[int, str]:
    if head is None:
        return 0, ""
    found = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", head.strip())
    if found is None:
        raise BadHead
    return int(found[1]), found[2]
