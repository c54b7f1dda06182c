"""What the requester states about one intended use: a closed vocabulary, every fact defaulting to unsure."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from policy.vocabulary import VOCABULARY

Element = Literal["reference", "background", "key_element", "performance", "model", "other", "unsure"]
YesNo = Literal["no", "unsure", "yes"]
LikenessOf = Literal[
    "nobody",
    "synthetic",
    "crew",
    "background_actor",
    "contributor",
    "performer",
    "minor",
    "public_figure",
    "deceased",
    "unsure",
]
PerformanceChange = Literal["none", "cosmetic", "as_scripted", "altered", "replica", "unsure"]
Consent = Literal["yes", "not_needed", "unsure", "no"]
Environment = Literal["netflix", "enterprise", "consumer", "unsure"]
Context = Literal["production", "marketing", "recap", "other"]
UseStarted = Literal["no", "yes", "aired"]

# Longer texts do not fit the form either (plain_text_input max_length, Slack).
ShortText = Annotated[str, StringConstraints(max_length=300, strip_whitespace=True)]
LongText = Annotated[str, StringConstraints(max_length=3000, strip_whitespace=True)]


class Strict(BaseModel):
    """Unknown keys are faults, values never change after they were accepted."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(Strict):
    """One tool in the workflow, with its own facts (clauses W0-W3)."""

    tool: ShortText = ""
    purpose: ShortText = ""
    inputs: ShortText = ""
    environment: Environment = "unsure"
    stores_or_trains: YesNo = "unsure"
    netflix_material: YesNo | None = None  # None: the request's answer holds for this step
    personal_data: YesNo | None = None


class Facts(Strict):
    """The judged answers of one use; a fact nobody answered is unsure and can never clear."""

    element: Element = "unsure"
    output_final: YesNo = "unsure"
    story_relevant: YesNo = "unsure"
    talent_likeness: YesNo = "unsure"
    likeness_of: LikenessOf = "unsure"
    performance_change: PerformanceChange = "unsure"
    consent: Consent = "unsure"
    personal_data: YesNo = "unsure"
    netflix_material: YesNo = "unsure"
    third_party_ip: YesNo = "unsure"
    protected_references: YesNo = "unsure"
    unowned_training: YesNo = "unsure"
    union_work: YesNo = "unsure"
    could_mislead: YesNo = "unsure"
    model_reuse: YesNo = "unsure"
    steps: tuple[Step, ...] = Field(min_length=1, max_length=50)

    def answers(self) -> dict[str, str]:
        """Fact -> answer for the whole use, without the steps."""
        return {name: getattr(self, name) for name in VOCABULARY if name in Facts.model_fields}


def _plain_date(value: object) -> date:
    """A date as TOML writes it or as text; a point in time or a number is not a date."""
    if isinstance(value, str):
        try:
            found = date.fromisoformat(value)
        except ValueError:
            found = None
        if found and found.isoformat() == value:  # not "20261231", nor "2026-W53-4"
            return found
    elif isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise PydanticCustomError("date", "write the date as YYYY-MM-DD")


class Use(Strict):
    """One intended use: the facts and what stands beside them. This is the shape of a request file."""

    id: ShortText | None = None
    production: ShortText | None = None
    title: ShortText = ""
    description: LongText = ""
    needed_by: Annotated[date, BeforeValidator(_plain_date)] | None = None
    vendor: ShortText = ""
    context: Context = "production"
    not_generative: LongText = ""
    facts: Facts
