"""A second and third opinion on blocks: PyPI `blockkit` and the SDK's own models."""

from __future__ import annotations

import copy
import inspect
from typing import Any

import blockkit
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

Json = dict[str, Any]

BLOCKS: dict[str, Any] = {
    "section": blockkit.Section,
    "header": blockkit.Header,
    "context": blockkit.Context,
    "divider": blockkit.Divider,
    "actions": blockkit.Actions,
    "input": blockkit.Input,
    "markdown": blockkit.Markdown,
    "image": blockkit.Image,
}
ELEMENTS: dict[str, Any] = {
    "button": blockkit.Button,
    "overflow": blockkit.Overflow,
    "image": blockkit.ImageEl,
    "plain_text_input": blockkit.PlainTextInput,
    "number_input": blockkit.NumberInput,
    "email_text_input": blockkit.EmailInput,
    "url_text_input": blockkit.UrlInput,
    "static_select": blockkit.StaticSelect,
    "external_select": blockkit.ExternalSelect,
    "multi_static_select": blockkit.MultiStaticSelect,
    "multi_external_select": blockkit.MultiExternalSelect,
    "users_select": blockkit.UsersSelect,
    "multi_users_select": blockkit.MultiUsersSelect,
    "channels_select": blockkit.ChannelsSelect,
    "conversations_select": blockkit.ConversationsSelect,
    "radio_buttons": blockkit.RadioButtons,
    "checkboxes": blockkit.Checkboxes,
    "datepicker": blockkit.DatePicker,
    "timepicker": blockkit.TimePicker,
}
PARTS: dict[str, Any] = {
    "options": blockkit.Option,
    "initial_option": blockkit.Option,
    "initial_options": blockkit.Option,
    "option_groups": blockkit.OptionGroup,
    "confirm": blockkit.Confirm,
    "filter": blockkit.ConversationFilter,
    "dispatch_action_config": blockkit.DispatchActionConfig,
}
FAULTS = (
    blockkit.core.FieldValidationError,
    blockkit.core.ComponentValidationError,
    SlackObjectFormationError,
    TypeError,
    ValueError,
    AttributeError,
)


def second_opinions(blocks: list[Json], at: str = "/blocks") -> list[str]:
    """What the two libraries hold against blocks that our own rules accept."""
    reasons = []
    for number, block in enumerate(blocks):
        try:
            # rich_text is checked by the SDK alone: blockkit models its parts too narrowly.
            if block["type"] in BLOCKS:
                _built(BLOCKS[block["type"]], block).build()
            parsed = Block.parse(copy.deepcopy(block))
            if parsed is not None:
                parsed.validate_json()
        except FAULTS as fault:
            reasons.append(f"[ERROR] {fault} [json-pointer:{at}/{number}]")
    return reasons


def view_opinion(view: Json) -> list[str]:
    """What the SDK's model holds against a view as a whole."""
    try:
        View(**copy.deepcopy(view)).validate_json()
    except FAULTS as fault:
        return [f"[ERROR] {fault} [json-pointer:/view]"]
    return []


def _built(kind: Any, body: Json) -> Any:
    accepted = inspect.signature(kind.__init__).parameters
    # blockkit takes plain text alone in options and confirm texts. Slack takes more in some;
    # our own rules say where.
    plain = kind in (blockkit.Option, blockkit.Confirm)
    # It also looks for initial options among groups instead of in them, and knows no query length of 0.
    left = {"type"} | ({"initial_option", "initial_options"} if "option_groups" in body else set())
    left |= {"min_query_length"} if body.get("min_query_length") == 0 else set()
    return kind(
        **{
            key: _part(key, value, plain)
            for key, value in body.items()
            if key not in left and key in accepted
        }
    )


def _part(key: str, value: Any, plain: bool) -> Any:
    if isinstance(value, list):
        return [_part(key, one, plain) for one in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("type")
    if kind in ("plain_text", "mrkdwn"):
        return blockkit.Text(value.get("text"), type="plain_text" if plain else kind)
    if kind in ELEMENTS:
        return _built(ELEMENTS[kind], value)
    if key in PARTS:
        return _built(PARTS[key], value)
    return value
