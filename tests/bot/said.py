"""What a message says, whom it mentions and what can be pressed, checked as Slack checks it."""

import re
from copy import deepcopy
from typing import Any

from bot.chase_parts import Said
from bot.rich_text import as_text
from bot.workspace.blocks import accept_message
from tests.bot.test_rich_text import pieces


def read(said: Said) -> str:
    """The whole message as a person reads it, mentions as @U1 and moments as UTC."""
    return "\n".join(_read(block) for block in accepted(said))


def _read(block: dict[str, Any]) -> str:
    if block["type"] == "context":
        return str(block["elements"][0]["text"])
    if block["type"] == "actions":
        return ""
    words = ""
    for piece in pieces(block):
        mention = f"@{piece['user_id']}" if piece["type"] == "user" else ""
        words += mention or str(piece.get("text") or piece.get("fallback") or "")
    return words


def accepted(said: Said) -> list[dict[str, Any]]:
    """The blocks as Slack takes them, with a notification that is no longer than an update may be."""
    text, blocks = said
    assert 0 < len(as_text(text)) < 4000
    return accept_message(deepcopy(blocks))


def controls(said: Said) -> list[tuple[str, str]]:
    """Each button's action and value; a menu's action and the values it offers."""
    elements = [each for block in said[1] if block["type"] == "actions" for each in block["elements"]]
    return [
        (each["action_id"], each.get("value") or " ".join(one["value"] for one in each.get("options", [])))
        for each in elements
    ]


def pinged(said: Said) -> set[str]:
    """Everybody whom the blocks or the notification mention."""
    text, blocks = said
    found = set(re.findall(r"<([@!](?!date\^)[^>|]*)", as_text(text)))
    for block in blocks:
        if block["type"] == "rich_text":
            found |= {f"@{piece['user_id']}" for piece in pieces(block) if piece["type"] == "user"}
            assert all(piece["type"] not in ("usergroup", "broadcast") for piece in pieces(block))
        elif block["type"] == "context":
            assert not re.search("<[@!#]", str(block))
    return found
