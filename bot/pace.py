"""How fast the app speaks: at most one post a second in a channel over time, a few at once after a rest."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Final

_LONGEST: Final = timedelta(minutes=10)
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Pace:
    """When each recipient may be spoken to again. Whoever rests is left out of the claims: order stays."""

    def __init__(self, per_second: float = 1.0, burst: int = 3, look_again: float = 2.0) -> None:
        """`look_again`: seconds between two looks for a lost post; what Slack shows may be a moment old."""
        self.look_again = look_again
        self._apart = timedelta(seconds=1 / per_second)
        self._slack = self._apart * (burst - 1)
        # The moment from which a recipient has all of its burst again, and what Slack asked for.
        self._full: dict[str, datetime] = {}
        self._asked: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def spoke(self, recipient: str, now: datetime) -> None:
        """One message went there, or may have."""
        with self._lock:
            self._full[recipient] = max(self._full.get(recipient, _LONG_AGO), now) + self._apart

    def rest(self, recipient: str, until: datetime) -> None:
        """Slack asked for silence."""
        with self._lock:
            self._asked[recipient] = until

    def resting(self, now: datetime) -> frozenset[str]:
        """Who is not to be spoken to now."""
        with self._lock:
            return frozenset(self._free(now))

    def next_free(self, now: datetime) -> datetime | None:
        """When the first of the resting may be spoken to; None when nobody rests."""
        with self._lock:
            return min(self._free(now).values(), default=None)

    def _free(self, now: datetime) -> dict[str, datetime]:
        # What lies farther ahead was noted before the clock was set back.
        self._full = {name: full for name, full in self._full.items() if now < full < now + _LONGEST}
        self._asked = {name: until for name, until in self._asked.items() if now < until < now + _LONGEST}
        # A full burst is spent once the bucket lacks more than it may.
        spent = {name: full - self._slack for name, full in self._full.items()}
        free = {
            name: max(spent.get(name, _LONG_AGO), self._asked.get(name, _LONG_AGO))
            for name in {*spent, *self._asked}
        }
        return {name: time for name, time in free.items() if time > now}


def unhurried() -> Pace:
    """No pace at all, for a Slack that is a stand-in."""
    return Pace(per_second=1000, burst=1000, look_again=0.02)
