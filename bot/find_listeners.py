"""The registrations of the search: the command, the window it opens, and the pages of both."""

import logging
import re

from slack_bolt import Ack, Respond
from slack_sdk import WebClient

from bot.chase_parts import Said
from bot.families import Families
from bot.find_query import NotSearched
from bot.find_view import FORM, NO_SEARCH, WORDS, answer, parse_more, window
from bot.form_values import FormValues
from bot.homes import Homes
from bot.listening import NOT_ANSWERED, Body, on_screen, show, whisper, who_pressed
from bot.markup import Block
from bot.rich_text import as_text, rich, typed
from bot.service.chased import Links
from bot.service.desk import Desk, Who
from bot.service.find import Found, find
from bot.service.refusals import NoSuchRequest
from storage.errors import NoSearch, StorageError

_log = logging.getLogger(__name__)

_PRESSED = re.compile(r"^find:(?:open|more|first)$")
_SENT = re.compile(f"^{re.escape(FORM)}$")
_OUT_OF_DATE = "This list is no longer there. `/genai-request find` searches again."


def register(families: Families, desk: Desk, client: WebClient, homes: Homes, link: Links) -> None:
    """One listener for the buttons and one for the window."""

    @families.action(_PRESSED)
    def find_pressed(ack: Ack, body: Body, respond: Respond) -> None:
        ack()
        if body["actions"][0]["action_id"] == "find:open":
            if says := opened(client, body):
                homes.tell(body, respond, says)
        elif (body.get("view") or {}).get("type") == "modal":
            _turned(desk, client, body, link)
        else:
            _more(desk, body, respond, link)

    @families.view(_SENT)
    def find_sent(ack: Ack, body: Body, view: Body) -> None:
        text = FormValues(view).get(WORDS) or ""
        found = _found(desk, who_pressed(body), text, link)
        if isinstance(found, str):
            ack(response_action="errors", errors={WORDS: as_text(found)})
        else:
            ack(response_action="update", view=window(found))


def opened(client: WebClient, body: Body) -> str:
    """Show the window to search in; returns what to say when it does not open."""
    return show(client, body, window())


def answered(desk: Desk, who: Who, text: str, link: Links, before: int | None = None) -> Said:
    """The private answer to somebody's words."""
    found = _found(desk, who, text, link, before)
    return (found, [rich(found)]) if isinstance(found, str) else answer(found)


def _found(desk: Desk, who: Who, text: str, link: Links, before: int | None = None) -> Found | str:
    """A page, or one sentence why there is none."""
    try:
        return find(desk, who, text, link, before)
    except (NotSearched, NoSuchRequest) as why:
        return typed(str(why))
    except NoSearch as error:
        _log.warning("%s", error)
        return NO_SEARCH
    except StorageError as error:
        _log.warning("A search was not answered: %s", error)
        return NOT_ANSWERED


def _more(desk: Desk, body: Body, respond: Respond, link: Links) -> None:
    more = parse_more(body["actions"][0].get("value"))
    text, blocks = _OUT_OF_DATE, [rich(_OUT_OF_DATE)]
    if more is not None:
        text, blocks = answered(desk, who_pressed(body), more[1], link, more[0])
    whisper(respond, text, blocks)


def _turned(desk: Desk, client: WebClient, body: Body, link: Links) -> None:
    view = body["view"]
    more = parse_more(body["actions"][0].get("value"))
    text = str(view.get("private_metadata") or "")
    found = _found(desk, who_pressed(body), text, link, more[0] if more else None)
    page: Block = window(Found(text), found) if isinstance(found, str) else window(found)
    on_screen(lambda: client.views_update(view_id=view["id"], hash=view["hash"], view=page))
