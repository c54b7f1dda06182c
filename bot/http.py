"""HTTP instead of Socket Mode: Slack's signed requests to Bolt, malformed ones answered without a trace."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from threading import Thread
from typing import Any

from cheroot.wsgi import Server
from slack_bolt import App, BoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.in_hand import InHand
from bot.payload import Misshapen, Payload, checked

_log = logging.getLogger(__name__)

PATH = "/slack/events"
# Slack's own views end at 250 KB; a form-encoded one is at most some times that.
_MOST_BYTES = 2_000_000
_MOST_DIGITS = 12  # of a length or a time: longer numbers are no numbers to Python

_STAMP, _SIGNATURE = "HTTP_X_SLACK_REQUEST_TIMESTAMP", "HTTP_X_SLACK_SIGNATURE"

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


class Refused(Exception):
    """A request that Slack did not send, or sent broken."""

    def __init__(self, status: HTTPStatus, says: str) -> None:
        self.status = status
        super().__init__(says)


class Front:
    """The WSGI application: Slack's requests, and whether the app is alive and ready."""

    def __init__(
        self, bolt: App, signing_secret: str, ready: Callable[[], str], in_hand: InHand | None = None
    ) -> None:
        """`ready` says what stands in the way of serving; "" when nothing does. `in_hand`: whom to tell."""
        self._bolt = bolt
        self._verifier = SignatureVerifier(signing_secret)
        self._ready = ready
        self._in_hand = in_hand or InHand()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", "")
        if path == "/healthz":
            return _plain(start_response, HTTPStatus.OK, "alive")
        if path == "/readyz":
            trouble = self._ready()
            status = HTTPStatus.SERVICE_UNAVAILABLE if trouble else HTTPStatus.OK
            return _plain(start_response, status, trouble or "ready")
        if path != PATH:
            return _plain(start_response, HTTPStatus.NOT_FOUND, "There is nothing here.")
        if method != "POST":
            return _plain(start_response, HTTPStatus.METHOD_NOT_ALLOWED, "Slack sends POST here.")
        try:
            text = self._signed(environ)
            with self._in_hand:
                return self._bolted(_payload(text, environ.get("CONTENT_TYPE", "")), start_response)
        except Refused as refusal:
            # What it held is nobody's business: only the reason is logged.
            _log.warning("A request was refused: %s", refusal)
            return _plain(start_response, refusal.status, str(refusal))

    def _bolted(self, payload: Payload, start_response: StartResponse) -> Iterable[bytes]:
        """Bolt's answer to exactly what was checked, handed over as Socket Mode does: parsed.

        Bolt would read the form once more in its own way (a command whose text has the word "payload" in it
        would come out empty), and verify the signature again, for half a millisecond.
        """
        answer = self._bolt.dispatch(BoltRequest(mode="socket_mode", body=payload))
        body = answer.body.encode()
        headers = [(name, value) for name, values in answer.headers.items() for value in values]
        length = ("Content-Length", str(len(body)))
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", [*headers, length])
        return [body]

    def _signed(self, environ: Environ) -> str:
        """The body, once its size and signature are right. Bolt itself raises on broken ones."""
        body = _body(environ)
        stamp, signature = environ.get(_STAMP, ""), environ.get(_SIGNATURE, "")
        if not (_is_number(stamp) and signature.isascii()):
            raise Refused(HTTPStatus.UNAUTHORIZED, "The signature headers are missing or malformed.")
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            raise Refused(HTTPStatus.BAD_REQUEST, "The body is not UTF-8 text.") from None
        if not self._verifier.is_valid(text, stamp, signature):
            raise Refused(HTTPStatus.UNAUTHORIZED, "The signature does not match, or is too old.")
        return text


def _body(environ: Environ) -> bytes:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not _is_number(length):
        raise Refused(HTTPStatus.BAD_REQUEST, "The content length is not a number.")
    if int(length) > _MOST_BYTES:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large.")
    body: bytes = environ["wsgi.input"].read(int(length))
    return body


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS


def _payload(text: str, content_type: str) -> Payload:
    """Both shapes that Slack sends: JSON, or a form whose `payload` is JSON."""
    try:
        if content_type.startswith("application/json") or text.startswith("{"):
            parsed = json.loads(text)
        else:
            form = _form(text)
            parsed = json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        raise Refused(HTTPStatus.BAD_REQUEST, "The body is not what Slack sends.") from None
    try:
        return checked(parsed)
    except Misshapen as refusal:
        raise Refused(HTTPStatus.BAD_REQUEST, f"The body is not what Slack sends: {refusal}.") from None


def _form(text: str) -> dict[str, str]:
    """The fields of a form; a UnicodeDecodeError for percent signs that spell no text."""
    fields = (field.partition("=") for field in text.replace("+", " ").split("&"))
    return {_unquoted(name): _unquoted(value) for name, _, value in fields}


def _unquoted(text: str) -> str:
    # Percent signs read as Python's own escapes, in C: urllib takes a millisecond over a filled form.
    escaped = text.encode().replace(b"\\", b"\\x5c").replace(b"%", b"\\x")
    return escaped.decode("unicode_escape").encode("latin-1").decode("utf-8")


def _plain(start_response: StartResponse, status: HTTPStatus, says: str) -> Iterable[bytes]:
    body = says.encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response(f"{status.value} {status.phrase}", headers)
    return [body]


class _Server(Server):
    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """What cheroot would write to standard error: a connection that broke, mostly, with its trace."""
        _log.log(level, "The HTTP server: %s", msg.partition("\n")[0], exc_info=traceback)


@contextmanager
def serving(front: Front, host: str, port: int) -> Iterator[str]:
    """Serve until the block ends; gives the address. Requests in hand are finished first."""
    server = _Server((host, port), front, numthreads=8, shutdown_timeout=5, server_name="clearance")
    server.prepare()
    thread = Thread(target=server.serve, name="http", daemon=True)
    thread.start()
    try:
        yield f"http://{server.bind_addr[0]}:{server.bind_addr[1]}"
    finally:
        server.stop()
        thread.join(5)
