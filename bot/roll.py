"""The roll: what Slack says about the contacts. Who has no account any more, and in which zone each is."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from policy.authority import Authority
from policy.people import Zone
from policy.spelling import is_zone

_log = logging.getLogger(__name__)

_UNKNOWN = frozenset({"user_not_found", "users_not_found", "user_not_visible"})


@dataclass
class Roll:
    """Keys of contacts: those `absent` from Slack; the time `zones` and `statuses` of the others."""

    absent: list[str] = field(default_factory=list)
    zones: dict[str, Zone] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)  # as they typed them


def call_the_roll(client: WebClient, authority: Authority) -> Roll:
    """Ask Slack for every contact of our own workspace.

    When Slack does not answer we cannot know who is gone: that raises no false alarm.
    """
    roll = Roll()
    for key, contact in authority.directory.contacts.items():
        if authority.person(key).team != authority.home_team:
            continue
        try:
            user = client.users_info(user=contact.slack)["user"]
        except SlackApiError as error:
            if error.response.get("error") in _UNKNOWN:
                roll.absent.append(key)
            else:
                _log.warning("Contact %s cannot be looked up: %s", key, error.response.get("error"))
        except (SlackClientError, HTTPException, OSError) as error:
            _log.warning("Contact %s cannot be looked up: %s", key, error)
        else:
            _note(roll, key, user)
    return roll


def _note(roll: Roll, key: str, user: Mapping[str, Any]) -> None:
    if user.get("deleted"):
        roll.absent.append(key)
        return
    if is_zone(str(user.get("tz"))):
        roll.zones[key] = str(user["tz"])
    if said := str((user.get("profile") or {}).get("status_text") or "").strip():
        roll.statuses[key] = said[:100]  # Slack's own limit
