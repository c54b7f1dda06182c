"""What a person does outside a modal: says, commands, presses, looks at the home."""

from __future__ import annotations

from typing import Any

from . import payloads
from .blocks import accept_message
from .conversations import Conversation, Message, find_element
from .form import ANSWERS
from .form import answer as answer_of
from .manifest import Shortcut
from .methods import message_json
from .refusals import InvalidBlocks, NotDelivered
from .scene import BOT_USER
from .typing_box import as_command, as_message
from .workspace import Workspace

Json = dict[str, Any]

UNANSWERED = "{app} did not answer in time. What you pressed may not have reached it: try again."
NOT_INTERACTIVE = "{app} is not configured to handle buttons (manifest: settings.interactivity)."


async def say(workspace: Workspace, user: str, where: Conversation, text: str, thread_ts: str | None) -> None:
    """The message box: a command when it begins with a slash, else a message."""
    workspace.notices.pop(user, None)
    if text.startswith("/"):
        await _command(workspace, user, where, text, thread_ts)
        return
    root = where.find(thread_ts) if thread_ts else None
    message = Message(
        workspace.stamp(),
        where.id,
        user,
        as_message(workspace, text),
        thread_ts=(root.thread_ts or root.ts) if root else None,
    )
    workspace.place(where, message)
    # The person does not wait for the app to hear of it.
    workspace.later(_announce(workspace, where, message))


async def _command(
    workspace: Workspace, user: str, where: Conversation, text: str, thread_ts: str | None
) -> None:
    name, _, rest = text.partition(" ")
    declared = workspace.manifest.commands.get(name)
    if declared is None:
        workspace.warn(user, f"“{name}” is not a command of this workspace, so nothing was sent.")
        return
    if thread_ts:
        workspace.warn(user, f"“{name}” does not work in threads: type it in the channel.")
        return
    typed = as_command(workspace, rest.strip(), declared.should_escape)
    payload = payloads.command(workspace, user, where, name, typed)
    try:
        reply = await workspace.link.deliver("slash_commands", payload)
        if reply.get("text") or reply.get("blocks"):
            post_reply(workspace, user, where, reply, None)
    except NotDelivered as failure:
        error = "dispatch_failed" if not workspace.link.connected else "operation_timeout"
        workspace.warn(user, f"{name} failed with the error “{error}” ({failure}).")
    except InvalidBlocks as invalid:
        workspace.warn(user, f"{name} failed with the error “invalid_blocks”: {invalid}")


def post_reply(
    workspace: Workspace, user: str, where: Conversation, reply: Json, thread_ts: str | None
) -> Message:
    """What an app answers to a command or a response url: for one person unless in_channel."""
    blocks = reply.get("blocks")
    message = Message(
        workspace.stamp(),
        where.id,
        BOT_USER,
        str(reply.get("text") or ""),
        by_bot=True,
        blocks=accept_message(blocks) if blocks else [],
        thread_ts=thread_ts,
        only_for=None if reply.get("response_type") == "in_channel" else user,
    )
    return workspace.place(where, message)


async def press(
    workspace: Workspace,
    user: str,
    where: Conversation,
    message: Message,
    address: tuple[str, str],
    values: list[str],
    offered: dict[str, Json],
) -> None:
    """A button pressed or an option picked in a message."""
    workspace.notices.pop(user, None)
    message.warnings.pop(user, None)
    found = find_element(message.blocks, *address)
    if found is None:
        workspace.warn(user, "That control is not in the message any more.")
        return
    value = read_value(found[1], values, offered)
    if found[1]["type"] in ANSWERS and value is not None:
        message.picked.setdefault(user, {}).setdefault(address[0], {})[address[1]] = value
    actions = [payloads.action(workspace, *found, value)]
    problem = await act(workspace, payloads.message_action(workspace, user, where, message, actions))
    if problem:
        message.warnings[user] = problem
        workspace.warn(user, problem)


def read_value(element: Json, values: list[str], offered: dict[str, Json]) -> Json | None:
    """The answer that goes along with an action; a plain button has none."""
    if element["type"] == "overflow":
        chosen = next((option for option in element["options"] if option.get("value") in values), None)
        return {"selected_option": chosen}
    return answer_of(element, values, offered) if element["type"] in ANSWERS else None


async def act(workspace: Workspace, payload: Json) -> str | None:
    """Send an interaction; returns the sentence for the person when it failed."""
    if not workspace.manifest.interactive:
        return NOT_INTERACTIVE.format(app=workspace.manifest.name)
    try:
        await workspace.link.deliver("interactive", payload)
    except NotDelivered:
        return UNANSWERED.format(app=workspace.manifest.name)
    return None


async def use_shortcut(
    workspace: Workspace, user: str, chosen: Shortcut, source: tuple[Conversation, Message] | None
) -> None:
    """A shortcut of the app, from the message box or a message's menu."""
    workspace.notices.pop(user, None)
    problem = await act(workspace, payloads.shortcut(workspace, user, chosen, source))
    if problem:
        workspace.warn(user, problem)


async def look_home(workspace: Workspace, user: str) -> None:
    """A person opens the app's home; the app hears of it when it subscribed."""
    home = workspace.views.homes.get(user)
    body: Json = {
        "type": "app_home_opened",
        "user": user,
        "channel": workspace.direct(user, BOT_USER).id,
        "tab": "home",
        "event_ts": workspace.stamp(),
    }
    if home is not None:
        body["view"] = home.payload(workspace.scene.team.id)
    await _tell(workspace, "app_home_opened", body)


async def _announce(workspace: Workspace, where: Conversation, message: Message) -> None:
    if BOT_USER not in where.members:
        return
    body = message_json(workspace, where, message) | {"channel": where.id, "event_ts": message.ts}
    kind = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}[where.kind]
    await _tell(workspace, kind, body | {"channel_type": where.kind})
    if f"<@{BOT_USER}>" in message.text and where.kind != "im":
        await _tell(workspace, "app_mention", body | {"type": "app_mention"})


async def _tell(workspace: Workspace, name: str, body: Json) -> None:
    if name not in workspace.manifest.events:
        return
    try:
        await workspace.link.deliver("events_api", payloads.event(workspace, body), answered=False)
    except NotDelivered:
        # Nobody waits for an event: Slack sends it again later, and people see nothing.
        return
