"""What the request form carries along in its private_metadata."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError

from bot.form_fields import MAX_TOOLS
from policy.facts import Strict


class Memory(Strict):
    """At most 3,000 characters (Slack), no secrets. It is forgeable: nothing in it can lower an outcome."""

    channel: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{0,40}$")] = ""  # where it was asked
    tools: Annotated[int, Field(ge=1, le=MAX_TOOLS)] = 1
    cut: bool = False  # the command's text did not fit
    pointed_out: str = ""  # the contradiction this view warns of
    kept: dict[str, str] = Field(default_factory=dict)  # answers of questions hidden for now


def remembered(view: Mapping[str, Any]) -> Memory | None:
    """The memory of a view; None when it is not what we wrote."""
    try:
        return Memory.model_validate_json(str(view.get("private_metadata")), strict=True)
    except ValidationError:
        return None
