"""Slack's documented rules for elements, options and texts, by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

Json = dict[str, Any]

ALL = {"section", "actions", "input"}
SELECT = {"placeholder", "confirm", "focus_on_load"}
LISTED = {"options", "option_groups"}
PLACES: dict[str, set[str]] = {
    "button": {"section", "actions"},
    "overflow": {"section", "actions"},
    "image": {"section", "context"},
    "plain_text_input": {"input"},
    "number_input": {"input"},
    "email_text_input": {"input"},
    "url_text_input": {"input"},
    **dict.fromkeys(
        ("static_select", "external_select", "multi_static_select", "multi_external_select"), ALL
    ),
    **dict.fromkeys(("users_select", "multi_users_select", "channels_select", "conversations_select"), ALL),
    **dict.fromkeys(("radio_buttons", "checkboxes", "datepicker", "timepicker"), ALL),
}
TYPED = {"initial_value", "placeholder", "focus_on_load", "dispatch_action_config"}
KEYS: dict[str, set[str]] = {
    "button": {"text", "url", "value", "style", "confirm", "accessibility_label"},
    "overflow": {"options", "confirm"},
    "image": {"image_url", "alt_text", "slack_file"},
    "plain_text_input": TYPED | {"multiline", "min_length", "max_length"},
    "number_input": TYPED | {"is_decimal_allowed", "min_value", "max_value"},
    "email_text_input": TYPED,
    "url_text_input": TYPED,
    "static_select": SELECT | LISTED | {"initial_option"},
    "external_select": SELECT | {"initial_option", "min_query_length"},
    "multi_static_select": SELECT | LISTED | {"initial_options", "max_selected_items"},
    "multi_external_select": SELECT | {"initial_options", "min_query_length", "max_selected_items"},
    "users_select": SELECT | {"initial_user"},
    "multi_users_select": SELECT | {"initial_users", "max_selected_items"},
    "channels_select": SELECT | {"initial_channel", "response_url_enabled"},
    "conversations_select": SELECT
    | {"initial_conversation", "default_to_current_conversation", "response_url_enabled", "filter"},
    "radio_buttons": {"options", "initial_option", "confirm", "focus_on_load"},
    "checkboxes": {"options", "initial_options", "confirm", "focus_on_load"},
    "datepicker": SELECT | {"initial_date"},
    "timepicker": SELECT | {"initial_time", "timezone"},
}
MOST_OPTIONS = {"radio_buttons": 10, "checkboxes": 10, "overflow": 5}
MARKDOWN_OPTIONS = {"radio_buttons", "checkboxes"}


class Findings(list[str]):
    """Reasons in Slack's manner: "[ERROR] what [json-pointer:where]"."""

    def add(self, what: str, at: str) -> None:
        """Note one fault."""
        self.append(f"[ERROR] {what} [json-pointer:{at}]")

    def length(self, value: Any, at: str, most: int, *, required: bool = False) -> None:
        """A string that may be missing unless required, never longer than `most`."""
        if value is None and not required:
            return
        if not isinstance(value, str):
            self.add("must be a string", at)
        elif required and not value:
            self.add("must be more than 0 characters", at)
        elif len(value) > most:
            self.add(f"must be less than {most + 1} characters", at)

    def items(self, value: Any, at: str, most: int) -> list[Any]:
        """A non-empty list of at most `most`; returns what can be looked into."""
        if not isinstance(value, list) or not value:
            self.add("must be an array with at least 1 item", at)
            return []
        if len(value) > most:
            self.add(f"no more than {most} items allowed", at)
        return value


def check_text(found: Findings, text: Any, at: str, most: int, *, plain: bool = False) -> None:
    """A text object."""
    if not isinstance(text, dict):
        found.add("must be a text object", at)
        return
    kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
    if text.get("type") not in kinds:
        found.add(f"must be of type {' or '.join(kinds)}", f"{at}/type")
    for key in sorted(set(text) - {"type", "text", "emoji", "verbatim"}):
        found.add(f"additional property {key} not allowed", f"{at}/{key}")
    found.length(text.get("text"), f"{at}/text", most, required=True)


def check_element(found: Findings, element: Any, place: str, at: str) -> None:
    """An element where it stands: in a section, in actions, in an input, in a context."""
    kind = element.get("type") if isinstance(element, dict) else None
    if kind not in PLACES or place not in PLACES[kind]:
        found.add(f"unsupported type: {kind}", f"{at}/type")
        return
    for key in sorted(set(element) - KEYS[kind] - {"type", "action_id"}):
        found.add(f"additional property {key} not allowed", f"{at}/{key}")
    found.length(element.get("action_id"), f"{at}/action_id", 255)
    if element.get("placeholder") is not None:
        check_text(found, element["placeholder"], f"{at}/placeholder", 150, plain=True)
    if element.get("confirm") is not None:
        _confirm(found, element["confirm"], f"{at}/confirm")
    if kind == "button":
        _button(found, element, at)
    elif kind == "plain_text_input":
        _plain_text_input(found, element, at)
    elif kind == "datepicker":
        _date(found, element.get("initial_date"), f"{at}/initial_date")
    elif kind == "image":
        found.length(element.get("alt_text"), f"{at}/alt_text", 2000, required=True)
    if "options" in KEYS[kind]:
        _listed(found, element, at)
    elif "initial_option" in element or "initial_options" in element:
        for option in _initial(element):
            _option(found, option, kind, f"{at}/initial_option")


def _confirm(found: Findings, confirm: Any, at: str) -> None:
    if not isinstance(confirm, dict):
        found.add("must be an object", at)
        return
    for key, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        check_text(found, confirm.get(key), f"{at}/{key}", most, plain=key != "text")


def _button(found: Findings, element: Json, at: str) -> None:
    check_text(found, element.get("text"), f"{at}/text", 75, plain=True)
    found.length(element.get("value"), f"{at}/value", 2000)
    found.length(element.get("url"), f"{at}/url", 3000)
    if element.get("style") not in (None, "primary", "danger"):
        found.add("must be primary or danger", f"{at}/style")


def _plain_text_input(found: Findings, element: Json, at: str) -> None:
    most = element.get("max_length", 3000)
    least = element.get("min_length", 0)
    if not isinstance(most, int) or not 1 <= most <= 3000:
        found.add("must be between 1 and 3000", f"{at}/max_length")
        return
    if not isinstance(least, int) or not 0 <= least <= most:
        found.add("must be between 0 and max_length", f"{at}/min_length")
    found.length(element.get("initial_value"), f"{at}/initial_value", most)


def _date(found: Findings, value: Any, at: str) -> None:
    if value is None:
        return
    try:
        date.fromisoformat(str(value))
    except ValueError:
        found.add("must be a date as YYYY-MM-DD", at)


def _listed(found: Findings, element: Json, at: str) -> None:
    kind = element["type"]
    most = MOST_OPTIONS.get(kind, 100)
    if ("options" in element) == ("option_groups" in element):
        found.add("needs either options or option_groups", at)
        return
    known: list[Any] = []
    if "options" in element:
        known = found.items(element["options"], f"{at}/options", most)
    groups: list[Any] = []
    if "option_groups" in element:
        groups = found.items(element["option_groups"], f"{at}/option_groups", 100)
    for number, group in enumerate(groups):
        where = f"{at}/option_groups/{number}"
        if not isinstance(group, dict):
            found.add("must be an object", where)
            continue
        check_text(found, group.get("label"), f"{where}/label", 75, plain=True)
        known = known + found.items(group.get("options"), f"{where}/options", 100)
    for number, option in enumerate(known):
        _option(found, option, kind, f"{at}/options/{number}")
    values = [option.get("value") for option in known if isinstance(option, dict)]
    for option in _initial(element):
        if option not in known:
            found.add("initial option must be one of the options", f"{at}/initial_option")
    if len(set(map(str, values))) < len(values):
        found.add("option values must be unique", f"{at}/options")


def _initial(element: Json) -> list[Any]:
    one = element.get("initial_option")
    many = element.get("initial_options") or []
    return [one, *many] if one is not None else list(many)


def _option(found: Findings, option: Any, kind: str, at: str) -> None:
    if not isinstance(option, dict):
        found.add("must be an object", at)
        return
    plain = kind not in MARKDOWN_OPTIONS
    check_text(found, option.get("text"), f"{at}/text", 75, plain=plain)
    found.length(option.get("value"), f"{at}/value", 150, required=True)
    if option.get("description") is not None:
        check_text(found, option["description"], f"{at}/description", 75, plain=plain)
    allowed = {"text", "value", "description"} | ({"url"} if kind == "overflow" else set())
    for key in sorted(set(option) - allowed):
        found.add(f"additional property {key} not allowed", f"{at}/{key}")
