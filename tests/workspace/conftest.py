"""A running local workspace with a small real app in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.workspace import Figure, Group, Room, RunningWorkspace, Scene, Team, Workspace, serve
from tests.person import Person, stop_listening
from tests.workspace.small_app import SmallApp

MANIFEST = """
display_information: {name: Small App}
features:
  app_home: {home_tab_enabled: true}
  bot_user: {display_name: Small App}
  slash_commands:
    - {command: /ask, description: Ask something, usage_hint: "[form | card]", should_escape: true}
    - {command: /plain, description: Hear the text as typed}
oauth_config:
  scopes:
    bot: [commands, "chat:write", "im:write", "im:history", "channels:history", "groups:history",
          "channels:read", "users:read", "usergroups:read"]
settings:
  interactivity: {is_enabled: true}
  event_subscriptions: {bot_events: [app_home_opened]}
"""
BOT = "U0CLEARANCE"
SCENE = Scene(
    team=Team(id="T0LOCAL", name="Lantern Street", domain="lantern"),
    people=(
        Figure(id="U0ANA", handle="ana", name="Ana Ruiz", tz="America/Los_Angeles", note="Coordinator"),
        Figure(id="U0RAVI", handle="ravi", name="Ravi Menon", tz="Europe/London", note="Contact"),
        Figure(id="U0GONE", handle="gone", name="Gone Person", deleted=True),
    ),
    channels=(
        Room(id="C0SHOW", name="show", members=("U0ANA", "U0RAVI", BOT), topic="The show"),
        Room(id="C0QUIET", name="quiet", members=("U0RAVI", BOT), private=True),
        Room(id="C0OTHERS", name="others", members=("U0ANA", "U0RAVI")),
        Room(id="C0SECRET", name="secret", members=("U0RAVI",), private=True),
        Room(id="C0OLD", name="old", members=("U0ANA", BOT), archived=True),
    ),
    groups=(Group(id="S0CREW", handle="crew", members=("U0ANA",)),),
)


@dataclass
class Stage:
    """The workspace, the app and two people."""

    running: RunningWorkspace
    workspace: Workspace
    app: SmallApp
    ana: Person
    ravi: Person


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.yml"
    path.write_text(MANIFEST, encoding="utf-8")
    return path


@pytest.fixture
def silent(manifest: Path) -> Iterator[Stage]:
    """A workspace whose app is installed but not connected."""
    workspace = Workspace(manifest, SCENE)
    with serve(workspace) as running, Person(running, "U0ANA") as ana, Person(running, "U0RAVI") as ravi:
        app = SmallApp(workspace.bot_token, running.api_url)
        yield Stage(running, workspace, app, ana, ravi)


@pytest.fixture
def stage(silent: Stage) -> Iterator[Stage]:
    """A workspace with the app connected over Socket Mode."""
    handler = SocketModeHandler(silent.app.bolt, silent.workspace.app_token)
    handler.client.connect()
    yield silent
    stop_listening(silent.running, handler)
