"""What Slack says about the contacts: who is gone, where the others are; its silence proves nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.web import SlackResponse

from bot.roll import Roll, call_the_roll
from policy.authority import Authority
from policy.directory import parse_directory
from tests.bot.slack_edge import refusal, response
from tests.flows.fortnight import FILM, HOME

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
Answer = Callable[[], dict[str, Any]]


class Members:
    """Slack's list of members; a callable may raise instead."""

    def __init__(self, **answers: Answer) -> None:
        self.asked: list[str] = []
        self.dnd: dict[str, dict[str, Any]] = {}
        self._answers = answers

    def users_info(self, *, user: str) -> SlackResponse:
        self.asked.append(user)
        answer = self._answers.get(user, lambda: {"tz": "Europe/Paris"})
        return response({"ok": True, "user": answer()})

    def dnd_info(self, *, user: str) -> SlackResponse:
        if user not in self.dnd:
            raise refusal("missing_scope")
        return response({"ok": True, **self.dnd[user]})


def called(members: Members, directory: str = FILM) -> Roll:
    authority = Authority(parse_directory(directory, "directory.toml"), home_team=HOME)
    return call_the_roll(cast(WebClient, members), authority, NOW)


def test_everybody_is_there() -> None:
    roll = called(Members(U0MEI=lambda: {"tz": "Asia/Tokyo", "deleted": False}))
    assert roll.absent == []
    assert roll.zones == {
        "ravi": "Europe/Paris",
        "mei": "Asia/Tokyo",
        "oskar": "Europe/Paris",
        "lucia": "Europe/Paris",
    }


def test_do_not_disturb_is_noted_while_it_is_on() -> None:
    members = Members()
    at = int(NOW.timestamp())
    members.dnd = {
        "U0RAVI": {"dnd_enabled": True, "next_dnd_start_ts": at - 60, "next_dnd_end_ts": at + 3600},
        "U0MEI": {"dnd_enabled": True, "next_dnd_start_ts": at + 60, "next_dnd_end_ts": at + 3600},
        "U0OSKAR": {"dnd_enabled": False, "snooze_enabled": True, "snooze_endtime": at + 600},
    }
    roll = called(members)
    assert roll.resting == {"ravi": NOW + timedelta(hours=1), "oskar": NOW + timedelta(minutes=10)}
    assert set(roll.zones) == {"ravi", "mei", "oskar", "lucia"}, "what Slack does not tell costs nothing"


def test_a_status_is_noted_as_it_was_typed() -> None:
    away = {"tz": "Europe/London", "profile": {"status_text": " On a *boat* "}}
    assert called(Members(U0RAVI=lambda: away)).statuses == {"ravi": "On a *boat*"}


@pytest.mark.parametrize("error", ["user_not_found", "users_not_found", "user_not_visible"])
def test_who_has_no_account_is_absent(error: str) -> None:
    def unknown() -> dict[str, Any]:
        raise refusal(error)

    roll = called(Members(U0RAVI=unknown, U0OSKAR=lambda: {"deleted": True, "tz": "Europe/Paris"}))
    assert roll.absent == ["ravi", "oskar"] and set(roll.zones) == {"mei", "lucia"}


@pytest.mark.parametrize("error", [refusal("internal_error"), SlackClientError("no answer"), OSError("gone")])
def test_when_slack_does_not_answer_nobody_is_absent(error: Exception) -> None:
    def fail() -> dict[str, Any]:
        raise error

    roll = called(Members(U0RAVI=fail))
    assert roll.absent == [] and "ravi" not in roll.zones


@pytest.mark.parametrize("zone", [None, "", "Mars/Base", "Europe", 7])
def test_a_zone_that_is_none_is_not_kept(zone: object) -> None:
    assert "ravi" not in called(Members(U0RAVI=lambda: {"tz": zone})).zones


def test_people_of_other_workspaces_are_not_ours_to_look_up() -> None:
    members = Members()
    called(members, FILM.replace('slack = "U0MEI"', 'slack = "U0MEI"\nteam = "T0OTHER"'))
    assert members.asked == ["U0RAVI", "U0OSKAR", "U0LUCIA"]
