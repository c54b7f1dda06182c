"""What the listeners share: who pressed, a view on the screen, a private sentence."""

import logging
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from slack_bolt import Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.form_values import clean
from bot.markup import Block, clip
from bot.messages import sections
from bot.rich_text import as_text
from bot.service.desk import Who

_log = logging.getLogger(__name__)

Body = dict[str, Any]

NOT_RECORDED = (
    "Not recorded: the database did not answer in time. Nothing is lost; please press the button again."
)
NOT_ANSWERED = "The database did not answer in time. Please ask again."
TOO_LATE = "Slack closed the window before the form could open. Please try again."


def on_screen(show: Callable[[], object]) -> bool:
    """A view that could not be shown costs the person one more press; nothing was recorded yet."""
    try:
        show()
    except (SlackApiError, SlackClientError, HTTPException, OSError) as error:
        _log.warning("A view could not be shown: %s", error)
        return False
    return True


def show(client: WebClient, body: Body, view: Block) -> str:
    """Open a view for whoever pressed or typed; returns what to say when it does not open, else ""."""
    shown = on_screen(lambda: client.views_open(trigger_id=body["trigger_id"], view=view))
    return "" if shown else TOO_LATE


def whisper(respond: Respond, says: str, blocks: list[Block] | None = None) -> None:
    """Privately one sentence, or more in `blocks`; when it cannot be said, nothing else is lost."""
    shown = sections(says) if blocks is None else blocks
    try:
        respond(as_text(says), shown, response_type="ephemeral", replace_original=False)
    except (SlackClientError, HTTPException, OSError, ValueError) as error:
        _log.warning("A private answer could not be given: %s", type(error).__name__)


def who_pressed(body: Body) -> Who:
    """The person behind a press or a sent form."""
    user = body["user"]
    team = user.get("team_id") or (body.get("team") or {}).get("id", "")
    return who_named(team, user["id"], user.get("username") or user.get("name") or "")


def who_named(team: str, user: str, name: str) -> Who:
    """A name goes on the record and on cards: at most 80 characters that a database takes."""
    return Who(team, user, clip(clean(name), 80) or user)
