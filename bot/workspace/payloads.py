"""The payloads Slack sends the app, key by key."""

from __future__ import annotations

import secrets
from typing import Any

from .conversations import Conversation, Message
from .form import ANSWERS, INITIAL
from .manifest import Shortcut
from .methods import message_json
from .scene import APP_ID, BOT_USER
from .views import OpenView
from .workspace import Workspace

Json = dict[str, Any]

TOKEN = "local-verification-token"
ROOM_NAMES = {"im": "directmessage", "group": "privategroup"}


def person(workspace: Workspace, user: str) -> Json:
    """Who did it."""
    handle = workspace.handle(user)
    return {"id": user, "username": handle, "name": handle, "team_id": workspace.scene.team.id}


def room(where: Conversation) -> Json:
    """Where it happened; private places do not tell their name."""
    return {"id": where.id, "name": ROOM_NAMES.get(where.kind, where.name)}


def command(workspace: Workspace, user: str, where: Conversation, name: str, text: str) -> Json:
    """A slash command."""
    token = workspace.handouts.response(user, where.id, None, None)
    return {
        "token": TOKEN,
        "team_id": workspace.scene.team.id,
        "team_domain": workspace.scene.team.domain,
        "channel_id": where.id,
        "channel_name": room(where)["name"],
        "user_id": user,
        "user_name": workspace.handle(user),
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": f"{workspace.base_url}response/{token}",
        "trigger_id": workspace.handouts.trigger(user),
    }


def _common(workspace: Workspace, kind: str, user: str) -> Json:
    return {
        "type": kind,
        "user": person(workspace, user),
        "api_app_id": APP_ID,
        "token": TOKEN,
        "team": workspace.team(),
        "enterprise": None,
        "is_enterprise_install": False,
    }


def message_action(
    workspace: Workspace, user: str, where: Conversation, message: Message, actions: list[Json]
) -> Json:
    """block_actions from a message."""
    ephemeral = message.only_for is not None
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": where.id,
        "is_ephemeral": ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    token = workspace.handouts.response(user, where.id, message.ts, message.thread_ts)
    payload = _common(workspace, "block_actions", user) | {
        "container": container,
        "trigger_id": workspace.handouts.trigger(user),
        "channel": room(where),
        "state": {"values": message.picked.get(user, {})},
        "response_url": f"{workspace.base_url}response/{token}",
        "actions": actions,
    }
    # Slack does not say what an ephemeral message contained.
    return payload if ephemeral else payload | {"message": message_json(workspace, where, message)}


def view_action(workspace: Workspace, view: OpenView, actions: list[Json]) -> Json:
    """block_actions from a modal or a home, with everything typed so far in the view's state."""
    told = view.payload(workspace.scene.team.id)
    return _common(workspace, "block_actions", view.user) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": workspace.handouts.trigger(view.user, view.id),
        "view": told,
        "actions": actions,
    }


def submission(workspace: Workspace, view: OpenView) -> Json:
    """A modal sent."""
    return _common(workspace, "view_submission", view.user) | {
        "trigger_id": workspace.handouts.trigger(view.user, view.id),
        "view": view.payload(workspace.scene.team.id),
    }


def closed(workspace: Workspace, view: OpenView, is_cleared: bool) -> Json:
    """A modal closed without sending, for views that asked to hear of it."""
    told = {"view": view.payload(workspace.scene.team.id), "is_cleared": is_cleared}
    return _common(workspace, "view_closed", view.user) | told


def suggestion(
    workspace: Workspace,
    user: str,
    block: Json,
    element: Json,
    typed: str,
    view: OpenView | None,
    source: tuple[Conversation, Message] | None,
) -> Json:
    """A question for the options of an external select."""
    payload = _common(workspace, "block_suggestion", user) | {
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "value": typed,
    }
    if view is not None:
        container = {"type": "view", "view_id": view.id}
        return payload | {"container": container, "view": view.payload(workspace.scene.team.id)}
    if source is None:
        return payload
    where, message = source
    container = {"type": "message", "message_ts": message.ts, "channel_id": where.id}
    told = {"container": container, "channel": room(where)}
    return payload | told | {"message": message_json(workspace, where, message)}


def shortcut(
    workspace: Workspace, user: str, chosen: Shortcut, source: tuple[Conversation, Message] | None
) -> Json:
    """A shortcut from the message box, or from the menu of a message."""
    kind = "message_action" if source else "shortcut"
    payload = _common(workspace, kind, user) | {
        "callback_id": chosen.callback_id,
        "trigger_id": workspace.handouts.trigger(user),
        "action_ts": workspace.stamp(),
    }
    del payload["api_app_id"]
    if source is None:
        return payload
    where, message = source
    del payload["user"]["username"]
    token = workspace.handouts.response(user, where.id, message.ts, message.thread_ts)
    return payload | {
        "message_ts": message.ts,
        "response_url": f"{workspace.base_url}response/{token}",
        "channel": room(where),
        "message": message_json(workspace, where, message),
    }


def action(workspace: Workspace, block: Json, element: Json, value: Json | None) -> Json:
    """What was pressed or picked; `value` is the answer of an element that holds one."""
    kind = element["type"]
    told: Json = {
        "type": kind,
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": workspace.stamp(),
    }
    copied = ["text", "value", "style", "url"] if kind == "button" else ["placeholder"]
    if kind in ANSWERS:
        copied.append(INITIAL[ANSWERS[kind][0]])
    told |= {key: element[key] for key in [*copied, "confirm"] if key in element}
    return told | {key: held for key, held in (value or {}).items() if key != "type"}


def event(workspace: Workspace, body: Json) -> Json:
    """An event, as the Events API wraps it."""
    team = workspace.scene.team.id
    return {
        "token": TOKEN,
        "team_id": team,
        "api_app_id": APP_ID,
        "event": body,
        "type": "event_callback",
        "event_id": f"Ev0{secrets.token_hex(4).upper()}",
        "event_time": int(workspace.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }
