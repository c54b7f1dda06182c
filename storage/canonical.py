"""One text for one value: the JSON that is stored, compared and hashed."""

import json
from collections.abc import Mapping
from hashlib import sha256


def canonical(value: object) -> str:
    """`value` as JSON with sorted keys, no blanks and its own characters; NaN is refused."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def content_hash(content: Mapping[str, object]) -> str:
    """The sha256, in hex, of the canonical text of `content`."""
    return sha256(canonical(content).encode()).hexdigest()
