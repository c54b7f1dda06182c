"""HTML forms and `view.state.values`: the same answers in two shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .conversations import interactive_elements

Json = dict[str, Any]

# What an element's answer is called, and what stands there while nobody answered.
ANSWERS: dict[str, tuple[str, Any]] = {
    "plain_text_input": ("value", None),
    "number_input": ("value", None),
    "email_text_input": ("value", None),
    "url_text_input": ("value", None),
    "static_select": ("selected_option", None),
    "external_select": ("selected_option", None),
    "radio_buttons": ("selected_option", None),
    "multi_static_select": ("selected_options", []),
    "multi_external_select": ("selected_options", []),
    "checkboxes": ("selected_options", []),
    "users_select": ("selected_user", None),
    "multi_users_select": ("selected_users", []),
    "channels_select": ("selected_channel", None),
    "conversations_select": ("selected_conversation", None),
    "datepicker": ("selected_date", None),
    "timepicker": ("selected_time", None),
}
INITIAL = {
    "value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_channel": "initial_channel",
    "selected_conversation": "initial_conversation",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
}
# A form says which controls it showed: an empty checkbox group sends nothing else.
SHOWN = "~"


@dataclass(frozen=True)
class Form:
    """A posted form: every value of every name."""

    pairs: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        """All values sent under this name."""
        return [value for key, value in self.pairs if key == name]

    def first(self, name: str, otherwise: str = "") -> str:
        """The first value sent under this name."""
        return next(iter(self.all(name)), otherwise)


def control(block_id: str, action_id: str) -> str:
    """The name of a control in the page's forms."""
    return f"{block_id}|{action_id}"


def initial_state(blocks: list[Json]) -> dict[str, dict[str, Json]]:
    """State before anybody touched it: initial values, else Slack's word for nothing."""
    state: dict[str, dict[str, Json]] = {}
    for block, element in interactive_elements(blocks):
        if element["type"] in ANSWERS:
            key, nothing = ANSWERS[element["type"]]
            value = element.get(INITIAL[key], nothing)
            answer = {"type": element["type"], key: value}
            state.setdefault(block["block_id"], {})[element["action_id"]] = answer
    return state


def read_element(form: Form, key: tuple[str, str], element: Json, offered: dict[str, Json]) -> Json | None:
    """The answer a form gives for one element, or None when the form did not show it."""
    name = control(*key)
    if element["type"] not in ANSWERS or name not in form.all(SHOWN):
        return None
    return answer(element, [value for value in form.all(name) if value != ""], offered)


def answer(element: Json, values: list[str], offered: dict[str, Json]) -> Json:
    """An answer as Slack writes it, from the plain values a control sends."""
    kind = element["type"]
    key, nothing = ANSWERS[kind]
    known = {option["value"]: option for option in options_of(element)} | offered
    given: Any
    if key == "selected_option":
        given = next((known[value] for value in values if value in known), nothing)
    elif key == "selected_options":
        given = [known[value] for value in values if value in known]
    elif key == "selected_users":
        given = values
    else:
        given = values[0].replace("\r\n", "\n") if values else nothing
    return {"type": kind, key: given}


def options_of(element: Json) -> Iterator[Json]:
    """All options an element itself lists, the initial ones of an external select included."""
    yield from element.get("options") or []
    for group in element.get("option_groups") or []:
        yield from group["options"]
    if element["type"].endswith("external_select"):
        if element.get("initial_option"):
            yield element["initial_option"]
        yield from element.get("initial_options") or []


def given_values(value: Json) -> list[str]:
    """The plain values a control would show for an answer: the way back."""
    key, _ = ANSWERS[value["type"]]
    given = value.get(key)
    if given is None:
        return []
    if key == "selected_option":
        return [given["value"]]
    if key == "selected_options":
        return [option["value"] for option in given]
    return list(given) if isinstance(given, list) else [str(given)]


def faults(blocks: list[Json], state: dict[str, dict[str, Json]]) -> dict[str, str]:
    """What Slack's own client refuses before the app hears of it, by block id."""
    found = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        value = state.get(block["block_id"], {}).get(element["action_id"])
        given = given_values(value) if value else []
        text = given[0] if given else ""
        if not text:
            if not block.get("optional", False):
                found[block["block_id"]] = "Please complete this required field."
            continue
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        if element["type"] == "plain_text_input" and not least <= len(text) <= most:
            found[block["block_id"]] = (
                f"Please use at least {least} characters."
                if len(text) < least
                else f"Please use at most {most} characters."
            )
    return found
