"""The page: what a person sees, rendered on the server."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from . import deeds
from .page_actions import acting, reachable
from .scenery import Scenery
from .snapshot import snapshot
from .workspace import Workspace

STATIC = Path(__file__).parent / "static"
COOKIE = "acting"


def page_routes(workspace: Workspace) -> list[Route | Mount]:
    """Everything the browser fetches."""
    page = Page(workspace)
    return [
        Route("/", page.start),
        Mount("/static", StaticFiles(directory=STATIC)),
        Route("/favicon.ico", page.icon),
        Route("/archives/{channel}/{moment}", page.permalink),
        Route("/as/{user}", page.first),
        Route("/as/{user}/state.json", page.state),
        Route("/as/{user}/news", page.news),
        Route("/as/{user}/modal", page.modal),
        Route("/as/{user}/home", page.home),
        Route("/as/{user}/{channel}", page.channel),
        Route("/as/{user}/{channel}/feed", page.feed),
    ]


class Page:
    """Endpoints over one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._scenery = Scenery(workspace)

    async def start(self, request: Request) -> Response:
        """The bare address: the person of this browser, else the first of the scene."""
        return RedirectResponse(f"/as/{self._someone(request)}")

    async def icon(self, request: Request) -> Response:
        """The icon browsers ask for unasked."""
        return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")

    async def first(self, request: Request) -> Response:
        """A person without a place: their first channel."""
        user = acting(self._workspace, request)
        rooms = [one for one in self._workspace.conversations.values() if user in one.members]
        rooms.sort(key=lambda one: one.kind == "im")
        return RedirectResponse(f"/as/{user}/{rooms[0].id}")

    async def permalink(self, request: Request) -> Response:
        """A link to a message, opened as whoever follows it."""
        user = self._someone(request)
        channel, digits = request.path_params["channel"], request.path_params["moment"].removeprefix("p")
        ts = f"{digits[:-6]}.{digits[-6:]}"
        where = reachable(self._workspace, user, channel)
        message = where.find(ts)
        thread = request.query_params.get("thread_ts") or (message.thread_ts if message else None) or ts
        return RedirectResponse(f"/as/{user}/{channel}?thread={thread}#m{ts}")

    async def state(self, request: Request) -> Response:
        """Everything as JSON."""
        return JSONResponse(snapshot(self._workspace, acting(self._workspace, request)))

    async def news(self, request: Request) -> Response:
        """The stream of words that make the page look again."""
        stream = self._workspace.news.listen(acting(self._workspace, request))
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    async def modal(self, request: Request) -> Response:
        """The open modal alone."""
        return HTMLResponse(self._scenery.modal(acting(self._workspace, request)))

    async def channel(self, request: Request) -> Response:
        """The whole page at one conversation."""
        user = acting(self._workspace, request)
        where = reachable(self._workspace, user, request.path_params["channel"])
        unread = where.unread(user)
        fresh = unread[0].ts if unread else ""
        where.last_read[user] = self._workspace.stamp()
        thread = request.query_params.get("thread")
        return self._remembering(user, self._scenery.page(user, where, thread, fresh))

    async def feed(self, request: Request) -> Response:
        """The parts of the page that change by themselves."""
        user = acting(self._workspace, request)
        given = request.query_params
        if request.path_params["channel"] == "home":
            return HTMLResponse(self._scenery.feed(user, None, None, ""))
        where = reachable(self._workspace, user, request.path_params["channel"])
        if given.get("seen"):
            where.last_read[user] = self._workspace.stamp()
        return HTMLResponse(self._scenery.feed(user, where, given.get("thread"), given.get("fresh", "")))

    async def home(self, request: Request) -> Response:
        """The app's home; the app may publish it only now, and the page then looks again."""
        user = acting(self._workspace, request)
        if not self._workspace.manifest.home_tab:
            return RedirectResponse(f"/as/{user}")
        await deeds.look_home(self._workspace, user)
        return self._remembering(user, self._scenery.page(user, None, None, ""))

    def _someone(self, request: Request) -> str:
        """Whoever this tab acts as: its last address, else the browser's cookie, else the first."""
        _, _, rest = request.headers.get("referer", "").partition("/as/")
        known = self._workspace.people
        for user in (rest.partition("/")[0], request.cookies.get(COOKIE, "")):
            if user in known:
                return user
        return next(iter(known))

    def _remembering(self, user: str, html: str) -> Response:
        answer = HTMLResponse(html, headers={"Cache-Control": "no-store"})
        answer.set_cookie(COOKIE, user, httponly=True, samesite="lax")
        return answer
