"""What the request form carries along in its private_metadata."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError

from bot.form_fields import MAX_TOOLS
from policy.facts import Strict


class Question(Strict):
    """What the form asked about once: the answer then declared, and the words of the text against it."""

    declared: Annotated[str, StringConstraints(max_length=30)]
    suggests: Annotated[str, StringConstraints(max_length=30)]
    quote: Annotated[str, StringConstraints(max_length=120)]


class Memory(Strict):
    """At most 3,000 characters (Slack), no secrets. It is forgeable: nothing in it can lower an outcome."""

    channel: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{0,40}$")] = ""  # where it was asked
    tools: Annotated[int, Field(ge=1, le=MAX_TOOLS)] = 1
    cut: bool = False  # the command's text did not fit
    pointed_out: str = ""  # the contradiction this view warns of
    prefilled: tuple[str, ...] = ()  # the fields that the command's text answered
    questioned: dict[str, Question] = Field(default_factory=dict)  # fact -> what the text says
    kept: dict[str, str] = Field(default_factory=dict)  # answers of questions hidden for now


def remembered(view: Mapping[str, Any]) -> Memory | None:
    """The memory of a view; None when it is not what we wrote."""
    try:
        return Memory.model_validate_json(str(view.get("private_metadata")), strict=True)
    except ValidationError:
        return None
