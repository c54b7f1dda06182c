"""What a person does inside a modal or a home: picks, sends, closes, searches options."""

from __future__ import annotations

from typing import Any

from . import payloads
from .blocks import accept_view
from .conversations import Conversation, Message, find_element
from .deeds import act, read_value
from .form import ANSWERS, Form, faults
from .refusals import InvalidBlocks, NotDelivered, Refused
from .views import TROUBLE, OpenView
from .workspace import Workspace

Json = dict[str, Any]


async def submit(workspace: Workspace, view: OpenView, form: Form) -> None:
    """The submit button: Slack's own checks first, then the app's answer."""
    workspace.notices.pop(view.user, None)
    view.keep(form)
    view.trouble = None
    view.errors = faults(view.body["blocks"], view.state)
    if not view.errors:
        await _send(workspace, view)
    workspace.news.tell("modal", view.user)


async def _send(workspace: Workspace, view: OpenView) -> None:
    try:
        reply = await workspace.link.deliver("interactive", payloads.submission(workspace, view))
        _follow(workspace, view, reply)
    except NotDelivered:
        _trouble(workspace, view, TROUBLE)
    except InvalidBlocks as invalid:
        _trouble(workspace, view, f"{TROUBLE} (the app answered with an invalid view: {invalid})")
    except Refused as refused:
        _trouble(workspace, view, f"{TROUBLE} (the app's answer was refused: {refused.error})")


def _trouble(workspace: Workspace, view: OpenView, sentence: str) -> None:
    view.trouble = sentence
    workspace.warn(view.user, sentence)


def _follow(workspace: Workspace, view: OpenView, reply: Json) -> None:
    """Do what the acknowledgement of a submission says."""
    kind = reply.get("response_action")
    stack = workspace.views.stacks.get(view.user, [])
    if kind == "errors":
        _show_errors(workspace, view, reply.get("errors") or {})
    elif kind == "update":
        workspace.views.update(view, accept_view(reply.get("view")), None)
    elif kind == "push":
        workspace.views.push(view.user, accept_view(reply.get("view")))
    elif kind == "clear":
        stack.clear()
    elif kind is None:
        if view in stack:
            stack.remove(view)
    else:
        _trouble(workspace, view, f"{TROUBLE} (unknown response_action: {kind})")


def _show_errors(workspace: Workspace, view: OpenView, errors: dict[str, str]) -> None:
    inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    view.errors = {block_id: str(text) for block_id, text in errors.items() if block_id in inputs}
    strangers = sorted(set(errors) - inputs)
    if strangers or not errors:
        which = ", ".join(strangers) or "none at all"
        _trouble(workspace, view, f"{TROUBLE} (the app marked errors at blocks that hold no input: {which})")


async def pick(workspace: Workspace, view: OpenView, form: Form, address: tuple[str, str]) -> None:
    """A button pressed, an option picked or a dispatching input changed inside a view."""
    workspace.notices.pop(view.user, None)
    view.keep(form)
    view.trouble = None
    found = find_element(view.body["blocks"], *address)
    if found is None:
        workspace.warn(view.user, "That control is not in the form any more.")
        return
    block, element = found
    values = form.all("~value") or [one for one in form.all("|".join(address)) if one]
    value = read_value(element, values, view.offered.get(address, {}))
    if element["type"] in ANSWERS and value is not None:
        view.state.setdefault(address[0], {})[address[1]] = value
    if block["type"] == "input" and not block.get("dispatch_action", False):
        return
    problem = await act(
        workspace, payloads.view_action(workspace, view, [payloads.action(workspace, block, element, value)])
    )
    if problem and view.body["type"] == "modal":
        _trouble(workspace, view, TROUBLE)
        workspace.news.tell("modal", view.user)
    elif problem:
        workspace.warn(view.user, problem)


async def close(workspace: Workspace, view: OpenView, everything: bool) -> None:
    """Cancel, the cross or Escape; `everything` when the whole stack goes."""
    stack = workspace.views.stacks.get(view.user, [])
    cleared = everything or bool(view.body.get("clear_on_close"))
    gone = list(reversed(stack)) if cleared else [view]
    for one in gone:
        if one in stack:
            stack.remove(one)
    workspace.news.tell("modal", view.user)
    for one in gone:
        if one.body.get("notify_on_close"):
            try:
                await workspace.link.deliver("interactive", payloads.closed(workspace, one, cleared))
            except NotDelivered:
                # The person has gone: Slack shows nothing either.
                continue


async def suggest(
    workspace: Workspace,
    user: str,
    address: tuple[str, str],
    typed: str,
    view: OpenView | None,
    source: tuple[Conversation, Message] | None = None,
) -> list[Json]:
    """Options (or groups of them) the app offers for what was typed."""
    blocks = view.body["blocks"] if view else source[1].blocks if source else []
    found = find_element(blocks, *address)
    if found is None:
        return []
    payload = payloads.suggestion(workspace, user, *found, typed, view, source)
    try:
        reply = await workspace.link.deliver("interactive", payload)
    except NotDelivered:
        workspace.warn(user, "The options could not be loaded. Try again?")
        return []
    return _offered(workspace, user, address, view, source, reply)


def _offered(
    workspace: Workspace,
    user: str,
    address: tuple[str, str],
    view: OpenView | None,
    source: tuple[Conversation, Message] | None,
    reply: Json,
) -> list[Json]:
    listed: list[Json] = reply.get("option_groups") or reply.get("options") or []
    flat = [option for one in listed for option in one.get("options", [one])]
    probe = {"type": "static_select", "action_id": "options", "options": flat}
    try:
        if flat:
            # Suggested options obey the same limits as listed ones.
            accept_view(_carrier(probe))
    except InvalidBlocks as invalid:
        workspace.warn(user, f"The app's options were not accepted: {invalid}")
        return []
    if view is not None:
        view.offered.setdefault(address, {}).update({option["value"]: option for option in flat})
    elif source is not None:
        offers = workspace.offers.setdefault((source[1].ts, *address), {})
        offers.update({option["value"]: option for option in flat})
    return listed


def _carrier(element: Json) -> Json:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Options"},
        "blocks": [{"type": "actions", "block_id": "options", "elements": [element]}],
    }
