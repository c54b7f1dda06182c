"""conversations.*: what the app may see."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .conversations import Conversation, Message
from .methods import FAMILY, Args, Method, conversation, message_json, missing_scope
from .refusals import Refused
from .scene import BOT_USER
from .workspace import Workspace

Json = dict[str, Any]

PAGE = 100
MOST = 999
CURSOR = "next_ts:"
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
    oldest, latest = _range(args)
    found = [one for one in reversed(where.top_level()) if oldest(one.ts) and latest(one.ts)]
    return _page(workspace, where, found, args, newest_first=True) | {"pin_count": 0}


def _replies(workspace: Workspace, args: Args) -> Json:
    where = _readable(workspace, args)
    thread = where.thread(args.text("ts"))
    if not thread:
        raise Refused("thread_not_found")
    oldest, latest = _range(args)
    # The first message always comes along, whatever the range of time asked for.
    found = [one for one in thread if one.ts == args.text("ts") or (oldest(one.ts) and latest(one.ts))]
    return _page(workspace, where, found, args, newest_first=False)


def _readable(workspace: Workspace, args: Args) -> Conversation:
    """The conversation as the app may read it, as of then when a fault makes the answer stale."""
    where = conversation(workspace, args, "history")
    if BOT_USER not in where.members:
        raise Refused("not_in_channel")
    fault = args.fault
    if fault is None or fault.kind != "stale":
        return where
    if fault.messages:
        return replace(where, messages=where.messages[: -fault.messages])
    then = workspace.now() - fault.lasting
    return replace(where, messages=[one for one in where.messages if float(one.ts) <= then])


def _range(args: Args) -> tuple[Callable[[str], bool], Callable[[str], bool]]:
    """What `oldest` and `latest` let through."""
    oldest, latest = _moment(args, "oldest"), _moment(args, "latest")
    inclusive = args.flag("inclusive")

    def new_enough(ts: str) -> bool:
        return oldest is None or float(ts) > oldest or (inclusive and float(ts) == oldest)

    def old_enough(ts: str) -> bool:
        return latest is None or float(ts) < latest or (inclusive and float(ts) == latest)

    return new_enough, old_enough


def _moment(args: Args, name: str) -> float | None:
    given = args.text(name)
    try:
        # Zero is "from the beginning" and, for the end, "now".
        return float(given) or None if given else None
    except ValueError as wrong:
        raise Refused(f"invalid_ts_{name}") from wrong


def _page(
    workspace: Workspace, where: Conversation, found: list[Message], args: Args, *, newest_first: bool
) -> Json:
    """One page of messages; the cursor names the next message, so what is posted meanwhile moves nothing."""
    start = _cursor(args.text("cursor"))
    if start is not None:
        found = [one for one in found if (float(one.ts) <= start if newest_first else float(one.ts) >= start)]
    limit = max(1, min(args.number("limit", PAGE), MOST))
    told: Json = {
        "messages": [
            message_json(workspace, where, message, args.flag("include_all_metadata"))
            for message in found[:limit]
        ],
        "has_more": len(found) > limit,
    }
    if len(found) <= limit:
        return told | {"response_metadata": {"next_cursor": ""}}
    following = f"{CURSOR}{found[limit].ts}".encode()
    return told | {"response_metadata": {"next_cursor": base64.b64encode(following).decode()}}


def _cursor(given: str) -> float | None:
    if not given:
        return None
    try:
        named = base64.b64decode(given, validate=True).decode()
        return float(named.removeprefix(CURSOR))
    except ValueError as wrong:
        raise Refused("invalid_cursor") from wrong


def _paged(name: str, everything: list[Any], args: Args) -> Json:
    limit = max(1, min(args.number("limit", PAGE), MOST))
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
