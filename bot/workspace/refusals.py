"""How the local Slack says no to the app."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """An API call refused with Slack's error code and, where Slack gives them, details."""

    def __init__(self, error: str, **details: Any) -> None:
        super().__init__(error)
        self.error = error
        self.details = details


class RateLimited(Exception):
    """Too many posts to one channel; `retry_after` in whole seconds as Slack sends it."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


class InvalidBlocks(Exception):
    """Blocks Slack would not take; `reasons` are sentences for response_metadata.messages."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class NotDelivered(Exception):
    """The app got no envelope or did not acknowledge it within 3 s."""
