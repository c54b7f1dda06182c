"""What the request form carries along in its private_metadata."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError, field_validator

from bot.form_fields import MAX_TOOLS, REQUEST_FIELDS, TOOL_FIELDS, block_id
from policy.facts import Strict

_PREFILLABLE = {
    *(each.name for each in REQUEST_FIELDS if each.name != "production"),
    *(block_id(each.name, 1) for each in TOOL_FIELDS),
}
_OPTIONS = {each.name: {value for value, _ in each.options} for each in (*REQUEST_FIELDS, *TOOL_FIELDS)}


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

    @field_validator("prefilled")
    @classmethod
    def _fields_of_ours(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(names)) < len(names) or not _PREFILLABLE.issuperset(names):
            raise ValueError("not fields of the form")
        return names

    @field_validator("questioned")
    @classmethod
    def _questions_of_ours(cls, asked: dict[str, Question]) -> dict[str, Question]:
        for fact, question in asked.items():
            name = re.sub(r"^steps\[[1-9]\]\.", "", fact)
            if not _OPTIONS.get(name, set()).issuperset({question.declared, question.suggests}):
                raise ValueError("not a question of the form, or not answers to it")
        return asked


def remembered(view: Mapping[str, Any]) -> Memory | None:
    """The memory of a view; None when it is not what we wrote."""
    return _read(str(view.get("private_metadata")))


@lru_cache(maxsize=64)  # most forms remember the same few things, and one submission asks twice
def _read(written: str) -> Memory | None:
    try:
        return Memory.model_validate_json(written, strict=True)
    except ValidationError:
        return None
