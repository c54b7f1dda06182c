"""`clearance demo`: the real bot against the local workspace; no Slack account, no network."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

from bot.app import Clearance, Clock, assemble, start, utc_now
from bot.demo.past import file_past_requests
from bot.pace import unhurried
from bot.settings import load_settings
from bot.shipped import shipped
from bot.workspace import RunningWorkspace, Scene, Workspace, serve


def open_demo(
    stack: ExitStack,
    *,
    port: int = 0,
    folder: Path | None = None,
    clock: Clock = utc_now,
    past: bool = True,
    directory: Path | None = None,
) -> tuple[RunningWorkspace, Clearance]:
    """Start the workspace and the bot that talks to it; `stack` stops both.

    The register lives in `folder`, else in a temporary one that goes with the demo.
    """
    workspace = Workspace(shipped("manifest.yml"), Scene.load(Path(__file__).parent / "scene.toml"))
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
    clearance = assemble(settings, stack, clock, unhurried())
    start(clearance, settings, stack)
    if past:
        file_past_requests(clearance.desk)
    return running, clearance
