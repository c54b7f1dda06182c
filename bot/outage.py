"""Somebody who does not answer: said once, asked again after 1, 2, 4 ... seconds, welcomed back."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

_log = logging.getLogger(__name__)

LONGEST: Final = 60.0
"""Seconds between two tries, at most: so long after an outage everything is caught up with."""


class Outage:
    """One failure may be chance: from the `patience`-th in a row on it is an outage. `over` ends it."""

    def __init__(self, over: str, clock: Callable[[], datetime], patience: int = 1) -> None:
        self._over, self._clock, self._patience = over, clock, patience
        self._failures = 0
        self._until: datetime | None = None

    @property
    def lasts(self) -> bool:
        """It is an outage: the reason was said, and need not be said again."""
        return self._failures >= self._patience

    def failed(self, reason: str) -> None:
        """One more try without an answer, for a reason that is a sentence."""
        self._failures += 1
        if not self.lasts:
            return
        if self._failures == self._patience:
            _log.warning("%s It is asked again and again; nothing is lost meanwhile.", reason)
        wait = min(2.0 ** (self._failures - self._patience), LONGEST)
        self._until = self._clock() + timedelta(seconds=wait)

    def answered(self) -> None:
        """It is there."""
        if self.lasts:
            _log.warning("%s", self._over)
        self._failures, self._until = 0, None

    def rest(self) -> float:
        """Seconds until the next try; 0 when it may be now, or when the clock was set back meanwhile."""
        if self._until is None:
            return 0.0
        left = (self._until - self._clock()).total_seconds()
        return left if 0.0 < left <= LONGEST else 0.0
