"""The Web API refuses what Slack refuses, with Slack's words."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.workspace import Workspace, serve
from tests.workspace.conftest import MANIFEST, SCENE, Stage
from tests.workspace.small_app import card, form, note


def error_of(call: Any, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        call(**arguments)
    return str(refused.value.response["error"])


def test_tokens(silent: Stage) -> None:
    wrong = WebClient(token="xoxb-wrong", base_url=silent.running.api_url, retry_handlers=[])
    assert error_of(wrong.auth_test) == "invalid_auth"
    assert error_of(wrong.chat_postMessage, channel="C0SHOW", text="x") == "invalid_auth"
    assert (
        error_of(silent.app.client.api_call, api_method="apps.connections.open") == "not_allowed_token_type"
    )
    assert error_of(silent.app.client.api_call, api_method="chat.shout") == "unknown_method"
    assert silent.app.client.auth_test()["user_id"] == "U0CLEARANCE"


def test_scopes_come_from_the_manifest(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yml"
    path.write_text(MANIFEST.replace('"chat:write", ', ""), encoding="utf-8")
    workspace = Workspace(path, SCENE)
    with serve(workspace) as running:
        client = WebClient(token=workspace.bot_token, base_url=running.api_url, retry_handlers=[])
        with pytest.raises(SlackApiError) as refused:
            client.chat_postMessage(channel="C0SHOW", text="hello")
    response = refused.value.response
    assert (response["error"], response["needed"]) == ("missing_scope", "chat:write")
    assert "users:read" in response["provided"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": "C0OTHERS", "text": "x"}, "not_in_channel"),
        ({"channel": "C0SECRET", "text": "x"}, "channel_not_found"),
        ({"channel": "C0OLD", "text": "x"}, "is_archived"),
        ({"channel": "C0SHOW", "text": ""}, "no_text"),
        ({"channel": "C0SHOW", "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"channel": "U0GONE", "text": "x"}, "user_disabled"),
    ],
)
def test_posts_that_are_refused(silent: Stage, arguments: dict[str, Any], error: str) -> None:
    call = silent.app.client.api_call
    assert error_of(call, api_method="chat.postMessage", json=arguments) == error


def test_a_long_post_is_cut_and_a_long_update_refused(silent: Stage) -> None:
    client = silent.app.client
    ts = client.chat_postMessage(channel="C0SHOW", text="x" * 40_100)["ts"]
    assert len(silent.ana.messages("C0SHOW")[0]["text"]) == 40_000
    assert error_of(client.chat_update, channel="C0SHOW", ts=ts, text="x" * 4_001) == "msg_too_long"
    assert error_of(client.chat_update, channel="C0SHOW", ts="1.000001", text="x") == "message_not_found"
    silent.ana.say("C0SHOW", "mine")
    mine = silent.ana.messages("C0SHOW")[1]["ts"]
    assert error_of(client.chat_update, channel="C0SHOW", ts=mine, text="x") == "cant_update_message"
    client.chat_update(channel="C0SHOW", ts=ts, text="short")
    client.chat_delete(channel="C0SHOW", ts=ts)
    assert [one["text"] for one in silent.ana.messages("C0SHOW")] == ["mine"]


def test_a_direct_message_opens_by_the_persons_id(silent: Stage) -> None:
    client = silent.app.client
    posted = client.chat_postMessage(channel="U0ANA", text="hello")
    assert posted["channel"] == client.conversations_open(users="U0ANA")["channel"]["id"]
    assert [one["text"] for one in silent.ana.dms()] == ["hello"]
    assert error_of(client.conversations_open, users="U0NOBODY") == "user_not_found"


def test_ephemeral_messages_cannot_be_changed(silent: Stage) -> None:
    client = silent.app.client
    posted = client.chat_postEphemeral(channel="C0SHOW", user="U0ANA", text="psst")
    assert (
        error_of(client.chat_update, channel="C0SHOW", ts=posted["message_ts"], text="x")
        == "message_not_found"
    )
    assert (
        error_of(client.chat_postEphemeral, channel="C0QUIET", user="U0ANA", text="x")
        == "user_not_in_channel"
    )


def test_people_and_groups(silent: Stage) -> None:
    client = silent.app.client
    assert client.users_info(user="U0ANA")["user"]["tz"] == "America/Los_Angeles"
    assert client.users_info(user="U0GONE")["user"]["deleted"] is True
    assert error_of(client.users_info, user="U0NOBODY") == "user_not_found"
    assert error_of(client.users_lookupByEmail, email="ana@lantern.example") == "missing_scope"
    assert client.usergroups_users_list(usergroup="S0CREW")["users"] == ["U0ANA"]
    assert client.usergroups_list()["usergroups"][0]["handle"] == "crew"
    assert client.conversations_members(channel="C0SHOW")["members"] == ["U0ANA", "U0RAVI", "U0CLEARANCE"]
    assert error_of(client.conversations_info, channel="C0QUIET") == "missing_scope"
    names = [one["name"] for one in client.conversations_list(exclude_archived=True)["channels"]]
    assert names == ["show", "others"]


def test_views_are_opened_with_a_trigger_only(silent: Stage) -> None:
    client = silent.app.client
    assert error_of(client.views_open, trigger_id="1.2.3", view=note("x")) == "invalid_trigger_id"
    old = silent.workspace.handouts.trigger("U0ANA")
    silent.workspace.handouts._triggers[old].born -= 3.5
    assert error_of(client.views_open, trigger_id=old, view=note("x")) == "expired_trigger_id"
    assert error_of(client.views_update, view_id="V0NONE", view=note("x")) == "not_found"
    first = client.views_open(trigger_id=silent.workspace.handouts.trigger("U0ANA"), view=form())["view"]
    for _ in range(2):
        trigger = silent.workspace.handouts.trigger("U0ANA", first["id"])
        client.views_push(trigger_id=trigger, view=note("above"))
    trigger = silent.workspace.handouts.trigger("U0ANA", first["id"])
    assert error_of(client.views_push, trigger_id=trigger, view=note("x")) == "push_limit_reached"


def test_unknown_blocks_are_refused_by_name(silent: Stage) -> None:
    client = silent.app.client
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel="C0SHOW", text="x", blocks=[{"type": "carousel_of_joy"}])
    assert refused.value.response["error"] == "invalid_blocks"
    assert "carousel_of_joy" in refused.value.response["response_metadata"]["messages"][0]
    assert silent.ana.messages("C0SHOW") == []


def test_a_permalink_opens_as_whoever_follows_it(silent: Stage) -> None:
    client = silent.app.client
    root = client.chat_postMessage(channel="C0SHOW", text="root", blocks=card("open"))["ts"]
    reply = client.chat_postMessage(channel="C0SHOW", text="reply", thread_ts=root)["ts"]
    link = client.chat_getPermalink(channel="C0SHOW", message_ts=reply)["permalink"]
    with httpx.Client(trust_env=False) as browser:
        for user in ("U0ANA", "U0RAVI"):
            page = f"{silent.running.url}as/{user}/C0SHOW"
            answer = browser.get(link, headers={"Referer": page})
            assert answer.headers["location"] == f"/as/{user}/C0SHOW?thread={root}#m{reply}"
        assert "GEN-7" in browser.get(page, params={"thread": root}).text


def test_timestamps_are_unique_and_rising(silent: Stage) -> None:
    stamps = [silent.workspace.stamp() for _ in range(1000)]
    assert stamps == sorted(set(stamps))
    assert abs(float(stamps[0]) - time.time()) < 5
