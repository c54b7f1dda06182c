"""views.*: what the app shows."""

from __future__ import annotations

from typing import Any

from .blocks import accept_view
from .methods import Args, Method
from .refusals import InvalidBlocks, Refused
from .views import OpenView
from .workspace import Workspace

Json = dict[str, Any]


def _open(workspace: Workspace, args: Args) -> Json:
    body = _body(args, "modal")
    trigger = workspace.handouts.spend(_trigger(args))
    return _shown(workspace, workspace.views.open(trigger.user, body))


def _push(workspace: Workspace, args: Args) -> Json:
    body = _body(args, "modal")
    trigger = workspace.handouts.spend(_trigger(args))
    if trigger.view_id is None:
        raise Refused("invalid_trigger_id")
    return _shown(workspace, workspace.views.push(trigger.user, body))


def _update(workspace: Workspace, args: Args) -> Json:
    view = workspace.views.find(args.text("view_id") or None, args.text("external_id") or None)
    body = _body(args, view.body["type"])
    return _shown(workspace, workspace.views.update(view, body, args.text("hash") or None))


def _publish(workspace: Workspace, args: Args) -> Json:
    if not workspace.manifest.home_tab:
        raise Refused("not_enabled")
    user = args.text("user_id")
    if user not in workspace.people:
        raise Refused("user_not_found")
    body = _body(args, "home")
    home = workspace.views.publish(user, body, args.text("hash") or None)
    workspace.news.tell("feed", user)
    return {"view": home.payload(workspace.scene.team.id)}


def _body(args: Args, kind: str) -> Json:
    body = accept_view(args.structure("view"))
    if body["type"] != kind:
        raise InvalidBlocks([f"[ERROR] must be a view of type {kind} [json-pointer:/view/type]"])
    return body


def _trigger(args: Args) -> str:
    trigger = args.text("trigger_id")
    if not trigger:
        raise Refused("invalid_arguments", response_metadata={"messages": ["missing trigger_id"]})
    return trigger


def _shown(workspace: Workspace, view: OpenView) -> Json:
    workspace.news.tell("modal" if view.body["type"] == "modal" else "feed", view.user)
    return {"view": view.payload(workspace.scene.team.id)}


VIEW_METHODS = {
    "views.open": Method(_open),
    "views.push": Method(_push),
    "views.update": Method(_update),
    "views.publish": Method(_publish),
}
