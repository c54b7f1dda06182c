"""The registrations of the digest: where a list in it goes on."""

import logging
import re

from slack_bolt import Ack, Respond

from bot.families import Families
from bot.listening import NOT_ANSWERED, Body, whisper, who_pressed
from bot.service.chased import Links
from bot.service.desk import Desk
from bot.service.digest import digest_page
from storage.errors import StorageError

_log = logging.getLogger(__name__)

_PAGES = re.compile("^digest:")


def register(families: Families, desk: Desk, link: Links) -> None:
    """One listener for every list; `link` tells where a thread is, without a call to Slack."""

    @families.action(_PAGES)
    def page_asked(ack: Ack, body: Body, respond: Respond) -> None:
        ack()
        channel = (body.get("channel") or {}).get("id", "")
        try:
            value = body["actions"][0].get("value")
            text, blocks = digest_page(desk, who_pressed(body), value, channel, link)
        except StorageError as error:
            _log.warning("A list was not shown: %s", error)
            whisper(respond, NOT_ANSWERED)
        else:
            whisper(respond, text, blocks)
