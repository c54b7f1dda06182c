"""The same stories over HTTP: what people do reaches the bot as signed requests, and no socket is open."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from pydantic import SecretStr

from bot.app import assemble, start_http
from bot.http import PATH
from bot.pace import unhurried
from tests.flows.conftest import Stage, stage_of
from tests.person import text_of
from tests.studio import ESCALATE, ask, card, decide, file, hears, house, shows

SECRET = "0123456789abcdef0123456789abcdef"


def signed(body: str, stamp: str) -> str:
    mac = hmac.new(SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256)
    return f"v0={mac.hexdigest()}"


def send(url: str, kind: str, payload: dict[str, Any], secret_is_right: bool = True) -> httpx.Response:
    """As Slack sends it: an event as JSON, a command or a deed in a form."""
    event = kind == "events_api"
    form = urlencode(payload if kind == "slash_commands" else {"payload": json.dumps(payload)})
    body = json.dumps(payload) if event else form
    stamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json" if event else "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signed(body if secret_is_right else "", stamp),
    }
    return httpx.post(url + PATH, content=body, headers=headers, trust_env=False, verify=False, timeout=5)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, str]]:
    """A bot that is reached over HTTP alone."""
    with house(tmp_path_factory.mktemp("house")) as built, ExitStack() as stack:
        settings = built.settings.model_copy(update={"slack_signing_secret": SecretStr(SECRET)})
        clearance = assemble(settings, stack, pace=unhurried())
        url = start_http(clearance, settings, stack, "127.0.0.1", 0)

        async def deliver(kind: str, payload: dict[str, Any], *, answered: bool = True) -> dict[str, Any]:
            answer = await asyncio.to_thread(send, url, kind, payload)
            assert answer.status_code == 200, answer.text
            told = answer.json() if answer.headers["content-type"].startswith("application/json") else {}
            return dict(told)

        built.workspace.link.deliver = deliver  # type: ignore[method-assign]
        yield stage_of(built), url


def test_a_request_filed_and_decided_over_http(served: tuple[Stage, str]) -> None:
    stage, _ = served
    assert stage.house.workspace.link.connected == 0
    number = file(stage.ana, ESCALATE)
    assert "Mood boards" in text_of(card(stage.ravi, number))
    hears(stage.ana, number, "receipt")
    assert "is approved" in decide(stage.ravi, ask(stage.ravi, number), "approve")
    shows(lambda: card(stage.ravi, number), "*Approved*", who=stage.ravi)


def test_home_over_http(served: tuple[Stage, str]) -> None:
    stage, _ = served
    number = file(stage.ana, ESCALATE, title="Boards for five")
    home = stage.ravi.wait(lambda: view if "Boards for five" in text_of(view := opened(stage)) else None)
    assert f"GEN-{number} · Boards for five" in text_of(home)
    stage.ravi.press_at_home("decide:deny", f"digest:{number}")
    stage.ravi.wait(stage.ravi.modal)
    stage.ravi.fill(reason="No.")
    assert stage.ravi.submit() == {}
    stage.ravi.wait(lambda: "Boards for five" not in text_of(stage.ravi.at_home() or {}))


def opened(stage: Stage) -> dict[str, Any]:
    return stage.ravi.home() or {}


def test_an_unsigned_command_changes_nothing(served: tuple[Stage, str]) -> None:
    stage, url = served
    before = stage.house.rows("SELECT count(*) FROM requests")
    command = {"command": "/genai-request", "text": "help", "user_id": "U0ANA", "team_id": "T0STUDIO"}
    assert send(url, "slash_commands", command, secret_is_right=False).status_code == 401
    assert stage.house.rows("SELECT count(*) FROM requests") == before


def test_ready_until_the_worker_stops(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        settings = built.settings.model_copy(update={"slack_signing_secret": SecretStr(SECRET)})
        with ExitStack() as stack:
            clearance = assemble(settings, stack, pace=unhurried())
            url = start_http(clearance, settings, stack, "127.0.0.1", 0)
            assert get(url, "/readyz") == (200, "ready") and get(url, "/healthz") == (200, "alive")
            clearance.delivery.stop()
            assert get(url, "/readyz") == (503, "Nothing is delivered: the worker has stopped.")
            assert get(url, "/healthz") == (200, "alive")


def get(url: str, path: str) -> tuple[int, str]:
    answer = httpx.get(url + path, trust_env=False, verify=False)
    return answer.status_code, answer.text
