"""What Slack sends: a slash command, a button, a full submission, as payloads that differ by one number."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

from bench.slack import TEAM
from bot import modal
from tests.bot.form_person import FormPerson
from tests.studio import SAFE, TWO_TOPICS

SECRET: Final = "0123456789abcdef0123456789abcdef"
CHANNEL, APPROVALS = "C0NIGHTFALL", "C0NIGHTAPPR"
_PERSON: Final = {"id": "U0ANA", "team_id": TEAM, "username": "ana", "name": "ana"}
_CONTACT: Final = {"id": "U0RAVI", "team_id": TEAM, "username": "ravi", "name": "ravi"}
_SENT: Final = {"api_app_id": "A0", "token": "unused", "team": {"id": TEAM, "domain": "studio"}}


@dataclass(frozen=True)
class Deed:
    """Something a person does. `expects` is what the app's answer must hold: a wrong one is not fast."""

    name: str
    payload: Callable[[int], dict[str, Any]]
    envelope: str  # what Socket Mode calls it
    expects: str = ""

    def body(self, number: int) -> bytes:
        """As Slack posts it."""
        payload = self.payload(number)
        form = payload if self.envelope == "slash_commands" else {"payload": json.dumps(payload)}
        return urlencode(form).encode()

    def over_socket(self, number: int) -> str:
        """As Slack sends it in Socket Mode."""
        return json.dumps(
            {
                "envelope_id": f"{self.name}-{number}",
                "type": self.envelope,
                "accepts_response_payload": True,
                "payload": self.payload(number),
            }
        )


def signed(body: bytes, path: str) -> bytes:
    """A whole HTTP request, signed now: it is good for five minutes."""
    stamp = str(int(time.time()))
    mac = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={mac}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _command(text: str) -> Callable[[int], dict[str, Any]]:
    def payload(number: int) -> dict[str, Any]:
        return {
            **_SENT,
            "team": TEAM,
            "team_id": TEAM,
            "channel_id": CHANNEL,
            "user_id": "U0ANA",
            "user_name": "ana",
            "command": "/genai-request",
            "text": text,
            "trigger_id": f"{number}.1.1",
            "response_url": "https://studio.example/",
        }

    return payload


def _button(number: int) -> dict[str, Any]:
    action = {"type": "button", "action_id": "decide:approve", "block_id": "decide", "value": "1:1"}
    return {
        **_SENT,
        "type": "block_actions",
        "user": _CONTACT,
        "trigger_id": f"{number}.1.1",
        "channel": {"id": APPROVALS, "name": "approvals"},
        "container": {"type": "message", "message_ts": "1795000000.000001", "channel_id": APPROVALS},
        "response_url": "https://studio.example/",
        "actions": [
            {**action, "action_ts": "1795000000.000001", "text": {"type": "plain_text", "text": "A"}}
        ],
    }


def _submission(number: int) -> dict[str, Any]:
    view = {**filled_form(), "id": f"V{number}", "root_view_id": f"V{number}", "state": _told(number)}
    return {**_SENT, "type": "view_submission", "user": _PERSON, "trigger_id": f"{number}.1.1", "view": view}


def _told(number: int) -> dict[str, Any]:
    """The answers of the form; no two describe the same in the same words."""
    values = filled_form()["state"]["values"]
    [(name, typed)] = values["description"].items()
    described = {name: {**typed, "value": f"{typed['value']} Shot {number}."}}
    return {"values": {**values, "description": described}}


@cache
def filled_form() -> Mapping[str, Any]:
    """The request form with every question answered; two topics have to be signed."""
    person = FormPerson(modal.build(modal.opened(CHANNEL, "", ("NIGHTFALL", "Nightfall, season 2"))))
    answers = {**SAFE, **TWO_TOPICS}
    for name, answer in answers.items():
        if name in person.fields and person.element(name)["type"] == "plain_text_input":
            person.type(**{name: str(answer)})
    for name, answer in answers.items():
        if name in person.fields and person.element(name)["type"] != "plain_text_input":
            person.choose(**{name: str(answer)})
    return person.view


STATUS: Final = Deed("slash command: my requests", _command("status"), "slash_commands", "GEN-")
FORM: Final = Deed("slash command: the form", _command(""), "slash_commands")
BUTTON: Final = Deed("button", _button, "interactive")
SUBMISSION: Final = Deed("submission", _submission, "interactive", "GEN-")
DEEDS: Final = {deed.name: deed for deed in (STATUS, FORM, BUTTON, SUBMISSION)}
