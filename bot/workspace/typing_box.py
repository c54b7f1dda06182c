"""What a person types into the message box, turned into what Slack stores or sends."""

from __future__ import annotations

import re

from .scene import BOT_USER
from .workspace import Workspace

NAMED = re.compile(r"(?<![\w<@#])([@#])([a-z0-9][\w.-]*)", re.IGNORECASE)


def escaped(text: str) -> str:
    """Slack's three escapes: nothing a person types can then be a mention or a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_message(workspace: Workspace, text: str) -> str:
    """A message: escaped, then @handle and #channel become what Slack's client would insert."""
    return _linked(workspace, escaped(text), named=False)


def as_command(workspace: Workspace, text: str, should_escape: bool) -> str:
    """The text of a slash command: as typed unless the manifest asks for escaping."""
    return _linked(workspace, escaped(text), named=True) if should_escape else text


def _linked(workspace: Workspace, text: str, *, named: bool) -> str:
    people = {person.handle.lower(): person.id for person in workspace.people.values()}
    people[workspace.manifest.name.lower().replace(" ", "_")] = BOT_USER
    groups = {group.handle.lower(): group.id for group in workspace.groups.values()}
    rooms = {one.name.lower(): one.id for one in workspace.conversations.values() if one.kind == "channel"}

    def link(match: re.Match[str]) -> str:
        sign, word = match.group(1), match.group(2)
        # A full stop after a name ends the sentence, not the name.
        name, tail = (word, "") if word.lower() in {**people, **groups, **rooms} else _without_stop(word)
        label = f"|{name}" if named else ""
        if sign == "#":
            found = rooms.get(name.lower())
            return f"<#{found}|{name}>{tail}" if found else match.group(0)
        if name.lower() in people:
            return f"<@{people[name.lower()]}{label}>{tail}"
        group = groups.get(name.lower())
        return f"<!subteam^{group}|@{name}>{tail}" if group else match.group(0)

    return NAMED.sub(link, text)


def _without_stop(word: str) -> tuple[str, str]:
    bare = word.rstrip(".-")
    return bare, word[len(bare) :]
