"""Publishes people's Homes beside their clicks: each person once at a time, and a bounded number of them."""

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from typing import Any, Final

from slack_bolt import Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.form_blocks import modal
from bot.home_parts import Spot, carried, spot_pressed
from bot.home_view import away_view, home_view
from bot.listening import Body, show, whisper, who_pressed
from bot.markup import Block
from bot.messages import sections
from bot.service.chased import Links
from bot.service.desk import Desk, Who
from bot.service.home import home
from policy.people import Person
from storage.errors import StorageError

_log = logging.getLogger(__name__)

MOST_WAITING: Final = 100
"""So many people wait for their Home at once; whoever comes then opens it again."""

_WORKERS = 4
_PATIENCE = 5.0  # seconds to wait when Slack says "later", once


@dataclass(frozen=True)
class Asked:
    """Somebody's Home is to be shown, from `spot` on; `says`: one sentence at its top."""

    who: Who
    spot: Spot
    says: str = ""


class Homes:
    """Asking never waits: no listener calls Slack before it has answered.

    Who asks while theirs is being published gets one more, the last that was asked for: so a person never
    sees an older Home after a newer one, however often they open it.
    """

    def __init__(
        self,
        desk: Desk,
        client: WebClient,
        groups: Callable[[str], frozenset[str]],
        link: Links,
        give_way: Callable[[], object] = lambda: None,
    ) -> None:
        """`groups`: those that a person is in. `give_way` waits a moment, while somebody clicks."""
        self._desk, self._client, self._groups, self._link = desk, client, groups, link
        self._give_way = give_way
        self._lock = threading.RLock()  # what ends at once is told while it is begun
        self._waiting: dict[Person, Asked] = {}
        self._busy: set[Person] = set()
        self._stopping = threading.Event()
        self._executor = ThreadPoolExecutor(_WORKERS, thread_name_prefix="home")

    def ask(self, who: Who, spot: Spot | None = None, says: str = "") -> None:
        """Publish this person's Home soon; from its beginning, without a spot."""
        with self._lock:
            if self._stopping.is_set():
                return
            if who.person not in self._waiting and len(self._waiting) >= MOST_WAITING:
                _log.warning("A Home is not shown: %d people wait for theirs.", MOST_WAITING)
                return
            before = self._waiting.get(who.person)
            # A sentence that nobody has read yet is not lost by opening once more.
            unread = before.says if before else ""
            self._waiting[who.person] = Asked(who, spot or Spot(), says or unread)
            if who.person not in self._busy:
                self._begin(who.person)

    def again(self, form: Mapping[str, Any], who: Who) -> None:
        """What a form that was opened from Home has done is to be seen there."""
        if (spot := carried(form)) is not None:
            self.ask(who, spot)

    def tell(self, body: Body, respond: Respond, says: str) -> None:
        """One private sentence to whoever pressed: on Home, where nobody can whisper, in a small window."""
        spot = spot_pressed(body)
        if spot is None:
            whisper(respond, says)
            return
        view = modal("GenAI Clearance", sections(says), close="Close")
        not_shown = show(self._client, body, view)
        # What is refused is mostly out of date. Where no window opens, Home itself says it.
        self.ask(who_pressed(body), spot, says if not_shown else "")

    def stop(self) -> None:
        """Publish nothing more."""
        with self._lock:
            self._stopping.set()
        self._executor.shutdown(cancel_futures=True)

    def _begin(self, person: Person) -> None:
        self._busy.add(person)
        self._executor.submit(self._serve, person).add_done_callback(partial(self._ended, person))

    def _serve(self, person: Person) -> None:
        with self._lock:
            asked = None if self._stopping.is_set() else self._waiting.pop(person, None)
        if asked is not None:
            self._give_way()
            self._publish(asked.who, self._view(asked))

    def _ended(self, person: Person, done: Future[None]) -> None:
        """Whatever became of it, the next opening of this Home does not wait for it."""
        defect = None if done.cancelled() else done.exception()
        if defect is not None:
            _log.error("A Home could not be made.", exc_info=defect)
        with self._lock:
            if person in self._waiting and not self._stopping.is_set():
                self._begin(person)
            else:
                self._busy.discard(person)

    def _view(self, asked: Asked) -> Block:
        who = asked.who
        try:
            found = home(self._desk, who, self._groups(who.user), asked.spot, self._link)
        except StorageError as error:
            _log.warning("A Home could not be read: %s", error)
            return away_view(asked.spot, self._desk.clock())
        return home_view(found, asked.says)

    def _publish(self, who: Who, view: Block) -> None:
        for last in (False, True):
            try:
                self._client.views_publish(user_id=who.user, view=view)
                return
            except SlackApiError as error:
                rest = 0.0 if last else _rest(error)
                if not rest:
                    _log.warning("A Home was not shown: %s", str(error.response.get("error"))[:200])
                    return
                self._stopping.wait(rest)
            except (SlackClientError, HTTPException, OSError) as error:
                _log.warning("A Home was not shown: %s", type(error).__name__)
                return


def _rest(error: SlackApiError) -> float:
    """The seconds after which Slack wants to be asked again; 0 when that is no answer or too long."""
    if error.response.status_code != 429:
        return 0.0
    after = str(error.response.headers.get("Retry-After", ""))
    seconds = float(after) if after.isascii() and after.isdigit() else 1.0
    return seconds if seconds <= _PATIENCE else 0.0
