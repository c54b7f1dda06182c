"""The edge of Slack for delivery: what was posted, and what the next calls answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse


def response(data: dict[str, Any], status: int = 200, headers: dict[str, Any] | None = None) -> SlackResponse:
    """An answer as the client hands it out."""
    return SlackResponse(
        client=None,
        http_verb="POST",
        api_url="",
        req_args={},
        data=data,
        headers=headers or {},
        status_code=status,
    )


def refusal(error: str, status: int = 200, headers: dict[str, Any] | None = None) -> SlackApiError:
    """An answer that is no."""
    answer = response({"ok": False, "error": error}, status, headers)
    return SlackApiError(error, answer)  # type: ignore[no-untyped-call]


@dataclass
class SlackEdge:
    """`posts` is what stands in Slack; `answer` may raise instead, and is asked before each post.

    `reading` is asked before each look.
    """

    posts: list[dict[str, Any]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], None] = lambda call: None
    after: Callable[[], None] = lambda: None
    reading: Callable[[], None] = lambda: None

    @property
    def client(self) -> WebClient:
        """As the bot sees it."""
        return cast(WebClient, self)

    def chat_postMessage(self, **call: Any) -> SlackResponse:
        self.answer(call)
        self.posts.append(call)
        self.after()
        return response({"ok": True, "channel": call["channel"], "ts": f"{len(self.posts)}.000001"})

    def chat_update(self, **call: Any) -> SlackResponse:
        self.answer(call)
        self.updates.append(call)
        return response({"ok": True, "channel": call["channel"], "ts": call["ts"]})

    def conversations_open(self, *, users: str) -> SlackResponse:
        self.reading()
        return response({"ok": True, "channel": {"id": users}})

    def conversations_history(self, *, channel: str, **_: Any) -> SlackResponse:
        return self._told(lambda call: call["channel"] == channel and not call["thread_ts"])

    def conversations_replies(self, *, channel: str, ts: str, **_: Any) -> SlackResponse:
        return self._told(lambda call: call["channel"] == channel and call["thread_ts"] == ts)

    def _told(self, wanted: Callable[[dict[str, Any]], bool]) -> SlackResponse:
        self.reading()
        numbered = enumerate(self.posts, 1)
        found = [{"ts": f"{n}.000001", "metadata": call["metadata"]} for n, call in numbered if wanted(call)]
        return response({"ok": True, "messages": found})

    def chat_getPermalink(self, *, channel: str, message_ts: str) -> SlackResponse:
        return response({"ok": True, "permalink": f"https://slack.example/{channel}/{message_ts}"})

    def said(self) -> list[str]:
        """Which notices were posted, in order."""
        return [call["metadata"]["event_payload"]["key"] for call in self.posts]
