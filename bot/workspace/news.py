"""Tells open pages that something changed: the word "feed" or "modal", never the content."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

PING_SECONDS = 15.0


class News:
    """One queue per open page; publishing never waits."""

    def __init__(self) -> None:
        self._open: dict[str, set[asyncio.Queue[str | None]]] = {}
        self._closed = False

    def tell(self, word: str, user: str | None = None) -> None:
        """Say a word to one person's pages, or to all of them."""
        for name, queues in self._open.items():
            if user is None or name == user:
                for queue in queues:
                    queue.put_nowait(word)

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closed = True
        for queues in self._open.values():
            for queue in queues:
                queue.put_nowait(None)

    async def listen(self, user: str) -> AsyncIterator[str]:
        """Server-sent events for one page until it leaves or the server stops."""
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._open.setdefault(user, set()).add(queue)
        try:
            yield ": open\n\n"
            while not self._closed:
                try:
                    word = await asyncio.wait_for(queue.get(), PING_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if word is None:
                    return
                yield f"event: {word}\ndata: {word}\n\n"
        finally:
            self._open[user].discard(queue)
