"""`clearance register`, `db` and `notices`: what an operator does beside the running bot."""

import getpass
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from policy.faults import Invalid

if TYPE_CHECKING:  # SQLAlchemy takes a third of a second to load, and `clearance triage` has no need of it
    from bot.database_command import Answer
    from bot.settings import Settings


@click.group()
def register() -> None:
    """Check the register of everything that happened, and forget what somebody wants forgotten."""


@register.command()
@click.option("--head", metavar="COUNT:HASH", help="A head kept elsewhere: shows cut-off newest rows too.")
def verify(head: str | None) -> None:
    """Read the whole chain and say where it breaks, if it does. Exit status 1 when it breaks."""
    from bot.register_command import verify_register

    _say(lambda settings: verify_register(settings.database_url, head))


@register.command("head")
def head_now() -> None:
    """Print COUNT:HASH, to be kept where nobody who can write the database can write."""
    from bot.register_command import register_head

    _say(lambda settings: register_head(settings.database_url))


@register.command()
@click.argument("words", nargs=-1, required=True, metavar="WORDS...")
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="So many at most."
)
@click.option("--format", "form", default="text", type=click.Choice(["text", "json"]), show_default=True)
def find(words: tuple[str, ...], limit: int, form: str) -> None:
    """Find requests by their words, newest first; the same words and filters as in Slack."""
    from bot.register_find import find_requests

    _say(lambda settings: find_requests(settings, " ".join(words), limit, as_json=form == "json"))


@register.command()
@click.argument("label", metavar="GEN-n")
@click.argument("field")
@click.option("--reason", required=True, help="Why; the register keeps it.")
def redact(label: str, field: str, reason: str) -> None:
    """Empty a FIELD of a request for good. The register keeps that it was there, why it went and by whom."""
    from bot.register_command import redact_field
    from storage.records import Actor

    who = Actor(team="", user="", name=getpass.getuser())
    _say(lambda settings: redact_field(settings.database_url, label, field, reason, who, datetime.now(UTC)))


@click.group()
def db() -> None:
    """Look at the database's tables, and migrate them."""


@db.command()
def status() -> None:
    """Say where the tables stand. Exit status 1 when there is something to upgrade."""
    from bot.database_command import db_status

    _say(lambda settings: db_status(settings.database_url))


@db.command()
def upgrade() -> None:
    """Make or migrate the tables; `run` does it too. On SQLite the bot must not be running."""
    from bot.database_command import db_upgrade

    _say(lambda settings: db_upgrade(settings.database_url))


@click.group()
def notices() -> None:
    """Look at messages that could not be posted, and send them again."""


@notices.command("list")
def list_them() -> None:
    """List what could not be said, and why. Exit status 1 when there is something."""
    from bot.database_command import list_notices

    _say(lambda settings: list_notices(settings.database_url))


@notices.command()
@click.argument("which", nargs=-1, metavar="[ID|KEY...]")
def retry(which: tuple[str, ...]) -> None:
    """Say again what failed: these, or all when none is named. The running bot picks them up."""
    from bot.database_command import retry_notices

    _say(lambda settings: retry_notices(settings.database_url, which, datetime.now(UTC)))


def _say(ask: "Callable[[Settings], Answer]") -> None:
    from bot.settings import load_settings

    try:
        text, code = ask(load_settings())
    except Invalid as error:
        for fault in error.faults:
            click.echo(f"clearance: {fault}", err=True)
        sys.exit(2)
    if text:
        click.echo(text, err=code == 2)
    sys.exit(code)
