"""The gate every block passes: checked three ways, then given the ids Slack would fill in."""

from __future__ import annotations

import copy
import secrets
from typing import Any

from .block_models import second_opinions, view_opinion
from .block_rules import check_blocks, check_view
from .element_rules import PLACES
from .refusals import InvalidBlocks

Json = dict[str, Any]

VIEW_BYTES = 250_000


def accept_message(blocks: Any) -> list[Json]:
    """Blocks of a message as Slack stores them, or InvalidBlocks with the reasons."""
    blocks = _without_nulls(blocks)
    reasons: list[str] = check_blocks(blocks, "message") or second_opinions(blocks)
    if reasons:
        raise InvalidBlocks(reasons)
    return _with_ids(blocks)


def accept_view(view: Any) -> Json:
    """A view as Slack stores it, or InvalidBlocks with the reasons."""
    view = _without_nulls(view)
    reasons: list[str] = check_view(view)
    reasons = reasons or second_opinions(view["blocks"], "/view/blocks") + view_opinion(view)
    if reasons:
        raise InvalidBlocks(reasons)
    if len(str(view).encode()) > VIEW_BYTES:
        raise InvalidBlocks(["[ERROR] the view is larger than 250 KB [json-pointer:/view]"])
    return {**copy.deepcopy(view), "blocks": _with_ids(view["blocks"])}


def _without_nulls(thing: Any) -> Any:
    # A key sent as null is a key not sent.
    if isinstance(thing, dict):
        return {key: _without_nulls(value) for key, value in thing.items() if value is not None}
    return [_without_nulls(one) for one in thing] if isinstance(thing, list) else thing


def _with_ids(blocks: list[Json]) -> list[Json]:
    stored = copy.deepcopy(blocks)
    for block in stored:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for element in [block.get("element"), block.get("accessory"), *(block.get("elements") or [])]:
            if isinstance(element, dict) and element.get("type") in PLACES and element["type"] != "image":
                element.setdefault("action_id", secrets.token_urlsafe(4))
    return stored
