"""The edge of Slack: a gateway before the yard's API that can refuse and drop calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import parse_qsl
from urllib.request import ProxyHandler, Request, build_opener

_OPENER = build_opener(ProxyHandler({}))


@dataclass
class Fault:
    """What happens to the next `times` calls of a method, to one channel or to any."""

    method: str
    answer: str  # drop, html, wait, or the error that Slack names
    channel: str = ""
    times: int = 1


@dataclass
class Edge:
    """Passes calls on, but for the faults in it; `calls` is what came: (method, channel, answer)."""

    target: str = ""
    faults: list[Fault] = field(default_factory=list)
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def fault(self, method: str, channel: str) -> str:
        """The answer of the first fault that fits, used up by one."""
        with self.lock:
            fits = (one for one in self.faults if one.times and one.method == method)
            found = next((one for one in fits if one.channel in ("", channel)), None)
            if found:
                found.times -= 1
            said = found.answer if found else "ok"
            self.calls.append((method, channel, said))
            return said

    def seen(self, method: str, channel: str, answer: str) -> int:
        """How often that happened."""
        with self.lock:
            return self.calls.count((method, channel, answer))

    @contextmanager
    def open(self) -> Iterator[Edge]:
        """Serve on loopback."""
        edge = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                _pass(self, edge)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.server.server_close()

    def before(self, api_url: str) -> str:
        """Stand before that API; returns the address to use instead."""
        self.target = api_url
        return f"http://127.0.0.1:{self.server.server_port}/api/"


def _pass(handler: BaseHTTPRequestHandler, edge: Edge) -> None:
    method = handler.path.rpartition("/")[2]
    body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    given = json.loads(body) if body[:1] == b"{" else dict(parse_qsl(body.decode()))
    said = edge.fault(method, str(given.get("channel", "")))
    if said == "drop":
        handler.close_connection = True
        handler.connection.close()
    elif said == "html":
        _answer(handler, 502, b"<html>Bad gateway</html>")
    elif said == "wait":
        _answer(handler, 429, b'{"ok": false, "error": "ratelimited"}', {"Retry-After": "1"})
    elif said != "ok":
        _answer(handler, 200, json.dumps({"ok": False, "error": said}).encode())
    else:
        kept = {
            name: handler.headers[name] for name in ("Authorization", "Content-Type") if handler.headers[name]
        }
        with _OPENER.open(Request(edge.target + method, body, kept)) as answer:
            _answer(handler, answer.status, answer.read())


def _answer(
    handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str] | None = None
) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)
