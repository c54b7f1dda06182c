"""The ladder: who hears of a sign-off that waits, after how long, and how often. One declaration."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from policy.facts import Strict

Kind = Literal["remind", "backup", "last_call"]
UNTIL_DECIDED = "until decided"
_LONGEST = 1000  # hours; half a year of work


def _hours(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("this is not a number of hours; write it without quotes, like 4 or 1.5")
    if not 0 < value <= _LONGEST:
        raise ValueError(f"{value} hours do not work; write more than 0 and at most {_LONGEST}")
    return float(value)


def _times(value: object) -> object:
    """TOML has no word for nothing, so that a rung without an end says "until decided"."""
    if value is None or value == UNTIL_DECIDED:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f'this is not how often; write a number from 1, or "{UNTIL_DECIDED}"')
    return value


Hours = Annotated[float, BeforeValidator(_hours)]


class Rung(Strict):
    """One step of the ladder.

    `after` counts from when somebody began to wait, `before` back from decide-by, both in the person's
    working hours; only a last call's `before` is in hours of the clock, back from the needed-by moment.
    """

    kind: Kind
    after: Hours | None = None
    before: Hours | None = None
    to: Literal["contact", "everyone"] = "everyone"  # everyone: a backup who was pulled in, too
    at_most: Annotated[int | None, BeforeValidator(_times)] = 1  # None: every working day until decided

    @model_validator(mode="after")
    def _one_moment(self) -> Self:
        if (self.after is None) == (self.before is None):
            wrong = "both after and before are" if self.after else "neither after nor before is"
            raise ValueError(f"{wrong} written; write one of them, like after = 4")
        if self.kind == "last_call" and self.before is None:
            raise ValueError("a last call counts back from the needed-by date; write before instead of after")
        if self.kind != "remind" and self.at_most != 1:
            raise ValueError(f"only a remind can come more than once; leave at_most out of this {self.kind}")
        return self


def _all_different(ladder: tuple[Rung, ...]) -> tuple[Rung, ...]:
    for number, rung in enumerate(ladder, start=1):
        first = ladder.index(rung) + 1
        if first != number:
            raise ValueError(f"rungs {first} and {number} are the same; keep one of the two")
    return ladder


Ladder = Annotated[tuple[Rung, ...], Field(min_length=1), AfterValidator(_all_different)]

LADDER: tuple[Rung, ...] = (
    Rung(kind="remind", after=4),
    Rung(kind="remind", after=12),
    Rung(kind="backup", after=16),
    Rung(kind="remind", after=24, at_most=None),
    Rung(kind="remind", before=4),
    Rung(kind="backup", before=4),
    Rung(kind="last_call", before=12),
)
