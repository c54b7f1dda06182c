"""The server: one uvicorn in a thread of its own, on loopback only."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from .api import answer
from .fault_desk import fault_routes
from .faults import Reason
from .page import page_routes
from .page_actions import action_routes
from .responses import respond
from .workspace import Workspace

HOST = "127.0.0.1"
START_SECONDS = 10.0
STOP_SECONDS = 1.0


def application(workspace: Workspace) -> Starlette:
    """The ASGI application around one workspace."""

    async def api(request: Request) -> Response:
        return await answer(workspace, request)

    async def response(request: Request) -> Response:
        return await respond(workspace, request)

    async def link(websocket: WebSocket) -> None:
        await workspace.link.serve(websocket)

    routes: list[BaseRoute] = [
        Route("/api/{method}", api, methods=["GET", "POST"]),
        Route("/response/{token}", response, methods=["POST"]),
        WebSocketRoute("/link/", link),
        *fault_routes(workspace),
        *action_routes(workspace),
        *page_routes(workspace),
    ]
    return Starlette(routes=routes)


class _Server(uvicorn.Server):
    """uvicorn, but asked to leave it leaves at once: its own loops look around every 100 ms."""

    async def main_loop(self) -> None:
        self._leaving = asyncio.Event()
        counter = 0
        while not await self.on_tick(counter):
            counter += 10
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._leaving.wait(), 1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        deadline = time.monotonic() + STOP_SECONDS
        while (state.connections or state.tasks) and time.monotonic() < deadline:
            await asyncio.sleep(0.002)
        # Whoever is left is a client that does not read: the loop's end cancels its task.
        for connection in list(state.connections):
            connection.transport.close()

    def leave(self) -> None:
        """End serving."""
        self.should_exit = True
        self._leaving.set()

    def cut(self, client: tuple[str, int]) -> None:
        """End one client's connection without another word."""
        for connection in list(self.server_state.connections):
            if getattr(connection, "client", None) == client:
                connection.transport.abort()


class RunningWorkspace:
    """A served workspace; use it as a context manager."""

    def __init__(self, workspace: Workspace, port: int) -> None:
        self.workspace = workspace
        # asyncio turns Nagle off only where the protocol is named: else each answer takes 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((HOST, port))
        except OSError:
            self._socket.close()
            raise
        self.url = f"http://{HOST}:{self._socket.getsockname()[1]}/"
        self.api_url = f"{self.url}api/"
        workspace.base_url = self.url
        self._loop: asyncio.AbstractEventLoop | None = None
        config = uvicorn.Config(
            application(workspace),
            ws="websockets-sansio",
            lifespan="off",
            log_config=None,
            access_log=False,
            log_level="warning",
        )
        self._server = _Server(config)
        workspace.cut = self._server.cut
        self._thread = threading.Thread(target=self._run, name="workspace", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                self._socket.close()
                raise RuntimeError("the local workspace did not start")
            time.sleep(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop)
        self._thread.join(timeout=5)
        self._socket.close()

    def hang_up(self) -> None:
        """End the app's connections from Slack's side; before a client's own close it saves 3 s in a read."""
        self._on_loop(self.workspace.link.close)

    def disconnect(self, reason: Reason = "refresh_requested", grace: float = 5) -> None:
        """Ask the app to connect anew; its present connections are closed `grace` seconds later."""
        self._on_loop(lambda: self.workspace.link.announce(reason, grace))

    def cut(self) -> None:
        """Break the app's connections without a closing handshake, as a dying network does."""

        async def sever() -> None:
            self.workspace.link.sever()

        self._on_loop(sever)

    def _on_loop(self, deed: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if self._loop is not None and self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(deed(), self._loop).result(timeout=2)

    def _stop(self) -> None:
        # Streams and sockets end first: uvicorn would wait for them.
        self.workspace.news.close()
        self.workspace.link.abandon()
        self._server.leave()

    def _run(self) -> None:
        async def main() -> None:
            self._loop = asyncio.get_running_loop()
            async with self._links():
                await self._server.serve(sockets=[self._socket])

        asyncio.run(main())

    @contextlib.asynccontextmanager
    async def _links(self) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await self.workspace.link.close()


def serve(workspace: Workspace, port: int = 0) -> RunningWorkspace:
    """Serve a workspace on loopback; port 0 takes a free one."""
    return RunningWorkspace(workspace, port)
