"""How fast an app may post: Slack's limits on chat.*, for a workspace that is asked to be strict."""

from __future__ import annotations

import math
import time
from collections import Counter
from dataclasses import dataclass

from .refusals import RateLimited


@dataclass(frozen=True)
class Limit:
    """So many a second over time, and `burst` at once after a rest."""

    per_second: float
    burst: int


# Slack documents one post a second and channel with "short bursts" above it, and tier 3 (50 a minute in the
# whole workspace) for updates; how long a burst may be it does not say.
PER_CHANNEL = Limit(1.0, 3)
UPDATES = Limit(50 / 60, 20)


class Pacing:
    """Counts what was let through, in real seconds: the demo's clock does not move them."""

    def __init__(self, strict: bool) -> None:
        self.strict = strict
        self.per_channel = PER_CHANNEL
        self.updates = UPDATES
        # What was refused, by "method channel".
        self.tally: Counter[str] = Counter()
        # For each bucket, the moment from which it is full again.
        self._full: dict[str, float] = {}

    def admit(self, method: str, channel: str) -> None:
        """Let a chat.postMessage or chat.update through, or refuse it with 429."""
        if not self.strict:
            return
        buckets = {f"{method} {channel}": self.per_channel}
        if method == "chat.update":
            buckets[method] = self.updates
        now = time.monotonic()
        wait = max(self._wait(name, limit, now) for name, limit in buckets.items())
        if wait > 0:
            self.tally[f"{method} {channel}"] += 1
            raise RateLimited(math.ceil(wait))
        for name, limit in buckets.items():
            self._full[name] = max(self._full.get(name, 0), now) + 1 / limit.per_second

    def _wait(self, name: str, limit: Limit, now: float) -> float:
        missing = max(0.0, self._full.get(name, 0) - now)
        return missing - (limit.burst - 1) / limit.per_second
