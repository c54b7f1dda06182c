"""Which missing answers could change the outcome: worked out from the rules, not by trying every answer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from policy.conditions import Answers, Condition
from policy.rulebook import Rule
from policy.vocabulary import UNSURE, VOCABULARY

_REAL = {name: frozenset(fact.answers) - {UNSURE} for name, fact in VOCABULARY.items()}
_ORDER = {name: index for index, name in enumerate(VOCABULARY)}


class Way(NamedTuple):
    """One way to an outcome of this rank: what each missing fact has to be; certain if nothing is."""

    rank: int
    needs: Mapping[str, frozenset[str]]


def ways(rule: Rule, rank: int, answers: Answers) -> Iterator[Way]:
    """Every way in which the rule could fire once each missing answer is known."""
    for condition in rule.alternatives:
        needs = _needs(condition, answers)
        if needs is not None:
            yield from (Way(rank, needs) for needs in _not_lifted(rule.exception, needs, answers))


def _needs(condition: Condition, answers: Answers) -> dict[str, frozenset[str]] | None:
    """What the missing facts have to be for `condition`; None when it can no longer hold."""
    needs = {}
    for name, counting in condition.items():
        place, answer = answers[name]
        if answer == UNSURE:
            real = counting & _REAL[name]
            if not real:
                return None
            if real != _REAL[name]:
                needs[place] = real
        elif answer not in counting:
            return None
    return needs


def _not_lifted(
    exception: Condition, needs: dict[str, frozenset[str]], answers: Answers
) -> Iterator[dict[str, frozenset[str]]]:
    """The same needs, narrowed so that the exception does not apply: one of its facts is something else."""
    lifting = _needs(exception, answers) if exception else None
    if lifting is None:
        yield needs
        return
    for place, lifted in lifting.items():
        other = needs.get(place, _REAL[plain_name(place)]) - lifted
        if other:
            yield {**needs, place: other}


def most_decisive(found: Sequence[Way]) -> tuple[str, ...]:
    """The facts some way depends on, the most decisive first.

    A way matters only above what is already certain, and only if no easier way leads at least as high.
    """
    certain = max((way.rank for way in found if not way.needs), default=0)
    above = [way for way in found if way.rank > certain]
    if not above:
        return ()
    certain = max(_whatever_it_is(found), default=0)
    open_ways = sorted((way for way in above if way.rank > certain), key=_highest_and_easiest)
    kept: list[Way] = []
    for way in open_ways:
        if not any(_easier(other, way) for other in kept):
            kept.append(way)
    weight: dict[str, tuple[int, int]] = {}
    for way in kept:
        for place in way.needs:
            rank, count = weight.get(place, (way.rank, 0))
            weight[place] = (rank, count + 1)
    return tuple(
        sorted(
            weight, key=lambda place: (-weight[place][0], -weight[place][1], _ORDER[plain_name(place)], place)
        )
    )


def _whatever_it_is(found: Sequence[Way]) -> Iterator[int]:
    """For each missing fact, the rank that is reached whichever of its answers turns out to be so."""
    highest: dict[str, dict[str, int]] = {}
    for way in found:
        if len(way.needs) == 1:
            ((place, answers),) = way.needs.items()
            reached = highest.setdefault(place, {})
            for answer in answers:
                reached[answer] = max(reached.get(answer, 0), way.rank)
    for place, reached in highest.items():
        if reached.keys() == _REAL[plain_name(place)]:
            yield min(reached.values())


def _highest_and_easiest(way: Way) -> tuple[int, int]:
    return -way.rank, len(way.needs)


def _easier(one: Way, other: Way) -> bool:
    """Whenever `other` happens, so does `one`."""
    return all(place in other.needs and other.needs[place] <= answers for place, answers in one.needs.items())


def plain_name(place: str) -> str:
    """steps[2].environment -> environment."""
    return place.rpartition(".")[2]
