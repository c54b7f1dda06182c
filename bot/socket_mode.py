"""Socket Mode: envelopes to Bolt. What Slack does not send is not acknowledged; the connection lives on."""

import logging

from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.in_hand import InHand
from bot.payload import Misshapen, checked

_log = logging.getLogger(__name__)


class SocketMode(SocketModeHandler):
    """Bolt's handler behind the same door as HTTP."""

    in_hand = InHand()  # whom to tell; nobody looks at this one

    def handle(self, client: BaseSocketModeClient, req: SocketModeRequest) -> None:
        """Answer one envelope. Without an acknowledgement Slack tells the person that it failed."""
        with self.in_hand:
            try:
                req.payload = checked(req.payload)
            except Misshapen as refusal:
                _log.warning("An envelope was refused: %s.", refusal)
                return
            super().handle(client, req)  # type: ignore[arg-type]
