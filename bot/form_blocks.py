"""Inputs and views as Block Kit; all limits are Slack's."""

from collections.abc import Iterable

from bot.markup import Block, clip, mrkdwn, plain

_TITLE, _OPTION, _PLACEHOLDER, _LABEL = 24, 75, 150, 2000
_SECTION = 3000
_HEADER = 150
_CODE = 150  # an option's value


def modal(
    title: str,
    blocks: list[Block],
    *,
    submit: str = "",
    close: str = "Cancel",
    callback_id: str = "",
    memory: str = "",
) -> Block:
    """A modal view; without `submit` it only tells."""
    view: Block = {
        "type": "modal",
        "title": plain(clip(title, _TITLE)),
        "close": plain(close),
        "blocks": blocks,
    }
    if submit:
        view |= {"submit": plain(submit), "callback_id": callback_id, "private_metadata": memory}
    return view


def labelled(block_id: str, label: str, element: Block, *, hint: str = "", optional: bool = False) -> Block:
    """An input block around `element`, whose action_id becomes the block's own id."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(clip(label, _LABEL)),
        "element": element | {"action_id": block_id},
        "optional": optional,
    }
    if hint:
        block["hint"] = plain(clip(hint, _LABEL))
    return block


def text_input(value: str = "", *, lines: bool = False, limit: int = 3000, placeholder: str = "") -> Block:
    """A typed answer."""
    element: Block = {"type": "plain_text_input", "multiline": lines, "max_length": limit}
    if value:
        element["initial_value"] = clip(value, limit)
    return _with_placeholder(element, placeholder)


def select(options: Iterable[tuple[str, str]], chosen: str) -> Block:
    """One of a few (value, text) pairs; `chosen` is a value among them."""
    listed = {value: option(value, text) for value, text in options}
    return {"type": "static_select", "options": list(listed.values()), "initial_option": listed[chosen]}


def type_ahead(chosen: tuple[str, str] | None, placeholder: str) -> Block:
    """One of what the app offers while the person types, from the first look on."""
    element: Block = {"type": "external_select", "min_query_length": 0}
    if chosen:
        element["initial_option"] = option(*chosen)
    return _with_placeholder(element, placeholder)


def date_input(value: str = "", placeholder: str = "") -> Block:
    """A day, as YYYY-MM-DD."""
    element: Block = {"type": "datepicker"}
    if value:
        element["initial_date"] = value
    return _with_placeholder(element, placeholder)


def option(value: str, text: str) -> Block:
    """One option of a select."""
    return {"text": plain(clip(text, _OPTION)), "value": value[:_CODE]}


def button(action_id: str, text: str) -> Block:
    """A button without a value."""
    return {"type": "button", "action_id": action_id, "text": plain(text)}


def header(block_id: str, text: str) -> Block:
    """A short title over what follows."""
    return {"type": "header", "block_id": block_id, "text": plain(clip(text, _HEADER))}


def section(block_id: str, text: str) -> Block:
    """A paragraph of mrkdwn, with everything typed already escaped."""
    return {"type": "section", "block_id": block_id, "text": mrkdwn(clip(text, _SECTION))}


def aside(block_id: str, text: str) -> Block:
    """A small grey sentence of mrkdwn, with everything typed already escaped."""
    return {"type": "context", "block_id": block_id, "elements": [mrkdwn(clip(text, _LABEL))]}


def _with_placeholder(element: Block, text: str) -> Block:
    return element | {"placeholder": plain(clip(text, _PLACEHOLDER))} if text else element
