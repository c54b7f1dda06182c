"""Publishing Homes: each person's one at a time, the last that was asked for last, and never without end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from slack_bolt import App, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.home_listeners import register_event
from bot.home_parts import Spot
from bot.homes import MOST_WAITING, Homes
from bot.service.desk import Who
from bot.service.digest import no_link
from tests.bot.slack_edge import refusal
from tests.bot.test_delivery import ANA, Office
from tests.person import text_of

_PATIENCE = 10  # seconds, before a test fails


class Slack:
    """Publishes when it is let; what it was given is in `shown`."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, dict[str, Any]]] = []
        self.open, self.begun = threading.Event(), threading.Semaphore(0)
        self.refusing = False

    def views_publish(self, *, user_id: str, view: dict[str, Any]) -> None:
        self.begun.release()
        assert self.open.wait(_PATIENCE)
        self.shown.append((user_id, view))
        if self.refusing:
            raise refusal("ratelimited", 429, {"Retry-After": "3600"})


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path / "clearance.db")
    yield opened
    opened.database.close()


@pytest.fixture
def slack() -> Slack:
    return Slack()


@pytest.fixture
def homes(office: Office, slack: Slack) -> Homes:
    return Homes(office.desk, cast(WebClient, slack), lambda _user: frozenset(), no_link)


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def finished(homes: Homes, slack: Slack) -> list[str]:
    """Let everything be published; returns for whom."""
    slack.open.set()
    wait_for(lambda: not homes._busy)
    homes.stop()
    return [user for user, _ in slack.shown]


@pytest.mark.parametrize(("tab", "shown"), [("home", ["U0ANA"]), ("messages", [])])
def test_the_event_is_acknowledged_before_slack_is_called(
    homes: Homes, slack: Slack, tab: str, shown: list[str]
) -> None:
    app = App(
        signing_secret="socket mode",
        process_before_response=True,
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T0STUDIO", bot_token="xoxb-1"),
    )
    register_event(app, homes)
    event = {"type": "app_home_opened", "user": "U0ANA", "tab": tab}
    body = {"type": "event_callback", "team_id": "T0STUDIO", "event": event}
    # Slack does not answer before it is let.
    assert app.dispatch(BoltRequest(mode="socket_mode", body=body)).status == 200
    assert slack.shown == []
    assert finished(homes, slack) == shown


def test_ten_openings_in_a_second_are_two_calls(homes: Homes, slack: Slack) -> None:
    homes.ask(ANA)
    assert slack.begun.acquire(timeout=_PATIENCE)
    for number in range(1, 11):
        homes.ask(ANA, Spot(0, number), says=f"The {number}th.")
    assert finished(homes, slack) == ["U0ANA", "U0ANA"]
    assert "The 10th." in text_of(slack.shown[-1][1])
    assert slack.shown[-1][1]["private_metadata"] == "0:10"


def test_what_was_to_be_said_is_not_lost_by_opening_once_more(homes: Homes, slack: Slack) -> None:
    homes.ask(ANA)
    assert slack.begun.acquire(timeout=_PATIENCE)
    homes.ask(ANA, says="Somebody was faster.")
    homes.ask(ANA)
    finished(homes, slack)
    assert ["Somebody was faster." in text_of(view) for _, view in slack.shown] == [False, True]


def test_nobody_waits_for_somebody_else(homes: Homes, slack: Slack) -> None:
    homes.ask(ANA)
    homes.ask(Who("T0STUDIO", "U0RAVI", "ravi"))
    # The same number in another workspace is another person.
    homes.ask(Who("T0OTHER", "U0ANA", "ana"))
    for _ in range(3):
        assert slack.begun.acquire(timeout=_PATIENCE)
    assert sorted(finished(homes, slack)) == ["U0ANA", "U0ANA", "U0RAVI"]


def test_a_crowd_is_not_kept_without_end(
    homes: Homes, slack: Slack, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(MOST_WAITING * 3):
        homes.ask(Who("T0STUDIO", f"U{number}", ""))
    assert f"{MOST_WAITING} people wait for theirs" in caplog.text
    assert MOST_WAITING <= len(finished(homes, slack)) <= MOST_WAITING + 4


def test_a_long_rest_is_not_waited_for(homes: Homes, slack: Slack, caplog: pytest.LogCaptureFixture) -> None:
    slack.refusing = True
    homes.ask(ANA)
    assert finished(homes, slack) == ["U0ANA"]
    assert "A Home was not shown: ratelimited" in caplog.text


def test_a_bug_ends_one_home_and_no_other(
    homes: Homes, slack: Slack, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    slack.open.set()
    with monkeypatch.context() as patch:
        patch.setattr("bot.homes.home", broken)
        homes.ask(ANA)
        wait_for(lambda: "A Home could not be made." in caplog.text)
    homes.ask(ANA)
    assert finished(homes, slack) == ["U0ANA"]


def test_nothing_is_published_after_the_end(homes: Homes, slack: Slack) -> None:
    homes.stop()
    homes.ask(ANA)
    assert slack.shown == [] and not homes._waiting
