"""The app inside the process that measures, for work that no transport has a part in."""

from contextlib import ExitStack
from pathlib import Path

from bench.deeds import SECRET, filled_form
from bench.slack import Slack
from bot import modal
from bot.app import Clearance, assemble
from bot.pace import Pace
from bot.service.desk import Desk
from bot.settings import Settings, load_settings
from bot.shipped import shipped


def settings_of(url: str, folder: Path, stand_in: Slack | str, token: str = "xapp-bench") -> Settings:
    """The settings of an app on this database."""
    return load_settings(environment(url, folder, stand_in, token), env_file=None)


def environment(url: str, folder: Path, stand_in: Slack | str, token: str = "xapp-bench") -> dict[str, str]:
    """What a user sets for an app on this database; the example directory where there is none."""
    directory = folder / "directory.toml"
    if not directory.exists():
        directory.write_text(shipped("directory.example.toml").read_text("utf-8"), "utf-8")
    return {
        "SLACK_BOT_TOKEN": "xoxb-1-bench",
        "SLACK_APP_TOKEN": token,
        "SLACK_SIGNING_SECRET": SECRET,
        "CLEARANCE_SLACK_API_URL": stand_in if isinstance(stand_in, str) else stand_in.api_url,
        "CLEARANCE_DATABASE_URL": url,
        "CLEARANCE_DIRECTORY": str(directory),
    }


def app_on(url: str, folder: Path, stand_in: Slack, stack: ExitStack, pace: Pace | None = None) -> Clearance:
    """An app on this database; nothing listens or delivers yet."""
    return assemble(settings_of(url, folder, stand_in), stack, pace=pace)


def filed_form(desk: Desk) -> modal.Submission:
    """What the filled form says."""
    filed = modal.parse(filled_form(), today=desk.today)
    assert isinstance(filed, modal.Submission), filed
    return filed
