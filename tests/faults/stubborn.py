"""People who try again until they are told: a bot that died, or a wire that broke, costs them a press."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from enum import Enum
from typing import TypeVar

from tests.person import Answer, Json, Person, text_of
from tests.studio import APPROVALS, CHANNEL, answer, of_kind

NIGHT = APPROVALS["NIGHTFALL"]
PATIENCE = 90.0  # seconds
T = TypeVar("T")
# What the app or Slack itself says when a press changed nothing.
AGAIN = ("Not recorded:", "try again", "Try again")


class Heard(Enum):
    """What somebody learnt who pressed a decision's button."""

    DONE = "recorded as they pressed"
    DONE_BEFORE = "recorded by their own press, whose answer was lost"
    TOO_LATE = "somebody else was first"


class Unheard(Exception):
    """Nobody told them anything in all that time."""


def files(who: Person, differing: Mapping[str, Answer]) -> int:
    """File a request; returns the number they read."""

    def told() -> int:
        view = who.modal()
        if view is None:
            who.command(CHANNEL["NIGHTFALL"], "/genai-request")
        elif str(view["title"]["text"]).startswith("GEN-"):
            return int(view["title"]["text"].removeprefix("GEN-"))
        else:
            answer(who, differing)
            who.submit()
        return 0

    number = _until(told, who, "file")
    who.close(everything=True)
    return number


def decides(who: Person, number: int, move: str, hurry: Callable[[], object]) -> Heard:
    """Approve or deny."""
    pressed = False

    def told() -> Heard | None:
        nonlocal pressed
        hurry()
        view = who.modal()
        if view is None:
            return _opens(who, number, move)
        who.fill({"reason": "No."} if move == "deny" else {})
        pressed_before, pressed = pressed, True
        errors = who.submit()
        return None if errors else _reads(who, number, pressed_before)

    heard = _until(told, who, f"{move} GEN-{number}")
    if who.modal():
        who.close(everything=True)
    return heard


def _opens(who: Person, number: int, move: str) -> Heard | None:
    """Press the button in the thread; told at once when it is too late."""
    asked = _asked(who, number)
    if asked is None:
        return None
    before = len(who.ephemerals(NIGHT))
    try:
        who.press(asked, f"decide:{move}")
    except AssertionError:  # no such button any more: the message shows the decision
        return Heard.TOO_LATE
    said = who.ephemerals(NIGHT)[before:]
    refused = [one for one in said if not any(words in one for words in AGAIN)]
    return Heard.TOO_LATE if refused and not who.modal() else None


def _reads(who: Person, number: int, pressed_before: bool) -> Heard | None:
    view = who.modal()
    said = text_of(view) if view else ""
    if "The requester is told" in said or "Your part of" in said:
        return Heard.DONE
    if f"GEN-{number} is already" not in said:
        # The form still stands there with Slack's own "try again", or is gone.
        return None if who.notice() or not view else Heard.TOO_LATE
    mine = pressed_before and (NAMES[who.user] in said or " by you " in said)
    return Heard.DONE_BEFORE if mine else Heard.TOO_LATE


NAMES = {"U0RAVI": "Ravi Menon", "U0MEI": "Mei"}


def _asked(who: Person, number: int) -> Json | None:
    found = [
        one
        for card in of_kind(who.messages(NIGHT), number, "card")
        for one in of_kind(who.replies(NIGHT, card["ts"]), number, "ask")
    ]
    return found[0] if found else None


def _until(told: Callable[[], T | None], who: Person, what: str) -> T:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if heard := told():
            return heard
        time.sleep(0.03)
    raise Unheard(f"{who.user} could not {what} in {PATIENCE} s\n{who.picture()}")
