"""Many patterns behind one registration: each press and each form reaches the one that is meant."""

import re
from typing import Any

import pytest
from slack_bolt import Ack, App, BoltRequest, Respond
from slack_bolt.authorization import AuthorizeResult

from bot.families import Families

Body = dict[str, Any]


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def app(heard: list[str]) -> App:
    families = Families()

    @families.action(re.compile("^consent$"))
    def consent(ack: Ack, body: Body, respond: Respond) -> None:
        ack()
        heard.append("consent")

    @families.action(re.compile("^chase:"))
    def chase(ack: Ack, body: Body, respond: Respond) -> None:
        ack()
        heard.append("chase")

    @families.view(re.compile("^(?:deny|approve)$"))
    def decision(ack: Ack, body: Body, view: Body) -> None:
        ack(response_action="clear")
        heard.append(view["callback_id"])

    bolt = App(
        signing_secret="0123456789abcdef0123456789abcdef",
        process_before_response=True,
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1"),
    )
    families.register(bolt)
    return bolt


def press(app: App, action: str) -> int:
    """Somebody presses it; the status of the answer."""
    actions = [{"type": "button", "action_id": action, "block_id": "b"}]
    body = {"type": "block_actions", "actions": actions, "user": {"id": "U1"}, "team": {"id": "T1"}}
    return app.dispatch(BoltRequest(mode="socket_mode", body=body)).status


def test_each_press_reaches_its_own(app: App, heard: list[str]) -> None:
    assert [press(app, name) for name in ("chase:ask", "consent", "chase:away")] == [200, 200, 200]
    assert heard == ["chase", "consent", "chase"]


def test_a_press_that_only_begins_alike_is_nobodys(app: App, heard: list[str]) -> None:
    assert press(app, "consent_reference") == 404
    assert heard == []


def test_a_form_reaches_its_own_with_its_view(app: App, heard: list[str]) -> None:
    view = {"id": "V1", "callback_id": "deny", "type": "modal"}
    body = {"type": "view_submission", "view": view, "user": {"id": "U1"}, "team": {"id": "T1"}}
    answer = app.dispatch(BoltRequest(mode="socket_mode", body=body))
    assert (answer.status, answer.body) == (200, '{"response_action": "clear"}')
    assert heard == ["deny"]
