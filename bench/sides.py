"""Sides as whoever measures sees them: a process to start, deeds to send it, answers to wait for."""

import os
import re
import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

from bench import slack
from bench.apps import environment
from bench.deeds import Deed, signed
from bench.serving import Side
from bench.slack import Slack

_IDLE = 5.0  # seconds
_BUSY = "did not answer in time"
_ROOT = Path(__file__).parent.parent


class WrongAnswer(Exception):
    """A side did not do what was asked: its time would mean nothing."""


class Running:
    """A side that serves."""

    def __init__(self, process: subprocess.Popen[str], url: str, stand_in: Slack, side: Side) -> None:
        self.process, self.url, self.side = process, url, side
        self._stand_in = stand_in
        self._connections: list[_Connection] = []
        self.refused = 0  # answers that the database was too busy, so far

    def ask(self, deed: Deed, numbers: Sequence[int], at_once: int) -> list[float]:
        """Do `deed` once for each number, so many at a time; the seconds until each acknowledgement."""
        if self.side.socket:
            found = slack.asked(
                self._stand_in.link(f"xapp-{self.side.token}"),
                [deed.over_socket(n) for n in numbers],
                at_once,
            )
        else:
            found = self._post([signed(deed.body(n), urlsplit(self.url).path) for n in numbers], at_once)
        for _, answer in found:
            if _BUSY in answer:
                self.refused += 1
            elif deed.expects not in answer:
                raise WrongAnswer(f"{self.side.app} answered {deed.name}: {answer[:400]}")
        return [seconds for seconds, _ in found]

    def memory(self) -> int:
        """Bytes that the process holds now (Linux: its resident set)."""
        pages = (Path("/proc") / str(self.process.pid) / "statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def _post(self, requests: Sequence[bytes], at_once: int) -> list[tuple[float, str]]:
        self._connect(at_once)
        waiting, found = iter(requests), list[tuple[float, str]]()
        with selectors.DefaultSelector() as selector:
            for connection in self._connections[:at_once]:
                request = next(waiting, None)
                if request is not None:
                    selector.register(connection.socket, selectors.EVENT_READ, connection)
                    connection.send(request)
            while len(found) < len(requests):
                for key, _ in selector.select(20):
                    connection = key.data
                    answer = connection.received()
                    if answer is None:
                        continue
                    found.append(answer)
                    request = next(waiting, None)
                    if request is not None:
                        connection.send(request)
        return found

    def _connect(self, clients: int) -> None:
        """The server closes a connection after 10 idle seconds."""
        fresh = [one for one in self._connections if perf_counter() - one.used < _IDLE]
        for stale in set(self._connections) - set(fresh):
            stale.socket.close()
        self._connections = fresh
        while len(self._connections) < clients:
            self._connections.append(_Connection(self.url))


class _Connection:
    """One client's connection, kept open."""

    def __init__(self, url: str) -> None:
        at = urlsplit(url)
        self.socket = socket.create_connection((at.hostname or "", at.port or 0), timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read, self._began, self.used = b"", 0.0, perf_counter()

    def send(self, request: bytes) -> None:
        self._read, self._began = b"", perf_counter()
        self.socket.sendall(request)

    def received(self) -> tuple[float, str] | None:
        """The seconds and the words of the answer, once it is whole."""
        more = self.socket.recv(1 << 16)
        if not more:
            raise WrongAnswer("the server hung up")
        self._read += more
        head, found, body = self._read.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        if not found or len(body) < int(length[1] if length else 0):
            return None
        self.used = perf_counter()
        seconds = self.used - self._began
        if not head.startswith(b"HTTP/1.1 200"):
            raise WrongAnswer(self._read[:400].decode())
        return seconds, body.decode()


@contextmanager
def running(side: Side, stand_in: Slack) -> Iterator[Running]:
    """A side in a process of its own, which ends with the block."""
    command = [sys.executable, "-m", "bench.serving", side.as_argument()]
    process = subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    try:
        assert process.stdout
        url = process.stdout.readline().strip()
        if not url:
            raise WrongAnswer(f"{side.app} did not start")
        yield Running(process, url, stand_in, side)
    finally:
        process.kill()
        process.communicate()


@contextmanager
def started(url: str, folder: Path, stand_in: Slack) -> Iterator[Running]:
    """`clearance run --http` as a user starts it, in `folder`, once it says that it runs."""
    settings = environment(url, folder, stand_in)
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run", "--http", "--port", "0"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(_ROOT), **settings},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr
        said: list[str] = []
        for line in process.stderr:
            said.append(line)
            if found := re.search(r"is running at (http\S+)\. ", line):
                yield Running(process, found[1], stand_in, Side("ours", stand_in.api_url, str(folder), url))
                return
        raise WrongAnswer(f"the command did not start: {''.join(said)}")
    finally:
        process.kill()
        process.communicate()


def all_running(sides: dict[str, Side], stand_in: Slack, stack: ExitStack) -> dict[str, Running]:
    """Several sides at once."""
    return {name: stack.enter_context(running(side, stand_in)) for name, side in sides.items()}
