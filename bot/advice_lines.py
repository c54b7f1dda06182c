"""What would clear this, as sentences for the requester: in the verdict modal and on the command line."""

from collections.abc import Iterable

from bot.wording import listed
from policy.advice import Advice, AskingAdvice, honest
from policy.verdict import Outcome, Verdict
from policy.vocabulary import VOCABULARY

_THEN = {
    Outcome.CLEARED: "no approval needed, on your answers",
    Outcome.JUDGEMENT: "your judgement, with your contact told",
    Outcome.ESCALATE: "your contact must still answer first, but no written approval is needed",
}


def as_lines(advice: Iterable[Advice], verdict: Verdict, asking: AskingAdvice | None = None) -> list[str]:
    """One sentence for each way, the one that also asks, then what only another idea would change.

    For the requester only: on the contact's card it would read like a promise.
    """
    ways = [f"If you {listed(list(way.actions))}: {_THEN[way.outcome]}." for way in advice]
    ways += [_and_find_out(asking)] if asking else []
    return ways + [f"Only another idea changes this, so change the idea: {why}" for why in honest(verdict)]


def _and_find_out(way: AskingAdvice) -> str:
    """What to do, and what nobody knows yet; the answer stays the requester's to find."""
    several = "each of these" if len(way.find_out) > 1 else "that"
    asked = listed([_whether(place) for place in way.find_out])
    return (
        f"If you {listed(list(way.actions))}, find out {asked}, and {several} is a no: {_THEN[way.outcome]}."
    )


def _whether(place: str) -> str:
    at = f" (tool {place[6 : place.index(']')]})" if place.startswith("steps[") else ""
    return VOCABULARY[place.rpartition(".")[2]].whether + at


def as_json(advice: Iterable[Advice]) -> list[dict[str, object]]:
    """The value of `to_clear` in `clearance triage --format json`."""
    return [{"change": way.change, "outcome": way.outcome.value} for way in advice]
