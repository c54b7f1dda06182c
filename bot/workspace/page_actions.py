"""What the page posts when a person does something; tests post the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import deeds, modals
from .conversations import Conversation, Message
from .form import Form
from .refusals import Refused
from .scene import BOT_USER
from .views import OpenView
from .workspace import Workspace

Json = dict[str, Any]
Handler = Callable[[Workspace, Request, str, Form], Awaitable[Json]]


def action_routes(workspace: Workspace) -> list[Route]:
    """The routes behind the page's forms and buttons."""

    def route(path: str, handler: Handler) -> Route:
        async def endpoint(request: Request) -> Response:
            user = acting(workspace, request)
            posted = await request.form()
            form = Form(tuple((key, str(value)) for key, value in posted.multi_items()))
            told = await handler(workspace, request, user, form)
            return JSONResponse({"notice": workspace.notices.get(user)} | told)

        return Route(f"/as/{{user}}/{path}", endpoint, methods=["POST"])

    return [
        route("press", _press),
        route("options", _options),
        route("shortcut", _shortcut),
        route("dismiss", _dismiss),
        route("clock", _clock),
        route("view/{view}/submit", _submit),
        route("view/{view}/action", _pick),
        route("view/{view}/close", _close),
        route("view/{view}/keep", _keep),
        route("{channel}/say", _say),
    ]


def acting(workspace: Workspace, request: Request) -> str:
    """Whom the address acts as."""
    user = str(request.path_params["user"])
    if user not in workspace.people:
        raise HTTPException(404, f"nobody here is {user}")
    return user


def reachable(workspace: Workspace, user: str, channel: str) -> Conversation:
    """A conversation this person is in; a person's id means the direct message with them."""
    if channel in workspace.people or channel == BOT_USER:
        return workspace.direct(user, channel)
    where = workspace.conversations.get(channel)
    if where is None or user not in where.members:
        raise HTTPException(404, f"{workspace.name(user)} is not in {channel}")
    return where


def located(workspace: Workspace, user: str, form: Form) -> tuple[Conversation, Message]:
    """The message a click names."""
    where = reachable(workspace, user, form.first("channel"))
    message = where.find(form.first("ts"))
    if message is None or not message.seen_by(user):
        raise HTTPException(404, "no such message")
    return where, message


def _view(workspace: Workspace, request: Request, user: str) -> OpenView | None:
    try:
        view = workspace.views.find(request.path_params["view"], None)
    except Refused:
        return None
    return view if view.user == user else None


def _address(form: Form) -> tuple[str, str]:
    return form.first("block_id"), form.first("action_id")


async def _say(workspace: Workspace, request: Request, user: str, form: Form) -> Json:
    where = reachable(workspace, user, request.path_params["channel"])
    text = form.first("text").replace("\r\n", "\n").strip()
    if text:
        await deeds.say(workspace, user, where, text, form.first("thread_ts") or None)
    return {}


async def _press(workspace: Workspace, request: Request, user: str, form: Form) -> Json:
    where, message = located(workspace, user, form)
    address = _address(form)
    offered = workspace.offers.get((message.ts, *address), {})
    values = [value for value in form.all("value") if value]
    await deeds.press(workspace, user, where, message, address, values, offered)
    workspace.changed(where)
    return {}


async def _shortcut(workspace: Workspace, request: Request, user: str, form: Form) -> Json:
    wanted = form.first("callback_id")
    chosen = next((one for one in workspace.manifest.shortcuts if one.callback_id == wanted), None)
    if chosen is None:
        raise HTTPException(404, f"the manifest declares no shortcut {wanted}")
    source = located(workspace, user, form) if chosen.kind == "message" else None
    await deeds.use_shortcut(workspace, user, chosen, source)
    return {}


async def _clock(workspace: Workspace, request: Request, user: str, form: Form) -> Json:
    clock = workspace.clock
    if not clock.movable:
        raise HTTPException(404, "this workspace's clock cannot be moved")
    try:
        if form.first("working_day"):
            by = clock.working_day(ZoneInfo(workspace.people[user].tz))
        else:
            by = timedelta(hours=float(form.first("hours") or 0))
        for step in clock.steps(by):
            now = clock.move(step)
            for heard in list(workspace.moved):
                # In a thread: whoever hears of it may well call this server.
                await asyncio.to_thread(heard, now)
    except (ValueError, OverflowError) as wrong:
        raise HTTPException(400, str(wrong)) from wrong
    workspace.news.tell("feed")
    return {"now": now.isoformat()}


async def _dismiss(workspace: Workspace, request: Request, user: str, form: Form) -> Json:
    workspace.notices.pop(user, None)
    ts = form.first("ts")
    for where in workspace.conversations.values():
        message = where.find(ts) if ts and user in where.members else None
        # Ephemeral messages can be dismissed by the one who sees them.
        if message is not None and message.only_for == user:
            where.messages.remove(message)
    workspace.news.tell("feed", user)
    return {}


async def _options(workspace: Workspace, request: Request, user: str, form: Form) -> Json:
    typed, address = form.first("query"), _address(form)
    if form.first("view"):
        view = workspace.views.find(form.first("view"), None)
        view.keep(form)
        return {"options": await modals.suggest(workspace, user, address, typed, view)}
    source = located(workspace, user, form)
    return {"options": await modals.suggest(workspace, user, address, typed, None, source)}


async def _submit(workspace: Workspace, request: Request, user: str, form: Form) -> Json:
    view = _view(workspace, request, user)
    if view is None:
        return {"errors": {}, "gone": True}
    await modals.submit(workspace, view, form)
    return {"errors": view.errors, "trouble": view.trouble}


async def _pick(workspace: Workspace, request: Request, user: str, form: Form) -> Json:
    view = _view(workspace, request, user)
    if view is None:
        return {"gone": True}
    block_id, action_id = form.first("~block_id"), form.first("~action_id")
    await modals.pick(workspace, view, form, (block_id, action_id))
    return {"trouble": view.trouble}


async def _close(workspace: Workspace, request: Request, user: str, form: Form) -> Json:
    view = _view(workspace, request, user)
    if view is not None:
        await modals.close(workspace, view, form.first("everything") == "yes")
    return {}


async def _keep(workspace: Workspace, request: Request, user: str, form: Form) -> Json:
    view = _view(workspace, request, user)
    if view is not None:
        view.keep(form)
    return {}
