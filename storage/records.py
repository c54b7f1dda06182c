"""The values that go into the tables and come out of them; none changes after it was made."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from policy.facts import Context, Facts, UseStarted
from policy.lifecycle import Move, Status
from policy.verdict import Outcome, Topic, Verdict
from storage.tables import SignOffState


@dataclass(frozen=True)
class Actor:
    """Who did something: team and user id, empty for somebody outside Slack, and the name then shown."""

    team: str = ""
    user: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What a requester stated and what the rulebooks answered: the content that is hashed."""

    production: str
    requester_team: str
    requester_user: str
    requester_name: str
    title: str
    description: str = ""
    needed_by: date | None = None
    use_started: UseStarted = "no"
    vendor: str = ""
    context: Context = "production"
    not_generative: str = ""
    consent_reference: str = ""
    facts: Facts
    verdict: Verdict

    def content(self) -> dict[str, Any]:
        """The content as plain JSON values; its hash is the request's `content_hash`."""
        plain = {field.name: getattr(self, field.name) for field in fields(Stated)}
        return plain | {
            "needed_by": self.needed_by.isoformat() if self.needed_by else None,
            "facts": self.facts.model_dump(mode="json"),
            "verdict": self.verdict.model_dump(mode="json"),
        }


@dataclass(frozen=True, kw_only=True)
class NewRequest(Stated):
    """A request to open. `form_key` is the root view's id: the same form opens one request."""

    status: Status
    form_key: str
    origin_channel: str = ""
    approvals_channel: str = ""


@dataclass(frozen=True, kw_only=True)
class RequestRow(Stated):
    """A request as it stands."""

    id: int
    outcome: Outcome
    status: Status
    revision: int
    content_hash: str
    form_key: str
    origin_channel: str
    created_at: datetime
    updated_at: datetime
    approvals_channel: str
    card_ts: str
    thread_ts: str
    called_in_by: str
    called_in_reason: str

    @property
    def label(self) -> str:
        """How people call it."""
        return f"GEN-{self.id}"


@dataclass(frozen=True, kw_only=True)
class NewSignOff:
    """One topic to be decided: by whom, and who stands in ("" when nobody does)."""

    topic: Topic
    contact: str
    contact_team: str
    contact_user: str
    contact_name: str
    backup: str = ""
    backup_team: str = ""
    backup_user: str = ""
    backup_name: str = ""


@dataclass(frozen=True, kw_only=True)
class SignOffRow(NewSignOff):
    """One topic as it stands."""

    id: int
    request_id: int
    state: SignOffState
    decision_id: int | None


@dataclass(frozen=True, kw_only=True)
class NewDecision:
    """What a person pressed. `snapshot` is the facts, verdict and wording that were on their screen."""

    request_id: int
    revision: int
    action: Move
    by_team: str
    by_user: str
    by_name: str
    wording: str = ""
    conditions: tuple[str, ...] = ()
    valid_until: date | None = None
    reason: str = ""
    topics: tuple[Topic, ...] = ()
    shown_hash: str
    snapshot: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class DecisionRow(NewDecision):
    """A decision as it was taken."""

    id: int
    at: datetime
