"""Slack's mrkdwn, plain text and markdown blocks, drawn as HTML for one reader."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from zoneinfo import ZoneInfo

from markdown_it import MarkdownIt
from markupsafe import Markup

from .conversations import Message
from .emoji import draw
from .scene import BOT_USER
from .when import date_token, moment
from .workspace import Workspace

FENCED = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
ANGLE = re.compile(r"<([^<>\n]+)>")
BOLD = re.compile(r"(?<![\w*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\w*])")
ITALIC = re.compile(r"(?<![\w_])_(?!\s)([^_\n]+?)(?<!\s)_(?![\w_])")
STRIKE = re.compile(r"(?<![\w~])~(?!\s)([^~\n]+?)(?<!\s)~(?![\w~])")
KEPT = re.compile("\x00(\\d+)\x00")
LINK = re.compile(r"(?:https?|mailto):")
BARE = re.compile(r"https?://[^\s<>|]+[^\s<>|.,;:!?)]")
BULLET = re.compile(r"^(?:[•◦▪-]|\d+\.) ")
PERMALINK = re.compile(r"archives/(\w+)/p(\d{10})(\d{6})(?:\?thread_ts=([\d.]+))?")


class Reader:
    """Draws texts as one person sees them: their mentions marked, their time zone."""

    def __init__(self, workspace: Workspace, user: str) -> None:
        self._workspace = workspace
        self._user = user
        self.zone = ZoneInfo(workspace.people[user].tz)
        self._markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])

    def plain(self, text: str, emoji: bool = True) -> Markup:
        """A plain_text object: nothing but line breaks and emoji."""
        return Markup(_signs(escape(text), emoji).replace("\n", "<br>"))

    def mrkdwn(self, text: str) -> Markup:
        """A mrkdwn object or the text of a message."""
        kept: list[str] = []

        def keep(html: str) -> str:
            kept.append(html)
            return f"\x00{len(kept) - 1}\x00"

        text = text.replace("\x00", "")
        text = FENCED.sub(lambda match: keep(f"<pre><code>{_code(match.group(1))}</code></pre>"), text)
        text = CODE.sub(lambda match: keep(f"<code>{_code(match.group(1))}</code>"), text)
        text = ANGLE.sub(lambda match: keep(self._angle(match.group(1))), text)
        text = BARE.sub(lambda match: keep(self._link(match.group(0), "")), text)
        html = _lines(text, lambda line: draw(_styled(escape(_unescaped(line), quote=False))))
        # Kept pieces may hold kept pieces: code inside a link's label, for one.
        for _ in range(3):
            html = KEPT.sub(lambda match: kept[int(match.group(1))], html)
        return Markup(html)

    def markdown(self, text: str) -> Markup:
        """A markdown block: CommonMark with tables, and Slack's own mentions."""
        html = draw(self._markdown.render(text))
        html = re.sub(r"&lt;([@#!][^&\s]+?)&gt;", lambda match: self._angle(match.group(1)), html)
        html = html.replace("<a href=", '<a target="_blank" rel="noopener" href=')
        return Markup(
            html.replace("<table>", '<div class="wide"><table>').replace("</table>", "</table></div>")
        )

    def calls(self, message: Message) -> bool:
        """Whether a message names the reader, or a group they are in."""
        everything = message.text + str(message.blocks)
        groups = (one.id for one in self._workspace.groups.values() if self._user in one.members)
        marks = (f"<@{self._user}>", *(f"<!subteam^{one}" for one in groups))
        return message.user != self._user and any(mark in everything for mark in marks)

    def href(self, target: str) -> str:
        """Where a link goes: messages of this workspace open as the reader."""
        own = target.startswith(self._workspace.base_url) and PERMALINK.search(target)
        if not own:
            return target
        channel, seconds, micros, thread = own.groups()
        ts = f"{seconds}.{micros}"
        return f"/as/{self._user}/{channel}?thread={thread or ts}#m{ts}"

    def linked(self, target: str, label: str) -> Markup:
        """A link in rich text, whose label is shown as it was written."""
        if not label or not LINK.match(target):
            return self.mrkdwn(f"<{target}>") if LINK.match(target) else self.plain(label or target, False)
        shown = self.plain(label, False)
        return Markup(f'<a href="{escape(self.href(target))}" {self.target(target)}>{shown}</a>')

    def target(self, target: str) -> Markup:
        """Other places open in a tab of their own."""
        elsewhere = self.href(target) == target
        return Markup('target="_blank" rel="noopener"') if elsewhere else Markup("")

    def _angle(self, inside: str) -> str:
        target, _, label = inside.partition("|")
        if target.startswith("@"):
            return self._mention(target[1:])
        if target.startswith("#"):
            where = self._workspace.conversations.get(target[1:])
            name = where.name if where else label or target[1:]
            return f'<a class="mention" href="/as/{self._user}/{escape(target[1:])}">#{escape(name)}</a>'
        if target.startswith("!"):
            return self._special(target[1:], label)
        if LINK.match(target):
            return self._link(target, label)
        return escape(f"<{inside}>")

    def _mention(self, user: str) -> str:
        mine = " me" if user == self._user else ""
        title = f"@{self._workspace.handle(user)}" if user != BOT_USER else "app"
        name = escape(self._workspace.name(user))
        return f'<span class="mention{mine}" title="{escape(title)}">@{name}</span>'

    def _special(self, target: str, label: str) -> str:
        if target.startswith("subteam^"):
            group = self._workspace.groups.get(target.removeprefix("subteam^"))
            mine = " me" if group and self._user in group.members else ""
            name = group.handle if group else label.lstrip("@") or target
            return f'<span class="mention{mine}">@{escape(name)}</span>'
        if target.startswith("date^"):
            _, ts, pattern, *_ = [*target.split("^"), ""]
            try:
                now = moment(self._workspace.now())
                shown, title = date_token(ts, pattern, now, self.zone), label
            except (ValueError, OverflowError):
                shown, title = label, label
            return f'<time title="{escape(title)}">{escape(shown)}</time>'
        if target in ("here", "channel", "everyone"):
            return f'<span class="mention me">@{target}</span>'
        return escape(f"<!{target}>")

    def _link(self, target: str, label: str) -> str:
        target = _unescaped(target)
        href = self.href(target)
        own = PERMALINK.search(target) if href != target else None
        shown = _shown(label) or (f"message in {self._place(own.group(1))}" if own else _shown(target))
        return f'<a href="{escape(href)}" {self.target(target)}>{shown}</a>'

    def _place(self, channel: str) -> str:
        where = self._workspace.conversations.get(channel)
        return "a direct message" if where is None or where.kind == "im" else f"#{escape(where.name)}"


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _shown(text: str) -> str:
    return draw(escape(_unescaped(text), quote=False))


def _code(text: str) -> str:
    return escape(_unescaped(text), quote=False)


def _signs(html: str, emoji: bool) -> str:
    return draw(html) if emoji else html


def _styled(html: str) -> str:
    html = BOLD.sub(r"<strong>\1</strong>", html)
    html = ITALIC.sub(r"<em>\1</em>", html)
    return STRIKE.sub(r"<s>\1</s>", html)


def _lines(text: str, style: Callable[[str], str]) -> str:
    """Lines with quotes gathered and bullets hung."""
    parts: list[str] = []
    quoted: list[str] = []

    def end_quote() -> None:
        if quoted:
            parts.append(f"<blockquote>{'<br>'.join(quoted)}</blockquote>")
            quoted.clear()

    for line in text.split("\n"):
        if line.startswith(("&gt;", ">")):
            quoted.append(style(line.removeprefix("&gt;").removeprefix(">").removeprefix(" ")))
            continue
        end_quote()
        if BULLET.match(line):
            mark, _, rest = line.partition(" ")
            parts.append(f'<span class="hang"><span>{escape(mark)}</span><span>{style(rest)}</span></span>')
        else:
            parts.append(style(line) + "<br>")
    end_quote()
    html = "".join(parts)
    return html.removesuffix("<br>")
