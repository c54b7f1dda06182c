"""The server: one uvicorn in a thread of its own, on loopback only."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import AsyncIterator
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from .api import answer
from .page import page_routes
from .page_actions import action_routes
from .responses import respond
from .workspace import Workspace

HOST = "127.0.0.1"
START_SECONDS = 10.0


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
        *action_routes(workspace),
        *page_routes(workspace),
    ]
    return Starlette(routes=routes)


class RunningWorkspace:
    """A served workspace; use it as a context manager."""

    def __init__(self, workspace: Workspace, port: int) -> None:
        self.workspace = workspace
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
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
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
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
        """End the app's connections from Slack's side, as Slack does from time to time."""
        if self._loop is not None and self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self.workspace.link.close(), self._loop).result(timeout=2)

    def _stop(self) -> None:
        # Streams and sockets end first: uvicorn would wait for them.
        self.workspace.news.close()
        self.workspace.link.abandon()
        self._server.should_exit = True

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
