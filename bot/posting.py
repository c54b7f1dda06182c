"""One notice -> Slack, rendered from the rows as they are at that moment."""

from collections.abc import Callable
from http.client import HTTPException
from typing import Any, Final

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from bot import alarms, messages, tellings
from bot.lost_posts import EVENT_TYPE, LostPosts, Posted
from bot.markup import Block, clip
from bot.refusal import lasting, not_done
from bot.rich_text import as_text
from bot.service import chased, digest
from bot.service.announce import Kind
from bot.service.desk import Desk
from bot.service.lookup import Story, timed_story
from policy.people import Person
from policy.verdict import Topic
from storage import notices, requests
from storage.notices import NoticeRow, NoticeState
from storage.records import DecisionRow

SLACK_IS_AWAY: Final = (SlackClientError, HTTPException, OSError)
"""What the client raises when no answer came. SlackApiError, an answer, is one of them: catch it first."""

# Where blocks are shown the text is for notifications alone; chat.update takes 4,000 characters (Slack).
_FALLBACK = 3000
# The message cannot be changed any more; the decision also stands in the thread.
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})


class NoCard(Exception):
    """The message that this one belongs to could not be posted."""

    # A card and its thread stand in one line: whoever comes second finds the first settled, posted or failed.


class InDoubt(Exception):
    """Nobody knows whether the post got through: look for it before it is said again."""


class Posting:
    """Says one notice. Raises NoCard, NotWanted, InDoubt, MayStand, SlackApiError or one of SLACK_IS_AWAY."""

    def __init__(
        self,
        desk: Desk,
        client: WebClient,
        hold: Callable[[NoticeRow], object],
        pause: Callable[[], object],
    ) -> None:
        """`hold` keeps a claim that has become old, or raises; `pause` passes between two looks."""
        self._desk, self._client = desk, client
        self._database, self._authority = desk.database, desk.authority
        self._hold, self._lost = hold, LostPosts(client, pause)

    def post(self, notice: NoticeRow) -> Posted:
        """Render the notice and bring it to Slack."""
        if notice.kind == Kind.REMINDERS:
            return self._say(notice, *chased.reminders(self._desk, notice)(self._link))
        if notice.kind in (Kind.DIGEST, Kind.PERSONAL):
            return self._say(notice, *digest.render(self._desk, notice, self._link))
        if notice.request_id is None:
            return self._text(notice, self._alarm(notice))
        with self._database.reading() as tx:
            row = requests.get(tx, notice.request_id)
            assert row is not None  # requests are never deleted
            story = timed_story(tx, self._desk, row)
        if notice.kind in chased.CHASING:
            thread = _card(story) if notice.kind in chased.IN_THREAD else None
            return self._say(notice, *chased.about(self._desk, notice, story)(self._link), thread)
        return self._about(notice, story)

    def _about(self, notice: NoticeRow, story: Story) -> Posted:
        directory = self._authority.directory
        match Kind(notice.kind):
            case Kind.CARD:
                return self._say(notice, messages.fallback(story), messages.card(story, directory))
            case Kind.REFRESH_CARD:
                blocks = messages.card(story, directory)
                return self._change(notice, _card(story), messages.fallback(story), blocks)
            case Kind.ASK:
                tell = self._tell(story)
                text = messages.ask_text(story, tell)
                return self._say(notice, text, messages.ask(story, tell), _card(story))
            case Kind.REFRESH_ASK:
                tell = self._tell(story)
                return self._change(
                    notice, story.row.thread_ts, messages.ask_text(story, tell), messages.ask(story, tell)
                )
            case Kind.RETAG:
                return self._text(notice, messages.retag(story), _card(story))
            case Kind.DECIDED:
                text = tellings.decided(story, _decision(story, notice))
                return self._text(notice, text, _card(story))
            case Kind.TOLD:
                return self._text(notice, tellings.told(story, _decision(story, notice), self._link(story)))
            case Kind.RECEIPT:
                return self._text(notice, tellings.receipt(story, directory, self._link(story)))
            case Kind.UNASSIGNED:
                return self._text(notice, alarms.unassigned(story))
        raise ValueError(f"{notice.kind} is about no request")

    def _alarm(self, notice: NoticeRow) -> str:
        if notice.kind == Kind.UNREACHABLE:
            return alarms.unreachable(notice.payload["contact"], self._authority.directory)
        with self._database.reading() as tx:
            about = notices.get(tx, notice.payload["notice"])
        assert about is not None  # notices are never deleted
        if about.state == NoticeState.DELIVERED:
            raise chased.NotWanted("it got through by now")
        label = f"GEN-{about.request_id}" if about.request_id else ""
        waits = about.state == NoticeState.WAITING
        return alarms.undelivered(label, about.recipient, notice.payload["error"], waits)

    def _text(self, notice: NoticeRow, text: str, thread_ts: str | None = None) -> Posted:
        return self._say(notice, text, messages.sections(text), thread_ts)

    def _say(self, notice: NoticeRow, text: str, blocks: list[Block], thread_ts: str | None = None) -> Posted:
        if notice.doubt_since and (found := self._lost.find(notice, thread_ts)):
            return found
        self._hold(notice)
        try:
            response = self._client.chat_postMessage(
                channel=notice.recipient,
                text=as_text(clip(text, _FALLBACK)),
                blocks=blocks,
                thread_ts=thread_ts,
                # The key lets a lost post be found again; metadata is readable by every app: ids only.
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": notice.key}},
                unfurl_links=False,
                unfurl_media=False,
            )
            return _posted(response)
        except SlackApiError as error:
            if not_done(error):
                raise
            raise InDoubt(str(error.response.get("error"))[:200]) from error
        except (*SLACK_IS_AWAY, KeyError) as error:
            raise InDoubt(f"{type(error).__name__}: {error}") from error

    def _change(self, notice: NoticeRow, ts: str, text: str, blocks: list[Block]) -> Posted:
        if not ts:
            raise NoCard
        try:
            response = self._client.chat_update(
                channel=notice.recipient, ts=ts, text=as_text(clip(text, _FALLBACK)), blocks=blocks
            )
        except SlackApiError as error:
            if error.response.get("error") in _GONE:
                return Posted(notice.recipient, ts)
            raise
        return _posted(response)

    def _link(self, story: Story) -> str:
        """Where the thread is; "" when there is none to open: a person hears without it rather than not."""
        row = story.row
        ts = row.thread_ts or row.card_ts
        if not ts:
            return ""
        try:
            response = self._client.chat_getPermalink(channel=row.approvals_channel, message_ts=ts)
        except SlackApiError as error:
            if lasting(error):
                return ""
            raise
        return str(response["permalink"])

    def _tell(self, story: Story) -> str:
        """Who hears of a use that nobody has to decide: the production's contact, or who stands in."""
        row = story.row
        requester = Person(row.requester_team, row.requester_user)
        [assignment] = self._authority.assign(row.production, [Topic.PRODUCTION], requester)
        key = assignment.contact
        return f"<@{self._authority.person(key).user}>" if key else "_(nobody else in the directory)_"


def _card(story: Story) -> str:
    if not story.row.card_ts:
        raise NoCard
    return story.row.card_ts


def _decision(story: Story, notice: NoticeRow) -> DecisionRow:
    return next(each for each in story.decisions if each.id == notice.payload["decision"])


def _posted(response: SlackResponse) -> Posted:
    data: dict[str, Any] = response.data if isinstance(response.data, dict) else {}
    return Posted(str(data["channel"]), str(data["ts"]))
