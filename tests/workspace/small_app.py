"""A small real Bolt app that shows the local workspace every kind of answer."""

from __future__ import annotations

import re
import ssl
import time
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

Json = dict[str, Any]
LATE = 0.7
# Never used on loopback, but the client would else build one for each call: 19 ms.
NO_TLS = ssl.create_default_context()
TOOLS = ("Firefly", "Runway", "Topaz")


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(text: str) -> Json:
    return {"text": plain(text), "value": text.lower()}


def field(block_id: str, element: Json, **more: Any) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(block_id.capitalize()),
        "element": {"action_id": "v", **element},
        **more,
    }


def form(*, more: bool = False) -> Json:
    blocks = [
        field("title", {"type": "plain_text_input", "max_length": 40, "min_length": 3}),
        field("tool", {"type": "external_select", "min_query_length": 1}, optional=True),
        field(
            "final", {"type": "static_select", "options": [option("No"), option("Yes")]}, dispatch_action=True
        ),
        field("touches", {"type": "checkboxes", "options": [option("Voice"), option("Face")]}, optional=True),
        field("day", {"type": "datepicker"}, optional=True),
        {
            "type": "actions",
            "block_id": "acts",
            "elements": [
                {"type": "button", "action_id": "help", "text": plain("Help")},
                {"type": "button", "action_id": "deaf", "text": plain("Deaf")},
            ],
        },
    ]
    if more:
        blocks.insert(3, field("why", {"type": "plain_text_input"}, optional=True))
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("A form"),
        "submit": plain("Send"),
        "notify_on_close": True,
        "blocks": blocks,
    }


def note(text: str) -> Json:
    blocks = [{"type": "section", "text": plain(text)}]
    return {"type": "modal", "callback_id": "note", "title": plain("A note"), "blocks": blocks}


def home(text: str) -> Json:
    look = {"type": "button", "action_id": "look", "text": plain("Look")}
    actions = {"type": "actions", "block_id": "acts", "elements": [look]}
    return {"type": "home", "blocks": [{"type": "section", "text": plain(text)}, actions]}


def card(status: str, *, open_: bool = True) -> list[Json]:
    confirm = {
        "title": plain("Deny it?"),
        "text": plain("They are told."),
        "confirm": plain("Deny"),
        "deny": plain("Back"),
    }
    buttons: list[Json] = [
        {"type": "button", "action_id": "approve:7", "text": plain("Approve"), "value": "7"},
        {"type": "button", "action_id": "deny:7", "text": plain("Deny"), "value": "7", "confirm": confirm},
    ]
    blocks: list[Json] = [{"type": "section", "text": {"type": "mrkdwn", "text": f"*GEN-7* {status}"}}]
    return [*blocks, {"type": "actions", "block_id": "decide", "elements": buttons}] if open_ else blocks


class SmallApp:
    """The app and what it has heard."""

    def __init__(self, token: str, api_url: str) -> None:
        self.client = WebClient(token=token, base_url=api_url, retry_handlers=[], ssl=NO_TLS)
        self.bolt = App(client=self.client)
        self.heard: list[Json] = []
        self.refused: list[str] = []
        self.bolt.use(self._listen)
        self.bolt.command("/ask")(self._command)
        self.bolt.command("/plain")(self._command)
        self.bolt.options("v")(self._options)
        self.bolt.view("form")(self._submitted)
        self.bolt.view("note")(self._noted)
        self.bolt.view_closed("form")(self._closed)
        self.bolt.action({"block_id": "final"})(self._final)
        self.bolt.action("help")(self._help)
        self.bolt.action(re.compile("^(approve|deny):"))(self._decided)
        self.bolt.action("look")(self._look)
        self.bolt.event("app_home_opened")(self._home)

    def last(self, kind: str) -> Json:
        """The newest payload of this type."""
        return next(one for one in reversed(self.heard) if one.get("type") == kind or kind in one)

    def _listen(self, body: Json, next: Any) -> None:
        self.heard.append(body)
        next()

    def _command(self, ack: Any, body: Json, client: WebClient, respond: Any) -> None:
        word = body.get("text", "")
        if word == "slow":
            time.sleep(LATE)
            ack()
        elif word == "late form":
            ack()
            client.views_open(trigger_id=body["trigger_id"], view=form())
            self._refuse(client.views_open, trigger_id=body["trigger_id"], view=form())
        elif word == "form":
            ack()
            client.views_open(trigger_id=body["trigger_id"], view=form())
        elif word == "respond":
            ack()
            for number in range(6):
                answer = respond(text=f"answer {number}", response_type="ephemeral")
                self.refused.append(f"{answer.status_code} {answer.body}")
        elif word == "card":
            ack()
            client.chat_postMessage(channel=body["channel_id"], text="GEN-7", blocks=card("open"))
        else:
            ack(f"You said: {word}")

    def _refuse(self, call: Any, **arguments: Any) -> None:
        try:
            call(**arguments)
        except SlackApiError as refused:
            self.refused.append(refused.response["error"])

    def _options(self, ack: Any, payload: Json) -> None:
        ack(options=[option(tool) for tool in TOOLS if payload["value"].lower() in tool.lower()])

    def _submitted(self, ack: Any, view: Json) -> None:
        title = view["state"]["values"]["title"]["v"]["value"]
        if title == "push":
            ack(response_action="push", view=note("pushed"))
        elif title == "bad":
            ack(response_action="errors", errors={"title": "Not that.", "day": "Too late."})
        elif title == "stray":
            ack(response_action="errors", errors={"nowhere": "Lost."})
        elif title == "clear":
            ack(response_action="clear")
        elif title == "late":
            time.sleep(LATE)
            ack()
        else:
            ack(response_action="update", view=note(f"done: {title}"))

    def _noted(self, ack: Any) -> None:
        ack()

    def _closed(self, ack: Any) -> None:
        ack()

    def _final(self, ack: Any, body: Json, client: WebClient) -> None:
        ack()
        view = body["view"]
        client.views_update(view_id=view["id"], hash=view["hash"], view=form(more=True))
        self._refuse(client.views_update, view_id=view["id"], hash=view["hash"], view=form())

    def _help(self, ack: Any, body: Json, client: WebClient) -> None:
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=note("helpful"))

    def _decided(self, ack: Any, body: Json, client: WebClient) -> None:
        ack()
        where, message = body["channel"]["id"], body["message"]["ts"]
        client.chat_update(channel=where, ts=message, text="GEN-7", blocks=card("decided", open_=False))
        client.chat_postMessage(channel=where, thread_ts=message, text=f"by <@{body['user']['id']}>")
        client.chat_postEphemeral(channel=where, user=body["user"]["id"], text="only for you")
        client.chat_postMessage(channel="U0ANA", text="in the direct message")

    def _home(self, event: Json, client: WebClient) -> None:
        client.views_publish(user_id=event["user"], view=home("Your requests"))

    def _look(self, ack: Any, body: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=note("looked"))
        client.views_publish(user_id=body["user"]["id"], view=home("Seen"))
