"""Every one-step use there can be: a place for each fact, for the derived facts and a step's own answers."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from math import prod
from typing import Any

from policy.conditions import Condition
from policy.facts import Facts, Use
from policy.faults import printable
from policy.proof.diagram import SMALLER, Diagrams
from policy.rulebook import DERIVED, PER_STEP, STEP_ONLY
from policy.verdict import Outcome
from policy.vocabulary import UNSURE, VOCABULARY

Cell = Mapping[str, str]

STATED = "the step's "
UNSTATED = ""  # the step says nothing of its own: the request's answer holds for it
# An example begins with the safe answers, which are the first ones: but nobody documents consent of nobody.
_SAFE = {"consent": "not_needed"}
_CHANGED, _DOUBT = 10, 11  # an example is easier to judge with few risky answers and no needless doubts


def _places() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each place and its answers, from safe to risky where they are ordered."""
    for name, fact in VOCABULARY.items():
        yield name, fact.answers
        if name in PER_STEP - STEP_ONLY:
            yield STATED + name, (UNSTATED, *fact.answers)
    yield from DERIVED.items()


class Space:
    """The places, their answers and the diagrams over them."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[str, ...]] = dict(_places())
        self.level = {place: level for level, place in enumerate(self.answers)}
        self.names = tuple(self.answers)
        self.diagrams = Diagrams([len(answers) for answers in self.answers.values()])
        self.cells = prod(self.diagrams.widths)
        self._safe = {place: _SAFE.get(place, answers[0]) for place, answers in self.answers.items()}
        self._costs = [
            [_cost(answer, self._safe[place]) for answer in answers]
            for place, answers in self.answers.items()
        ]

    def views(self, names: Iterable[str]) -> list["View"]:
        """Where triage judges a rule that looks at these facts: the whole use, its step, or both (W1)."""
        looked_at = frozenset(names)
        of_step = [False] if not looked_at & STEP_ONLY else []
        of_step += [True] if looked_at & PER_STEP else []
        return [View(self, one) for one in of_step]

    def where(self, alternatives: Sequence[Condition]) -> int:
        """Where one of the alternatives certainly holds, in the whole use or in its step."""
        views = self.views(chain(*alternatives))
        return self.diagrams.largest([view.certain(alternatives) for view in views])

    def fixed(self, function: int, place: str, answer: str) -> int:
        """The function where `place` has this answer."""
        return self.diagrams.fixed(function, self.level[place], self.answers[place].index(answer))

    def example(self, function: int, **given: str) -> dict[str, str] | None:
        """The cell nearest to a safe use where the function is not 0, with the given answers; or None."""
        for place, answer in given.items():
            function = self.fixed(function, place, answer)
        path = self.diagrams.cheapest(function, self._costs)
        if path is None:
            return None
        cell = dict(self._safe)
        for level, number in path.answers.items():
            cell[self.names[level]] = self.answers[self.names[level]][number]
        return cell | given

    def rank_at(self, function: int, cell: Cell) -> Outcome:
        """The value in one cell, as an outcome."""
        numbers = [answers.index(cell[place]) for place, answers in self.answers.items()]
        return tuple(Outcome)[self.diagrams.at(function, numbers)]


class View:
    """What one scope sees: the whole use, or its step, where its own answers stand before the request's."""

    def __init__(self, space: Space, of_step: bool) -> None:
        self._space, self._of_step = space, of_step

    def certain(self, alternatives: Iterable[Condition]) -> int:
        """Where one of the alternatives holds."""
        return self._any(alternatives, frozenset())

    def possible(self, alternatives: Iterable[Condition]) -> int:
        """Where one of them holds or cannot be decided: an unsure refutes nothing (Kleene)."""
        return self._any(alternatives, frozenset([UNSURE]))

    def _any(self, alternatives: Iterable[Condition], also: frozenset[str]) -> int:
        return self._space.diagrams.largest([self._all(condition, also) for condition in alternatives])

    def _all(self, condition: Condition, also: frozenset[str]) -> int:
        together = 1
        for name, counting in condition.items():
            together = self._space.diagrams.combine(SMALLER, together, self._is(name, counting | also))
        return together

    def _is(self, name: str, counting: frozenset[str]) -> int:
        space, own = self._space, STATED + name
        here = tuple(int(answer in counting) for answer in space.answers[name])
        if self._of_step and own in space.level:
            stated = tuple(int(answer in counting) for answer in space.answers[own] if answer != UNSTATED)
            here = tuple(space.diagrams.node(space.level[own], (unstated, *stated)) for unstated in here)
        return space.diagrams.node(space.level[name], here)


def _cost(answer: str, safe: str) -> int:
    return 0 if answer == safe else _DOUBT if answer == UNSURE else _CHANGED


def is_ordered(place: str) -> bool:
    """Whether its answers run from safe to risky."""
    name = place.removeprefix(STATED)
    return name not in VOCABULARY or VOCABULARY[name].ordered


def use_at(cell: Cell) -> Use:
    """The cell as a use; where the workflow has several steps, two of them answer alike."""
    step = {
        name: cell[STATED + name] if STATED + name in cell else cell[name]
        for name in VOCABULARY
        if name in PER_STEP and cell.get(STATED + name) != UNSTATED
    }
    facts: dict[str, Any] = {name: cell[name] for name in VOCABULARY if name in Facts.model_fields}
    facts["steps"] = [step] * (1 + DERIVED["workflow"].index(cell["workflow"]))
    vendor = "Vendor" if DERIVED["vendor"].index(cell["vendor"]) else ""
    return Use.model_validate({"vendor": vendor, "facts": facts})


def request_file(use: Use, comments: Sequence[str] = ()) -> str:
    """The use as a TOML file for `clearance triage`, without its title and description.

    What is said about it stands in comments: triage reads texts for what they give away.
    """
    beside = use.model_dump(include={"vendor", "context", "not_generative"}, exclude_defaults=True)
    said = use.facts.model_dump(exclude_none=True)
    steps = said.pop("steps")
    lines = [f"# {printable(comment)}" for comment in comments]
    lines += [*_assignments(beside), "[facts]", *_assignments(said)]
    for step in steps:
        lines += ["[[facts.steps]]", *_assignments(step)]
    return "\n".join(lines) + "\n"


def _assignments(table: Mapping[str, str]) -> list[str]:
    """JSON's strings are TOML's, too."""
    return [f"{name} = {json.dumps(answer, ensure_ascii=False)}" for name, answer in table.items() if answer]
