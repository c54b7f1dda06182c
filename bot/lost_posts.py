"""Did it get through? The search for a post whose outcome nobody knows; what to do where none is allowed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.refusal import lasting
from bot.service.announce import Kind
from storage.notices import NoticeRow

EVENT_TYPE: Final = "clearance_notice"
# A lease (the doubt's date may be its end), and what our clock and Slack's may be apart: one that is set an
# hour wrong, or was when the attempt began, must not hide the post from us.
_BEFORE: Final = timedelta(hours=2)
_PAGE: Final = 200


class Err(StrEnum):
    """Which mistake is the smaller one when nobody can look."""

    SAY_TWICE = "say twice"
    SAY_NOTHING = "say nothing"


class Side(NamedTuple):
    """The side on which a kind of notice errs, and why."""

    err: Err
    why: str


_UNHEARD: Final = Side(Err.SAY_TWICE, "told twice is better than never")

SIDES: Final[Mapping[Kind, Side]] = MappingProxyType(
    {
        Kind.CARD: Side(Err.SAY_TWICE, "a request without a card is seen by nobody"),
        Kind.ASK: Side(Err.SAY_TWICE, "asked twice is better than a decision nobody knows they owe"),
        Kind.RETAG: Side(Err.SAY_TWICE, "asked twice is better than a decision nobody knows they owe"),
        Kind.DECIDED: Side(Err.SAY_TWICE, "a decision told twice is better than never"),
        Kind.TOLD: Side(Err.SAY_TWICE, "a requester who never hears a no goes on working"),
        Kind.RECEIPT: Side(Err.SAY_NOTHING, "the form showed the requester the verdict already"),
        Kind.REMINDER: Side(Err.SAY_NOTHING, "another reminder comes, and two at once are noise"),
        Kind.REMINDERS: Side(Err.SAY_NOTHING, "another reminder comes, and two at once are noise"),
        Kind.BACKUP: Side(Err.SAY_TWICE, "asked twice is better than a decision nobody knows they owe"),
        Kind.SNOOZED: Side(Err.SAY_NOTHING, "status shows it as well"),
        Kind.QUESTION: Side(Err.SAY_NOTHING, "the requester is told in a message of their own"),
        Kind.ASKED: Side(Err.SAY_TWICE, "a question nobody hears holds everything up"),
        Kind.NUDGE: Side(Err.SAY_NOTHING, "another one comes"),
        Kind.ANSWERED: Side(Err.SAY_TWICE, "an answer nobody reads holds everything up"),
        Kind.EXPIRING: Side(Err.SAY_TWICE, "an end that nobody expects costs a shoot day"),
        Kind.LAPSED: Side(Err.SAY_TWICE, "who never hears it goes on working"),
        Kind.DIGEST: Side(Err.SAY_NOTHING, "the next digest covers the same time too"),
        Kind.PERSONAL: Side(Err.SAY_NOTHING, "the next one lists whatever still waits"),
        Kind.UNASSIGNED: Side(Err.SAY_TWICE, "nobody else can mend it"),
        Kind.NOBODY: Side(Err.SAY_NOTHING, "it is said again the next day"),
        Kind.UNDELIVERED: Side(Err.SAY_TWICE, "nobody else can mend it"),
        Kind.UNREACHABLE: Side(Err.SAY_NOTHING, "the next start says it again, and so does clearance doctor"),
    }
)


class MayStand(Exception):
    """It may stand in Slack, nobody can look, and its kind is better not said than said twice."""


@dataclass(frozen=True)
class Posted:
    """Where a message stands."""

    channel: str
    ts: str


class LostPosts:
    """Looks for a notice's key in the conversation it was meant for. Raises what the client raises."""

    def __init__(self, client: WebClient, pause: Callable[[], object]) -> None:
        """`pause` lets a moment pass: Slack's first answer may be older than the post."""
        self._client, self._pause = client, pause

    def find(self, notice: NoticeRow, thread_ts: str | None) -> Posted | None:
        """Where it stands, or None: it does not, or it is said again at the risk of twice."""
        assert notice.doubt_since is not None  # only what is in doubt is looked for
        try:
            channel = self._conversation(notice.recipient)
            found = self._look(channel, thread_ts, notice.key, notice.doubt_since)
            if found is None:
                self._pause()
                found = self._look(channel, thread_ts, notice.key, notice.doubt_since)
            return found
        except SlackApiError as error:
            if not lasting(error):
                raise
            if SIDES.get(Kind(notice.kind), _UNHEARD).err is Err.SAY_TWICE:
                return None
            raise MayStand(str(error.response.get("error"))) from error

    def _conversation(self, recipient: str) -> str:
        """A person is written to by their id, but read under that of the conversation."""
        if recipient[:1] not in ("U", "W"):
            return recipient
        opened = self._client.conversations_open(users=recipient)["channel"]
        return str(opened["id"])

    def _look(self, channel: str, thread_ts: str | None, key: str, since: datetime) -> Posted | None:
        try:
            for message in self._messages(channel, thread_ts, since):
                metadata = message.get("metadata") or {}
                payload = metadata.get("event_payload") or {}
                if metadata.get("event_type") == EVENT_TYPE and payload.get("key") == key:
                    return Posted(channel, str(message["ts"]))
        except SlackApiError as error:
            # An old view does not show the thread yet: no answer for good, the second look counts too.
            if error.response.get("error") != "thread_not_found":
                raise
        return None

    def _messages(self, channel: str, thread_ts: str | None, since: datetime) -> Iterator[Mapping[str, Any]]:
        asked: dict[str, Any] = {"channel": channel, "limit": _PAGE, "include_all_metadata": True}
        read: Callable[..., SlackResponse] = self._client.conversations_history
        if thread_ts:
            asked["ts"] = thread_ts  # a thread is short: all of it
            read = self._client.conversations_replies
        else:
            asked["oldest"] = f"{(since - _BEFORE).timestamp():.6f}"
        cursor = ""
        while True:
            page = read(**asked, **({"cursor": cursor} if cursor else {}))
            yield from page["messages"]
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return
