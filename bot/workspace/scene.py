"""Who and what exists in the local Slack: team, people, channels, user groups."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

BOT_USER = "U0CLEARANCE"
APP_ID = "A0CLEARANCE"
BOT_ID = "B0CLEARANCE"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Team(_Part):
    """The Slack workspace (Slack's word: team)."""

    id: str
    name: str
    domain: str


class Figure(_Part):
    """One human of the workspace; `note` is the line shown in the "act as" list."""

    id: str
    handle: str
    name: str
    title: str = ""
    tz: str = "UTC"
    note: str = ""
    deleted: bool = False


class Room(_Part):
    """One channel; the bot is in it when `members` names the bot's user."""

    id: str
    name: str
    members: tuple[str, ...] = ()
    private: bool = False
    topic: str = ""
    archived: bool = False


class Group(_Part):
    """One user group, mentioned as <!subteam^S...>."""

    id: str
    handle: str
    members: tuple[str, ...] = ()


class Scene(_Part):
    """Everything a workspace starts with."""

    team: Team
    people: tuple[Figure, ...] = ()
    channels: tuple[Room, ...] = ()
    groups: tuple[Group, ...] = ()

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a scene from TOML; a fault is a ValueError that names the place."""
        return cls.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        places: list[Room | Group] = [*self.channels, *self.groups]
        ids = [person.id for person in self.people] + [place.id for place in places]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"the same id is used twice: {', '.join(twice)}")
        known = {person.id for person in self.people} | {BOT_USER}
        for place in places:
            strangers = sorted(set(place.members) - known)
            if strangers:
                raise ValueError(f"{place.id} has members who are nobody: {', '.join(strangers)}")
        return self
