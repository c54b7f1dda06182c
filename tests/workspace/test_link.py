"""What goes wrong between Slack and the app's sockets when a test asks for it."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from websockets.exceptions import ConnectionClosed, ConnectionClosedError
from websockets.sync.client import ClientConnection, connect

from bot.workspace import Fault, RunningWorkspace
from tests.person import stop_listening
from tests.workspace.conftest import Stage

Json = dict[str, Any]


class Socket:
    """One connection that does by hand what an app's client does."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def hear(self) -> Json:
        told: Json = json.loads(self.connection.recv(timeout=5))
        return told

    def acknowledge(self, envelope: Json, **payload: Any) -> None:
        self.connection.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": payload}))

    def close_code(self) -> int:
        """The code it ends with; 1006 is what one gives who went without a word."""
        with pytest.raises(ConnectionClosed) as ended:
            while True:
                self.connection.recv(timeout=5)
        received = ended.value.rcvd
        return received.code if received else 1006


@contextmanager
def plugged(stage: Stage) -> Iterator[Socket]:
    opened = stage.app.client.apps_connections_open(app_token=stage.workspace.app_token)
    with connect(opened["url"], proxy=None) as connection:
        socket = Socket(connection)
        assert socket.hear()["type"] == "hello"
        yield socket


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as held:
        yield held


def ask(stage: Stage, pool: ThreadPoolExecutor) -> Future[None]:
    """Ana types a command and waits for what comes of it."""
    return pool.submit(stage.ana.command, "C0SHOW", "/ask something")


def finished(deed: Future[None], stage: Stage) -> str | None:
    deed.result(timeout=5)
    return stage.ana.notice()


def test_an_envelope_comes_twice_with_one_id(silent: Stage, pool: ThreadPoolExecutor) -> None:
    silent.workspace.faults.plan("envelope.slash_commands", "again")
    with plugged(silent) as socket:
        asked = ask(silent, pool)
        first, second = socket.hear(), socket.hear()
        assert first == second
        socket.acknowledge(second, text="once")
        socket.acknowledge(first, text="twice")
        assert finished(asked, silent) is None
    assert silent.ana.ephemerals("C0SHOW") == ["once"]


def test_an_envelope_comes_twice_with_a_new_id(silent: Stage, pool: ThreadPoolExecutor) -> None:
    silent.workspace.faults.plan("envelope.*", Fault(kind="again_as_new", seconds=0.05))
    with plugged(silent) as socket:
        asked = ask(silent, pool)
        first = socket.hear()
        socket.acknowledge(first, text="once")
        assert finished(asked, silent) is None
        second = socket.hear()
        assert second["payload"] == first["payload"] and second["envelope_id"] != first["envelope_id"]
        socket.acknowledge(second, text="twice")
    assert silent.ana.ephemerals("C0SHOW") == ["once"]


def test_an_event_that_comes_again_says_so(silent: Stage) -> None:
    silent.workspace.faults.plan("envelope.events_api", "again_as_new")
    with plugged(silent) as socket, ThreadPoolExecutor() as pool:
        looked = pool.submit(silent.ana.home)
        first, second = socket.hear(), socket.hear()
        assert (first["retry_attempt"], second["retry_attempt"]) == (0, 1)
        assert first["payload"]["event_id"] == second["payload"]["event_id"]
        socket.acknowledge(first)
        looked.result(timeout=5)


def test_a_connection_breaks_before_the_envelope(silent: Stage, pool: ThreadPoolExecutor) -> None:
    silent.workspace.faults.plan("envelope.*", "drop_before")
    with plugged(silent) as socket:
        assert "failed" in (finished(ask(silent, pool), silent) or "")
        assert socket.close_code() == 1006


@pytest.mark.parametrize(("kind", "code"), [("drop_after", 1006), ("hang_up", 1001)])
def test_a_connection_ends_after_the_envelope(
    silent: Stage, pool: ThreadPoolExecutor, kind: Any, code: int
) -> None:
    silent.workspace.faults.plan("envelope.*", kind)
    with plugged(silent) as other, plugged(silent) as socket:
        # The first turn is the second connection's.
        asked = ask(silent, pool)
        envelope = socket.hear()
        assert socket.close_code() == code
        # What was heard can still be acknowledged over another connection.
        other.acknowledge(envelope, text="yes")
        assert finished(asked, silent) is None
    assert silent.ana.ephemerals("C0SHOW") == ["yes"]


def test_a_refresh_moves_on_to_the_new_connection(silent: Stage, pool: ThreadPoolExecutor) -> None:
    with plugged(silent) as old:
        silent.running.disconnect("warning", grace=0.3)
        told = old.hear()
        assert (told["type"], told["reason"]) == ("disconnect", "warning")
        with plugged(silent) as new:
            asked = ask(silent, pool)
            new.acknowledge(new.hear())
            assert finished(asked, silent) is None
            assert old.close_code() == 1000


def test_a_refresh_with_an_envelope_on_its_way(silent: Stage, pool: ThreadPoolExecutor) -> None:
    silent.workspace.faults.plan("envelope.*", Fault(kind="disconnect", seconds=0.1))
    with plugged(silent) as socket:
        asked = ask(silent, pool)
        envelope, told = socket.hear(), socket.hear()
        assert (told["type"], told["reason"]) == ("disconnect", "refresh_requested")
        socket.acknowledge(envelope)
        assert finished(asked, silent) is None
        assert socket.close_code() == 1000


def test_a_late_envelope_is_a_failure_only_when_its_answer_is_late(
    silent: Stage, pool: ThreadPoolExecutor
) -> None:
    silent.workspace.faults.plan("envelope.*", Fault(kind="slow", seconds=0.2))
    with plugged(silent) as socket:
        asked = ask(silent, pool)
        socket.acknowledge(socket.hear())
        assert finished(asked, silent) is None


def test_another_process_breaks_the_connections(silent: Stage) -> None:
    with httpx.Client(base_url=silent.running.url, trust_env=False) as http:
        for order, code in (({"cut": True}, 1006), ({"hang_up": True}, 1001)):
            with plugged(silent) as socket:
                assert http.post("faults", json=order).is_success
                assert socket.close_code() == code
        with plugged(silent) as socket:
            http.post("faults", json={"disconnect": "refresh_requested", "grace": 0.05})
            assert socket.hear()["reason"] == "refresh_requested"
            assert socket.close_code() == 1000


def test_a_dead_network_is_no_closing_handshake(silent: Stage) -> None:
    with plugged(silent) as socket:
        silent.running.cut()
        with pytest.raises(ConnectionClosedError):
            socket.connection.recv(timeout=5)


BREAKS: dict[str, Callable[[RunningWorkspace], None]] = {
    # The SDK's client would read its old socket for 3 s more unless that is closed soon.
    "refresh": lambda running: running.disconnect(grace=0.05),
    "hang up": lambda running: running.hang_up(),
    "cut": lambda running: running.cut(),
}


# slack_sdk leaves a socket that was lost to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("way", BREAKS)
def test_the_real_client_comes_back(silent: Stage, way: str) -> None:
    handler = SocketModeHandler(silent.app.bolt, silent.workspace.app_token, ping_interval=0.1)
    handler.client.connect()
    before = handler.client.session_id()
    BREAKS[way](silent.running)
    silent.ana.wait(lambda: handler.client.session_id() != before and silent.workspace.link.connected)

    def answered() -> bool:
        silent.ana.command("C0SHOW", "/ask hello")
        return "You said: hello" in silent.ana.ephemerals("C0SHOW")

    silent.ana.wait(answered, seconds=10)
    began = time.monotonic()
    stop_listening(silent.running, handler)
    assert time.monotonic() - began < 1
    gc.collect()
