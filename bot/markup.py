"""Text for Slack: what a person typed is escaped or plain, so it can never mention anybody."""

import re
from typing import Any

Block = dict[str, Any]
"""A piece of Block Kit, as plain JSON."""

# What must stay whole when text is cut: an escaped character, a mention or a link.
_WHOLE = re.compile(r"&(?:amp|lt|gt);|<(?:[@#!]|https?://|mailto:)[^<>]*>")


def escape(text: str) -> str:
    """The text as Slack wants it inside mrkdwn: `<!channel>` is shown and pings nobody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> Block:
    """A plain_text object; Slack shows it as typed, `:name:` as the emoji the sender picked."""
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Block:
    """A mrkdwn object of text that is already safe: ours, with every typed part through `escape`."""
    # verbatim: Slack must not turn a bare #channel or @name inside a typed part into a link or mention.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def clip(text: str, limit: int) -> str:
    """At most `limit` characters, ending with … when cut; entities, mentions and links stay whole."""
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    cut = limit - 1
    for whole in _WHOLE.finditer(text):
        if whole.start() >= cut:
            break
        if whole.end() > cut:
            cut = whole.start()
            break
    # A zero-width joiner without its second half would glue the … to an emoji.
    return text[:cut].rstrip(" \n\t\u200d") + "…"
