"""The rows that a verification reads, and whether one plainly is what was written, the quickest way.

A row that does not plainly stand is no fault yet: it may have been redacted, or quote a description. Then
storage.verification parses it and says.
"""

from collections.abc import Sequence
from typing import Any, Final

from storage.register import contents_digest, event_hash
from storage.seals import (
    DECISION_PLAIN,
    DECISION_TEXTS,
    REQUEST_PLAIN,
    REQUEST_TEXTS,
    SNAPSHOT_TEXTS,
    all_stand,
    root,
    unparsed,
    unquoted,
)

REQUEST_COLUMNS: Final = (*REQUEST_TEXTS, *REQUEST_PLAIN)
DECISION_COLUMNS: Final = (*DECISION_TEXTS, *DECISION_PLAIN)
_DECISION_NAMES: Final = (*DECISION_TEXTS, *SNAPSHOT_TEXTS)
# Where, in the rows below, the texts end and what stays readable begins.
_IN_REQUEST: Final = len(REQUEST_TEXTS)
_IN_DECISION: Final = len(DECISION_TEXTS)
# What computing with stored values raises when the very kind of one was altered.
ODD: Final = (TypeError, ValueError, AttributeError, KeyError)

# Plain SQL and plain tuples: a type's conversion could read two different stored texts as one value.
EVENTS: Final = """
SELECT e.seq, e.at, e.kind, e.request_id, e.content_hash, e.decision_id, e.decision_hash, e.book, e.digest,
       e.previous, e.hash, c.actor_team, c.actor_user, c.actor_name, c.name_seal, c.details, c.details_seal
FROM audit_events e LEFT JOIN event_contents c ON c.seq = e.seq ORDER BY e.seq
"""
REQUESTS: Final = f"""
SELECT {", ".join(f"r.{name}" for name in REQUEST_COLUMNS)}, r.verdict, r.seals, r.id,
       r.content_hash, (SELECT e.content_hash FROM audit_events e
                        WHERE e.request_id = r.id AND e.content_hash <> '' ORDER BY e.seq DESC LIMIT 1)
FROM requests r ORDER BY r.id
"""
DECISIONS: Final = f"""
SELECT {", ".join(f"d.{name}" for name in DECISION_COLUMNS)}, d.snapshot, d.seals, d.id,
       d.hash, e.decision_hash
FROM decisions d LEFT JOIN audit_events e ON e.decision_id = d.id AND e.decision_id IS NOT NULL
ORDER BY d.id, e.seq
"""


def follows(row: Sequence[Any], count: int, previous: str) -> bool:
    """The event continues the chain after `count` events, and its contents are those of its digest."""
    try:
        continues: bool = row[0] == count + 1 and row[9] == previous and row[10] == event_hash(*row[:10])
        return continues and row[8] == contents_digest(*row[11:])
    except ODD:
        return False


def request_stands(row: Sequence[Any]) -> bool:
    """As most: nothing was redacted, the verdict quotes nothing, and its digest is the chain's.

    Any other row is parsed, and judged by what it says.
    """
    try:
        *columns, verdict, sealed, _, own, chained = row
        seals, rest = sealed.split(","), unquoted(verdict)
        return (
            rest is not None
            and all_stand(seals)
            and own == chained == root([*columns[:_IN_REQUEST], rest, "[]"], seals, columns[_IN_REQUEST:])
        )
    except ODD:
        return False


def decision_stands(row: Sequence[Any]) -> bool:
    """The same of a decision."""
    try:
        *columns, snapshot, sealed, _, own, chained = row
        seals, texts = sealed.split(","), unparsed(snapshot)
        plain = [*columns[_IN_DECISION:], *_DECISION_NAMES]
        return (
            texts is not None
            and all_stand(seals)
            and own == chained == root([*columns[:_IN_DECISION], *texts], seals, plain)
        )
    except ODD:
        return False
