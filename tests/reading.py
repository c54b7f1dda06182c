"""What stands in a message or a view, as one text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Json = dict[str, Any]


def text_of(thing: Mapping[str, Any]) -> str:
    """All text of a message or view, flattened, in reading order."""
    return " ".join(_texts(thing))


def _texts(thing: Any) -> Iterator[str]:
    if isinstance(thing, list):
        for one in thing:
            yield from _texts(one)
    elif isinstance(thing, Mapping) and thing.get("type") == "rich_text":
        yield "\n".join(_lines(part) for part in thing["elements"])
    elif isinstance(thing, Mapping):
        for key, value in thing.items():
            if key in ("text", "alt_text") and isinstance(value, str):
                if value:
                    yield value
            elif key not in ("metadata", "reactions"):
                yield from _texts(value)


def _lines(part: Json) -> str:
    """A part of a rich text as the mrkdwn that would look alike."""
    if part["type"] == "rich_text_list":
        return "\n".join(f"• {_lines(item)}" for item in part["elements"])
    text = "".join(map(_piece, part["elements"]))
    return text.replace("\n", "\n> ").join(["> ", ""]) if part["type"] == "rich_text_quote" else text


def _piece(piece: Json) -> str:
    style = piece.get("style", {})
    text = str(piece.get("text", ""))
    text = {
        "user": f"<@{piece.get('user_id')}>",
        "channel": f"<#{piece.get('channel_id')}>",
        "link": f"<{piece.get('url')}|{piece.get('text')}>",
        "emoji": f":{piece.get('name')}:",
        "date": f"<!date^{piece.get('timestamp')}^{piece.get('format')}|{piece.get('fallback')}>",
    }.get(piece["type"], text)
    for name, mark in (("code", "`"), ("italic", "_"), ("bold", "*")):
        text = f"{mark}{text}{mark}" if style.get(name) else text
    return text
