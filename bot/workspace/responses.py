"""response_url: what the app says afterwards, without a token."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from .blocks import accept_message
from .conversations import Conversation, Message
from .deeds import post_reply
from .fault_desk import suffer
from .refusals import InvalidBlocks, Refused
from .workspace import Workspace

Json = dict[str, Any]


async def respond(workspace: Workspace, request: Request) -> Response:
    """One use of a response url: five within 30 minutes. Faults know it as the method "response_url"."""
    body = await request.body()
    fault = workspace.faults.meet("response_url")
    if fault is None:
        return _responded(workspace, request, body)
    return await suffer(workspace, request, fault, lambda: _responded(workspace, request, body))


def _responded(workspace: Workspace, request: Request, sent: bytes) -> Response:
    try:
        body = json.loads(sent or b"{}")
        if not isinstance(body, dict):
            raise Refused("invalid_payload")
        place = workspace.handouts.answer(request.path_params["token"])
        where = workspace.conversations[place.channel]
        original = where.find(place.message_ts) if place.message_ts else None
        _apply(workspace, place.user, where, original, place.thread_ts, body)
    except json.JSONDecodeError:
        return JSONResponse({"ok": False, "error": "invalid_payload"}, status_code=400)
    except Refused as refused:
        return JSONResponse({"ok": False, "error": refused.error}, status_code=404)
    except InvalidBlocks as invalid:
        details = {"response_metadata": {"messages": invalid.reasons}}
        return JSONResponse({"ok": False, "error": "invalid_blocks"} | details, status_code=400)
    return PlainTextResponse("ok")


def _apply(
    workspace: Workspace,
    user: str,
    where: Conversation,
    original: Message | None,
    thread_ts: str | None,
    body: Json,
) -> None:
    if body.get("delete_original"):
        if original is not None:
            where.messages.remove(original)
        workspace.news.tell("feed")
    elif body.get("replace_original"):
        if original is None:
            raise Refused("message_not_found")
        blocks = body.get("blocks")
        original.blocks = accept_message(blocks) if blocks else []
        original.text = str(body.get("text") or "")
        if original.only_for is None:
            original.edited = workspace.stamp()
        workspace.news.tell("feed")
    elif body.get("text") or body.get("blocks"):
        # An answer to a click in a thread lands in the channel unless it names the thread.
        post_reply(workspace, user, where, body, body.get("thread_ts") or thread_ts)
    else:
        raise Refused("no_text")
