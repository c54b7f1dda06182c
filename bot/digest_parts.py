"""What a digest is made of: lists of requests, each of which may go on on further pages."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.service.lookup import Story
from bot.service.ranking import Rank
from storage.chases import ChaseRow

# Places that are no channel.
EVERYWHERE: Final = "all"
MINE: Final = "me"
FILED: Final = "filed"

WITH_BUTTONS: Final = 8
"""How many that wait for one person are shown at a time."""


class Section(StrEnum):
    """What a list in a digest is of."""

    OPEN = "open"
    DECIDED = "decided"
    CLEARED = "cleared"


@dataclass(frozen=True)
class Page:
    """Where a list goes on: a button carries it. `since` and `until` are numbers of audit events."""

    section: Section
    place: str  # a channel, EVERYWHERE, MINE or FILED
    start: int = 0
    since: int = 0
    until: int = 0

    @property
    def value(self) -> str:
        """What the button says when it is pressed."""
        return f"{self.section}:{self.place}:{self.start}:{self.since}:{self.until}"


def parse_page(value: str | None) -> Page | None:
    """What a pressed button carries; None when no button of ours says that."""
    parts = (value or "").split(":")
    if len(parts) != 5 or parts[0] not in set(Section) or not all(_is_count(one) for one in parts[2:]):
        return None
    return Page(Section(parts[0]), parts[1], *map(int, parts[2:]))


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15


@dataclass(frozen=True)
class Entry:
    """A request in a list. `chases`: who is waited for; `production`: its title, where several are listed.

    `stands_in_for`: the contacts in whose place its reader is asked, in their own digest alone.
    """

    story: Story
    link: str = ""
    production: str = ""
    rank: Rank | None = None
    chases: tuple[ChaseRow, ...] = ()
    stands_in_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One page of a list and what there is of it in all."""

    page: Page
    entries: tuple[Entry, ...]
    total: int
    overdue: int = 0
    at_risk: int = 0

    @property
    def rest(self) -> int:
        """How many come after this page."""
        return max(self.total - self.page.start - len(self.entries), 0)


@dataclass(frozen=True)
class Digest:
    """All that a digest says. `covers` None: it is the first. `head` "": it belongs to a person."""

    heading: str
    parts: tuple[Part, ...]
    covers: datetime | None = None
    head: str = ""
