"""Moments as people read them: how long ago, and exactly when where they are."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

TOKEN = re.compile(r"\{(\w+)\}")


def moment(ts: str | float) -> datetime:
    """A Slack timestamp as an aware moment."""
    return datetime.fromtimestamp(float(ts), UTC)


def ago(then: datetime, now: datetime) -> str:
    """A short distance: "just now", "5 min ago", "3 h ago", then the date."""
    seconds = (now - then).total_seconds()
    if seconds < 45:
        return "just now"
    if seconds < 3600:
        return f"{max(1, round(seconds / 60))} min ago"
    if seconds < 20 * 3600:
        return f"{round(seconds / 3600)} h ago"
    return f"{then.day} {then:%b}"


def exact(then: datetime, zone: tzinfo) -> str:
    """Date, time and zone, for the hover."""
    local = then.astimezone(zone)
    return f"{local:%A}, {local.day} {local:%B %Y}, {local:%H:%M:%S %Z}"


def when_and_where(now: datetime, zone: tzinfo) -> tuple[str, str]:
    """The present hour and the city whose clock shows it: ("Mon 23 Nov, 09:12", "London")."""
    local = now.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b, %H:%M}", str(zone).rpartition("/")[2].replace("_", " ")


def day(then: datetime, now: datetime, zone: tzinfo) -> str:
    """The heading over a day's messages."""
    local, today = then.astimezone(zone).date(), now.astimezone(zone).date()
    distance = (today - local).days
    if distance in (0, 1):
        return ("Today", "Yesterday")[distance]
    return f"{local:%A}, {local.day} {local:%B}" + ("" if local.year == today.year else f" {local.year}")


def date_token(ts: str, pattern: str, now: datetime, zone: tzinfo) -> str:
    """The inside of a <!date^...> mention, in the reader's time zone."""
    then = moment(ts)
    local = then.astimezone(zone)
    plain = {
        "date_num": f"{local:%Y-%m-%d}",
        "date": f"{local.day} {local:%B %Y}",
        "date_short": f"{local.day} {local:%b %Y}",
        "date_long": f"{local:%A}, {local.day} {local:%B %Y}",
        "time": f"{local:%H:%M}",
        "time_secs": f"{local:%H:%M:%S}",
        "ago": ago(then, now),
    }
    days = (local.date() - now.astimezone(zone).date()).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        base = name.removesuffix("_pretty")
        if name != base and near:
            return near
        return plain.get(base, match.group(0))

    return TOKEN.sub(fill, pattern)
