"""User groups are asked for beside the question, when what is known is too old."""

import threading
from typing import Any, cast

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.groups import FRESH_SECONDS, Groups


class Slack:
    """The one method that is asked."""

    def __init__(self) -> None:
        self.members = ["U0ANA"]
        self.down = False
        self.asked = threading.Event()

    def usergroups_users_list(self, usergroup: str) -> dict[str, Any]:
        try:
            if self.down:
                raise SlackClientError("no answer")
            return {"users": list(self.members)}
        finally:
            self.asked.set()


def groups(slack: Slack, now: list[float]) -> Groups:
    return Groups(cast(WebClient, slack), ["S0CREW", "S0CREW"], lambda: now[0])


def test_members_are_known_after_a_look() -> None:
    known = groups(Slack(), [0.0])
    assert known.of("U0ANA") == frozenset()
    known.refresh()
    assert known.of("U0ANA") == {"S0CREW"}
    assert known.of("U0THEO") == frozenset()


def test_what_cannot_be_read_keeps_its_last_members() -> None:
    slack = Slack()
    known = groups(slack, [0.0])
    known.refresh()
    slack.down = True
    known.refresh()
    assert known.of("U0ANA") == {"S0CREW"}


def test_an_old_look_is_renewed_beside_the_question() -> None:
    slack, now = Slack(), [0.0]
    known = groups(slack, now)
    known.refresh()
    slack.asked.clear()
    slack.members.append("U0NEW")
    now[0] = FRESH_SECONDS - 1
    assert known.of("U0NEW") == frozenset() and not slack.asked.is_set()
    now[0] = FRESH_SECONDS + 1
    known.of("U0NEW")
    assert slack.asked.wait(5)
    for thread in threading.enumerate():
        if thread.name == "groups":
            thread.join(5)
    assert known.of("U0NEW") == {"S0CREW"}
