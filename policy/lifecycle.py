"""The life of a request: statuses, the moves between them, and nothing that time alone can do."""

from enum import StrEnum

from policy.verdict import Outcome


class Status(StrEnum):
    """Where a request stands (DESIGN: Lifecycle)."""

    RECORDED = "recorded"
    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    LAPSED = "lapsed"


class Move(StrEnum):
    """What a person does to a request."""

    APPROVE = "approve"
    DENY = "deny"
    CALL_IN = "call_in"
    WITHDRAW = "withdraw"


TRANSITIONS: dict[tuple[Status, Move], Status] = {
    (Status.PENDING, Move.APPROVE): Status.APPROVED,
    (Status.PENDING, Move.DENY): Status.DENIED,
    (Status.RECORDED, Move.CALL_IN): Status.PENDING,
    (Status.PENDING, Move.WITHDRAW): Status.WITHDRAWN,
    (Status.RECORDED, Move.WITHDRAW): Status.WITHDRAWN,
}

# What a date brings that a person set when they approved; no move of anybody, and no decision.
LAPSES: dict[Status, Status] = {Status.APPROVED: Status.LAPSED}


def first_status(outcome: Outcome) -> Status:
    """A use nobody must decide is recorded; any other waits."""
    return Status.PENDING if outcome >= Outcome.ESCALATE else Status.RECORDED


def after(status: Status, move: Move) -> Status | None:
    """The status that `move` leads to, or None when it is not allowed from `status`."""
    return TRANSITIONS.get((status, move))
