"""What goes wrong with calls when a test asks for it, and how fast the app may post."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import RemoteDisconnected
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.workspace import Fault, Faults, Workspace, serve
from bot.workspace.refusals import RateLimited
from tests.person import Person
from tests.workspace.conftest import SCENE, Stage
from tests.workspace.test_api import error_of
from tests.workspace.test_history import posted, texts

NAMES = ("chat.postMessage", "chat.update", "conversations.history")
KINDS = [Fault(kind="http", status=500), Fault(kind="drop_after"), Fault(kind="stale", messages=1)]


def post(stage: Stage, text: str = "x", channel: str = "C0SHOW") -> Any:
    return stage.app.client.chat_postMessage(channel=channel, text=text)


def test_nothing_goes_wrong_unasked(silent: Stage) -> None:
    post(silent)
    assert silent.workspace.faults.tally == {}
    assert silent.workspace.faults.open_plans == 0


def test_429_tells_how_long_to_wait(silent: Stage) -> None:
    silent.workspace.faults.plan("chat.postMessage", Fault(kind="ratelimited", seconds=7), after=1, times=2)
    post(silent)
    for _ in range(2):
        with pytest.raises(SlackApiError) as refused:
            post(silent)
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["Retry-After"] == "7"
    post(silent)
    assert len(silent.ana.messages("C0SHOW")) == 2
    assert silent.workspace.faults.tally == {"chat.postMessage: ratelimited": 2}


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_fault_posts_nothing(silent: Stage, status: int) -> None:
    silent.workspace.faults.plan("chat.*", Fault(kind="http", status=status))
    with pytest.raises(SlackApiError) as refused:
        post(silent)
    assert refused.value.response.status_code == status
    assert silent.ana.messages("C0SHOW") == []


@pytest.mark.parametrize(("kind", "stands"), [("drop_before", 0), ("drop_after", 1)])
def test_a_broken_connection_before_and_after(silent: Stage, kind: Any, stands: int) -> None:
    silent.workspace.faults.plan("*", kind)
    with pytest.raises(RemoteDisconnected):
        post(silent)
    assert len(silent.ana.messages("C0SHOW")) == stands
    post(silent)
    assert len(silent.ana.messages("C0SHOW")) == stands + 1


def test_a_slow_answer_outlasts_the_callers_patience(silent: Stage) -> None:
    silent.workspace.faults.plan("chat.postMessage", Fault(kind="slow", seconds=0.4), times=2)
    hasty = WebClient(
        token=silent.workspace.bot_token,
        base_url=silent.running.api_url,
        retry_handlers=[],
        timeout=0.1,  # type: ignore[arg-type]
    )
    with pytest.raises(TimeoutError):
        hasty.chat_postMessage(channel="C0SHOW", text="x")
    assert len(silent.ana.messages("C0SHOW")) == 1
    began = time.monotonic()
    post(silent)
    assert time.monotonic() - began >= 0.4


@pytest.mark.parametrize(
    "error",
    [
        "channel_not_found",
        "not_in_channel",
        "invalid_blocks",
        "is_archived",
        "account_inactive",
        "msg_too_long",
        "internal_error",
        "ratelimited",
    ],
)
def test_slack_says_no_for_one_channel(silent: Stage, error: str) -> None:
    fault = Fault(kind="refuse", error=error)
    silent.workspace.faults.plan("chat.postMessage", fault, channel="C0QUIET", times=None)
    post(silent)
    with pytest.raises(SlackApiError) as refused:
        post(silent, channel="C0QUIET")
    assert (refused.value.response.status_code, refused.value.response["error"]) == (200, error)
    silent.workspace.faults.clear()
    post(silent, channel="C0QUIET")


def test_connections_are_refused_for_a_while(silent: Stage) -> None:
    faults, token = silent.workspace.faults, silent.workspace.app_token
    faults.plan("apps.connections.open", "refuse", times=None, within=0.2)
    call = silent.app.client.apps_connections_open
    assert error_of(call, app_token=token) == "internal_error"
    silent.ana.wait(lambda: faults.open_plans == 0)
    assert call(app_token=token)["url"].startswith("ws://127.0.0.1")


def test_stale_history_by_messages_and_by_seconds(silent: Stage) -> None:
    client, faults = silent.app.client, silent.workspace.faults
    root, _, _ = posted(client, 3)
    posted(client, 1, thread_ts=root)
    faults.plan("conversations.*", Fault(kind="stale", messages=2), times=2)
    assert texts(client.conversations_history(channel="C0SHOW")) == ["1", "0"]
    assert texts(client.conversations_replies(channel="C0SHOW", ts=root)) == ["0"]
    assert texts(client.conversations_replies(channel="C0SHOW", ts=root)) == ["0", "0"]
    faults.plan("*", Fault(kind="stale", seconds=30))
    assert texts(client.conversations_history(channel="C0SHOW")) == []
    (bare, _, _) = reversed(client.conversations_history(channel="C0SHOW")["messages"])
    assert bare["reply_count"] == 1


def drawn(seed: int, order: list[str]) -> dict[str, list[str]]:
    faults = Faults.random(seed, 0.5, KINDS)
    told: dict[str, list[str]] = {name: [] for name in NAMES}
    for name in order:
        told[name].append(str(faults.meet(name)))
    return told


def test_luck_depends_on_the_seed_and_the_order_of_each_methods_calls() -> None:
    order = [name for name in NAMES for _ in range(40)]
    first = drawn(7, order)
    assert drawn(7, [*reversed(order)]) == first
    assert drawn(8, order) != first
    injected = [one for each in first.values() for one in each if one != "None"]
    assert 30 < len(injected) < 90
    assert "stale" not in first["chat.update"] and "stale" in first["conversations.history"]


def test_luck_is_bounded_and_spares_what_is_not_named() -> None:
    faults = Faults.random(1, 1, ["drop_after"], methods=["chat.*"], at_most=1)
    assert faults.meet("auth.test") is None and faults.meet("envelope.interactive") is None
    assert faults.meet("chat.delete") == Fault(kind="drop_after")
    assert faults.meet("chat.delete") is None
    assert faults.tally == {"chat.delete: drop_after": 1}


def test_a_fault_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValidationError, match="kind"):
        Faults().plan("*", "explode")  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="seconds"):
        Fault(kind="slow", seconds=10_000)


def test_another_process_asks_over_http(silent: Stage) -> None:
    with httpx.Client(base_url=silent.running.url, trust_env=False) as http:
        plan = [{"method": "chat.postMessage", "fault": {"kind": "refuse", "error": "is_archived"}}]
        assert http.post("faults", json={"plan": plan}).json()["open"] == 1
        assert error_of(post, stage=silent) == "is_archived"
        told = http.get("faults").json()
        assert told["tally"] == {"chat.postMessage: refuse is_archived": 1}
        assert (told["total"], told["open"]) == (1, 0)
        luck = {"seed": 3, "rate": 1, "kinds": [{"kind": "http"}], "methods": ["chat.*"], "at_most": 1}
        assert http.post("faults", json={"random": luck}).is_success
        with pytest.raises(SlackApiError):
            post(silent)
        post(silent)
        assert http.post("faults", json={"clear": True}).json()["total"] == 2
        wrong = http.post("faults", json={"plan": [{"fault": {"kind": "explode"}}]})
        assert wrong.status_code == 400 and "explode" in wrong.json()["error"]
        assert http.post("faults", content='{"clear": true}').status_code == 415


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
def test_one_a_second_and_channel_after_a_short_burst(manifest: Path, method: str) -> None:
    workspace = Workspace(manifest, SCENE, rate_limited=True)
    with serve(workspace) as running:
        client = WebClient(token=workspace.bot_token, base_url=running.api_url, retry_handlers=[])
        places = {one: client.chat_postMessage(channel=one, text="x")["ts"] for one in ("C0SHOW", "C0QUIET")}

        def call(channel: str) -> None:
            client.api_call(method, json={"channel": channel, "ts": places[channel], "text": "y"})

        with pytest.raises(SlackApiError) as refused:
            for _ in range(4):
                call("C0SHOW")
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["Retry-After"] == "1"
        assert workspace.pacing.tally == {f"{method} C0SHOW": 1}
        call("C0QUIET")
        # What Retry-After says is enough, and one more is too much again.
        for bucket in workspace.pacing._full:
            workspace.pacing._full[bucket] -= 1
        call("C0SHOW")
        with pytest.raises(SlackApiError):
            call("C0SHOW")


def test_updates_have_a_limit_over_all_channels(manifest: Path) -> None:
    workspace = Workspace(manifest, SCENE, rate_limited=True)
    let_through = 0
    with pytest.raises(RateLimited, match="retry after 2 s"):
        for number in range(50):
            workspace.pacing.admit("chat.update", f"C{number}")
            let_through += 1
    assert let_through == 20


def test_stopping_does_not_wait_for_a_slow_answer(manifest: Path) -> None:
    workspace = Workspace(manifest, SCENE)
    workspace.faults.plan("api.test", Fault(kind="slow", seconds=60))
    with ThreadPoolExecutor() as pool:
        with serve(workspace) as running, Person(running, "U0ANA") as ana:
            called = pool.submit(httpx.post, f"{running.api_url}api.test", trust_env=False, timeout=20)
            ana.wait(lambda: workspace.faults.tally)
            began = time.monotonic()
        assert time.monotonic() - began < 2
        assert isinstance(called.exception(timeout=5), httpx.RemoteProtocolError)


def test_the_tally_explains_what_stands(silent: Stage) -> None:
    faults = Faults.random(
        11, 0.4, ["ratelimited", "http", "refuse", "drop_before", "drop_after", Fault(kind="slow", seconds=0)]
    )
    silent.workspace.faults = faults
    outcomes: Counter[str] = Counter()
    for number in range(150):
        try:
            post(silent, str(number))
            outcomes["told"] += 1
        except SlackApiError:
            outcomes["refused"] += 1
        except RemoteDisconnected:
            outcomes["unknown"] += 1
    struck = Counter({name.removeprefix("chat.postMessage: "): held for name, held in faults.tally.items()})
    assert min(struck.values()) > 0 and len(struck) == 6
    assert outcomes["refused"] == struck["ratelimited"] + struck["http 503"] + struck["refuse internal_error"]
    assert outcomes["unknown"] == struck["drop_before"] + struck["drop_after"]
    stands = [one["text"] for one in silent.ana.messages("C0SHOW")]
    assert len(stands) == len(set(stands)) == outcomes["told"] + struck["drop_after"]
