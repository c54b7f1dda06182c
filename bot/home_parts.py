"""What a Home is made of, and how a press on it is known: by its view, since it has no channel."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.digest_parts import Entry, Part
from bot.markup import Block
from storage.notices import NoticeRow

CARRIED: Final = "home"
"""The key in a form's private_metadata: it was opened from a Home, which began there."""

_LARGEST = 2**31 - 1  # the greatest number that a request has


@dataclass(frozen=True)
class Spot:
    """Where a Home's lists begin: after `waiting` requests; below the number `filed`, 0 for the newest."""

    waiting: int = 0
    filed: int = 0

    @property
    def value(self) -> str:
        """What a button, a Home and a form carry."""
        return f"{self.waiting}:{self.filed}"


def parse_spot(value: object) -> Spot:
    """The spot that is carried; the beginning when it is none of ours."""
    found = re.fullmatch(r"([0-9]{1,10}):([0-9]{1,10})", value) if isinstance(value, str) else None
    numbers = [int(each) for each in found.groups()] if found else []
    return Spot(*numbers) if numbers and max(numbers) <= _LARGEST else Spot()


def spot_pressed(body: Mapping[str, Any]) -> Spot | None:
    """Where the Home stood on which something was pressed; None for a press anywhere else."""
    view = body.get("view") or {}
    return parse_spot(view.get("private_metadata")) if view.get("type") == "home" else None


def carrying(form: Block, body: Mapping[str, Any]) -> Block:
    """The form that a press opens, which remembers something: the Home, too, that it was pressed on."""
    spot = spot_pressed(body)
    if spot is None:
        return form
    memory = json.loads(form["private_metadata"]) | {CARRIED: spot.value}
    return form | {"private_metadata": json.dumps(memory, separators=(",", ":"))}


def carried(form: Mapping[str, Any]) -> Spot | None:
    """The spot of the Home from which a sent form was opened; None when it was opened elsewhere."""
    try:
        memory = json.loads(str(form.get("private_metadata")))
    except (ValueError, RecursionError):
        return None
    value = memory.get(CARRIED) if isinstance(memory, dict) else None
    return parse_spot(value) if value else None


@dataclass(frozen=True)
class Hands:
    """What operators have to mend: the first few of each, and how many there are."""

    failed: tuple[NoticeRow, ...] = ()
    failures: int = 0
    unassigned: tuple[Entry, ...] = ()
    orphans: int = 0


@dataclass(frozen=True)
class Home:
    """All that one person's Home says. `older`: there is more below the last of `filed`.

    `versions`: of the guidance. `decides`: they are a contact.
    """

    at: datetime
    versions: tuple[str, ...]
    spot: Spot
    waiting: Part
    filed: tuple[Entry, ...]
    older: bool = False
    may_file: bool = True
    decides: bool = False
    hands: Hands = Hands()
