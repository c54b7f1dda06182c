"""Conversations and the messages in them, as the local Slack keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["channel", "group", "im"]


@dataclass
class Message:
    """One message; `only_for` makes it ephemeral, `by_bot` tells the app's from people's."""

    ts: str
    channel: str
    user: str
    text: str
    by_bot: bool = False
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    broadcast: bool = False
    metadata: Json | None = None
    edited: str | None = None
    only_for: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    # What people picked in selects that sit in the message, by person: Slack sends it as `state`.
    picked: dict[str, dict[str, dict[str, Json]]] = field(default_factory=dict)
    # A failure that only the person who pressed sees, as Slack's warning sign beside a button.
    warnings: dict[str, str] = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        """True for a message inside a thread, false for the thread's first message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    def seen_by(self, user: str) -> bool:
        """Whether this person can see it at all."""
        return self.only_for is None or self.only_for == user


@dataclass
class Conversation:
    """A channel, a private channel ("group") or a direct message ("im") between two."""

    id: str
    name: str
    kind: Kind
    members: list[str]
    topic: str = ""
    created: int = 0
    archived: bool = False
    messages: list[Message] = field(default_factory=list)
    last_read: dict[str, str] = field(default_factory=dict)

    def find(self, ts: str) -> Message | None:
        """The message with this timestamp, if it is here."""
        return next((message for message in self.messages if message.ts == ts), None)

    def top_level(self, user: str | None = None) -> list[Message]:
        """Messages of the main list, ephemerals included only for their one person."""
        return [
            message
            for message in self.messages
            if (not message.is_reply or message.broadcast) and _visible(message, user)
        ]

    def thread(self, ts: str, user: str | None = None) -> list[Message]:
        """The first message and its replies, oldest first."""
        return [
            message
            for message in self.messages
            if (message.ts == ts or message.thread_ts == ts) and _visible(message, user)
        ]

    def replies(self, ts: str) -> list[Message]:
        """Replies everybody sees, without the thread's first message."""
        return [message for message in self.thread(ts) if message.ts != ts]

    def unread(self, user: str) -> list[Message]:
        """What this person has not seen: main list, and thread replies that concern them."""
        since = self.last_read.get(user, "0")
        return [
            message
            for message in self.messages
            if message.ts > since
            and message.user != user
            and message.seen_by(user)
            and (not message.is_reply or message.broadcast or self._concerns(message, user))
        ]

    def _concerns(self, message: Message, user: str) -> bool:
        if f"<@{user}>" in message.text or f"<@{user}>" in str(message.blocks):
            return True
        return any(other.user == user for other in self.thread(message.thread_ts or ""))


def _visible(message: Message, user: str | None) -> bool:
    return message.only_for is None or (user is not None and message.only_for == user)


def interactive_elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every (block, element) that carries an action_id, in reading order."""
    for block in blocks:
        held = [block.get("element"), block.get("accessory"), *(block.get("elements") or [])]
        for element in held:
            if isinstance(element, dict) and "action_id" in element:
                yield block, element


def find_element(blocks: list[Json], block_id: str, action_id: str) -> tuple[Json, Json] | None:
    """The element addressed by its block_id and action_id."""
    for block, element in interactive_elements(blocks):
        if block.get("block_id") == block_id and element.get("action_id") == action_id:
            return block, element
    return None
