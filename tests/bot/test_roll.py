"""What Slack says about the contacts: who is gone, where the others are; its silence proves nothing."""

from collections.abc import Callable
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

Answer = Callable[[], dict[str, Any]]


class Members:
    """Slack's list of members; a callable may raise instead."""

    def __init__(self, **answers: Answer) -> None:
        self.asked: list[str] = []
        self._answers = answers

    def users_info(self, *, user: str) -> SlackResponse:
        self.asked.append(user)
        answer = self._answers.get(user, lambda: {"tz": "Europe/Paris"})
        return response({"ok": True, "user": answer()})


def called(members: Members, directory: str = FILM) -> Roll:
    authority = Authority(parse_directory(directory, "directory.toml"), home_team=HOME)
    return call_the_roll(cast(WebClient, members), authority)


def test_everybody_is_there() -> None:
    roll = called(Members(U0MEI=lambda: {"tz": "Asia/Tokyo", "deleted": False}))
    assert roll.absent == []
    assert roll.zones == {
        "ravi": "Europe/Paris",
        "mei": "Asia/Tokyo",
        "oskar": "Europe/Paris",
        "lucia": "Europe/Paris",
    }


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
