"""What a person typed or picked, read from a view Slack sent back; nothing in it is trusted."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Any

_YEARS_10 = timedelta(days=3653)
_BREAKS = re.compile(r"[\n\t]+")
# The categories Cc and Cs, but for the line break and the tab.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_INITIAL = ("initial_value", "initial_option", "initial_date")


class FormValues:
    """The answers of one view, by block id; block_id and action_id are the same in our forms."""

    def __init__(self, view: Mapping[str, Any]) -> None:
        self._state = _mapping(_mapping(view.get("state")).get("values"))
        self._blocks = view.get("blocks")

    @cached_property
    def _elements(self) -> dict[str, Mapping[str, Any]]:
        """Block id -> what the form shows there: looked at when an answer was not sent."""
        blocks = self._blocks if isinstance(self._blocks, list) else []
        return {
            str(block.get("block_id")): _mapping(block.get("element"))
            for block in blocks
            if isinstance(block, dict)
        }

    def get(self, block_id: str) -> str | None:
        """What stands in that input now, None when the form does not show it and nothing was sent.

        Some clients leave out what nobody touched (SLACK): missing means what was shown, the initial value.
        """
        entry = self._entry(block_id)
        for key in ("value", "selected_date"):
            if key in entry:
                return _text(entry[key])  # null: the person emptied it
        option = entry.get("selected_option")
        return self._initial(block_id) if option is None else _text(_mapping(option).get("value"))

    def option_title(self, block_id: str) -> str:
        """How the picked option reads on screen; "" when nothing is picked."""
        option = self._entry(block_id).get("selected_option") or self._element(block_id).get("initial_option")
        return _text(_mapping(_mapping(option).get("text")).get("text"))

    def _entry(self, block_id: str) -> Mapping[str, Any]:
        return _mapping(_mapping(self._state.get(block_id)).get(block_id))

    def _element(self, block_id: str) -> Mapping[str, Any]:
        return self._elements.get(block_id, {})

    def _initial(self, block_id: str) -> str | None:
        element = self._element(block_id)
        for key in _INITIAL:
            if key in element:
                shown = element[key]
                return _text(shown["value"] if isinstance(shown, dict) and "value" in shown else shown)
        return "" if block_id in self._elements else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}  # an object, as JSON has it


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def clean(text: str, *, lines: bool = False) -> str:
    """Trimmed and without control characters and lone surrogates; emoji and right-to-left marks stay.

    A text of invisible characters only is "". Line breaks stay only where `lines`.
    """
    if text.isprintable():  # no control, no mark, no blank but the space: nearly every answer
        return text.strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not lines:
        text = _BREAKS.sub(" ", text)
    kept = _CONTROL.sub("", text)
    visible = any(unicodedata.category(one)[0] not in "ZC" for one in kept)
    return kept.strip() if visible else ""


def parse_date(text: str) -> date | None:
    """The date as a date picker sends it (2026-03-02), or None when it is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None  # not "20260302", nor "2026-W10-1"


def in_words(day: date) -> str:
    """3 March 2026."""
    return f"{day.day} {day:%B} {day.year}"


def wrong_year(day: date, today: date) -> str | None:
    """A sentence when the date is a slip of the keyboard: later sums with year 9999 would overflow."""
    if abs(day - today) <= _YEARS_10:
        return None
    return f"{in_words(day)} is more than ten years away. Please check the year."
