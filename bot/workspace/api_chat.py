"""chat.* and reactions.add: what the app says."""

from __future__ import annotations

from typing import Any

from .blocks import accept_message
from .conversations import Conversation, Message
from .methods import Args, Method, conversation, message_json
from .refusals import Refused
from .scene import BOT_USER
from .workspace import Workspace

Json = dict[str, Any]

POST_CHARACTERS = 40_000  # longer texts are cut without a word
UPDATE_CHARACTERS = 4_000  # longer texts are refused


def _post_message(workspace: Workspace, args: Args) -> Json:
    where = _addressee(workspace, args)
    message = _composed(workspace, args, where)
    workspace.pacing.admit("chat.postMessage", where.id)
    message.thread_ts = _thread(where, args)
    message.broadcast = args.flag("reply_broadcast") and message.thread_ts is not None
    message.metadata = _metadata(args)
    workspace.place(where, message)
    # Metadata comes back only to who asks for it in history.
    return {"channel": where.id, "ts": message.ts, "message": message_json(workspace, where, message)}


def _post_ephemeral(workspace: Workspace, args: Args) -> Json:
    where = _addressee(workspace, args)
    if args.text("user") not in where.members:
        raise Refused("user_not_in_channel")
    message = _composed(workspace, args, where)
    message.only_for = args.text("user")
    message.thread_ts = _thread(where, args)
    workspace.place(where, message)
    return {"message_ts": message.ts}


def _update(workspace: Workspace, args: Args) -> Json:
    where = conversation(workspace, args)
    message = _own_message(where, args, "cant_update_message")
    text = args.text("text")
    if len(text) > UPDATE_CHARACTERS:
        raise Refused("msg_too_long")
    blocks = args.structure("blocks")
    if not text and blocks is None:
        raise Refused("no_text")
    metadata = _metadata(args)
    workspace.pacing.admit("chat.update", where.id)
    # A text that comes without blocks replaces the blocks too.
    if blocks is not None:
        message.blocks = accept_message(blocks)
    elif text:
        message.blocks = []
    message.text = text
    # Left out, the metadata stays; an empty object takes it away.
    if args.structure("metadata") is not None:
        message.metadata = metadata
    # Slack shows no "edited" on messages made of blocks.
    message.edited = None if message.blocks else workspace.stamp()
    message.warnings.clear()
    workspace.changed(where)
    told = message_json(workspace, where, message)
    return {"channel": where.id, "ts": message.ts, "text": message.text, "message": told}


def _delete(workspace: Workspace, args: Args) -> Json:
    where = conversation(workspace, args)
    message = _own_message(where, args, "cant_delete_message")
    where.messages.remove(message)
    workspace.changed(where)
    return {"channel": where.id, "ts": message.ts}


def _permalink(workspace: Workspace, args: Args) -> Json:
    where = conversation(workspace, args)
    message = where.find(args.text("message_ts"))
    if message is None:
        raise Refused("message_not_found")
    return {"channel": where.id, "permalink": workspace.permalink(where, message)}


def _react(workspace: Workspace, args: Args) -> Json:
    where = conversation(workspace, args)
    message = where.find(args.text("timestamp"))
    if message is None:
        raise Refused("message_not_found")
    users = message.reactions.setdefault(args.text("name"), [])
    if BOT_USER in users:
        raise Refused("already_reacted")
    users.append(BOT_USER)
    workspace.changed(where)
    return {}


def _addressee(workspace: Workspace, args: Args) -> Conversation:
    target = args.text("channel")
    if target in workspace.people:
        if workspace.people[target].deleted:
            raise Refused("user_disabled")
        return workspace.direct(target, BOT_USER)
    where = conversation(workspace, args)
    if where.archived:
        raise Refused("is_archived")
    anywhere = where.kind == "channel" and "chat:write.public" in workspace.manifest.scopes
    if BOT_USER not in where.members and not anywhere:
        raise Refused("not_in_channel")
    return where


def _composed(workspace: Workspace, args: Args, where: Conversation) -> Message:
    blocks = args.structure("blocks")
    stored = accept_message(blocks) if blocks else []
    text = args.text("text")[:POST_CHARACTERS]
    if not text and not stored:
        raise Refused("no_text")
    return Message(workspace.stamp(), where.id, BOT_USER, text, by_bot=True, blocks=stored)


def _metadata(args: Args) -> Json | None:
    given = args.structure("metadata")
    if not given:
        return None
    if not isinstance(given, dict) or set(given) != {"event_type", "event_payload"}:
        raise Refused("invalid_metadata_format")
    return given


def _thread(where: Conversation, args: Args) -> str | None:
    ts = args.text("thread_ts")
    if not ts:
        return None
    root = where.find(ts)
    if root is None or root.only_for is not None:
        raise Refused("thread_not_found")
    return root.thread_ts or root.ts


def _own_message(where: Conversation, args: Args, otherwise: str) -> Message:
    message = where.find(args.text("ts"))
    # An ephemeral message is nowhere in history: it cannot be updated or deleted.
    if message is None or message.only_for is not None:
        raise Refused("message_not_found")
    if not message.by_bot:
        raise Refused(otherwise)
    return message


CHAT_METHODS = {
    "chat.postMessage": Method(_post_message, ("chat:write",)),
    "chat.postEphemeral": Method(_post_ephemeral, ("chat:write",)),
    "chat.update": Method(_update, ("chat:write",)),
    "chat.delete": Method(_delete, ("chat:write",)),
    "chat.getPermalink": Method(_permalink),
    "reactions.add": Method(_react, ("reactions:write",)),
}
