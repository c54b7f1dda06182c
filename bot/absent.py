"""Contacts whom Slack does not know any more: asked once, at start."""

import logging
from collections.abc import Iterator
from http.client import HTTPException

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from policy.authority import Authority

_log = logging.getLogger(__name__)

_UNKNOWN = frozenset({"user_not_found", "users_not_found", "user_not_visible"})


def absent_contacts(client: WebClient, authority: Authority) -> Iterator[str]:
    """The keys of contacts of our own workspace who are deactivated or unknown.

    When Slack does not answer we cannot know: a start is not the moment to raise a false alarm.
    """
    for key, contact in authority.directory.contacts.items():
        if authority.person(key).team != authority.home_team:
            continue
        try:
            user = client.users_info(user=contact.slack)["user"]
        except SlackApiError as error:
            if error.response.get("error") in _UNKNOWN:
                yield key
            else:
                _log.warning("Contact %s cannot be looked up: %s", key, error.response.get("error"))
        except (SlackClientError, HTTPException, OSError) as error:
            _log.warning("Contact %s cannot be looked up: %s", key, error)
        else:
            if user.get("deleted"):
                yield key
