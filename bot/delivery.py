"""Notices -> Slack: claimed, posted, kept until they are; the operators hear of what only they can mend."""

import logging
import threading
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy import Connection

from bot.lost_posts import MayStand, Posted
from bot.outage import LONGEST, Outage
from bot.pace import Pace
from bot.posting import SLACK_IS_AWAY, InDoubt, NoCard, Posting
from bot.refusal import lasting
from bot.service.announce import Kind, announce_undelivered
from bot.service.chased import NotWanted
from bot.service.desk import Desk
from storage import chases, notice_times, notices, requests
from storage.database import StorageError
from storage.notices import NoticeRow

_log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
# Tried that often, what does not get through is told to the operators (8 minutes of 1, 2, 4 ... seconds).
WORRYING = 10
# A notice of ours that cannot even be rendered holds up everybody behind it: give it up sooner.
BROKEN = 5
# How long a lease and the pause before another try are, at most.
_SPANS = (LEASE, timedelta(minutes=6))
_SETTLE_TRIES = 30
_SETTLE_PAUSE = 0.25  # seconds


class _TakenOver(Exception):
    """Somebody else holds this notice by now."""


class Delivery:
    """One worker over the notices. `wake` after a commit makes it look at once; a crash loses nothing."""

    def __init__(
        self,
        desk: Desk,
        client: WebClient,
        due: threading.Event,
        pace: Pace | None = None,
        give_way: Callable[[], object] = lambda: None,
    ) -> None:
        """`due` is what the desk sets to wake this worker; `give_way` passes while clicks are answered."""
        self._database, self._authority, self._clock = desk.database, desk.authority, desk.clock
        self._pace = pace or Pace()
        self._posting = Posting(desk, client, self._hold, self._moment)
        self._due, self._give_way = due, give_way
        self._stopped = threading.Event()
        self._no_database = Outage("The database answers again.", self._clock)
        # A connection may break by chance; a second failure in a row is Slack itself.
        self._no_slack = Outage("Slack answers again.", self._clock, patience=2)
        self._thread = threading.Thread(target=self._work, name="delivery", daemon=True)

    def start(self) -> None:
        """Begin to deliver in the background; what failed for good before is tried once more."""
        with self._database.transaction() as tx:
            notice_times.let_go(tx, self._clock())
            again = notices.revive(tx, self._clock())
        if again:
            _log.warning("%s notices that could not be delivered are tried again.", again)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """The worker works."""
        return self._thread.is_alive()

    def wake(self) -> None:
        """Something was committed."""
        self._due.set()

    def stop(self, seconds: float = 10) -> None:
        """Finish what is in hand and stop."""
        self._stopped.set()
        self._due.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _work(self) -> None:
        while not self._stopped.is_set():
            self._due.clear()
            try:
                pause = self._no_slack.rest()
                if not pause and not self.deliver_one():
                    pause = self._pause()
                self._no_database.answered()
            except StorageError as error:
                # The rows are safe where they are.
                self._no_database.failed(str(error))
                pause = self._no_database.rest()
            except Exception:  # the edge: a worker that died in silence would deliver nothing more
                _log.exception("Delivery stumbled")
                pause = 5.0
            if pause:
                self._due.wait(pause)
            # Also between two notices: one click's answer is being built, another is about to commit.
            self._give_way()

    def _pause(self) -> float:
        """Seconds until something is due; never long, because another process may add rows."""
        now = self._clock()
        with self._database.reading() as tx:
            set_back = notice_times.misdated(tx, now, *_SPANS)
            due = notices.next_due(tx, self._pace.resting(now))
        if set_back:
            with self._database.transaction() as tx:
                late = notice_times.set_right(tx, now, *_SPANS)
            _log.warning("The clock was set back: %s notices would have waited for the old time.", late)
            return 0.0
        times = [time for time in (due, self._pace.next_free(now)) if time]
        return min(max((min(times) - now).total_seconds(), 0.05), 5.0) if times else 5.0

    def _moment(self) -> None:
        """Pass the time between two looks for a post in doubt, but stop at once."""
        self._stopped.wait(self._pace.look_again)

    def _hold(self, notice: NoticeRow) -> None:
        """Before a post: a search takes its time, a machine may sleep, and then somebody else may hold it."""
        assert notice.lease_until is not None  # it was claimed
        if not notice.doubt_since and self._clock() < notice.lease_until - LEASE / 2:
            return
        with self._database.transaction() as tx:
            if not notices.renew(tx, notice, self._clock(), LEASE):
                raise _TakenOver

    def deliver_one(self) -> bool:
        """Claim and deliver one notice; False when none is due."""
        began = self._clock()
        with self._database.transaction() as tx:
            notice = notices.claim(tx, began, LEASE, self._pace.resting(began))
        if notice is None:
            return False
        try:
            posted = self._posting.post(notice)
        except _TakenOver:
            _log.warning("Notice %s is delivered by somebody else by now", notice.key)
        except NoCard as error:
            self._failed(notice, str(error.__doc__), tell=False)  # the operators heard about the card
        except NotWanted as error:
            self._dropped(notice, str(error), error.again)
        except MayStand as error:
            _log.warning("Notice %s may stand in Slack already", notice.key)
            self._dropped(notice, f"it may stand in Slack: {error}")
        except InDoubt as error:
            self._no_slack.failed(f"Slack gives no answer ({error}).")
            self._pace.spoke(notice.recipient, began)
            self._later(notice, str(error), _backoff(notice.attempts), notice.doubt_since or began)
        except SlackApiError as error:
            self._refused(notice, error)
        except (*SLACK_IS_AWAY, StorageError) as error:
            reason = f"{type(error).__name__}: {error}"
            if not isinstance(error, StorageError):
                self._no_slack.failed(f"Slack gives no answer ({reason}).")
            self._later(notice, reason, _backoff(notice.attempts))
        except Exception as error:  # the edge: one broken notice must not end the worker
            self._broken(notice, error)
        else:
            self._no_slack.answered()
            self._pace.spoke(notice.recipient, began)
            self._settle(notice, lambda tx: self._delivered(tx, notice, posted))
        return True

    def _broken(self, notice: NoticeRow, error: Exception) -> None:
        _log.error("Notice %s cannot be rendered", notice.key, exc_info=error)
        if notice.attempts < BROKEN:
            self._later(notice, type(error).__name__, _backoff(notice.attempts))
        else:
            self._failed(notice, type(error).__name__)

    def _delivered(self, tx: Connection, notice: NoticeRow, posted: Posted) -> None:
        notices.delivered(tx, notice.id, posted.channel, posted.ts, self._clock())
        if notice.request_id is not None and notice.kind == Kind.CARD:
            requests.place_card(tx, notice.request_id, posted.channel, posted.ts)
        if notice.request_id is not None and notice.kind == Kind.ASK:
            requests.place_thread(tx, notice.request_id, posted.ts)

    def _dropped(self, notice: NoticeRow, reason: str, again: Collection[int] = ()) -> None:
        """`again`: chases whose reminder it was; it comes back at a better hour."""
        _log.info("Notice %s is not said: %s", notice.key, reason)

        def settle(tx: Connection) -> None:
            if notices.dropped(tx, notice.id, reason):
                for chase in again:
                    chases.change(tx, chase, due_at=self._clock(), reminded_at=None)

        self._settle(notice, settle)

    def _refused(self, notice: NoticeRow, error: SlackApiError) -> None:
        code = str(error.response.get("error"))
        if error.response.status_code in (200, 429):
            self._no_slack.answered()
        if error.response.status_code == 429:
            wait = _retry_after(error)
            self._pace.rest(notice.recipient, self._clock() + wait)
            self._later(notice, "rate limited", wait)
        elif lasting(error):
            self._failed(notice, code)
        else:
            self._later(notice, code, _backoff(notice.attempts))

    def _failed(self, notice: NoticeRow, error: str, tell: bool = True) -> None:
        _log.error("Notice %s cannot be delivered to %s: %s", notice.key, notice.recipient, error)

        def settle(tx: Connection) -> None:
            notices.failed(tx, notice.id, error, self._clock())
            if tell:
                announce_undelivered(tx, self._authority.directory, notice, error, self._clock())

        self._settle(notice, settle)

    def _later(
        self, notice: NoticeRow, error: str, wait: timedelta, doubt_since: datetime | None = None
    ) -> None:
        """`doubt_since`: this attempt may have got through. What was in doubt before stays so."""
        away = self._no_slack.lasts
        _log.log(
            logging.DEBUG if away else logging.WARNING, "Notice %s is tried again: %s", notice.key, error
        )

        def settle(tx: Connection) -> None:
            # An outage is no notice's fault: what waited for its end must not wait much longer.
            due_at = self._clock() + min(wait, timedelta(seconds=LONGEST) if away else wait)
            notices.retry_at(tx, notice.id, due_at, error[:200], doubt_since or notice.doubt_since)
            if notice.attempts == WORRYING:
                announce_undelivered(tx, self._authority.directory, notice, error[:200], self._clock())

        self._settle(notice, settle)

    def _settle(self, notice: NoticeRow, change: Callable[[Connection], None]) -> None:
        """Keep what became of a notice; a database that is busy now would make us say it twice later."""
        for attempt in range(_SETTLE_TRIES):
            try:
                with self._database.transaction() as tx:
                    change(tx)
                return
            except StorageError as error:
                if not attempt:
                    _log.warning("What became of notice %s is not kept yet: %s", notice.key, error)
                self._stopped.wait(_SETTLE_PAUSE)
        _log.error("What became of notice %s was not kept: it will be looked for in Slack", notice.key)


def _backoff(attempts: int) -> timedelta:
    """1, 2, 4 ... seconds, at most five minutes."""
    return timedelta(seconds=min(2 ** min(attempts - 1, 9), 300))


def _retry_after(error: SlackApiError) -> timedelta:
    """What a 429 asks for; the header's capitals differ between proxies."""
    given = {str(name).lower(): value for name, value in error.response.headers.items()}.get(
        "retry-after", "1"
    )
    given = given[0] if isinstance(given, list) else given
    return timedelta(seconds=float(given) if str(given).isdigit() else 1.0)
