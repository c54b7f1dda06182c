"""Stored rows turned back into the values they were made of, and what is left of what was redacted."""

import json
from typing import Any

from sqlalchemy import Row

from policy.facts import Facts, Step
from policy.lifecycle import Move, Status
from policy.verdict import Outcome, Topic, Verdict
from storage.canonical import canonical
from storage.records import DecisionRow, RequestRow
from storage.seals import MARKER, QUOTES

# What redacted facts read as: nothing was answered.
_FORGOTTEN = Facts(steps=(Step(tool=MARKER),))


def request_row(row: Row[Any]) -> RequestRow:
    """A row of REQUESTS as a value."""
    values = dict(row._mapping)
    del values["seals"]
    books = values.pop("books")  # for queries, and for when the verdict was redacted
    return RequestRow(
        **values
        | {
            "facts": _FORGOTTEN if row.facts == MARKER else Facts.model_validate_json(row.facts),
            "verdict": _verdict(row.verdict, row.outcome, books),
            "outcome": Outcome(row.outcome),
            "status": Status(row.status),
        }
    )


def _verdict(text: str, outcome: str, books: str) -> Verdict:
    """The verdict, or what is left of it when the facts that its findings name were redacted."""
    if text == MARKER:
        nothing: dict[str, tuple[()]] = dict.fromkeys(("findings", "duties", "open_questions", "topics"), ())
        return Verdict.model_validate({"outcome": outcome, "rulebooks": json.loads(books)} | nothing)
    if MARKER in text and (said := json.loads(text))[QUOTES] == MARKER:
        return Verdict.model_validate_json(canonical(said | {QUOTES: []}))
    return Verdict.model_validate_json(text)


def decision_row(row: Row[Any]) -> DecisionRow:
    """A row of DECISIONS as a value."""
    values = dict(row._mapping)
    del values["seals"], values["hash"]
    conditions = (MARKER,) if row.conditions == MARKER else tuple(json.loads(row.conditions))
    parsed = {
        "action": Move(row.action),
        "conditions": conditions,
        "topics": tuple(Topic(topic) for topic in json.loads(row.topics)),
        "snapshot": json.loads(row.snapshot),
    }
    return DecisionRow(**values | parsed)
