"""`clearance demo`: the real bot against the local workspace; no Slack account, no network."""

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bot.app import Clearance, Clock, assemble, start
from bot.delivery import LEASE
from bot.demo.past import file_past_requests
from bot.pace import unhurried
from bot.service.chase import chase
from bot.service.rounds import come_round
from bot.settings import load_settings
from bot.shipped import shipped
from bot.workspace import RunningWorkspace, Scene, Workspace, serve
from storage import notices

_PATIENCE = 5.0  # seconds for the messages of one hour


def open_demo(
    stack: ExitStack,
    *,
    port: int = 0,
    folder: Path | None = None,
    clock: Clock | None = None,
    past: bool = True,
    directory: Path | None = None,
) -> tuple[RunningWorkspace, Clearance]:
    """Start the workspace and the bot that talks to it; `stack` stops both.

    The register lives in `folder`, else in a temporary one that goes with the demo.
    """
    scene = Scene.load(Path(__file__).parent / "scene.toml")
    workspace = Workspace(shipped("manifest.yml"), scene, movable_clock=clock is None)
    running = stack.enter_context(serve(workspace, port))
    if folder is None:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clearance-demo-")))
    settings = load_settings(
        {
            "SLACK_BOT_TOKEN": workspace.bot_token,
            "SLACK_APP_TOKEN": workspace.app_token,
            "CLEARANCE_SLACK_API_URL": running.api_url,
            "CLEARANCE_DATABASE_URL": f"sqlite:///{folder / 'clearance.db'}",
            "CLEARANCE_DIRECTORY": str(directory or shipped("directory.example.toml")),
        },
        env_file=None,
    )
    clearance = assemble(settings, stack, clock or workspace.clock, unhurried())
    start(clearance, settings, stack)
    workspace.moved.append(lambda _now: _live_through(clearance))
    if past:
        file_past_requests(clearance.desk)
    return running, clearance


def _live_through(clearance: Clearance) -> None:
    """The clock was moved by an hour: what came due in it is said in it, as a bot that ran would have."""
    desk, until = clearance.desk, time.monotonic() + _PATIENCE
    while chase(desk) or come_round(desk):
        pass
    while time.monotonic() < until:
        with desk.database.reading() as tx:
            due = notices.next_due(tx)
        # What is being said right now is due again when its lease ends: that has to be waited for, too.
        if due is None or due > desk.clock() + LEASE:
            break
        clearance.delivery.wake()
        time.sleep(0.005)
