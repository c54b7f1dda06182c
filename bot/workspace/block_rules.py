"""Slack's documented rules for blocks, by hand: what the two libraries let through."""

from __future__ import annotations

from typing import Any

from .element_rules import Findings, check_element, check_text

Json = dict[str, Any]

COMMON = {"type", "block_id"}
BLOCK_KEYS: dict[str, set[str]] = {
    "section": {"text", "fields", "accessory", "expand"},
    "header": {"text"},
    "context": {"elements"},
    "divider": set(),
    "actions": {"elements"},
    "input": {"label", "element", "dispatch_action", "hint", "optional"},
    "markdown": {"text"},
    "image": {"image_url", "alt_text", "title", "slack_file"},
    "rich_text": {"elements"},
}
# `markdown` is for messages only; everything else the yard knows goes everywhere.
ONLY_ON = {"markdown": {"message"}}
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
RICH_PARTS = {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}


def check_blocks(blocks: Any, surface: str, at: str = "/blocks") -> Findings:
    """Everything wrong with the blocks of one message, modal or home."""
    found = Findings()
    if not isinstance(blocks, list):
        found.add("must be an array", at)
        return found
    if len(blocks) > MOST_BLOCKS[surface]:
        found.add(f"no more than {MOST_BLOCKS[surface]} items allowed", at)
    for number, block in enumerate(blocks):
        _check_block(found, block, surface, f"{at}/{number}")
    if not found:
        _check_unique(found, blocks, at)
    return found


def check_view(view: Any) -> Findings:
    """Everything wrong with a view around and inside its blocks."""
    found = Findings()
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        found.add("must be a view of type modal or home", "/view/type")
        return found
    surface = view["type"]
    known = {"type", "blocks", "private_metadata", "callback_id", "external_id"}
    if surface == "modal":
        known |= {"title", "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled"}
        check_text(found, view.get("title"), "/view/title", 24, plain=True)
        for key in ("submit", "close"):
            if view.get(key) is not None:
                check_text(found, view[key], f"/view/{key}", 24, plain=True)
    for key in sorted(set(view) - known):
        found.add(f"additional property {key} not allowed", f"/view/{key}")
    for key, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        found.length(view.get(key), f"/view/{key}", most)
    found += check_blocks(view.get("blocks"), surface, "/view/blocks")
    if found:
        return found
    inputs = any(block["type"] == "input" for block in view["blocks"])
    if surface == "modal" and inputs and not view.get("submit"):
        found.add("a modal with input blocks needs a submit", "/view/submit")
    return found


def _check_block(found: Findings, block: Any, surface: str, at: str) -> None:
    if not isinstance(block, dict):
        found.add("must be an object", at)
        return
    kind = block.get("type")
    if kind not in BLOCK_KEYS or surface not in ONLY_ON.get(kind, {surface}):
        found.add(f"unsupported type: {kind}", f"{at}/type")
        return
    for key in sorted(set(block) - BLOCK_KEYS[kind] - COMMON):
        found.add(f"additional property {key} not allowed", f"{at}/{key}")
    found.length(block.get("block_id"), f"{at}/block_id", 255)
    check = CHECKS.get(kind)
    if check is not None:
        check(found, block, at)


def _section(found: Findings, block: Json, at: str) -> None:
    if "text" not in block and not block.get("fields"):
        found.add("missing required field: text or fields", at)
    if "text" in block:
        check_text(found, block["text"], f"{at}/text", 3000)
    if "fields" in block:
        fields = found.items(block["fields"], f"{at}/fields", 10)
        for number, field in enumerate(fields):
            check_text(found, field, f"{at}/fields/{number}", 2000)
    if "accessory" in block:
        check_element(found, block["accessory"], "section", f"{at}/accessory")


def _header(found: Findings, block: Json, at: str) -> None:
    check_text(found, block.get("text"), f"{at}/text", 150, plain=True)


def _context(found: Findings, block: Json, at: str) -> None:
    for number, element in enumerate(found.items(block.get("elements"), f"{at}/elements", 10)):
        where = f"{at}/elements/{number}"
        if isinstance(element, dict) and element.get("type") == "image":
            check_element(found, element, "context", where)
        else:
            check_text(found, element, where, 2000)


def _actions(found: Findings, block: Json, at: str) -> None:
    for number, element in enumerate(found.items(block.get("elements"), f"{at}/elements", 25)):
        check_element(found, element, "actions", f"{at}/elements/{number}")


def _input(found: Findings, block: Json, at: str) -> None:
    check_text(found, block.get("label"), f"{at}/label", 2000, plain=True)
    if block.get("hint") is not None:
        check_text(found, block["hint"], f"{at}/hint", 2000, plain=True)
    for key in ("optional", "dispatch_action"):
        if not isinstance(block.get(key, False), bool):
            found.add("must be a boolean", f"{at}/{key}")
    check_element(found, block.get("element"), "input", f"{at}/element")


def _markdown(found: Findings, block: Json, at: str) -> None:
    found.length(block.get("text"), f"{at}/text", 12_000, required=True)


def _image(found: Findings, block: Json, at: str) -> None:
    found.length(block.get("alt_text"), f"{at}/alt_text", 2000, required=True)
    if "slack_file" not in block:
        found.length(block.get("image_url"), f"{at}/image_url", 3000, required=True)
    if block.get("title") is not None:
        check_text(found, block["title"], f"{at}/title", 2000, plain=True)


def _rich_text(found: Findings, block: Json, at: str) -> None:
    for number, part in enumerate(found.items(block.get("elements"), f"{at}/elements", 100)):
        kind = part.get("type") if isinstance(part, dict) else None
        if kind not in RICH_PARTS:
            found.add(f"unsupported type: {kind}", f"{at}/elements/{number}/type")


CHECKS = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "markdown": _markdown,
    "image": _image,
    "rich_text": _rich_text,
}


def _check_unique(found: Findings, blocks: list[Json], at: str) -> None:
    block_ids: set[str] = set()
    for number, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id is not None and block_id in block_ids:
            found.add(f"block_id {block_id} already exists", f"{at}/{number}/block_id")
        block_ids.add(block_id or "")
        action_ids: set[str] = set()
        for element in [block.get("element"), block.get("accessory"), *(block.get("elements") or [])]:
            action_id = element.get("action_id") if isinstance(element, dict) else None
            if action_id is not None and action_id in action_ids:
                found.add(f"action_id {action_id} already exists", f"{at}/{number}")
            action_ids.add(action_id or "")
