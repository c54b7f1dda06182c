"""Who is in the user groups that the directory names as requesters, remembered between looks at Slack."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from http.client import HTTPException

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

_log = logging.getLogger(__name__)

FRESH_SECONDS = 300.0


class Groups:
    """Group memberships as of the last look. Asking is free: no Slack call before an ack.

    A look that is too old is renewed beside the question: a newcomer is in after at most one refused try.
    """

    def __init__(
        self, client: WebClient, groups: Iterable[str], seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._names = tuple(dict.fromkeys(groups))
        self._members: Mapping[str, frozenset[str]] = {}
        self._seconds = seconds
        self._looked = seconds()
        self._lock = threading.Lock()

    def refresh(self) -> None:
        """Ask Slack for every group; one that cannot be read keeps its last members."""
        found = dict(self._members)
        for group in self._names:
            try:
                response = self._client.usergroups_users_list(usergroup=group)
            except (SlackApiError, SlackClientError, HTTPException, OSError) as error:
                _log.warning("The members of user group %s cannot be read: %s", group, error)
            else:
                found[group] = frozenset(response["users"])
        with self._lock:
            self._members = found

    def of(self, user: str) -> frozenset[str]:
        """The groups that a person is in."""
        with self._lock:
            members = self._members
            old = bool(self._names) and self._seconds() - self._looked > FRESH_SECONDS
            if old:
                self._looked = self._seconds()
        if old:
            threading.Thread(target=self.refresh, name="groups", daemon=True).start()
        return frozenset(group for group, users in members.items() if user in users)
