"""Socket Mode: envelopes to the app, its acknowledgements back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from .faults import ENVELOPE, Fault
from .refusals import NotDelivered
from .scene import APP_ID

Json = dict[str, Any]

ACK_SECONDS = 3.0
CONNECTIONS = 10  # Slack's limit for one app


@dataclass(eq=False)
class _Connection:
    """One socket of the app; a retiring one gets envelopes only while there is no other."""

    socket: WebSocket
    retiring: bool = False

    async def send(self, message: Json) -> None:
        """Send, or say that nobody is there any more."""
        try:
            await self.socket.send_text(json.dumps(message))
        except (WebSocketDisconnect, RuntimeError) as gone:
            raise NotDelivered("the connection closed while sending") from gone

    async def close(self, code: int) -> None:
        """Close it properly; one that is closing already needs nothing."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await self.socket.close(code)


class Link:
    """The app's open connections. Each envelope goes to one of them, in turn."""

    def __init__(self, meet: Callable[[str], Fault | None], cut: Callable[[tuple[str, int]], None]) -> None:
        self._meet, self._cut = meet, cut
        self._tickets: set[str] = set()
        self._connections: list[_Connection] = []
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._turn = 0
        # What happens a little later: the loop itself keeps only weak references to tasks.
        self._later: set[asyncio.Task[None]] = set()
        # Seconds an acknowledgement may take; Slack's 3 unless a test has less patience.
        self.ack_seconds = ACK_SECONDS

    def ticket(self) -> str:
        """A single-use right to connect."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return ticket

    @property
    def connected(self) -> int:
        """How many connections the app holds open."""
        return len(self._connections)

    async def serve(self, socket: WebSocket) -> None:
        """Hold one connection of the app until it ends."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets or self.connected >= CONNECTIONS:
            await socket.close(4001)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        connection = _Connection(socket)
        self._connections.append(connection)
        try:
            await connection.send(self._hello())
            while True:
                self._acknowledge(await socket.receive_text())
        except (WebSocketDisconnect, NotDelivered):
            pass
        finally:
            self._connections.remove(connection)

    async def deliver(self, kind: str, payload: Json, *, answered: bool = True) -> Json:
        """Send one envelope and wait for its acknowledgement; returns what came with it."""
        fault = self._meet(f"{ENVELOPE}{kind}")
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.lasting)
        connection = self._next()
        if fault is not None and fault.kind == "drop_before":
            self._sever(connection)
            raise NotDelivered("the connection broke")
        envelope_id = str(uuid.uuid4())
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": answered,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": 0, "retry_reason": ""}
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = waiting
        try:
            await connection.send(envelope)
            if fault is not None:
                await self._spoil(fault, connection, envelope)
            return await asyncio.wait_for(waiting, self.ack_seconds)
        except TimeoutError as late:
            raise NotDelivered("no acknowledgement within 3 s") from late
        finally:
            del self._waiting[envelope_id]

    async def announce(self, reason: str, grace: float) -> None:
        """Ask the app to connect anew, as Slack does; the old connections end after `grace` seconds."""
        for connection in list(self._connections):
            await self._retire(connection, reason, grace)

    def sever(self) -> None:
        """Break every connection without a closing handshake."""
        for connection in list(self._connections):
            self._sever(connection)

    def abandon(self) -> None:
        """Wait for no acknowledgement any more: the server is about to stop."""
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(NotDelivered("the workspace is stopping"))

    async def close(self) -> None:
        """End every connection, so that the server can stop."""
        for connection in list(self._connections):
            await connection.close(1001)

    def _next(self) -> _Connection:
        """Whose turn it is."""
        able = [one for one in self._connections if not one.retiring] or self._connections
        if not able:
            raise NotDelivered("the app is not connected")
        self._turn += 1
        return able[self._turn % len(able)]

    async def _spoil(self, fault: Fault, connection: _Connection, envelope: Json) -> None:
        """What goes wrong with an envelope that is on its way."""
        if fault.kind == "again":
            self._soon(self._repeat(envelope, fault.lasting))
        elif fault.kind == "again_as_new":
            again = envelope | {"envelope_id": str(uuid.uuid4())}
            if envelope["type"] == "events_api":
                again |= {"retry_attempt": 1, "retry_reason": "timeout"}
            self._soon(self._repeat(again, fault.lasting))
        elif fault.kind == "disconnect":
            await self._retire(connection, fault.reason, fault.lasting)
        elif fault.kind == "hang_up":
            await connection.close(1001)
        elif fault.kind == "drop_after":
            # One round of the loop, so that the bytes are out before the line is dead.
            await asyncio.sleep(0)
            self._sever(connection)

    async def _repeat(self, envelope: Json, seconds: float) -> None:
        await asyncio.sleep(seconds)
        # Nobody there to hear it twice is no news.
        with contextlib.suppress(NotDelivered):
            await self._next().send(envelope)

    async def _retire(self, connection: _Connection, reason: str, grace: float) -> None:
        connection.retiring = True
        # Closing meanwhile is what the message asks for.
        with contextlib.suppress(NotDelivered):
            await connection.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}})
        self._soon(self._end(connection, grace))

    async def _end(self, connection: _Connection, grace: float) -> None:
        await asyncio.sleep(grace)
        if connection in self._connections:
            await connection.close(1000)

    def _sever(self, connection: _Connection) -> None:
        if connection.socket.client is not None:
            self._cut(connection.socket.client)

    def _soon(self, deed: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(deed)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.connected,
            "debug_info": {"host": "local", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": APP_ID},
        }

    def _acknowledge(self, text: str) -> None:
        try:
            envelope = json.loads(text)
        except json.JSONDecodeError:
            return
        waiting = self._waiting.get(envelope.get("envelope_id", ""))
        if waiting is not None and not waiting.done():
            waiting.set_result(envelope.get("payload") or {})
