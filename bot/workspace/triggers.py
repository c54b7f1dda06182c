"""What Slack hands out for a short time: trigger ids and response urls."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from .refusals import Refused

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass
class Trigger:
    """Right to open one view for one person; `view_id` when it came out of a modal."""

    user: str
    view_id: str | None
    born: float
    used: bool = False


@dataclass
class ResponseUrl:
    """Where an answer to a command or a click goes."""

    user: str
    channel: str
    message_ts: str | None
    thread_ts: str | None
    born: float
    uses: int = 0


class Handouts:
    """All trigger ids and response urls given out; real seconds, the demo's clock does not move them."""

    def __init__(self) -> None:
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, ResponseUrl] = {}

    def trigger(self, user: str, view_id: str | None = None) -> str:
        """A fresh trigger id."""
        name = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[name] = Trigger(user, view_id, time.monotonic())
        return name

    def spend(self, name: str) -> Trigger:
        """Use a trigger id up, or refuse it as Slack does."""
        trigger = self._triggers.get(name)
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if time.monotonic() - trigger.born > TRIGGER_SECONDS:
            raise Refused("expired_trigger_id")
        trigger.used = True
        return trigger

    def response(self, user: str, channel: str, message_ts: str | None, thread_ts: str | None) -> str:
        """A fresh token for a response url."""
        token = secrets.token_urlsafe(18)
        self._responses[token] = ResponseUrl(user, channel, message_ts, thread_ts, time.monotonic())
        return token

    def answer(self, token: str) -> ResponseUrl:
        """Use a response url once more, or refuse."""
        response = self._responses.get(token)
        if response is None or time.monotonic() - response.born > RESPONSE_SECONDS:
            raise Refused("expired_url")
        if response.uses >= RESPONSE_USES:
            raise Refused("used_url")
        response.uses += 1
        return response
