"""What the app may do, read from its manifest as Slack would read it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml


@dataclass(frozen=True)
class Command:
    """One declared slash command, `name` with its slash."""

    name: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True)
class Shortcut:
    """One declared shortcut; `kind` is "global" or "message"."""

    name: str
    kind: str
    callback_id: str


@dataclass(frozen=True)
class Manifest:
    """The parts of a manifest that change what Slack lets the app do."""

    name: str
    commands: dict[str, Command]
    scopes: frozenset[str]
    events: frozenset[str]
    shortcuts: tuple[Shortcut, ...]
    home_tab: bool
    interactive: bool

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read manifest.yml; a missing section means the app did not ask for it."""
        document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        features = document.get("features") or {}
        settings = document.get("settings") or {}
        display = document.get("display_information") or {}
        bot_user = features.get("bot_user") or {}
        scopes = ((document.get("oauth_config") or {}).get("scopes") or {}).get("bot") or []
        commands = (_command(entry) for entry in features.get("slash_commands") or [])
        return cls(
            name=str(bot_user.get("display_name") or display.get("name") or "App"),
            commands={command.name: command for command in commands},
            scopes=frozenset(scopes),
            events=frozenset((settings.get("event_subscriptions") or {}).get("bot_events") or []),
            shortcuts=tuple(
                Shortcut(str(entry["name"]), str(entry["type"]), str(entry["callback_id"]))
                for entry in features.get("shortcuts") or []
            ),
            home_tab=bool((features.get("app_home") or {}).get("home_tab_enabled", False)),
            interactive=bool((settings.get("interactivity") or {}).get("is_enabled", False)),
        )


def _command(entry: dict[str, Any]) -> Command:
    return Command(
        name=str(entry["command"]),
        description=str(entry.get("description", "")),
        usage_hint=str(entry.get("usage_hint", "")),
        should_escape=bool(entry.get("should_escape", False)),
    )
