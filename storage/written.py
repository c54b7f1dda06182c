"""What is written of a new request, and what would be read of it: known without asking the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from policy.facts import Facts
from policy.verdict import Verdict
from storage.canonical import as_json, canonical, storable, storable_row
from storage.inserts import Rows
from storage.records import NewRequest, NewSignOff, RequestRow, SignOffRow
from storage.seals import sealed_request
from storage.tables import SIGN_OFFS, SignOffState

__all__ = ["opened", "opened_rows", "request_columns", "written_row"]


def request_columns(new: NewRequest, now: datetime) -> tuple[dict[str, Any], bool]:
    """The columns of a request that is opened, and whether they hold its facts and verdict as given.

    They do not where a person's text holds what no database takes (storage.canonical).
    """
    verdict = new.verdict.model_dump(mode="json")
    given = as_json(new.facts.model_dump(mode="json")), as_json(verdict)
    kept = tuple(map(storable, given))
    columns = storable_row(vars(new)) | {
        "facts": kept[0],
        "verdict": kept[1],
        "outcome": new.verdict.outcome.value,
        "status": new.status.value,
        "revision": 1,
        "books": canonical(verdict["rulebooks"]),
        "created_at": now,
        "updated_at": now,
        **dict.fromkeys(("card_ts", "thread_ts", "called_in_by", "called_in_reason"), ""),
    }
    return columns | sealed_request(columns, verdict), kept == given


def written_row(new: NewRequest, columns: Mapping[str, Any], as_given: bool, request_id: int) -> RequestRow:
    """What `request_row` would read of a request that was written with `request_columns`, without asking."""
    values = dict(columns)
    del values["seals"], values["books"]
    return RequestRow(
        **values
        | {
            "id": request_id,
            "facts": new.facts if as_given else Facts.model_validate_json(columns["facts"]),
            "verdict": _sorted(new.verdict) if as_given else Verdict.model_validate_json(columns["verdict"]),
            "outcome": new.verdict.outcome,
            "status": new.status,
        }
    )


def opened_rows(request_id: int, new: Sequence[NewSignOff]) -> Rows:
    """The rows of topics that are opened."""
    shared = {"request_id": request_id, "state": SignOffState.OPEN.value, "decision_id": None}
    return SIGN_OFFS, [vars(one) | {"topic": one.topic.value} | shared for one in new]


def opened(request_id: int, new: Sequence[NewSignOff], ids: Sequence[int]) -> list[SignOffRow]:
    """What `sign_offs` would read of topics that were opened under these ids, without asking."""
    return [
        SignOffRow(**vars(one), id=number, request_id=request_id, state=SignOffState.OPEN, decision_id=None)
        for one, number in zip(new, ids, strict=True)
    ]


def _sorted(verdict: Verdict) -> Verdict:
    """The verdict with the facts of each finding in the order of their names, in which they are stored."""
    found = tuple(
        one if len(one.facts) < 2 else one.model_copy(update={"facts": dict(sorted(one.facts.items()))})
        for one in verdict.findings
    )
    return verdict.model_copy(update={"findings": found})
