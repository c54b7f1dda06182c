"""The state of one local Slack: every part of the yard reads and changes this."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from .conversations import Conversation, Message
from .link import Link
from .manifest import Manifest
from .news import News
from .refusals import RateLimited
from .scene import BOT_USER, Figure, Scene
from .triggers import Handouts
from .views import Views

POST_SECONDS = 1.0


class Workspace:
    """One team with its people, channels and the one installed app.

    Everything in it runs on the server's event loop, so nothing here takes a lock.
    """

    def __init__(self, manifest: Path, scene: Scene, *, rate_limited: bool = False) -> None:
        self.manifest = Manifest.load(manifest)
        self.scene = scene
        self.rate_limited = rate_limited
        self.bot_token = f"xoxb-local-{secrets.token_hex(8)}"
        self.app_token = f"xapp-local-{secrets.token_hex(8)}"
        # The one source of "now" for messages; a movable clock replaces it.
        self.now: Callable[[], float] = time.time
        self.base_url = ""
        self.people = {person.id: person for person in scene.people}
        self.groups = {group.id: group for group in scene.groups}
        self.conversations: dict[str, Conversation] = {}
        self.handouts = Handouts()
        self.views = Views()
        self.news = News()
        self.link = Link()
        self.notices: dict[str, str] = {}
        # Options offered by external selects that sit in messages, by (ts, block_id, action_id).
        self.offers: dict[tuple[str, str, str], dict[str, dict[str, Any]]] = {}
        self._last_ts = 0
        # The loop itself keeps only weak references to running tasks.
        self._tasks: set[asyncio.Task[None]] = set()
        self._posted: dict[str, float] = {}
        for room in scene.channels:
            self.conversations[room.id] = Conversation(
                room.id,
                room.name,
                "group" if room.private else "channel",
                list(room.members),
                room.topic,
                int(self.now()),
                room.archived,
            )
        for person in scene.people:
            self.direct(person.id, BOT_USER)

    def direct(self, one: str, other: str) -> Conversation:
        """The direct message between two, opened when it does not exist yet."""
        pair = {one, other}
        for conversation in self.conversations.values():
            if conversation.kind == "im" and set(conversation.members) == pair:
                return conversation
        number = f"D0{secrets.token_hex(4).upper()}"
        opened = Conversation(number, "directmessage", "im", [one, other], created=int(self.now()))
        self.conversations[number] = opened
        return opened

    def stamp(self) -> str:
        """A fresh message timestamp: unique and increasing, also within one microsecond."""
        self._last_ts = max(self._last_ts + 1, int(self.now() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def place(self, conversation: Conversation, message: Message) -> Message:
        """Put a message where it belongs and tell the pages that show it."""
        conversation.messages.append(message)
        if not message.by_bot:
            conversation.last_read[message.user] = message.ts
        self.news.tell("feed", message.only_for)
        return message

    def changed(self, conversation: Conversation) -> None:
        """Tell pages that a message of this conversation looks different now."""
        for user in conversation.members:
            self.news.tell("feed", user)

    def throttle(self, channel: str) -> None:
        """At most one post a second and channel, when asked to be that strict."""
        if not self.rate_limited:
            return
        now = time.monotonic()
        if now - self._posted.get(channel, -POST_SECONDS) < POST_SECONDS:
            raise RateLimited(1)
        self._posted[channel] = now

    def later(self, deed: Coroutine[Any, Any, None]) -> None:
        """Let something happen beside the present request."""
        task = asyncio.get_running_loop().create_task(deed)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def handle(self, user: str) -> str:
        """What Slack calls a person's user name."""
        person: Figure | None = self.people.get(user)
        return person.handle if person else ""

    def name(self, user: str) -> str:
        """The name shown beside a message."""
        if user == BOT_USER:
            return self.manifest.name
        person = self.people.get(user)
        return person.name if person else user

    def warn(self, user: str, sentence: str) -> None:
        """Slack itself tells one person that something failed."""
        self.notices[user] = sentence
        self.news.tell("feed", user)

    def permalink(self, conversation: Conversation, message: Message) -> str:
        """The address of a message; the page sends whoever opens it to their own view."""
        link = f"{self.base_url}archives/{conversation.id}/p{message.ts.replace('.', '')}"
        if message.is_reply:
            link += f"?thread_ts={message.thread_ts}&cid={conversation.id}"
        return link

    def team(self) -> dict[str, Any]:
        """The team as payloads carry it."""
        return {"id": self.scene.team.id, "domain": self.scene.team.domain}
