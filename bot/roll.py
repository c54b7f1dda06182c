"""The roll: what Slack says about the contacts. Who has no account any more, and in which zone each is."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
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
    """Keys of contacts: those `absent` from Slack; the time `zones` and the hints of the others."""

    absent: list[str] = field(default_factory=list)
    zones: dict[str, Zone] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)  # as they typed them
    resting: dict[str, datetime] = field(default_factory=dict)  # until when do-not-disturb is on


def call_the_roll(client: WebClient, authority: Authority, now: datetime) -> Roll:
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
            if until := _rests_until(client, contact.slack, now):
                roll.resting[key] = until
    return roll


def _rests_until(client: WebClient, user: str, now: datetime) -> datetime | None:
    """Until when do-not-disturb is on; a hint, so that nothing is said when Slack does not tell."""
    try:
        dnd = client.dnd_info(user=user)
    except (SlackClientError, HTTPException, OSError) as error:
        _log.debug("Do-not-disturb of %s cannot be looked up: %s", user, type(error).__name__)
        return None
    spans = [(0, dnd.get("snooze_endtime") or 0)] if dnd.get("snooze_enabled") else []
    if dnd.get("dnd_enabled"):
        spans.append((dnd.get("next_dnd_start_ts") or 0, dnd.get("next_dnd_end_ts") or 0))
    ends = [end for start, end in spans if start <= now.timestamp() < end]
    return datetime.fromtimestamp(max(ends), UTC) if ends else None


def _note(roll: Roll, key: str, user: Mapping[str, Any]) -> None:
    if user.get("deleted"):
        roll.absent.append(key)
        return
    if is_zone(str(user.get("tz"))):
        roll.zones[key] = str(user["tz"])
    if said := str((user.get("profile") or {}).get("status_text") or "").strip():
        roll.statuses[key] = said[:100]  # Slack's own limit
