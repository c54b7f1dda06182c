"""conversations.*: what the app may see."""

from __future__ import annotations

from typing import Any

from .conversations import Conversation
from .methods import FAMILY, Args, Method, conversation, message_json, missing_scope
from .refusals import Refused
from .scene import BOT_USER
from .workspace import Workspace

Json = dict[str, Any]

PAGE = 100
ANY_READ = ("channels:read", "groups:read", "im:read")
ANY_HISTORY = ("channels:history", "groups:history", "im:history")
TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im"}


def _open(workspace: Workspace, args: Args) -> Json:
    users = [one for one in args.text("users").split(",") if one]
    if len(users) != 1:
        raise Refused("invalid_arguments" if not users else "not_enabled")
    if users[0] not in workspace.people:
        raise Refused("user_not_found")
    where = workspace.direct(users[0], BOT_USER)
    told: Json = {"id": where.id}
    if args.flag("return_im"):
        told |= {"created": where.created, "is_im": True, "is_org_shared": False, "user": users[0]}
    return {"channel": told, "no_op": True, "already_open": True}


def _info(workspace: Workspace, args: Args) -> Json:
    where = conversation(workspace, args, "read")
    told = _channel(workspace, where)
    if args.flag("include_num_members"):
        told["num_members"] = len(where.members)
    return {"channel": told}


def _list(workspace: Workspace, args: Args) -> Json:
    wanted = {TYPES.get(one) for one in (args.text("types") or "public_channel").split(",")}
    if None in wanted:
        raise Refused("invalid_types")
    for kind in sorted(str(one) for one in wanted):
        if f"{FAMILY[kind]}:read" not in workspace.manifest.scopes:
            raise missing_scope(workspace, f"{FAMILY[kind]}:read")
    seen = [
        _channel(workspace, where)
        for where in workspace.conversations.values()
        if where.kind in wanted
        and (where.kind == "channel" or BOT_USER in where.members)
        and not (where.archived and args.flag("exclude_archived"))
    ]
    return _paged("channels", seen, args)


def _members(workspace: Workspace, args: Args) -> Json:
    return _paged("members", list(conversation(workspace, args, "read").members), args)


def _history(workspace: Workspace, args: Args) -> Json:
    where = _readable(workspace, args)
    newest_first = [message for message in reversed(where.top_level()) if _within(message.ts, args)]
    told = [
        message_json(workspace, where, message, args.flag("include_all_metadata")) for message in newest_first
    ]
    page = _paged("messages", told, args)
    return page | {"has_more": bool(page["response_metadata"]["next_cursor"]), "pin_count": 0}


def _replies(workspace: Workspace, args: Args) -> Json:
    where = _readable(workspace, args)
    thread = where.thread(args.text("ts"))
    if not thread:
        raise Refused("thread_not_found")
    # The first message always comes along, whatever the range of time asked for.
    told = [
        message_json(workspace, where, message, args.flag("include_all_metadata"))
        for message in thread
        if message.ts == args.text("ts") or _within(message.ts, args)
    ]
    page = _paged("messages", told, args)
    return page | {"has_more": bool(page["response_metadata"]["next_cursor"])}


def _readable(workspace: Workspace, args: Args) -> Conversation:
    where = conversation(workspace, args, "history")
    if BOT_USER not in where.members:
        raise Refused("not_in_channel")
    return where


def _within(ts: str, args: Args) -> bool:
    oldest, latest = args.text("oldest") or "0", args.text("latest") or "9999999999"
    moment = float(ts)
    if args.flag("inclusive"):
        return float(oldest) <= moment <= float(latest)
    return float(oldest) < moment < float(latest)


def _paged(name: str, everything: list[Any], args: Args) -> Json:
    limit = max(1, min(args.number("limit", PAGE), 1000))
    cursor = args.text("cursor")
    if cursor and not cursor.isdigit():
        raise Refused("invalid_cursor")
    start = int(cursor or 0)
    after = str(start + limit) if start + limit < len(everything) else ""
    return {name: everything[start : start + limit], "response_metadata": {"next_cursor": after}}


def _channel(workspace: Workspace, where: Conversation) -> Json:
    told: Json = {"id": where.id, "created": where.created, "is_archived": where.archived}
    told |= {"is_im": where.kind == "im", "is_org_shared": False, "context_team_id": workspace.scene.team.id}
    if where.kind == "im":
        return told | {"user": next((one for one in where.members if one != BOT_USER), BOT_USER)}
    return told | {
        "name": where.name,
        "name_normalized": where.name,
        "is_channel": where.kind == "channel",
        "is_group": where.kind == "group",
        "is_mpim": False,
        "is_private": where.kind == "group",
        "is_general": False,
        "is_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "is_member": BOT_USER in where.members,
        "creator": where.members[0] if where.members else "",
        "unlinked": 0,
        "topic": {"value": where.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


CONVERSATION_METHODS = {
    "conversations.open": Method(_open, ("im:write",)),
    "conversations.info": Method(_info, ANY_READ),
    "conversations.list": Method(_list, ANY_READ),
    "conversations.members": Method(_members, ANY_READ),
    "conversations.history": Method(_history, ANY_HISTORY),
    "conversations.replies": Method(_replies, ANY_HISTORY),
}
