"""One text for one value: the JSON that is stored, compared and hashed."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def canonical(value: object) -> str:
    """`value` as JSON with sorted keys, no blanks and its own characters; NaN is refused."""
    return storable(as_json(value))


def as_json(value: object) -> str:
    """The same before `storable`."""
    return _ENCODER.encode(value)


def storable(text: str) -> str:
    """The text with a mark in the place of what no database takes: NUL, and halves of characters.

    JSON from outside can hold both; refused this late, they would look like a failure of ours.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode(errors="replace").decode()
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def storable_row(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row, each text storable."""
    return {name: storable(value) if type(value) is str else value for name, value in values.items()}


def content_hash(content: Mapping[str, object]) -> str:
    """The sha256, in hex, of the canonical text of `content`."""
    return sha256(canonical(content).encode()).hexdigest()
