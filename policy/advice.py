"""What would clear this: the smallest sets of actions within the requester's power that lower the outcome."""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from heapq import heappop, heappush
from operator import or_
from typing import Any

from policy.actions import ACTIONS
from policy.conditions import numbers
from policy.facts import Facts, Strict, Use
from policy.options import Options, rank_of
from policy.rulebook import Rulebook
from policy.verdict import Finding, Outcome, Verdict
from policy.vocabulary import UNSURE, VOCABULARY

MOST = 6
"""How many ways are shown."""

PATIENCE = 150
"""How many sets of actions are looked at for one target: what bounds the time, whatever the request."""

MOST_QUESTIONS = 3
"""How many things to find out may stand beside what to do: more is a list of questions, not a way."""

_NO_IS_SAFE = tuple(name for name, fact in VOCABULARY.items() if fact.answers == ("no", UNSURE, "yes"))
_OUTCOMES = tuple(Outcome)  # by rank
_NUMBER = {action.name: number for number, action in enumerate(ACTIONS)}
_EASIER = [(_NUMBER[action.name], _NUMBER[easier]) for action in ACTIONS for easier in action.harder_than]


class Advice(Strict):
    """Actions that together lower the outcome, the answers they change, and the outcome they lead to.

    A step's answer is named as in `steps[2].environment`.
    """

    change: dict[str, str]
    outcome: Outcome
    actions: tuple[str, ...]


class AskingAdvice(Advice):
    """The same, provided that "no" turns out to be the answer to each of `find_out`, which is unsure now."""

    find_out: tuple[str, ...]


def advise(use: Use, books: Sequence[Rulebook], verdict: Verdict) -> tuple[Advice, ...]:
    """Every smallest way to a lower outcome, the least asking first; at most MOST.

    Answers that are unsure stay so: they are open questions, not actions. There is no advice for a use that
    is said not to be generative, and none against facts of honesty: see `honest`.
    """
    if use.not_generative or verdict.outcome == Outcome.CLEARED:
        return ()
    options = Options(use, books)
    return tuple(_advice(options, way) for way in _shown(options, verdict.outcome.rank))


def advise_asking(
    use: Use, books: Sequence[Rulebook], verdict: Verdict, known: Sequence[Advice]
) -> AskingAdvice | None:
    """The least asking way to the lowest outcome that something unsure hides; None if `known` leads as far.

    Nothing unsure is ever changed: it stays a question, with the fewest that the outcome needs.
    """
    places = sorted({place for finding in verdict.findings for place in _unknown(finding)})
    if use.not_generative or not places:
        return None
    options = Options(_told_no(use, places), books)
    now = options.rank(0)
    reached = min((one.outcome.rank for one in known), default=verdict.outcome.rank)
    lower = range(min(now, reached))
    found = next((actions for target in lower for actions in _search(options, target)), None)
    if found is None:
        return None
    way = options.fewest_tools(found)
    rank, change = options.rank(way), options.changes(way)
    done = _with(use, change)
    needed = _needed(done, places, rank, books)
    if not 0 < len(needed) <= MOST_QUESTIONS:
        return None
    actions = options.in_words(way)
    return AskingAdvice(change=change, outcome=_OUTCOMES[rank], actions=actions, find_out=tuple(needed))


def _needed(use: Use, places: list[str], rank: int, books: Sequence[Rulebook]) -> list[str]:
    """Which places have to turn out "no" for this rank, each given up in turn; or too many of them."""
    needed: list[str] = []
    for number, place in enumerate(places, start=1):
        if rank_of(_told_no(use, [*needed, *places[number:]]), books) > rank:
            needed.append(place)
        if len(needed) > MOST_QUESTIONS:
            break
    return needed


def _unknown(finding: Finding) -> Iterator[str]:
    """What a finding rests on that nobody knows, where "no" is the safe answer."""
    for place, answer in finding.facts.items():
        if answer == UNSURE and place.rpartition(".")[2] in _NO_IS_SAFE:
            yield place


def _told_no(use: Use, places: Sequence[str]) -> Use:
    return _with(use, dict.fromkeys(places, "no"))


def _with(use: Use, change: Mapping[str, str]) -> Use:
    """The use with these answers; a step's is named as in `steps[2].environment`."""
    facts: dict[str, Any] = use.facts.model_dump()
    for place, answer in change.items():
        step, _, name = place.rpartition(".")
        (facts["steps"][int(step[6:-1]) - 1] if step else facts)[name] = answer
    return use.model_copy(update={"facts": Facts.model_validate(facts)})


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
        change=options.changes(way), outcome=_OUTCOMES[options.rank(way)], actions=options.in_words(way)
    )
