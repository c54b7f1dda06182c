"""The clicks that are being answered now: what has time gives way to them."""

import threading
from time import monotonic
from types import TracebackType
from typing import Final

# Whoever pressed something presses more: work that begins between two clicks meets the second.
_CALM: Final = 0.005  # seconds
# So long does what has time wait for a moment without clicks. Under a load without one, 20 notices a second
# are said all the same.
_LONGEST: Final = 0.05  # seconds


class InHand:
    """Entered for each click, in the thread that answers it.

    Python runs one thread at a time: work beside a click made its answer 40 in 100 later.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._clicks = 0
        self._calm_at = 0.0

    def __enter__(self) -> None:
        with self._changed:
            self._clicks += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._clicks -= 1
            if not self._clicks:
                self._calm_at = monotonic() + _CALM
                self._changed.notify_all()

    def give_way(self) -> bool:
        """Wait for a calm moment; False when none came in 0.05 seconds."""
        until = monotonic() + _LONGEST
        with self._changed:
            while (now := monotonic()) < until:
                left = until if self._clicks else self._calm_at
                if left <= now:
                    return True
                self._changed.wait(min(left, until) - now)
        return False
