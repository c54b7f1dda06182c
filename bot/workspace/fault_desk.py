"""Where faults happen to calls, and where another process asks for them."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from .faults import Fault, Luck, Plan, Reason
from .workspace import Workspace


async def suffer(
    workspace: Workspace, request: Request, fault: Fault, answered: Callable[[], Response]
) -> Response:
    """Answer a call as the fault has it; `answered` makes the call take effect."""
    if fault.kind == "ratelimited":
        return too_many(math.ceil(fault.lasting))
    if fault.kind == "http":
        return HTMLResponse("<h1>Something went wrong on our end.</h1>", status_code=fault.status)
    if fault.kind == "refuse":
        return JSONResponse({"ok": False, "error": fault.error})
    if fault.kind == "drop_before":
        return await _broken(workspace, request)
    answer = answered()
    if fault.kind == "drop_after":
        return await _broken(workspace, request)
    if fault.kind == "slow":
        await asyncio.sleep(fault.lasting)
    return answer


def too_many(retry_after: int) -> Response:
    """429 as Slack sends it."""
    return JSONResponse(
        {"ok": False, "error": "ratelimited"}, status_code=429, headers={"Retry-After": str(retry_after)}
    )


async def _broken(workspace: Workspace, request: Request) -> Response:
    if request.client is not None:
        workspace.cut(request.client)
    # The server notices in its next round; what is answered after that goes nowhere.
    await asyncio.sleep(0)
    return Response(status_code=500)


class _Order(BaseModel):
    """What may be asked over HTTP, done in this order."""

    model_config = ConfigDict(extra="forbid")

    clear: bool = False
    plan: tuple[Plan, ...] = ()
    random: Luck | None = None
    disconnect: Reason | None = None
    grace: float = 5
    hang_up: bool = False
    cut: bool = False


def fault_routes(workspace: Workspace) -> list[Route]:
    """POST /faults plans and breaks, GET /faults tells what was injected."""

    async def tell(request: Request) -> Response:
        faults = workspace.faults
        told = {"tally": dict(faults.tally), "total": faults.tally.total(), "open": faults.open_plans}
        return JSONResponse(told | {"paced": dict(workspace.pacing.tally)})

    async def order(request: Request) -> Response:
        # A page of another site could post a form here, but no JSON.
        if not request.headers.get("content-type", "").startswith("application/json"):
            return JSONResponse({"error": "send application/json"}, status_code=415)
        try:
            asked = _Order.model_validate_json(await request.body())
        except ValidationError as wrong:
            return JSONResponse({"error": str(wrong)}, status_code=400)
        await _obey(workspace, asked)
        return await tell(request)

    return [Route("/faults", tell), Route("/faults", order, methods=["POST"])]


async def _obey(workspace: Workspace, asked: _Order) -> None:
    if asked.clear:
        workspace.faults.clear()
    for plan in asked.plan:
        workspace.faults.add(plan)
    if asked.random is not None:
        workspace.faults.trust(asked.random)
    if asked.disconnect is not None:
        await workspace.link.announce(asked.disconnect, asked.grace)
    if asked.hang_up:
        await workspace.link.close()
    if asked.cut:
        workspace.link.sever()
