"""HTTP instead of Socket Mode: Slack's signed requests to Bolt, malformed ones answered without a trace."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from io import BytesIO
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

from cheroot.wsgi import Server
from slack_bolt import App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk.signature import SignatureVerifier

_log = logging.getLogger(__name__)

PATH = "/slack/events"
# Slack's own views end at 250 KB; a form-encoded one is at most some times that.
_MOST_BYTES = 2_000_000

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


class Refused(Exception):
    """A request that Slack did not send, or sent broken."""

    def __init__(self, status: HTTPStatus, says: str) -> None:
        self.status = status
        super().__init__(says)


class Front:
    """The WSGI application: Slack's requests, and whether the app is alive and ready."""

    def __init__(self, bolt: App, signing_secret: str, ready: Callable[[], str]) -> None:
        """`ready` says what stands in the way of serving; "" when nothing does."""
        self._slack = SlackRequestHandler(bolt, path=PATH)
        self._verifier = SignatureVerifier(signing_secret)
        self._ready = ready

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
            body = self._checked(environ)
        except Refused as refusal:
            # What it held is nobody's business: only the reason is logged.
            _log.warning("A request was refused: %s", refusal)
            return _plain(start_response, refusal.status, str(refusal))
        answer: Iterable[bytes] = self._slack(environ | {"wsgi.input": BytesIO(body)}, start_response)
        return answer

    def _checked(self, environ: Environ) -> bytes:
        """The body, once its size, signature and form are right. Bolt itself raises on broken ones."""
        body = _body(environ)
        stamp, signature = (
            environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", ""),
            environ.get("HTTP_X_SLACK_SIGNATURE", ""),
        )
        if not (stamp.isascii() and stamp.isdigit() and signature.isascii()):
            raise Refused(HTTPStatus.UNAUTHORIZED, "The signature headers are missing or malformed.")
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            raise Refused(HTTPStatus.BAD_REQUEST, "The body is not UTF-8 text.") from None
        if not self._verifier.is_valid(text, stamp, signature):
            raise Refused(HTTPStatus.UNAUTHORIZED, "The signature does not match, or is too old.")
        _check_form(text, environ.get("CONTENT_TYPE", ""))
        return body


def _body(environ: Environ) -> bytes:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        raise Refused(HTTPStatus.BAD_REQUEST, "The content length is not a number.")
    if int(length) > _MOST_BYTES:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large.")
    body: bytes = environ["wsgi.input"].read(int(length))
    return body


def _check_form(text: str, content_type: str) -> None:
    """Both shapes that Slack sends, told apart as Bolt does: JSON, or a form whose `payload` is JSON."""
    try:
        if content_type.startswith("application/json") or text.startswith("{"):
            parsed = json.loads(text)
        else:
            form = dict(parse_qsl(text, keep_blank_values=True))
            parsed = json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        raise Refused(HTTPStatus.BAD_REQUEST, "The body is not what Slack sends.") from None
    if not isinstance(parsed, dict) or not parsed:
        raise Refused(HTTPStatus.BAD_REQUEST, "The body is not what Slack sends.")


def _plain(start_response: StartResponse, status: HTTPStatus, says: str) -> Iterable[bytes]:
    body = says.encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response(f"{status.value} {status.phrase}", headers)
    return [body]


@contextmanager
def serving(front: Front, host: str, port: int) -> Iterator[str]:
    """Serve until the block ends; gives the address. Requests in hand are finished first."""
    server = Server((host, port), front, numthreads=8, shutdown_timeout=5, server_name="clearance")
    server.prepare()
    thread = Thread(target=server.serve, name="http", daemon=True)
    thread.start()
    try:
        yield f"http://{server.bind_addr[0]}:{server.bind_addr[1]}"
    finally:
        server.stop()
        thread.join(5)
