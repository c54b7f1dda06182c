"""What would clear this, as sentences for the requester: in the verdict modal and on the command line."""

from collections.abc import Iterable

from bot.wording import listed
from policy.advice import Advice, honest
from policy.verdict import Outcome, Verdict

_THEN = {
    Outcome.CLEARED: "no approval needed, on your answers",
    Outcome.JUDGEMENT: "your judgement, with your contact told",
    Outcome.ESCALATE: "your contact must still answer first, but no written approval is needed",
}


def as_lines(advice: Iterable[Advice], verdict: Verdict) -> list[str]:
    """One sentence for each way, then what only another idea would change.

    For the requester only: on the contact's card it would read like a promise.
    """
    ways = [f"If you {listed(list(way.actions))}: {_THEN[way.outcome]}." for way in advice]
    return ways + [f"Only another idea changes this, so change the idea: {why}" for why in honest(verdict)]


def as_json(advice: Iterable[Advice]) -> list[dict[str, object]]:
    """The value of `to_clear` in `clearance triage --format json`."""
    return [{"change": way.change, "outcome": way.outcome.value} for way in advice]
