"""What the templates need to draw one person's view of the workspace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .conversations import Conversation, Message
from .emoji import EMOJI, drawn
from .form import ANSWERS, control, given_values
from .mrkdwn import Reader
from .scene import BOT_USER
from .when import ago, day, exact, moment, when_and_where
from .workspace import Workspace

Json = dict[str, Any]

TOGETHER = timedelta(minutes=5)  # messages of one author this close share a heading
HUES = 8


class UnknownBlock(LookupError):
    """A block or element the page cannot draw: never dropped silently."""


@dataclass(frozen=True)
class Shown:
    """A message as the list draws it."""

    message: Message
    name: str
    heading: bool
    day: str | None
    fresh: bool
    ago: str
    exact: str
    clock: str
    replies: int
    last_reply: str


class Scenery:
    """Draws pages and fragments."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {
            "bot": BOT_USER,
            "control": control,
            "unknown": _unknown,
            "initials": _initials,
            "hue": _hue,
            "emoji": EMOJI,
            "drawn": drawn,
            "given": self._given,
        }

    def page(self, user: str, where: Conversation | None, thread: str | None, fresh: str) -> str:
        """The whole page; `where` is None on the app's home."""
        return self._draw("page.html", user, self._feed_parts(user, where, thread, fresh) | self._modal(user))

    def feed(self, user: str, where: Conversation | None, thread: str | None, fresh: str) -> str:
        """Sidebar, list and thread alone."""
        return self._draw("feed.html", user, self._feed_parts(user, where, thread, fresh))

    def modal(self, user: str) -> str:
        """The open modal alone, or nothing."""
        return self._draw("modal.html", user, self._modal(user))

    def _draw(self, template: str, user: str, parts: Json) -> str:
        common = {"user": user, "workspace": self._workspace, "reader": Reader(self._workspace, user)}
        return self._templates.get_template(template).render(common | parts)

    def _modal(self, user: str) -> Json:
        stack = self._workspace.views.stacks.get(user, [])
        return {"modal": stack[-1] if stack else None, "depth": len(stack)}

    def _feed_parts(self, user: str, where: Conversation | None, thread: str | None, fresh: str) -> Json:
        reader = Reader(self._workspace, user)
        root = where.find(thread) if where and thread else None
        listed = [one for one in where.top_level(user) if one.text or one.blocks] if where else []
        return {
            "where": where,
            "title": self._title(user, where),
            "fresh": fresh,
            "rooms": self._rooms(user),
            "directs": self._directs(user),
            "home": self._workspace.views.homes.get(user),
            "at_home": where is None,
            "listed": self._shown(where, listed, reader, fresh) if where else [],
            "thread": root.ts if root else None,
            "replies": self._shown(where, where.thread(root.ts, user), reader, "") if where and root else [],
            "notice": self._workspace.notices.get(user),
            "hour": when_and_where(moment(self._workspace.now()), reader.zone),
            "crowd": [self._workspace.name(one) for one in where.members] if where else [],
        }

    def _title(self, user: str, where: Conversation | None) -> str:
        if where is None:
            return self._workspace.manifest.name
        return self._partner_name(user, where) if where.kind == "im" else where.name

    def _partner_name(self, user: str, where: Conversation) -> str:
        return self._workspace.name(next((one for one in where.members if one != user), user))

    def _rooms(self, user: str) -> list[Json]:
        return [
            {"room": one, "unread": len(one.unread(user)), "calls": self._calls(one, user)}
            for one in sorted(self._workspace.conversations.values(), key=lambda one: one.name)
            if one.kind != "im" and user in one.members
        ]

    def _directs(self, user: str) -> list[Json]:
        told = []
        for other in [BOT_USER, *(one for one in self._workspace.people if one != user)]:
            open_ones = self._workspace.conversations.values()
            dm = next(
                (one for one in open_ones if one.kind == "im" and set(one.members) == {user, other}), None
            )
            unread = len(dm.unread(user)) if dm else 0
            told.append({"id": dm.id if dm else other, "other": other, "unread": unread})
        return told

    def _calls(self, where: Conversation, user: str) -> int:
        """How many unread messages name this person, or a group they are in."""
        groups = [one.id for one in self._workspace.groups.values() if user in one.members]
        marks = [f"<@{user}>", *(f"<!subteam^{one}" for one in groups)]
        return sum(any(mark in one.text + str(one.blocks) for mark in marks) for one in where.unread(user))

    def _shown(self, where: Conversation, messages: list[Message], reader: Reader, fresh: str) -> list[Shown]:
        now = moment(self._workspace.now())
        told: list[Shown] = []
        last: Message | None = None
        marked = False
        for message in messages:
            then = moment(message.ts)
            today = day(then, now, reader.zone)
            new_day = last is None or today != day(moment(last.ts), now, reader.zone)
            close = last is not None and then - moment(last.ts) < TOGETHER
            # The first reply of a thread stands under a rule: it names its author again.
            close = close and last is not None and last.ts != message.thread_ts
            same = last is not None and (last.user, last.only_for) == (message.user, message.only_for)
            first_fresh = bool(fresh) and not marked and message.ts >= fresh and last is not None
            marked = marked or first_fresh
            replies = [one for one in where.replies(message.ts) if one.only_for is None]
            told.append(
                Shown(
                    message,
                    self._workspace.name(message.user),
                    not (close and same) or new_day or first_fresh,
                    today if new_day else None,
                    first_fresh,
                    ago(then, now),
                    exact(then, reader.zone),
                    f"{then.astimezone(reader.zone):%H:%M}",
                    len(replies),
                    ago(moment(replies[-1].ts), now) if replies else "",
                )
            )
            last = message
        return told

    @staticmethod
    def _given(state: dict[str, dict[str, Json]], block_id: str, element: Json) -> list[str]:
        """The plain values a control shows."""
        if element["type"] not in ANSWERS:
            return []
        value = state.get(block_id, {}).get(element["action_id"])
        return given_values(value) if value else []


def _unknown(kind: object) -> str:
    raise UnknownBlock(f"the page cannot draw {kind!r}")


def _initials(name: str) -> str:
    words = [word for word in name.split() if word[:1].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def _hue(user: str) -> int:
    return sum(map(ord, user)) % HUES
