"""Seals: one salt per text, so that each can be forgotten alone and no digest can be guessed back.

A seal is the text's salt while the text stands, and its digest once the text was redacted: the salt goes
with the text, or who knows the few names it can be would only have to try them.
"""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any, Final

from storage.canonical import as_json, canonical

MARKER: Final = "[redacted]"
_SALT: Final = 32  # hexadecimal characters; half of a digest's, which tells the two apart
_DIGEST: Final = 64

# Texts under seals, then what stays readable. Rows keep seals in this order: a new one joins at the end.
REQUEST_TEXTS: Final = (
    *("requester_name", "title", "description", "vendor"),
    *("not_generative", "consent_reference", "facts"),
)
REQUEST_PLAIN: Final = (
    *("production", "requester_team", "requester_user", "needed_by", "use_started", "context"),
    *("outcome", "books"),
)
DECISION_TEXTS: Final = ("by_name", "wording", "conditions", "reason")
DECISION_PLAIN: Final = (
    *("request_id", "revision", "action", "by_team", "by_user", "valid_until", "topics", "shown_hash", "at"),
)
# The part of a verdict that quotes the description: it is forgotten with it, the rest stands.
QUOTES: Final = "text_findings"
_NEXT_KEY: Final = '"topics":'
_NO_QUOTES: Final = f',"{QUOTES}":[],{_NEXT_KEY}'
# The snapshot of a decision as the app makes it, cut without parsing; a snapshot of other keys is parsed.
SNAPSHOT: Final = ("conditions", "facts", "reason", "valid_until", "verdict", "wording")
SNAPSHOT_TEXTS: Final = tuple(
    f"snapshot {name}" for key in SNAPSHOT for name in ((key, "quotes") if key == "verdict" else (key,))
)
_FIRST_KEY: Final = f'{{"{SNAPSHOT[0]}":'
_LATER_KEYS: Final = tuple(f',"{key}":' for key in SNAPSHOT[1:])
_VERDICT: Final = SNAPSHOT.index("verdict")


def new_seals(count: int) -> list[str]:
    """That many fresh salts."""
    salts = os.urandom(count * _SALT // 2).hex()
    return [salts[start : start + _SALT] for start in range(0, len(salts), _SALT)]


def digest(seal: str, text: str) -> str:
    """The salted digest of a text, whether it still stands or was redacted; "" for a seal that is neither."""
    if len(seal) == _SALT:
        return sha256((seal + text).encode()).hexdigest()
    return seal if len(seal) == _DIGEST and text == MARKER else ""


def is_redacted(seal: str) -> bool:
    """The text of this seal was taken out."""
    return len(seal) == _DIGEST


def all_stand(seals: Sequence[str]) -> bool:
    """No text of these seals was redacted."""
    return len(max(seals, key=len)) == _SALT


def root(texts: Collection[str], seals: Sequence[str], plain: Iterable[object]) -> str:
    """One hash over the digest of every sealed text and over what stays readable.

    Raises ValueError for a seal without a text.
    """
    if len(seals) > len(texts):
        raise ValueError
    # Not strict: a text that a later version added has no seal in the rows before it.
    parts = [digest(seal, text) for seal, text in zip(seals, texts, strict=False)]
    # What canonical makes of the list, in a third of the time: a verification does this for every row.
    said = [encode_basestring(value) if type(value) is str else _written(value) for value in plain]
    parts.append(f"[{','.join(said)}]")
    return sha256("\n".join(parts).encode()).hexdigest()


def sealed_request(columns: Mapping[str, Any], verdict: Mapping[str, Any]) -> dict[str, str]:
    """The seals and the hash of a request's columns; `verdict` is what its column holds as JSON."""
    texts = unquoted_texts(columns, columns["verdict"]) or request_texts(columns, verdict)
    seals = new_seals(len(texts))
    plain = [columns[name] for name in REQUEST_PLAIN]
    return {"seals": ",".join(seals), "content_hash": root(texts.values(), seals, plain)}


def sealed_decision(columns: Mapping[str, Any], snapshot: Mapping[str, Any]) -> dict[str, str]:
    """The seals and the hash of a decision's columns; `snapshot` is that column's value."""
    texts = decision_texts(columns, snapshot)
    seals = new_seals(len(texts))
    plain = [*(columns[name] for name in DECISION_PLAIN), *texts]
    return {"seals": ",".join(seals), "hash": root(texts.values(), seals, plain)}


def request_texts(columns: Mapping[str, Any], verdict: object) -> dict[str, str]:
    """Every sealed text of a request by name, in the order of its seals."""
    return {name: columns[name] for name in REQUEST_TEXTS} | _verdict_texts("", verdict)


def unquoted_texts(columns: Mapping[str, Any], verdict: str) -> dict[str, str] | None:
    """The same for a stored verdict that quotes nothing, without parsing it; None when it must be parsed."""
    rest = unquoted(verdict)
    if rest is None:
        return None
    return {name: columns[name] for name in REQUEST_TEXTS} | {"verdict": rest, "quotes": "[]"}


def unquoted(verdict: str) -> str | None:
    """The sealed text of a stored verdict that quotes nothing, unparsed; None when it must be parsed.

    Most verdicts are such, and parsing takes half of a verification. Any other text than ours has another
    digest here too: the empty quotes are cut out only where they belong, before the last key of the whole.
    In a text of a person they cannot stand: quotes in JSON strings are escaped.
    """
    before, found, after = verdict.rpartition(_NO_QUOTES)
    return f"{before},{_NEXT_KEY}{after}" if found and after.count("}") == 1 else None


def unparsed(snapshot: str) -> list[str] | None:
    """The sealed texts of a stored snapshot as the app makes them; None when it must be parsed.

    Cut out between its keys: put together again they are the stored text and no other, so their digests
    show what it is, however it was cut. A cut in the wrong place has other digests: then parsing decides.
    """
    if not snapshot.startswith(_FIRST_KEY) or not snapshot.endswith("}"):
        return None
    rest, texts = snapshot[len(_FIRST_KEY) : -1], []
    for key in _LATER_KEYS:
        text, _, rest = rest.partition(key)
        texts.append(text)
    verdict = unquoted(texts[_VERDICT])
    return None if verdict is None or not rest else [*texts[:_VERDICT], verdict, "[]", rest]


def decision_texts(columns: Mapping[str, Any], snapshot: Mapping[str, Any]) -> dict[str, str]:
    """Every sealed text of a decision by name, in the order of its seals; the snapshot's key by key."""
    texts = {name: columns[name] for name in DECISION_TEXTS}
    for key in sorted(snapshot):
        if key == "verdict":
            texts |= _verdict_texts("snapshot ", snapshot[key])
        else:
            texts[f"snapshot {key}"] = MARKER if snapshot[key] == MARKER else canonical(snapshot[key])
    return texts


def _verdict_texts(where: str, verdict: object) -> dict[str, str]:
    if not isinstance(verdict, Mapping):
        return dict.fromkeys((f"{where}verdict", f"{where}quotes"), str(verdict))
    rest = {key: value for key, value in verdict.items() if key != QUOTES}
    quotes = verdict.get(QUOTES)
    shown = MARKER if quotes == MARKER else canonical(quotes) if QUOTES in verdict else ""
    return {f"{where}verdict": canonical(rest), f"{where}quotes": shown}


def stamp(moment: datetime) -> str:
    """A moment as SQLite stores it and as every hash reads it: UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(" ", "microseconds")[:26]


def _written(value: object) -> str:
    """The same JSON for a value from code, from SQLite (text) and from PostgreSQL (dates)."""
    if value is None or type(value) is int:
        return "null" if value is None else str(value)
    if isinstance(value, datetime):
        return f'"{stamp(value)}"'
    return f'"{value.isoformat()}"' if isinstance(value, date) else as_json(value)
