"""Redaction: what a person may ask to be forgotten is emptied; that it was said stays proven.

Each text goes together with its salt; its digest stays, and an event says what was emptied, why and by whom.
"""

import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, and_, select, update

from policy.lifecycle import Move
from policy.verdict import BookIdentity
from storage import search
from storage.canonical import canonical
from storage.errors import NothingToRedact, UnknownField
from storage.records import Actor
from storage.register import NewEvent, append
from storage.seals import MARKER, QUOTES, decision_texts, digest, is_redacted, request_texts
from storage.tables import AUDIT_EVENTS, DECISIONS, EVENT_CONTENTS, REQUESTS, SIGN_OFFS

REDACTED: Final = "redacted"  # the kind of the event

# Field -> the sealed texts of the request, of its decisions and of its events that say it.
_Texts = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
_FIELDS: Final[Mapping[str, _Texts]] = MappingProxyType(
    {
        "requester_name": (("requester_name",), ("by_name",), ("actor_name",)),
        "title": (("title",), (), ()),
        "description": (("description", "quotes"), ("snapshot quotes",), ()),
        "vendor": (("vendor",), (), ()),
        "not_generative": (("not_generative",), (), ()),
        "consent_reference": (("consent_reference",), (), ()),
        "facts": (
            ("facts", "verdict", "quotes"),
            ("snapshot facts", "snapshot verdict", "snapshot quotes"),
            (),
        ),
        "wording": ((), ("wording", "snapshot wording"), ()),
        "conditions": ((), ("conditions", "snapshot conditions"), ()),
        "reason": ((), ("reason", "snapshot reason"), ()),
        "called_in_reason": ((), ("reason", "snapshot reason"), ()),
        # An event's details quote the names of contacts ("waits for Ravi Menon").
        "contact_names": ((), ("by_name",), ("actor_name", "details")),
        "details": ((), (), ("details",)),
    }
)
FIELDS: Final = tuple(_FIELDS)
# Copies beside the register, without a seal: emptied with what they copy.
_COPIES: Final[Mapping[str, tuple[tuple[Table, str], ...]]] = MappingProxyType(
    {
        "called_in_reason": ((REQUESTS, "called_in_reason"),),
        "contact_names": (
            *((REQUESTS, "called_in_by"), (SIGN_OFFS, "contact_name"), (SIGN_OFFS, "backup_name")),
        ),
    }
)
_NOTHING: Final = frozenset({"", '""', "[]", "{}", "null"})


def redact(tx: Connection, request_id: int, field: str, reason: str, who: Actor, now: datetime) -> int:
    """Empty `field` wherever the request holds it; returns the number of the event that says so.

    `reason` stays for good: it must not repeat what is forgotten. Raises UnknownField, NothingToRedact;
    NoSearch where the search has the words and this SQLite cannot take them out.
    """
    if field not in _FIELDS:
        raise UnknownField(f"These can be redacted: {', '.join(FIELDS)}.")
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql("PRAGMA secure_delete = ON").close()  # else it stays in the file's free places
    # Locked: nobody decides, and nobody else redacts, meanwhile (SQLite has one writer and needs no lock).
    row = tx.execute(select(REQUESTS).where(REQUESTS.c.id == request_id).with_for_update()).first()
    if row is None:
        raise NothingToRedact(f"There is no GEN-{request_id}.")
    places = [*_request(tx, row, field), *_decisions(tx, row, field), *_events(tx, row, field)]
    places += _copies(tx, request_id, field)
    if not places:
        raise NothingToRedact(f"GEN-{request_id} holds no {field}, or it was redacted before.")
    if _FIELDS[field][0]:
        search.forget(tx, request_id)
    event = NewEvent(
        request_id=request_id,
        kind=REDACTED,
        actor_team=who.team,
        actor_user=who.user,
        actor_name=who.name,
        details={"field": field, "reason": reason, "places": places},
        book=tuple(BookIdentity.model_validate(book) for book in json.loads(row.books)),
        content_hash=row.content_hash,
    )
    return append(tx, event, now)


def _request(tx: Connection, row: Row[Any], field: str) -> list[str]:
    verdict: Any = MARKER if row.verdict == MARKER else json.loads(row.verdict)
    texts = request_texts(dict(row._mapping), verdict)
    seals, emptied = _unsealed(texts, row.seals, _FIELDS[field][0])
    values: dict[str, str] = {name: MARKER for name in emptied if name != "quotes"}
    if "quotes" in emptied and "verdict" not in emptied:
        values["verdict"] = canonical(verdict | {QUOTES: MARKER})
    return _empty(tx, REQUESTS, row.id, values | {"seals": seals}, emptied, "")


def _decisions(tx: Connection, request: Row[Any], field: str) -> list[str]:
    theirs = and_(DECISIONS.c.request_id == request.id, *_of_field(DECISIONS, request, field))
    places = []
    for row in tx.execute(select(DECISIONS).where(theirs).order_by(DECISIONS.c.id)).all():
        snapshot = json.loads(row.snapshot)
        texts = decision_texts(dict(row._mapping), snapshot)
        seals, emptied = _unsealed(texts, row.seals, _FIELDS[field][1])
        values = {name: MARKER for name in emptied if " " not in name}
        kept = canonical(_without(snapshot, [name.removeprefix("snapshot ") for name in emptied]))
        values |= {"seals": seals, "snapshot": kept}
        places += _empty(tx, DECISIONS, row.id, values, emptied, f"decision {row.id} ")
    return places


def _of_field(table: Table, request: Row[Any], field: str) -> list[Any]:
    """Which decisions the field is about: by whom, and calls apart from answers."""
    called = table.c.action == Move.CALL_IN.value
    by_requester = and_(table.c.by_team == request.requester_team, table.c.by_user == request.requester_user)
    which: Mapping[str, Callable[[], Any]] = {
        "called_in_reason": lambda: called,
        "reason": lambda: ~called,
        "requester_name": lambda: by_requester,
        "contact_names": lambda: ~by_requester,
    }
    return [which[field]()] if field in which else []


def _without(snapshot: Mapping[str, Any], emptied: Collection[str]) -> dict[str, Any]:
    kept = {key: MARKER if key in emptied else value for key, value in snapshot.items()}
    if "quotes" in emptied and isinstance(verdict := kept.get("verdict"), dict):
        kept["verdict"] = verdict | {QUOTES: MARKER}
    return kept


def _events(tx: Connection, request: Row[Any], field: str) -> list[str]:
    wanted = _FIELDS[field][2]
    if not wanted:
        return []
    # Who redacted what, and why, is what has to stay.
    theirs = and_(AUDIT_EVENTS.c.request_id == request.id, AUDIT_EVENTS.c.kind != REDACTED)
    joined = AUDIT_EVENTS.join(EVENT_CONTENTS, EVENT_CONTENTS.c.seq == AUDIT_EVENTS.c.seq)
    query = select(EVENT_CONTENTS).select_from(joined).where(theirs).order_by(EVENT_CONTENTS.c.seq)
    places = []
    for row in tx.execute(query).all():
        is_requester = (row.actor_team, row.actor_user) == (request.requester_team, request.requester_user)
        values: dict[str, str] = {}
        emptied: list[str] = []
        for name, seal in (("actor_name", "name_seal"), ("details", "details_seal")):
            if name == "actor_name" and (not row.actor_user or is_requester != (field == "requester_name")):
                continue
            text = getattr(row, name)
            seals, gone = _unsealed({name: text}, getattr(row, seal), wanted)
            if gone:
                values |= {name: MARKER, seal: seals}
                emptied += gone
        places += _empty(tx, EVENT_CONTENTS, row.seq, values, emptied, f"event {row.seq} ")
    return places


def _copies(tx: Connection, request_id: int, field: str) -> list[str]:
    places = []
    for table, name in _COPIES.get(field, ()):
        theirs = (table.c.id if table is REQUESTS else table.c.request_id) == request_id
        held = and_(theirs, table.c[name].not_in(("", MARKER)))
        if tx.execute(update(table).where(held).values({name: MARKER})).rowcount:
            places.append(name)
    return places


def _unsealed(texts: Mapping[str, str], seals: str, wanted: Collection[str]) -> tuple[str, list[str]]:
    """The seals after those of `wanted` gave way to their digests, and which these were."""
    kept: list[str] = []
    emptied: list[str] = []
    for (name, text), seal in zip(texts.items(), seals.split(","), strict=False):
        # The quotes stand in the verdict: when it goes they go, be there any or none.
        goes = text not in _NOTHING or emptied[-1:] == [name.replace("quotes", "verdict")]
        if name in wanted and goes and not is_redacted(seal):
            emptied.append(name)
            kept.append(digest(seal, text))
        else:
            kept.append(seal)
    return ",".join(kept), emptied


def _empty(
    tx: Connection, table: Table, key: int, values: Mapping[str, str], emptied: list[str], where: str
) -> list[str]:
    if emptied:
        [column] = table.primary_key
        tx.execute(update(table).where(column == key).values(values))
    return [f"{where}{name}" for name in emptied]
