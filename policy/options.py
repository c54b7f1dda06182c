"""What each set of actions makes of one use: its answers, what rules then ask for, and why.

A verdict waits for this, so little is looked at twice: the book's sieve says which rules the answers leave
possible, and what rules ask for is kept for each set of moves that differs as seen in one scope.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from policy.actions import ACTIONS, LINKS, Action
from policy.conditions import Answers, numbers
from policy.facts import Use
from policy.rulebook import PER_STEP, STEP_ONLY, Rulebook
from policy.scopes import Scope, scopes, speaking, weight

_PER_STEP = sorted(PER_STEP)  # always in one order, as what is said should be
_STEP_MAY = PER_STEP - STEP_ONLY
_AT_TOOLS = [any(change.fact in PER_STEP for change in action.changes) for action in ACTIONS]
# Fact and answer -> the actions that have a reason to change it, as bits.
_REASONS: dict[tuple[str, str], int] = {}
for _number, _action in enumerate(ACTIONS):
    for _change in _action.changes:
        for _answer in () if _change.follows else _change.declared:
            _REASONS[_change.fact, _answer] = _REASONS.get((_change.fact, _answer), 0) | 1 << _number


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
        self.of_action = [0] * len(ACTIONS)
        for number, move in enumerate(self.moves):
            self.of_action[move.action] |= 1 << number
        self._everywhere: dict[int, int] = {}
        self._inheriting = self._moves_where_inherited()
        self._views = [_View(self, scope, books) for scope in self._scopes]

    def rank(self, moves: int) -> int:
        """The rank of the outcome once these moves are made."""
        return max(view.demands(self, moves)[0].rank for view in self._views)

    def demands(self, moves: int, target: int) -> Iterator[Demand]:
        """Everything above `target` that rules still ask for once these moves are made."""
        for view in self._views:
            for demand in view.demands(self, moves):
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
            taken = (self.of_action[action] for action in numbers(actions))
            known = self._everywhere[actions] = reduce(or_, taken, 0)
        return known

    def actions_of(self, moves: int) -> int:
        """The actions that these moves belong to."""
        found = 0
        for number in numbers(moves):
            found |= 1 << self.moves[number].action
        return found

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
        if not moves:
            return scope.answers
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
            settles = answer in link.change.declared and _all_among(link.once, found)
            if settles and not _all_among(link.once, scope.answers):  # settled before: the answer was meant
                found[link.change.fact] = (place, link.change.becomes)
        return found

    def touching(self, step: int | None) -> dict[str, int]:
        """Fact -> the moves that can change it as seen at this step; only facts that some move can."""
        found: dict[str, int] = {}
        for number, move in enumerate(self.moves):
            if move.step is None or move.step == step:
                for name in move.becomes:
                    found[name] = found.get(name, 0) | 1 << number
        if step is None:
            for name, inheriting in self._inheriting.items():
                if inheriting:
                    found[name] = found.get(name, 0) | inheriting
        for link in LINKS:
            for name in link.once:
                if name in found:
                    found[link.change.fact] = found.get(link.change.fact, 0) | found[name]
        return found

    def _moves(self) -> Iterator[Move]:
        whole, *steps = self._scopes
        for number in numbers(reduce(or_, (_with_reason(scope.answers) for scope in self._scopes))):
            action = ACTIONS[number]
            if not _AT_TOOLS[number]:
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
            for name in _STEP_MAY
        }


class _View:
    """One scope with the rules that speak there; what they ask for under each set of moves, kept.

    It is told the options each time: a circle of the two would wait for the garbage collector.
    """

    def __init__(self, options: Options, scope: Scope, books: Sequence[Rulebook]) -> None:
        self._scope = scope
        touching = options.touching(scope.step)
        self._moves = reduce(or_, touching.values(), 0)
        self._actions = {name: options.actions_of(moves) for name, moves in touching.items()}
        fixed = [name for name in scope.answers if name not in touching]
        # A rule that stays out whatever the moves change is never looked at.
        self._rules = [
            (book, speaking(book, scope) & book.sieve.passing(scope.answers, fixed)) for book in books
        ]
        self._known: dict[int, list[Demand]] = {}

    def demands(self, options: Options, moves: int) -> list[Demand]:
        """The strictest first; never empty."""
        moves &= self._moves
        known = self._known.get(moves)
        if known is None:
            answers = options.answers(self._scope, moves)
            known = self._known[moves] = sorted(self._judge(answers), reverse=True)
        return known

    def _judge(self, answers: Answers) -> Iterator[Demand]:
        yield Demand(0, 0)
        for book, possible in self._rules:
            for number in numbers(possible & book.sieve.passing(answers, self._actions)):
                rank, names = weight(book.rules[number], answers)
                if rank:
                    touching = (self._actions[name] for name in names if name in self._actions)
                    yield Demand(rank, reduce(or_, touching, 0))


def rank_of(use: Use, books: Sequence[Rulebook]) -> int:
    """The rank of the outcome that triage gives this use, without anything else of the verdict."""
    return max(
        (
            weight(book.rules[number], scope.answers)[0]
            for scope in scopes(use)
            for book in books
            for number in numbers(speaking(book, scope) & book.sieve.passing(scope.answers, scope.answers))
        ),
        default=0,
    )


def _tools(steps: Sequence[int]) -> str:
    *others, last = map(str, steps)
    return f" (tools {', '.join(others)} and {last})" if others else f" (tool {last})"


def _with_reason(answers: Answers) -> int:
    """The actions for which one of these answers is a reason, as bits: of the others nothing comes."""
    bits = 0
    for name, (_, answer) in answers.items():
        bits |= _REASONS.get((name, answer), 0)
    return bits


def _becomes(action: Action, answers: Answers) -> dict[str, str]:
    """What the action changes under these answers; nothing when it makes no sense."""
    found, reason = dict[str, str](), False
    for change in action.changes:
        if answers[change.fact][1] in change.declared:
            found[change.fact] = change.becomes
            reason = reason or not change.follows
    return found if reason and _all_among(action.only or {}, answers) else {}


def _all_among(wanted: Mapping[str, tuple[str, ...]], answers: Answers) -> bool:
    return all(answers[name][1] in among for name, among in wanted.items())


def _bits(places: Iterable[int]) -> int:
    return sum(1 << place for place in places)
