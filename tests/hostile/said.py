"""What a message or view does: whom it mentions, where it links, and what Slack would refuse in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from bot.workspace.blocks import accept_message, accept_view

Json = dict[str, Any]

_ANGLE = re.compile(r"<([^<>\n]+)>")
_PINGING = {"user": "user_id", "usergroup": "usergroup_id", "broadcast": "range", "link": "url"}
# Slack's: what chat.update takes, and what chat.postMessage cuts.
UPDATED_TEXT, POSTED_TEXT = 4_000, 40_000


def mentions(thing: Any) -> set[str]:
    """Everything in angle brackets of mrkdwn, and every piece of rich text that names or links somebody."""
    return set(_mentions(thing))


def _mentions(thing: Any) -> Iterator[str]:
    if isinstance(thing, list):
        for one in thing:
            yield from _mentions(one)
    elif isinstance(thing, Mapping):
        kind = thing.get("type")
        if kind in ("mrkdwn", "markdown"):
            yield from in_mrkdwn(str(thing["text"]))
        elif kind in _PINGING and _PINGING[kind] in thing:
            yield f"{kind} {thing[_PINGING[kind]]}"
        for one in thing.values():
            yield from _mentions(one)


def in_mrkdwn(text: str) -> Iterator[str]:
    """`<@U1|ana>` -> "user U1"; a moment is no mention."""
    for inside in _ANGLE.findall(text):
        target = inside.partition("|")[0]
        if target.startswith("@"):
            yield f"user {target[1:]}"
        elif target.startswith("!") and not target.startswith("!date^"):
            yield f"broadcast {target[1:]}"
        elif not target.startswith(("!", "#")):
            yield f"link {target}"


def message_is_sound(call: Mapping[str, Any], text_limit: int = POSTED_TEXT) -> None:
    """Slack takes the blocks, and shows the text in place of them."""
    accept_message(deepcopy(call["blocks"]))
    assert 0 < len(call["text"]) <= text_limit


def view_is_sound(view: Json) -> None:
    """Slack takes the view."""
    accept_view(deepcopy(view))
