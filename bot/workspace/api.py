"""The Web API: one entry that authenticates, checks scopes, calls a method and answers like Slack."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .api_chat import CHAT_METHODS
from .api_conversations import CONVERSATION_METHODS
from .api_people import PEOPLE_METHODS
from .api_views import VIEW_METHODS
from .fault_desk import suffer, too_many
from .methods import Args, Method, missing_scope
from .refusals import InvalidBlocks, RateLimited, Refused
from .scene import APP_ID, BOT_ID, BOT_USER
from .workspace import Workspace

Json = dict[str, Any]


async def answer(workspace: Workspace, request: Request) -> Response:
    """One call of the app, or the fault that was planned for it."""
    name = request.path_params["method"]
    try:
        args = Args(await _arguments(request))
    except Refused as refused:
        return _refusal(refused)
    token = _token(request, args)
    fault = workspace.faults.meet(name, args.text("channel"))
    if fault is None:
        return _answered(workspace, name, token, args)
    hindered = replace(args, fault=fault)
    return await suffer(workspace, request, fault, lambda: _answered(workspace, name, token, hindered))


def _answered(workspace: Workspace, name: str, token: str, args: Args) -> Response:
    try:
        return JSONResponse({"ok": True} | _call(workspace, name, token, args))
    except Refused as refused:
        return _refusal(refused)
    except InvalidBlocks as invalid:
        # Slack names the fault of a view's blocks differently from that of a message's.
        error = "invalid_arguments" if name.startswith("views.") else "invalid_blocks"
        details = {"response_metadata": {"messages": invalid.reasons}}
        return JSONResponse({"ok": False, "error": error} | details)
    except RateLimited as limited:
        return too_many(limited.retry_after)


def _refusal(refused: Refused) -> Response:
    return JSONResponse({"ok": False, "error": refused.error} | refused.details)


def _call(workspace: Workspace, name: str, token: str, args: Args) -> Json:
    method = METHODS.get(name)
    if method is None:
        raise Refused("unknown_method", req_method=name)
    if method.token != "none":
        if not token:
            raise Refused("not_authed")
        if token not in (workspace.bot_token, workspace.app_token):
            raise Refused("invalid_auth")
        if (token == workspace.app_token) != (method.token == "app"):
            raise Refused("not_allowed_token_type")
    have = workspace.manifest.scopes
    if method.scopes and not have & set(method.scopes):
        raise missing_scope(workspace, method.scopes[0])
    return method.run(workspace, args)


async def _arguments(request: Request) -> Json:
    given: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    body = (await request.body()).decode("utf-8", errors="replace")
    if kind.startswith("application/json"):
        try:
            parsed = json.loads(body or "{}")
        except json.JSONDecodeError as broken:
            raise Refused("invalid_json") from broken
        if not isinstance(parsed, dict):
            raise Refused("json_not_object")
        return given | parsed
    if kind.startswith("multipart/form-data"):
        form = await request.form()
        return given | {key: value for key, value in form.items() if isinstance(value, str)}
    return given | dict(parse_qsl(body, keep_blank_values=True))


def _token(request: Request, args: Args) -> str:
    header = request.headers.get("authorization", "")
    return header.removeprefix("Bearer ").strip() or args.text("token")


def _auth_test(workspace: Workspace, args: Args) -> Json:
    team = workspace.scene.team
    return {
        "url": workspace.base_url,
        "team": team.name,
        "user": workspace.manifest.name.lower().replace(" ", "_"),
        "team_id": team.id,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def _api_test(workspace: Workspace, args: Args) -> Json:
    if args.text("error"):
        raise Refused(args.text("error"), args=args.values)
    return {"args": {key: value for key, value in args.values.items() if key != "token"}}


def _connections_open(workspace: Workspace, args: Args) -> Json:
    socket = workspace.base_url.replace("http://", "ws://", 1)
    return {"url": f"{socket}link/?ticket={workspace.link.ticket()}&app_id={APP_ID}"}


METHODS: dict[str, Method] = {
    "auth.test": Method(_auth_test),
    "api.test": Method(_api_test, token="none"),
    "apps.connections.open": Method(_connections_open, token="app"),
    **CHAT_METHODS,
    **CONVERSATION_METHODS,
    **PEOPLE_METHODS,
    **VIEW_METHODS,
}
