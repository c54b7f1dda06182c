"""What a contact is told after they said that they are away, back, or will look at it later."""

from datetime import datetime, tzinfo

from bot.service.away import GoneAway
from bot.tellings import day_of
from bot.wording import when_there
from storage.records import RequestRow


def snoozed_told(row: RequestRow, until: datetime, zone: tzinfo) -> str:
    """When the reminder comes back, where its reader is."""
    when = when_there(until, zone)
    return f"You are reminded of {row.label} again {when}. {row.requester_name} sees that you put it off."


def away_told(gone: GoneAway) -> str:
    """The days that were kept, and what becomes of what waits."""
    days = (
        f"on {day_of(gone.begins)}"
        if gone.begins == gone.until
        else f"from {day_of(gone.begins)} until {day_of(gone.until)}, both included"
    )
    first = f"You are away {days}. You are not reminded of anything meanwhile, and can still decide."
    if not gone.stand_in:
        return f"{first} Nobody stands in for you: the operators are told when something waits."
    waits = f" {_waiting(gone.waiting)} for you now: {gone.stand_in} is asked." if gone.waiting else ""
    return f"{first} {gone.stand_in} stands in.{waits} `/genai-request back` ends it sooner."


def back_told(was_away: bool, waiting: int) -> str:
    """After `back`."""
    first = "Welcome back." if was_away else "You were not away."
    shown = f" `/genai-request digest` shows {'it' if waiting == 1 else 'them'}." if waiting else ""
    return f"{first} {_waiting(waiting)} for you.{shown}"


def _waiting(count: int) -> str:
    return {0: "Nothing waits", 1: "One request waits"}.get(count, f"{count} requests wait")
