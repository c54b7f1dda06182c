"""The yard: a local stand-in for Slack, as strict as Slack, driven by the app's manifest."""

from .faults import Fault, Faults
from .scene import Figure, Group, Room, Scene, Team
from .server import RunningWorkspace, serve
from .workspace import Workspace

__all__ = [
    "Fault",
    "Faults",
    "Figure",
    "Group",
    "Room",
    "RunningWorkspace",
    "Scene",
    "Team",
    "Workspace",
    "serve",
]
