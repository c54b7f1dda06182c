"""Who people are: Slack ids, a contact's working hours, and the person behind both."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Annotated, Literal, NamedTuple, Self, get_args

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from policy.facts import Strict
from policy.spelling import known_zone, suggest

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Day, ...] = get_args(Day)  # Monday is 0, as in datetime.weekday()


class Person(NamedTuple):
    """One human in Slack. A user id alone is not enough: shared channels bring other workspaces' people."""

    team: str
    user: str


_KINDS = MappingProxyType(
    {
        "member": ("UW", "U012AB3CD", "their profile, the three dots, Copy member ID"),
        "user group": ("S", "S012AB3CD", "the group's page, the three dots, Copy group ID"),
        "channel": ("CG", "C012AB3CD", "the channel's name, About, at the bottom"),
        "workspace": ("T", "T012AB3CD", "the address of Slack in a browser"),
    }
)


def _slack_id(*kinds: str) -> Callable[[str], str]:
    """A check that a text is a Slack id of one of the kinds."""

    def check(value: str) -> str:
        if kind_of(value) in kinds:
            return value
        if kind_of(value.upper()) in kinds and value[1:2].isdigit():
            raise ValueError(f'Slack ids are written in capitals: "{value.upper()}"')
        _, example, place = _KINDS[kinds[0]]
        wanted = f"{' or '.join(kinds)} ID"
        found = f"a {kind_of(value)} ID" if kind_of(value) else f"not a {wanted}"
        raise ValueError(f'"{value[:60]}" is {found}; write a {wanted} like "{example}" (in Slack: {place})')

    return check


def kind_of(slack_id: str) -> str | None:
    """member, user group, channel or workspace; None when it is no Slack id."""
    if not re.fullmatch(r"[A-Z][A-Z0-9]{2,20}", slack_id):
        return None
    return next((kind for kind, (letters, _, _) in _KINDS.items() if slack_id[0] in letters), None)


UserId = Annotated[str, AfterValidator(_slack_id("member"))]
ChannelId = Annotated[str, AfterValidator(_slack_id("channel"))]
TeamId = Annotated[str, AfterValidator(_slack_id("workspace"))]
RequesterId = Annotated[str, AfterValidator(_slack_id("member", "user group"))]
Zone = Annotated[str, AfterValidator(known_zone)]


def _hours(value: str) -> str:
    """Working hours; an end before the start is a night shift."""
    clock = r"([01]\d|2[0-3]):[0-5]\d"
    if not re.fullmatch(rf"{clock}-{clock}", value):
        raise ValueError(f'"{value[:60]}" are not working hours; write them like "09:00-18:00"')
    if value[:5] == value[6:]:
        raise ValueError(f'"{value}" ends when it starts; write two different times like "09:00-18:00"')
    return value


def _day(value: object) -> object:
    """Monday, monday and mon are the same day."""
    if not isinstance(value, str):
        return value
    word = value.strip().casefold()
    full = next((day for day in DAYS if word in (day, day[:3])), None)
    if full is None:
        raise ValueError(f'"{value[:60]}" is not a day of the week; {suggest(value, DAYS)}')
    return full


COUNTRY = r"[A-Z]{2}(-[A-Z0-9]{1,3})?"


def _country(value: str) -> str:
    if not re.fullmatch(COUNTRY, value):
        raise ValueError(f'"{value[:60]}" is not a country; write its two letters in capitals, like "GB"')
    return value


Country = Annotated[str, AfterValidator(_country)]  # ISO 3166: "GB", or a part of it, "GB-SCT"


def _date(value: object) -> object:
    """A date without an hour. Left to pydantic, 20261224 would be a day in 1970."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f'there is no day "{value}"') from None
    raise ValueError("this is not a date; write it like 2026-12-24, without quotes and without an hour")


class Absence(Strict):
    """Days on which a contact does not work, both included, where they are."""

    first: Annotated[date, BeforeValidator(_date)] = Field(alias="from")
    last: Annotated[date, BeforeValidator(_date)] = Field(alias="until")
    to: str | None = None  # the key of the contact who stands in; None: their backup

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"until {self.last} is before from {self.first}; exchange them")
        return self


class Contact(Strict):
    """Who decides, or stands in. `team` is absent for people of our own workspace."""

    slack: UserId
    name: Annotated[str, StringConstraints(min_length=1, max_length=75, strip_whitespace=True)]
    timezone: Zone | None = None  # None: what Slack says
    hours: Annotated[str, AfterValidator(_hours)] = "09:00-18:00"
    days: Annotated[tuple[Annotated[Day, BeforeValidator(_day)], ...], Field(min_length=1)] = DAYS[:5]
    holidays: Country | None = None  # whose public holidays they keep
    team: TeamId | None = None
    backup: str | None = None  # the key of another contact
    away: tuple[Absence, ...] = ()

    @property
    def window(self) -> tuple[time, time]:
        """Start and end of the working day; an end before the start is on the next day."""
        return time.fromisoformat(self.hours[:5]), time.fromisoformat(self.hours[6:])

    @property
    def weekdays(self) -> frozenset[int]:
        """Working days as datetime.weekday() counts them: Monday is 0."""
        return frozenset(DAYS.index(day) for day in self.days)
