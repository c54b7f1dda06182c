"""An installation in which all is well, for the doctor's tests to break."""

from datetime import date
from pathlib import Path

from bot.diagnosis import render
from bot.doctor import examine
from bot.settings import load_settings

ROOT = Path(__file__).parents[2]
TODAY = date(2025, 11, 20)
SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-1-abc",
    "SLACK_APP_TOKEN": "xapp-1-A1-2-def",
    "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
}


def installation(folder: Path) -> dict[str, str]:
    """Its environment; the directory is in `folder` and the database will be."""
    example = (ROOT / "directory.example.toml").read_text(encoding="utf-8")
    (folder / "directory.toml").write_text(example, encoding="utf-8")
    return {
        **SECRETS,
        "CLEARANCE_DATABASE_URL": f"sqlite:///{folder / 'clearance.db'}",
        "CLEARANCE_DIRECTORY": str(folder / "directory.toml"),
    }


def told(environ: dict[str, str], *, connect: bool = False, today: date = TODAY) -> str:
    """Everything the doctor says."""
    settings = load_settings(environ, None)
    return render(examine(settings, manifest_path=ROOT / "manifest.yml", today=today, connect=connect))
