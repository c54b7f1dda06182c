"""What each set of actions makes of one use: its answers, what rules then ask for, and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from policy.actions import ACTIONS, LINKS, Action
from policy.conditions import Answers, numbers
from policy.facts import Use
from policy.rulebook import PER_STEP, STEP_ONLY, Rule, Rulebook
from policy.scopes import Scope, scopes, speaks, weight
from policy.verdict import Outcome

_PER_STEP = sorted(PER_STEP)  # always in one order, as what is said should be


class Move(NamedTuple):
    """One action taken at one place: the whole use (step None) or a tool."""

    action: int
    step: int | None
    becomes: Mapping[str, str]


class Demand(NamedTuple):
    """What a rule asks for (its rank), and the actions that touch its reasons, as bits."""

    rank: int
    actions: int


class Options:
    """All moves open to one use, as bits; sets of moves are numbers. Scopes are judged once for each set."""

    def __init__(self, use: Use, books: Sequence[Rulebook]) -> None:
        self.use = use
        self._scopes = scopes(use)
        self.moves = tuple(self._moves())
        self.of_action = [
            _bits(number for number, move in enumerate(self.moves) if move.action == action)
            for action in range(len(ACTIONS))
        ]
        self._everywhere: dict[int, int] = {}
        self._changing = self._moves_by_fact()
        self._inheriting = self._moves_where_inherited()
        self._views = [_View(self, scope, _rules_in(scope, books)) for scope in self._scopes]

    def rank(self, moves: int) -> int:
        """The rank of the outcome once these moves are made."""
        return max(view.demands(moves)[0].rank for view in self._views)

    def demands(self, moves: int, target: int) -> Iterator[Demand]:
        """Everything above `target` that rules still ask for once these moves are made."""
        for view in self._views:
            for demand in view.demands(moves):
                if demand.rank <= target:
                    break
                yield demand

    def changes(self, moves: int) -> dict[str, str]:
        """Place -> answer for all that these moves change, as a request would state it."""
        found: dict[str, str] = {}
        whole = self.answers(self._scopes[0], moves)
        for name, (place, answer) in whole.items():
            if answer != self._scopes[0].answers[name][1]:
                found[place] = answer
        for scope in self._scopes[1:]:
            answers = self.answers(scope, moves)
            for name in _PER_STEP:
                answer = answers[name][1]
                follows = name not in STEP_ONLY and name in found and self._inherits(scope.step, name)
                if answer != scope.answers[name][1] and not follows:
                    found[f"steps[{scope.step}].{name}"] = answer
        return found

    def everywhere(self, actions: int) -> int:
        """The moves of these actions, taken wherever they can be."""
        known = self._everywhere.get(actions)
        if known is None:
            known = self._everywhere[actions] = sum(self.of_action[action] for action in numbers(actions))
        return known

    def actions_of(self, moves: int) -> int:
        """The actions that these moves belong to."""
        return _bits({self.moves[number].action for number in numbers(moves)})

    def asks(self, actions: int) -> tuple[int, int]:
        """How much they ask: the number of actions, then their effort."""
        return actions.bit_count(), sum(ACTIONS[action].effort for action in numbers(actions))

    def fewest_tools(self, actions: int) -> int:
        """The moves of these actions, without those at tools that need none; the hardest go first."""
        moves = self.everywhere(actions)
        rank = self.rank(moves)
        for number in sorted(numbers(moves), key=self._hardest_first):
            fewer = moves & ~(1 << number)
            if self.rank(fewer) <= rank:
                moves = fewer
        return moves

    def _hardest_first(self, number: int) -> tuple[int, int]:
        move = self.moves[number]
        return -ACTIONS[move.action].effort, -(move.step or 0)

    def in_words(self, moves: int) -> tuple[str, ...]:
        """Each action as a phrase, naming its tools where there are several."""
        said = []
        for action in numbers(self.actions_of(moves)):
            at = [self.moves[number].step for number in numbers(moves & self.of_action[action])]
            tools = [step for step in at if step]
            where = _tools(tools) if tools and len(self._scopes) > 2 else ""
            said.append(ACTIONS[action].says + where)
        return tuple(said)

    def answers(self, scope: Scope, moves: int) -> Answers:
        """What is so in a scope once these moves are made."""
        found = dict(scope.answers)
        for number in numbers(moves):
            move = self.moves[number]
            if move.step in (None, scope.step):
                for name, answer in move.becomes.items():
                    if move.step or name not in scope.own:
                        found[name] = (found[name][0], answer)
        if scope.step is None:
            for name, inheriting in self._inheriting.items():
                if inheriting and inheriting & moves == inheriting:
                    number = next(numbers(inheriting))
                    found[name] = (name, self.moves[number].becomes[name])
        for link in LINKS:
            place, answer = found[link.change.fact]
            settled = all(found[name][1] in answers for name, answers in link.once.items())
            before = all(scope.answers[name][1] in answers for name, answers in link.once.items())
            if settled and not before and answer in link.change.declared:
                found[link.change.fact] = (place, link.change.becomes)
        return found

    def changing(self, names: Sequence[str] | frozenset[str], step: int | None) -> int:
        """The moves that can change one of these facts as seen at this step."""
        bits = 0
        for name in names:
            bits |= self._changing.get((name, step), 0) | self._changing.get((name, None), 0)
            for link in LINKS:
                if name == link.change.fact:
                    bits |= self.changing(tuple(link.once), step)
            if step is None:
                bits |= self._inheriting.get(name, 0)
        return bits

    def _moves(self) -> Iterator[Move]:
        whole, *steps = self._scopes
        for number, action in enumerate(ACTIONS):
            if not any(change.fact in PER_STEP for change in action.changes):
                becomes = _becomes(action, whole.answers)
                if becomes:
                    yield Move(number, None, becomes)
                continue
            for step in steps:
                becomes = _becomes(action, step.answers)
                if becomes:
                    yield Move(number, step.step, becomes)
            # What the request says of itself while every tool has an answer of its own.
            becomes = _becomes(action, whole.answers) if action.changes[0].fact in whole.answers else {}
            if becomes and all(action.changes[0].fact in step.own for step in steps):
                yield Move(number, None, becomes)

    def _moves_by_fact(self) -> dict[tuple[str, int | None], int]:
        found: dict[tuple[str, int | None], int] = {}
        for number, move in enumerate(self.moves):
            for name in move.becomes:
                found[name, move.step] = found.get((name, move.step), 0) | 1 << number
        return found

    def _inherits(self, step: int | None, name: str) -> bool:
        return name not in self._scopes[step or 0].own

    def _moves_where_inherited(self) -> dict[str, int]:
        """Fact -> the moves at tools for which the request's answer holds; together they change it."""
        return {
            name: _bits(
                number
                for number, move in enumerate(self.moves)
                if move.step and name in move.becomes and self._inherits(move.step, name)
            )
            for name in PER_STEP - STEP_ONLY
        }


class _View:
    """One scope with the rules that speak there; what they ask for under each set of moves, kept."""

    def __init__(self, options: Options, scope: Scope, rules: Sequence[Rule]) -> None:
        self._options, self._scope = options, scope
        possible = [(rule, options.changing(rule.names, scope.step)) for rule in rules]
        # A rule that no move can touch, and that asks for nothing now, never will.
        self._rules = [(r, moves) for r, moves in possible if moves or weight(r, scope.answers)[0]]
        self._moves = 0
        for _, moves in self._rules:
            self._moves |= moves
        self._known: dict[int, list[Demand]] = {}

    def demands(self, moves: int) -> list[Demand]:
        """The strictest first; never empty."""
        moves &= self._moves
        if moves not in self._known:
            self._known[moves] = sorted(self._judge(moves), reverse=True)
        return self._known[moves]

    def _judge(self, moves: int) -> Iterator[Demand]:
        yield Demand(0, 0)
        answers = self._options.answers(self._scope, moves)
        for rule, _ in self._rules:
            rank, names = weight(rule, answers)
            if rank:
                touching = self._options.changing(names, self._scope.step)
                yield Demand(rank, self._options.actions_of(touching))


def _tools(steps: Sequence[int]) -> str:
    *others, last = map(str, steps)
    return f" (tools {', '.join(others)} and {last})" if others else f" (tool {last})"


def _rules_in(scope: Scope, books: Sequence[Rulebook]) -> list[Rule]:
    """Every rule that is judged in the scope and could ask for something."""
    return [
        rule
        for book in books
        for rule in book.rules
        if speaks(rule, scope) and max(rule.outcome, rule.unsure) > Outcome.CLEARED
    ]


def _becomes(action: Action, answers: Answers) -> dict[str, str]:
    """What the action changes under these answers; nothing when it makes no sense."""
    if any(answers[name][1] not in sensible for name, sensible in (action.only or {}).items()):
        return {}
    found = [change for change in action.changes if answers[change.fact][1] in change.declared]
    if all(change.follows for change in found):
        return {}
    return {change.fact: change.becomes for change in found}


def _bits(places: Iterable[int]) -> int:
    return sum(1 << place for place in places)
