"""The workspace as one person has it before them, as JSON: for tests and for the curious."""

from __future__ import annotations

from typing import Any

from .conversations import Conversation, Message
from .scene import BOT_USER
from .views import OpenView
from .workspace import Workspace

Json = dict[str, Any]


def snapshot(workspace: Workspace, user: str) -> Json:
    """Conversations with messages, the open modal, the home and the last failure notice."""
    modal = workspace.views.top(user)
    home = workspace.views.homes.get(user)
    return {
        "user": user,
        "bot": BOT_USER,
        "app_dm": workspace.direct(user, BOT_USER).id,
        "conversations": [
            _conversation(where, user) for where in workspace.conversations.values() if user in where.members
        ],
        "modal": _view(workspace, modal) if modal else None,
        "depth": len(workspace.views.stacks.get(user, [])),
        "home": _view(workspace, home) if home else None,
        "notice": workspace.notices.get(user),
        "connected": workspace.link.connected,
    }


def _conversation(where: Conversation, user: str) -> Json:
    return {
        "id": where.id,
        "name": where.name,
        "kind": where.kind,
        "members": where.members,
        "unread": len(where.unread(user)),
        "messages": [_message(where, message, user) for message in where.messages if message.seen_by(user)],
    }


def _message(where: Conversation, message: Message, user: str) -> Json:
    return {
        "channel": where.id,
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "thread_ts": message.thread_ts,
        "broadcast": message.broadcast,
        "metadata": message.metadata,
        "edited": message.edited,
        "ephemeral": message.only_for is not None,
        "by_bot": message.by_bot,
        "reply_count": len(where.replies(message.ts)),
        "reactions": message.reactions,
        "warning": message.warnings.get(user),
    }


def _view(workspace: Workspace, view: OpenView) -> Json:
    return {
        "id": view.id,
        "hash": view.hash,
        "view": view.body,
        "payload": view.payload(workspace.scene.team.id),
        "errors": view.errors,
        "trouble": view.trouble,
    }
