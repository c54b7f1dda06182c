"""What the app may read back: metadata, ranges, pages, scopes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.workspace import Workspace, serve
from tests.workspace.conftest import MANIFEST, SCENE, Stage
from tests.workspace.test_api import error_of

METADATA = {"event_type": "notice", "event_payload": {"key": "GEN-7:card"}}


def texts(answer: Any) -> list[str]:
    return [one["text"] for one in answer["messages"]]


def posted(client: WebClient, count: int, **more: Any) -> list[str]:
    posts = [client.chat_postMessage(channel="C0SHOW", text=str(one), **more) for one in range(count)]
    return [str(post["ts"]) for post in posts]


def test_metadata_comes_back_only_when_asked_for(silent: Stage) -> None:
    client = silent.app.client
    (root,) = posted(client, 1, metadata=METADATA)
    client.chat_postMessage(channel="C0SHOW", text="y", thread_ts=root, metadata=METADATA)
    (bare,) = client.conversations_history(channel="C0SHOW")["messages"]
    assert "metadata" not in bare and bare["reply_count"] == 1
    (full,) = client.conversations_history(channel="C0SHOW", include_all_metadata=True)["messages"]
    assert full["metadata"] == METADATA
    thread = client.conversations_replies(channel="C0SHOW", ts=root, include_all_metadata=True)
    assert [one["metadata"] for one in thread["messages"]] == [METADATA, METADATA]
    bare_thread = client.conversations_replies(channel="C0SHOW", ts=root)
    assert not any("metadata" in one for one in bare_thread["messages"])


def test_an_update_keeps_replaces_or_removes_metadata(silent: Stage) -> None:
    client = silent.app.client
    (ts,) = posted(client, 1, metadata=METADATA)

    def held() -> Any:
        (one,) = client.conversations_history(channel="C0SHOW", include_all_metadata=True)["messages"]
        return one.get("metadata")

    client.chat_update(channel="C0SHOW", ts=ts, text="a")
    assert held() == METADATA
    other = {"event_type": "notice", "event_payload": {"key": "GEN-7:other"}}
    client.chat_update(channel="C0SHOW", ts=ts, text="b", metadata=other)
    assert held() == other
    wrong = {"event_type": "notice"}
    assert (
        error_of(client.chat_update, channel="C0SHOW", ts=ts, text="c", metadata=wrong)
        == "invalid_metadata_format"
    )
    client.chat_update(channel="C0SHOW", ts=ts, text="d", metadata={})
    assert held() is None


def test_ranges(silent: Stage) -> None:
    client = silent.app.client
    stamps = posted(client, 5)
    read = client.conversations_history
    assert texts(read(channel="C0SHOW", oldest=stamps[3])) == ["4"]
    assert texts(read(channel="C0SHOW", latest=stamps[1])) == ["0"]
    first, last = stamps[1], stamps[3]
    assert texts(read(channel="C0SHOW", oldest=first, latest=last)) == ["2"]
    assert texts(read(channel="C0SHOW", oldest=first, latest=last, inclusive=True)) == ["3", "2", "1"]
    assert texts(read(channel="C0SHOW", oldest="0", latest="0")) == ["4", "3", "2", "1", "0"]
    assert error_of(read, channel="C0SHOW", oldest="yesterday") == "invalid_ts_oldest"


def test_pages_do_not_shift_when_something_is_posted_meanwhile(silent: Stage) -> None:
    client = silent.app.client
    posted(client, 5)
    page = client.conversations_history(channel="C0SHOW", limit=2)
    assert texts(page) == ["4", "3"] and page["has_more"]
    client.chat_postMessage(channel="C0SHOW", text="new")
    cursor = page["response_metadata"]["next_cursor"]
    rest = client.conversations_history(channel="C0SHOW", limit=9, cursor=cursor)
    assert texts(rest) == ["2", "1", "0"] and not rest["has_more"]
    assert error_of(client.conversations_history, channel="C0SHOW", cursor="2") == "invalid_cursor"


def test_a_thread_is_paged_oldest_first(silent: Stage) -> None:
    client = silent.app.client
    (root,) = posted(client, 1)
    replies = posted(client, 4, thread_ts=root)
    read = client.conversations_replies
    page = read(channel="C0SHOW", ts=root, limit=3)
    assert texts(page) == ["0", "0", "1"] and page["has_more"]
    rest = read(channel="C0SHOW", ts=root, limit=3, cursor=page["response_metadata"]["next_cursor"])
    assert texts(rest) == ["2", "3"] and not rest["has_more"]
    assert texts(read(channel="C0SHOW", ts=root, oldest=replies[2])) == ["0", "3"]
    assert error_of(read, channel="C0SHOW", ts="1.000001") == "thread_not_found"


@pytest.mark.parametrize(
    ("scope", "channel"),
    [("channels:history", "C0SHOW"), ("groups:history", "C0QUIET"), ("im:history", "direct")],
)
def test_each_kind_of_conversation_needs_its_own_scope(tmp_path: Path, scope: str, channel: str) -> None:
    path = tmp_path / "manifest.yml"
    path.write_text(MANIFEST.replace(f'"{scope}",', ""), encoding="utf-8")
    workspace = Workspace(path, SCENE)
    assert scope not in workspace.manifest.scopes
    direct = workspace.direct("U0ANA", "U0CLEARANCE").id
    with serve(workspace) as running:
        client = WebClient(token=workspace.bot_token, base_url=running.api_url, retry_handlers=[])
        for place in ("C0SHOW", "C0QUIET", direct):
            ts = client.chat_postMessage(channel=place, text="x")["ts"]
            if place == (direct if channel == "direct" else channel):
                assert error_of(client.conversations_history, channel=place) == "missing_scope"
                assert error_of(client.conversations_replies, channel=place, ts=ts) == "missing_scope"
            else:
                assert texts(client.conversations_history(channel=place)) == ["x"]
        assert error_of(client.conversations_history, channel="C0SECRET") == "channel_not_found"
