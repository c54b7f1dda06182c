"""Slack or the database is away: said once, asked again ever more seldom, and nothing untrue afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackClientError

from bot.delivery import WORRYING
from bot.outage import LONGEST, Outage
from tests.bot.test_delivery import OPS, Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path / "clearance.db")
    yield opened
    opened.database.close()


def test_an_outage_is_said_once_and_its_end_too(caplog: pytest.LogCaptureFixture) -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    slack = Outage("Slack answers again.", lambda: now, patience=2)
    slack.failed("It is away.")
    assert caplog.messages == [] and slack.rest() == 0  # one failure is chance
    rests = []
    for _ in range(9):
        slack.failed("It is away.")
        rests.append(slack.rest())
    assert rests == [1, 2, 4, 8, 16, 32, LONGEST, LONGEST, LONGEST]
    assert len(caplog.messages) == 1 and caplog.messages[0].startswith("It is away.")
    now -= timedelta(hours=1)  # the clock is set back: nobody waits an hour for that
    assert slack.rest() == 0
    slack.answered()
    slack.answered()
    assert caplog.messages[1:] == ["Slack answers again."] and slack.rest() == 0


def away(call: dict[str, Any]) -> None:
    raise SlackClientError("no answer")


def test_an_hour_without_slack_leaves_no_untrue_alarm(office: Office) -> None:
    """What could not be said is said when Slack is back; by then nothing is left to complain about."""
    office.request()
    office.slack.answer = away
    for _ in range(WORRYING + 5):
        office.later(minutes=6)
    assert office.states()["undelivered"] == "waiting"
    office.slack.answer = lambda call: None
    for _ in range(5):
        office.later(minutes=1)
    states = office.states()
    assert states.pop("undelivered") in ("dropped", "delivered")
    assert set(states.values()) == {"delivered"}
    said = [call["text"] for call in office.slack.posts if call["channel"] == OPS]
    assert not any("cannot be posted" in one for one in said), said


def test_after_an_outage_everything_is_caught_up_with_within_a_minute(office: Office) -> None:
    office.request()
    office.slack.answer = away
    for _ in range(WORRYING):
        office.later(minutes=6)
    office.slack.answer = lambda call: None
    tries = office.later(seconds=LONGEST)
    assert tries >= 3 and office.states()["card"] == office.states()["receipt"] == "delivered"
