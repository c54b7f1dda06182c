"""The wire to Slack over Socket Mode: slack_sdk's built-in client without its waits and its repetitions."""

import json
import logging
import socket
import threading
from functools import partial
from typing import Final

from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.interval_runner import IntervalRunner

_log = logging.getLogger(__name__)

_BROKEN: Final = "The connection to Slack is broken. It is made anew as soon as Slack answers."
_OUTAGE: Final = (
    "Error code",
    "Failed to check",
    "Failed to establish",
    "Failed to retrieve",
    "Failed to send",
    "Failed to start or stop",
    "on_error invoked",
)

PING_SECONDS: Final = 3.0
"""The client looks so often whether a wire that broke without a word is still there, else makes a new one."""
_LAST_READ: Final = 0.05  # seconds
_DONE_WITHIN: Final = 5.0  # seconds for what is in hand


def hasten(client: SocketModeClient) -> None:
    """Change over at once when Slack asks for it, see a broken wire in seconds, say once that Slack is away.

    The client closes its old socket before it reads from the new one, and waits for the old one's read, which
    takes 3 s: whoever pressed something meanwhile saw it fail. A short last read ends that. Other clients of
    slack_sdk wait longer (websocket-client) or need another kind of app (aiohttp).
    """

    def heard(message: str) -> None:
        # Called by the thread that reads this very socket. All but the farewell is read at leisure: a read
        # that ends within a frame would lose the rest of it.
        # Every click passes here too, and its form is large: only what names one of the two kinds is read.
        is_news = message.startswith("{") and ('"disconnect"' in message or '"hello"' in message)
        kind = json.loads(message).get("type") if is_news else ""
        if kind == "disconnect":
            session = client.current_session
            sock = session.sock if session else None
            if sock is not None:
                sock.settimeout(_LAST_READ)
        elif kind == "hello" and any(each.over() for each in _filters(client)):
            _log.warning("Connected to Slack again.")

    client.on_message_listeners.append(heard)
    client.current_app_monitor = IntervalRunner(partial(_look_after, client), PING_SECONDS)


def _look_after(client: SocketModeClient) -> None:
    """As the client does, but a ping that cannot be sent is proof enough: it would wait for the fifth.

    All that time, up to 50 s, nobody's click arrives, and its reading thread turns in circles.
    """
    client._monitor_current_session()  # type: ignore[no-untyped-call]
    session = client.current_session
    if session is not None and session.consecutive_check_state_error_count:
        session.disconnect()
        client._monitor_current_session()  # type: ignore[no-untyped-call]


def _filters(client: SocketModeClient) -> list["SaidOnce"]:
    return [each for each in client.logger.filters if isinstance(each, SaidOnce)]


def hang_up(client: SocketModeClient) -> None:
    """Take nothing more, finish and acknowledge what is in hand (5 s at most), close."""
    client.auto_reconnect_enabled = client.default_auto_reconnect_enabled = False
    closing = threading.Thread(target=_close, args=(client,), name="hang up", daemon=True)
    closing.start()
    closing.join(_DONE_WITHIN)


def _close(client: SocketModeClient) -> None:
    client.closed = True
    client.message_queue.put(None)  # its reader looks up
    client.message_processor.shutdown()  # type: ignore[no-untyped-call]
    client.message_workers.shutdown()
    session = client.current_session
    client.current_session_state.terminated = True
    try:
        if session is not None and session.sock is not None:
            session.sock.shutdown(socket.SHUT_RD)  # ends the read that closing would wait for
        client.close()
    except (AttributeError, OSError) as error:
        # The reading thread may close the same socket meanwhile and leave None behind.
        _log.debug("The connection to Slack was gone already: %s", error)


class SaidOnce(logging.Filter):
    """Of what the client complains about while Slack is away, the first, in our words."""

    def __init__(self) -> None:
        super().__init__()
        self._away = False

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to say it; what is no outage is said as it is."""
        if not record.getMessage().startswith(_OUTAGE):
            return True
        first, self._away = not self._away, True
        record.msg, record.args, record.exc_info = _BROKEN, (), None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        return first

    def over(self) -> bool:
        """Slack is there; True when it was away."""
        was, self._away = self._away, False
        return was


def quiet() -> logging.Logger:
    """The client's own logger, which says once what it would say every few seconds."""
    # Every failed call reaches our own code, which says what it means.
    logging.getLogger("slack_sdk.web.base_client").setLevel(logging.CRITICAL)
    logger = logging.getLogger("slack_sdk.socket_mode")
    logger.setLevel(logging.WARNING)
    if not logger.filters:
        logger.addFilter(SaidOnce())
    return logger
