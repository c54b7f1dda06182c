"""Open modals and homes: the stack each person sees, and what they have typed so far."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from .conversations import find_element, interactive_elements
from .form import Form, initial_state, options_of, read_element
from .refusals import Refused
from .scene import APP_ID, BOT_ID

Json = dict[str, Any]

STACK = 3  # the root and two more
TROUBLE = "We had some trouble connecting. Try again?"


@dataclass
class OpenView:
    """One view as a person has it before them."""

    id: str
    user: str
    body: Json
    hash: str
    root_id: str
    previous_id: str | None
    state: dict[str, dict[str, Json]]
    # Options an external select has offered, so that a chosen value becomes its whole option again.
    offered: dict[tuple[str, str], dict[str, Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str | None = None

    def keep(self, form: Form) -> None:
        """Take over what the page says was typed; controls the page did not show stay as they were."""
        for block, element in interactive_elements(self.body["blocks"]):
            key = (block["block_id"], element["action_id"])
            value = read_element(form, key, element, self.offered.get(key, {}))
            if value is not None:
                self.state.setdefault(key[0], {})[key[1]] = value

    def replace(self, body: Json) -> None:
        """Show another body; typed values stay where block_id, action_id and kind are the same."""
        fresh = initial_state(body["blocks"])
        for block_id, action_id, value in _entries(self.state):
            there = fresh.get(block_id, {}).get(action_id)
            same = there is not None and there["type"] == value["type"]
            if same and _still_offered(body, block_id, action_id, value):
                fresh[block_id][action_id] = value
        self.body, self.state, self.hash = body, fresh, _hash()
        self.errors, self.trouble = {}, None

    def payload(self, team: str) -> Json:
        """The view as responses and payloads carry it."""
        body = self.body
        return {
            "id": self.id,
            "team_id": team,
            "type": body["type"],
            "title": body.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
            "submit": body.get("submit"),
            "close": body.get("close"),
            "blocks": body["blocks"],
            "private_metadata": body.get("private_metadata", ""),
            "callback_id": body.get("callback_id", ""),
            "external_id": body.get("external_id", ""),
            "state": {"values": self.state},
            "hash": self.hash,
            "clear_on_close": body.get("clear_on_close", False),
            "notify_on_close": body.get("notify_on_close", False),
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            "app_id": APP_ID,
            "app_installed_team_id": team,
            "bot_id": BOT_ID,
        }


class Views:
    """Every person's modal stack, and their home."""

    def __init__(self) -> None:
        self.stacks: dict[str, list[OpenView]] = {}
        self.homes: dict[str, OpenView] = {}

    def top(self, user: str) -> OpenView | None:
        """The modal this person sees."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def open(self, user: str, body: Json) -> OpenView:
        """A new modal; whatever was open for this person is gone."""
        self._external(body)
        view = _opened(user, body, None)
        self.stacks[user] = [view]
        return view

    def push(self, user: str, body: Json) -> OpenView:
        """A modal above the present one."""
        stack = self.stacks.get(user) or []
        if not stack:
            raise Refused("not_found")
        if len(stack) >= STACK:
            raise Refused("push_limit_reached")
        self._external(body)
        view = _opened(user, body, stack[-1])
        stack.append(view)
        return view

    def publish(self, user: str, body: Json, expected: str | None) -> OpenView:
        """The home of one person."""
        home = self.homes.get(user)
        if expected and home is not None and home.hash != expected:
            raise Refused("hash_conflict")
        if home is None:
            home = self.homes[user] = _opened(user, body, None)
        else:
            home.replace(body)
        return home

    def update(self, view: OpenView, body: Json, expected: str | None) -> OpenView:
        """Another body for an open view, unless it changed since the app looked."""
        if expected and view.hash != expected:
            raise Refused("hash_conflict")
        self._external(body, view)
        view.replace(body)
        return view

    def find(self, view_id: str | None, external_id: str | None) -> OpenView:
        """An open view by either of its names."""
        for view in [*self.homes.values(), *(one for stack in self.stacks.values() for one in stack)]:
            if view_id and view.id == view_id:
                return view
            if external_id and view.body.get("external_id") == external_id:
                return view
        raise Refused("not_found")

    def _external(self, body: Json, own: OpenView | None = None) -> None:
        wanted = body.get("external_id")
        if not wanted:
            return
        for view in [*self.homes.values(), *(one for stack in self.stacks.values() for one in stack)]:
            if view is not own and view.body.get("external_id") == wanted:
                raise Refused("duplicate_external_id")


def _opened(user: str, body: Json, below: OpenView | None) -> OpenView:
    number = f"V0{secrets.token_hex(4).upper()}"
    root = below.root_id if below else number
    return OpenView(
        number, user, body, _hash(), root, below.id if below else None, initial_state(body["blocks"])
    )


def _hash() -> str:
    return f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}"


def _entries(state: dict[str, dict[str, Json]]) -> list[tuple[str, str, Json]]:
    return [(block, action, value) for block, held in state.items() for action, value in held.items()]


def _still_offered(body: Json, block_id: str, action_id: str, value: Json) -> bool:
    chosen = [value.get("selected_option"), *(value.get("selected_options") or [])]
    found = find_element(body["blocks"], block_id, action_id)
    if found is None or found[1]["type"].endswith("external_select"):
        return found is not None
    options = list(options_of(found[1]))
    return all(option is None or option in options for option in chosen)
