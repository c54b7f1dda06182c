"""What would clear this: the smallest sets of actions within the requester's power that lower the outcome."""

from collections.abc import Iterator, Sequence
from functools import reduce
from heapq import heappop, heappush
from operator import or_

from policy.actions import ACTIONS
from policy.conditions import numbers
from policy.facts import Strict, Use
from policy.options import Options
from policy.rulebook import Rulebook
from policy.verdict import Finding, Outcome, Verdict
from policy.vocabulary import VOCABULARY

MOST = 6
"""How many ways are shown."""

PATIENCE = 150
"""How many sets of actions are looked at for one target: what bounds the time, whatever the request."""

_NUMBER = {action.name: number for number, action in enumerate(ACTIONS)}
_EASIER = [(_NUMBER[action.name], _NUMBER[easier]) for action in ACTIONS for easier in action.harder_than]


class Advice(Strict):
    """Actions that together lower the outcome, the answers they change, and the outcome they lead to.

    A step's answer is named as in `steps[2].environment`.
    """

    change: dict[str, str]
    outcome: Outcome
    actions: tuple[str, ...]


def advise(use: Use, books: Sequence[Rulebook], verdict: Verdict) -> tuple[Advice, ...]:
    """Every smallest way to a lower outcome, the least asking first; at most MOST.

    Answers that are unsure stay so: they are open questions, not actions. There is no advice for a use that
    is said not to be generative, and none against facts of honesty: see `honest`.
    """
    if use.not_generative or verdict.outcome == Outcome.CLEARED:
        return ()
    options = Options(use, books)
    return tuple(_advice(options, way) for way in _shown(options, verdict.outcome.rank))


def honest(verdict: Verdict) -> tuple[str, ...]:
    """What only another idea changes: why the rules about honesty ask for what they do, each once."""
    said = (
        finding.because
        for finding in verdict.findings
        if finding.outcome > Outcome.CLEARED and not finding.undecided and _is_about_honesty(finding)
    )
    return tuple(dict.fromkeys(said))


def _is_about_honesty(finding: Finding) -> bool:
    facts = (VOCABULARY.get(name.rpartition(".")[2]) for name in finding.facts)
    return any(fact is not None and fact.action is None for fact in facts)


def _shown(options: Options, now: int) -> list[int]:
    """The least asking ways to any lower rank; the easiest to the lowest of all is always among them."""
    rank = {
        actions: options.rank(options.everywhere(actions))
        for target in range(now)
        for actions in _search(options, target)
    }
    ways = sorted(rank, key=lambda way: (options.asks(way), rank[way], way))
    lowest = min(ways, key=lambda way: rank[way], default=0)  # the first of its rank
    shown = ways[:MOST]
    if ways and lowest not in shown:
        shown[-1] = lowest
    return [options.fewest_tools(actions) for actions in shown]


def _search(options: Options, target: int) -> Iterator[int]:
    """Sets of actions after which nothing above `target` is asked for, the least asking first.

    From each set the search goes on with whatever touches the reasons for one thing still asked for: a set
    that answers everything must contain one of them, so every smallest set is met.
    """
    waiting = [((0, 0), 0)]
    seen, answering, found = {0}, list[int](), 0
    for _ in range(PATIENCE):
        if not waiting or found == MOST:
            return
        _, actions = heappop(waiting)
        if any(smaller & actions == smaller for smaller in answering):
            continue
        larger_sets = _next(options, actions, target)
        if larger_sets is None:
            answering.append(actions)
            if not _easier_will_do(options, actions, target):
                found += 1
                yield actions
        for larger in set(larger_sets or ()) - seen:
            seen.add(larger)
            heappush(waiting, (options.asks(larger), larger))


def _next(options: Options, actions: int, target: int) -> list[int] | None:
    """The sets to go on with; None when nothing above `target` is asked for any more."""
    moves = options.everywhere(actions)
    touching = {demand.actions & ~actions for demand in options.demands(moves, target)}
    if not touching:
        return None
    if not all(touching):  # something that no action touches
        return []
    forced = [ways for ways in touching if ways.bit_count() == 1]
    if forced:
        return [reduce(or_, forced, actions)]
    fewest = min(sorted(touching), key=int.bit_count)
    return [actions | 1 << action for action in numbers(fewest)]


def _easier_will_do(options: Options, actions: int, target: int) -> bool:
    """Whether something easier in place of one of the actions leads as far."""
    for harder, easier in _EASIER:
        if actions >> harder & 1 and not actions >> easier & 1 and options.of_action[easier]:
            swapped = actions ^ (1 << harder | 1 << easier)
            if options.rank(options.everywhere(swapped)) <= target:
                return True
    return False


def _advice(options: Options, way: int) -> Advice:
    return Advice(
        change=options.changes(way), outcome=list(Outcome)[options.rank(way)], actions=options.in_words(way)
    )
