"""Payloads that Slack might have sent, spoilt at random. The same seed spoils them in the same way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any

Json = dict[str, Any]
Place = tuple[Any, str | int]  # a dict or list, and where in it

PEOPLE = ["U0ANA", "U0THEO", "U0JUN", "U0RAVI", "U0MEI", "U0OSKAR", "U0LUCIA", "U0OPS", "U0STRANGER", "W1"]
TEAMS = ["T0STUDIO", "T0OTHER", "E0ORG", ""]


_INNER = ("event", "authorizations", "message", "item", "user")


def _nested(deep: int) -> Any:
    inner: Any = "x"
    for step in range(deep):
        inner = [inner] if step % 2 else {_INNER[step % len(_INNER)]: inner}
    return inner


JUNK: list[Any] = [
    None,
    True,
    0,
    -1,
    2**63,
    10**300,
    1.5,
    float("inf"),
    [],
    {},
    [[]],
    [None],
    [{}] * 1000,
    {"id": 5},
    {"id": "U0RAVI"},
    {"type": None, "text": {"text": []}},
    "",
    " ",
    "x" * 100_000,
    "\x00",
    "a\x00b",
    "\ud800",
    "🎬\udfff",
    "\u202egnp.exe",
    "👩‍👩‍👧" * 500,
    "&" * 5000,
    "<!channel> <@U0RAVI> <!subteam^S1|crew>",
    "'; DROP TABLE requests; --",
    "../../etc/passwd",
    "{}",
    "null",
    "²",
    "٣:١",
    "9" * 5000,
    "1:1",
    "2:1",
    "3:1",
    "9223372036854775808:1",
    "decide:approve",
    "request_form",
    "view_submission",
    "block_actions",
    "interactive_message",
    "workflow_step_edit",
    "0000-00-00",
    "9999-12-31",
    "2026-W10-1",
    "20260302",
    "approve",
    "unsure",
    "NIGHTFALL",
    "PAPERLANTERN",
    "status GEN-1",
    "status GEN-3",
    "replace the payload bay",
    _nested(14),
    _nested(60),
]

MEMORIES: list[Any] = [
    *(
        json.dumps({"request": number, "revision": revision, "action": action, "written": written})
        for number in (1, 2, 3, 4, 2**63 - 1)
        for revision in (1, 2)
        for action in ("approve", "deny", "call_in")
        for written in (True, False)
    ),
    json.dumps({"request": 2**63, "revision": 1, "action": "approve"}),
    json.dumps({"request": 1, "revision": 1, "action": "withdraw"}),
    json.dumps({"request": True, "revision": "1", "action": "approve"}),
    json.dumps({"tools": 8, "channel": "C0LANTERN"}),
    json.dumps({"tools": 10**9}),
    json.dumps({"prefilled": ["element", "title", "step1_tool", "nonsense", "step9_tool"]}),
    json.dumps({"questioned": {"element": {"declared": "x", "suggests": "y", "quote": "<!here>"}}}),
    json.dumps({"questioned": {"nonsense": {"declared": "no", "suggests": "yes", "quote": "z"}}}),
    json.dumps({"questioned": {"steps[99].environment": {"declared": "", "suggests": "", "quote": ""}}}),
    json.dumps({"kept": {"consent": "zzz", "story_relevant": "x" * 90_000, "nonsense": "\ud800"}}),
    json.dumps({"pointed_out": "nonsense", "cut": True}),
    "[" * 5000,
    "x" * 1_000_000,
    "\ud800",
    "not json",
]


def spoilt(captured: list[tuple[str, Json]], luck: Random) -> tuple[str, Json]:
    """A kind of envelope and a payload with one to four things wrong with it."""
    kind, payload = luck.choice(captured)
    payload = deepcopy(payload)
    _somebody_else(payload, luck)
    for _ in range(luck.randint(1, 4)):
        luck.choice(_WAYS)(payload, luck)
    return kind, payload


def places(thing: Any) -> Iterator[Place]:
    """Every value inside, by where it hangs."""
    inside = thing.items() if isinstance(thing, dict) else enumerate(thing)
    for key, value in list(inside):
        yield thing, key
        if isinstance(value, dict | list):
            yield from places(value)


def _somewhere(payload: Json, luck: Random) -> Place | None:
    """The top is hit as often as the rest: there are few keys and many depend on them."""
    if luck.random() < 0.5:
        return (payload, luck.choice(list(payload))) if payload else None
    found = list(places(payload))
    return luck.choice(found) if found else None


def _remove(payload: Json, luck: Random) -> None:
    if place := _somewhere(payload, luck):
        del place[0][place[1]]


def _swap(payload: Json, luck: Random) -> None:
    if place := _somewhere(payload, luck):
        place[0][place[1]] = deepcopy(luck.choice(JUNK))


def _move(payload: Json, luck: Random) -> None:
    source, target = _somewhere(payload, luck), _somewhere(payload, luck)
    if source and target:
        target[0][target[1]] = deepcopy(source[0][source[1]])


def _rename(payload: Json, luck: Random) -> None:
    place = _somewhere(payload, luck)
    if place and isinstance(place[0], dict):
        name = luck.choice(["command", "type", "event", "actions", "view", "ssl_check", "challenge", "user"])
        place[0][name] = place[0].pop(place[1])


def _add(payload: Json, luck: Random) -> None:
    key = luck.choice(
        ["bot_access_token", "authorizations", "response_urls", "enterprise", "function_data", "is_app"]
    )
    payload[key] = deepcopy(luck.choice(JUNK))


def _answer(payload: Json, luck: Random) -> None:
    """Another answer in the form: unknown, of another type, or in a block that the form has not."""
    state = payload.get("view", {}) if isinstance(payload.get("view"), dict) else {}
    values = state.get("state", {}).get("values") if isinstance(state.get("state"), dict) else None
    if isinstance(values, dict) and values:
        block = luck.choice([*values, "nonsense"])
        held = {"type": "static_select", "selected_option": {"value": luck.choice(JUNK)}}
        text = {"type": "plain_text_input", "value": luck.choice(JUNK)}
        values[block] = {block: deepcopy(luck.choice([held, text, *JUNK]))}


def _forge(payload: Json, luck: Random) -> None:
    """The memory of another view, or of none."""
    if isinstance(payload.get("view"), dict):
        payload["view"]["private_metadata"] = luck.choice(MEMORIES)
    actions = payload.get("actions")
    if isinstance(actions, list) and actions and isinstance(actions[0], dict):
        actions[0]["value"] = luck.choice(["1:1", "2:1", "3:1", "4:1", "1:2", "1:-1", ":", *JUNK])


def _cross(payload: Json, luck: Random) -> None:
    """The button of one form with the action of another."""
    actions = payload.get("actions")
    names = ["decide:approve", "decide:deny", "decide:call_in", "add_tool", "element", "consent", "nonsense"]
    names += ["chase:ask", "chase:answer", "chase:away", "chase:snooze", "chase:renew", "digest:waiting"]
    names += ["find:open", "find:more", "find:first", "find:search"]
    if isinstance(actions, list) and actions and isinstance(actions[0], dict):
        actions[0]["action_id"] = luck.choice(names)
    if isinstance(payload.get("view"), dict):
        payload["view"]["callback_id"] = luck.choice(["request_form", *names])


def _somebody_else(payload: Json, luck: Random) -> None:
    """Who acts: three times in four not whoever did."""
    if luck.random() < 0.25:
        return
    user, team = luck.choice(PEOPLE), luck.choice(TEAMS)
    if isinstance(payload.get("user"), dict):
        payload["user"] |= {"id": user, "team_id": team} if team else {"id": user}
    if "user_id" in payload:
        payload |= {"user_id": user, "team_id": team or "T0STUDIO"}


_WAYS: list[Callable[[Json, Random], None]] = [
    _remove,
    _swap,
    _swap,
    _move,
    _rename,
    _add,
    _answer,
    _forge,
    _forge,
    _cross,
]
