"""The state of one local Slack: every part of the yard reads and changes this."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

from .clock import Clock
from .conversations import Conversation, Message
from .faults import Faults
from .link import Link
from .manifest import Manifest
from .news import News
from .pacing import Pacing
from .scene import BOT_USER, Figure, Scene
from .triggers import Handouts
from .views import Views


class Workspace:
    """One team with its people, channels and the one installed app.

    Everything in it runs on the server's event loop, so nothing here takes a lock.
    """

    def __init__(
        self, manifest: Path, scene: Scene, *, rate_limited: bool = False, movable_clock: bool = False
    ) -> None:
        self.manifest = Manifest.load(manifest)
        self.scene = scene
        self.pacing = Pacing(rate_limited)
        self.faults = Faults()
        self.bot_token = f"xoxb-local-{secrets.token_hex(8)}"
        self.app_token = f"xapp-local-{secrets.token_hex(8)}"
        # The one source of "now" for messages, and what a demo hands its app as the time.
        self.clock = Clock(movable_clock)
        self.base_url = ""
        # The server's way to end one client's connection, set when it is served.
        self.cut: Callable[[tuple[str, int]], None] = lambda client: None
        self.people = {person.id: person for person in scene.people}
        self.groups = {group.id: group for group in scene.groups}
        self.conversations: dict[str, Conversation] = {}
        self.handouts = Handouts()
        self.views = Views()
        self.news = News()
        self.link = Link(lambda kind: self.faults.meet(kind), lambda client: self.cut(client))
        self.notices: dict[str, str] = {}
        # Options offered by external selects that sit in messages, by (ts, block_id, action_id).
        self.offers: dict[tuple[str, str, str], dict[str, dict[str, Any]]] = {}
        self._last_ts = 0
        # The loop itself keeps only weak references to running tasks.
        self._tasks: set[asyncio.Task[None]] = set()
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

    @property
    def moved(self) -> list[Callable[[datetime], object]]:
        """Who is called with the new time after the clock was moved."""
        return self.clock.moved

    def now(self) -> float:
        """The workspace's present time in seconds."""
        return self.clock().timestamp()

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
