"""Slack's Web API and Socket Mode, as little of them as the app calls, answering after a given time."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from time import perf_counter, sleep
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from websockets.sync.server import Server, ServerConnection, serve

TEAM: Final = "T0STUDIO"
_ANSWER: Final = {
    "ok": True,
    "team_id": TEAM,
    "team": "Studio",
    "url": "https://studio.example/",
    "user_id": "U0BOT",
    "user": {"id": "U0BOT", "deleted": False},
    "bot_id": "B0BOT",
    "users": [],
    "messages": [],
    "channel": "D0",
}


@dataclass(frozen=True)
class Call:
    """One call that came, and when."""

    method: str
    given: dict[str, Any]
    at: float


@dataclass
class Slack:
    """A stand-in that keeps every call it got; `delay` is in seconds."""

    delay: float = 0.0
    calls: list[Call] = field(default_factory=list)
    links: dict[str, ServerConnection] = field(default_factory=dict)  # app token -> its open socket
    api_url: str = ""
    socket_url: str = ""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _linked: threading.Condition = field(default_factory=threading.Condition)

    def answer(self, method: str, given: dict[str, Any], token: str) -> dict[str, Any]:
        """What Slack says to one call."""
        self.calls.append(Call(method, given, perf_counter()))
        if self.delay:
            sleep(self.delay)
        if method == "apps.connections.open":
            return {"ok": True, "url": f"{self.socket_url}{token}"}
        if method == "conversations.open":
            return {"ok": True, "channel": {"id": f"D0{given['users']}"}}
        more = {"channel": given["channel"]} if "channel" in given else {}
        return {**_ANSWER, **more, "ts": f"1795000000.{next(self._numbers):06d}"}

    def link(self, token: str, seconds: float = 20) -> ServerConnection:
        """The socket of the app with this token, once it is open."""
        with self._linked:
            if not self._linked.wait_for(lambda: token in self.links, seconds):
                raise TimeoutError(f"no Socket Mode connection came from {token}")
            return self.links[token]

    def connected(self, socket: ServerConnection) -> None:
        """An app opened its socket: whoever measures talks over it, this thread only keeps it."""
        token = urlsplit(socket.request.path if socket.request else "").path.strip("/")
        socket.send('{"type": "hello", "num_connections": 1, "debug_info": {}, "connection_info": {}}')
        with self._linked:
            self.links[token] = socket
            self._linked.notify_all()
        socket.wait_closed()


def asked(socket: ServerConnection, envelopes: Sequence[str], at_once: int) -> list[tuple[float, str]]:
    """Send envelopes, so many under way at a time; the seconds and the words of each answer."""
    waiting, began, found = iter(envelopes), {}, list[tuple[float, str]]()

    def send_next() -> None:
        envelope = next(waiting, None)
        if envelope is not None:
            began[json.loads(envelope)["envelope_id"]] = perf_counter()
            socket.send(envelope)

    for _ in range(at_once):
        send_next()
    while len(found) < len(envelopes):
        said = socket.recv(timeout=20)
        now = perf_counter()
        found.append((now - began[json.loads(said)["envelope_id"]], str(said)))
        send_next()
    return found


@contextmanager
def slack(delay: float = 0.0) -> Iterator[Slack]:
    """A stand-in on loopback until the block ends."""
    stand_in = Slack(delay)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            _answer(self, stand_in)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    class Api(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128  # of 5, a call too many waits a second for its connection

        def handle_error(self, request: object, client_address: object) -> None:
            """A side that was ended while it called has no use for its answer."""

    api = Api(("127.0.0.1", 0), Handler)
    sockets: Server = serve(stand_in.connected, "127.0.0.1", 0)
    for server in (api, sockets):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    stand_in.api_url = f"http://127.0.0.1:{api.server_port}/api/"
    stand_in.socket_url = f"ws://127.0.0.1:{sockets.socket.getsockname()[1]}/"
    try:
        yield stand_in
    finally:
        api.shutdown()
        api.server_close()
        sockets.shutdown()


def _answer(handler: BaseHTTPRequestHandler, stand_in: Slack) -> None:
    body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0)).decode()
    given = json.loads(body) if body.startswith("{") else dict(parse_qsl(body))
    token = str(handler.headers.get("Authorization") or given.get("token", "")).removeprefix("Bearer ")
    method = urlsplit(handler.path).path.rpartition("/")[2]
    answer = json.dumps(stand_in.answer(method, given, token)).encode()
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(answer)))
    handler.end_headers()
    handler.wfile.write(answer)
