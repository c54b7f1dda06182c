"""What the families of API methods share: arguments, scopes, finding a conversation."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from .conversations import Conversation, Message
from .faults import Fault
from .refusals import Refused
from .scene import APP_ID, BOT_ID, BOT_USER
from .workspace import Workspace

Json = dict[str, Any]


@dataclass(frozen=True)
class Args:
    """Arguments of a call; forms send everything as text, JSON sends what it means."""

    values: Json
    # What was planned to go wrong with this call: reading history looks whether it is to be stale.
    fault: Fault | None = None

    def text(self, name: str) -> str:
        """An argument as text, empty when absent."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        """An argument as yes or no."""
        return str(self.values.get(name, "")).lower() in ("true", "1")

    def number(self, name: str, otherwise: int) -> int:
        """An argument as a whole number."""
        try:
            return int(self.values.get(name) or otherwise)
        except ValueError as wrong:
            raise Refused("invalid_arguments") from wrong

    def structure(self, name: str) -> Any:
        """A JSON argument, whichever way it was sent; None when absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except json.JSONDecodeError as broken:
            error = "invalid_blocks_format" if name == "blocks" else "invalid_arguments"
            raise Refused(error) from broken


@dataclass(frozen=True)
class Method:
    """One API method: any one of `scopes` will do."""

    run: Callable[[Workspace, Args], Json]
    scopes: tuple[str, ...] = ()
    token: Literal["bot", "app", "none"] = "bot"


# Scopes are named after the kind of conversation.
FAMILY = {"channel": "channels", "group": "groups", "im": "im"}


def conversation(workspace: Workspace, args: Args, right: str | None = None) -> Conversation:
    """The conversation of a call, as far as the app may know of it."""
    found = workspace.conversations.get(args.text("channel"))
    inside = found is not None and BOT_USER in found.members
    if found is None or (found.kind != "channel" and not inside):
        raise Refused("channel_not_found")
    if right is not None:
        needed = f"{FAMILY[found.kind]}:{right}"
        if needed not in workspace.manifest.scopes:
            raise missing_scope(workspace, needed)
    return found


def missing_scope(workspace: Workspace, needed: str) -> Refused:
    """Slack's answer when the manifest did not ask for enough."""
    return Refused("missing_scope", needed=needed, provided=",".join(sorted(workspace.manifest.scopes)))


def message_json(workspace: Workspace, where: Conversation, message: Message, metadata: bool = False) -> Json:
    """A message as history, events and payloads carry it."""
    told: Json = {
        "user": message.user,
        "type": "message",
        "ts": message.ts,
        "text": message.text,
        "team": workspace.scene.team.id,
    }
    if message.by_bot:
        told |= {"bot_id": BOT_ID, "app_id": APP_ID, "bot_profile": _bot_profile(workspace)}
    if message.blocks:
        told["blocks"] = message.blocks
    if message.edited:
        told["edited"] = {"user": message.user, "ts": message.edited}
    if message.reactions:
        told["reactions"] = [
            {"name": name, "users": users, "count": len(users)} for name, users in message.reactions.items()
        ]
    if metadata and message.metadata is not None:
        told["metadata"] = message.metadata
    return told | _threading(where, message)


def _threading(where: Conversation, message: Message) -> Json:
    if message.is_reply:
        root = where.find(message.thread_ts or "")
        told: Json = {"thread_ts": message.thread_ts}
        if root is not None:
            told["parent_user_id"] = root.user
        return told | ({"subtype": "thread_broadcast"} if message.broadcast else {})
    replies = where.replies(message.ts) if message.only_for is None else []
    if not replies:
        return {}
    people = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "latest_reply": replies[-1].ts,
        "reply_users": people,
        "is_locked": False,
        "subscribed": BOT_USER in people or message.user == BOT_USER,
    }


def _bot_profile(workspace: Workspace) -> Json:
    return {
        "id": BOT_ID,
        "app_id": APP_ID,
        "name": workspace.manifest.name,
        "icons": {"image_36": "", "image_48": "", "image_72": ""},
        "deleted": False,
        "updated": 0,
        "team_id": workspace.scene.team.id,
    }
