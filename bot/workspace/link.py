"""Socket Mode: envelopes to the app, its acknowledgements back."""

from __future__ import annotations

import asyncio
import json
import secrets
import uuid
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from .refusals import NotDelivered
from .scene import APP_ID

ACK_SECONDS = 3.0
CONNECTIONS = 10  # Slack's limit for one app


class Link:
    """The app's open connections. Each envelope goes to one of them, in turn."""

    def __init__(self) -> None:
        self._tickets: set[str] = set()
        self._connections: list[WebSocket] = []
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._turn = 0
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
        self._connections.append(socket)
        try:
            await socket.send_text(self._hello())
            while True:
                self._acknowledge(await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            self._connections.remove(socket)

    async def deliver(self, kind: str, payload: dict[str, Any], *, answered: bool = True) -> dict[str, Any]:
        """Send one envelope and wait for its acknowledgement; returns what came with it."""
        if not self._connections:
            raise NotDelivered("the app is not connected")
        envelope_id = str(uuid.uuid4())
        envelope: dict[str, Any] = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": answered,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": 0, "retry_reason": ""}
        self._turn += 1
        socket = self._connections[self._turn % len(self._connections)]
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = waiting
        try:
            await socket.send_text(json.dumps(envelope))
            return await asyncio.wait_for(waiting, self.ack_seconds)
        except TimeoutError as late:
            raise NotDelivered("no acknowledgement within 3 s") from late
        except (WebSocketDisconnect, RuntimeError) as gone:
            raise NotDelivered("the connection closed while sending") from gone
        finally:
            del self._waiting[envelope_id]

    def abandon(self) -> None:
        """Wait for no acknowledgement any more: the server is about to stop."""
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(NotDelivered("the workspace is stopping"))

    async def close(self) -> None:
        """End every connection, so that the server can stop."""
        for socket in list(self._connections):
            await socket.close(1001)

    def _hello(self) -> str:
        return json.dumps(
            {
                "type": "hello",
                "num_connections": self.connected,
                "debug_info": {
                    "host": "local",
                    "build_number": 1,
                    "approximate_connection_time": 18060,
                },
                "connection_info": {"app_id": APP_ID},
            }
        )

    def _acknowledge(self, text: str) -> None:
        try:
            envelope = json.loads(text)
        except json.JSONDecodeError:
            return
        waiting = self._waiting.get(envelope.get("envelope_id", ""))
        if waiting is not None and not waiting.done():
            waiting.set_result(envelope.get("payload") or {})
