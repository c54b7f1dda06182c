"""The rules about the whole use, written for other engines: the same rules must hold on the same answers.

Each engine is asked for what ours gives: the rules that hold, and those that may hold once a missing answer
is known. None of them is three-valued in this sense, so each rule is written out twice for them.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from policy.conditions import NEVER, Condition, any_holds, holds, numbers
from policy.facts import Use
from policy.rulebook import STEP_ONLY, Rule, Rulebook
from policy.scopes import scopes
from policy.vocabulary import UNSURE

Answers = Mapping[str, str]
Held = frozenset[tuple[str, bool]]
"""The ids of the rules that fired, each with whether it certainly holds."""
Judge = Callable[[Answers], Held]

# Package to import -> what it is called.
PACKAGES: Final = {"cedarpy": "cedarpy", "cel": "common-expression-language (CEL)", "zen": "zen-engine"}


@dataclass(frozen=True)
class Contestants:
    """Ours and the engines that are installed."""

    ours: Judge
    engines: dict[str, Judge]
    absent: list[str]


def answers_of(use: Use) -> Answers:
    """What is so for the whole use, the derived facts among it."""
    return {name: answer for name, (_, answer) in scopes(use)[0].answers.items()}


def contestants(book: Rulebook) -> Contestants:
    """Everybody who can judge by this book; those that are not installed are named."""
    rules = [rule for rule in book.rules if not rule.names & STEP_ONLY]
    builders = {"cedarpy": _cedar, "cel": _cel, "zen": _zen}
    engines, absent = {}, []
    for package, name in PACKAGES.items():
        try:
            module = import_module(package)
        except ImportError:
            absent.append(name)
        else:
            engines[name] = builders[package](module, rules)
    return Contestants(_ours(book), engines, absent)


def _ours(book: Rulebook) -> Judge:
    whole = ~sum(1 << at for at, rule in enumerate(book.rules) if rule.names & STEP_ONLY)

    def judge(answers: Answers) -> Held:
        placed = {name: (name, answer) for name, answer in answers.items()}
        found = []
        for at in numbers(book.sieve.passing(placed, placed) & whole):
            rule = book.rules[at]
            held = any_holds(rule.alternatives, placed).truth
            if held is not False:
                lifted = holds(rule.exception, placed) if rule.exception else NEVER
                if not lifted.truth:
                    found.append((rule.id, held is True))
        return frozenset(found)

    return judge


def _written(rule: Rule, certain: bool, is_in: Callable[[str, list[str]], str], both: str, not_: str) -> str:
    """A rule as an expression that is true when it holds, or when it may; never when it is lifted."""

    def all_of(condition: Condition, more: list[str]) -> str:
        return both.join(is_in(name, [*sorted(counting), *more]) for name, counting in condition.items())

    more = [] if certain else [UNSURE]
    either = " or " if both == " and " else " || "
    alternatives = either.join(f"({all_of(each, more)})" for each in rule.alternatives)
    lifted = f"{both}{not_}({all_of(rule.exception, [])})" if rule.exception else ""
    return f"({alternatives}){lifted}"


def _each(rules: list[Rule]) -> Iterator[tuple[Rule, bool]]:
    for rule in rules:
        yield rule, True
        yield rule, False


def _strictest(fired: set[tuple[str, bool]]) -> Held:
    """What certainly holds also may hold: only the certain one counts."""
    return frozenset(one for one in fired if one[1] or (one[0], True) not in fired)


def _cedar(cedarpy: Any, rules: list[Rule]) -> Judge:
    def is_in(name: str, answers: list[str]) -> str:
        return "(" + " || ".join(f'context.{name} == "{answer}"' for answer in answers) + ")"

    policies = cedarpy.PolicySet.from_str(
        "\n".join(
            f'@id("{rule.id}|{int(certain)}") permit(principal, action, resource) '
            f"when {{ {_written(rule, certain, is_in, ' && ', '!')} }};"
            for rule, certain in _each(rules)
        )
    )
    entities = cedarpy.Entities.from_json_str("[]")
    who = {"principal": 'User::"ana"', "action": 'Action::"file"', "resource": 'Request::"1"'}

    def judge(answers: Answers) -> Held:
        said = cedarpy.is_authorized({**who, "context": dict(answers)}, policies, entities)
        assert not said.diagnostics.errors, said.diagnostics.errors
        ids = said.diagnostics.id_annotations_by_reason.values()
        return _strictest({(one.rpartition("|")[0], one.endswith("|1")) for one in ids})

    return judge


def _cel(cel: Any, rules: list[Rule]) -> Judge:
    def is_in(name: str, answers: list[str]) -> str:
        return f"{name} in {json.dumps(answers)}"

    asked = list(_each(rules))
    program = cel.compile(
        "[" + ", ".join(_written(rule, certain, is_in, " && ", "!") for rule, certain in asked) + "]"
    )
    ids = [(rule.id, certain) for rule, certain in asked]

    def judge(answers: Answers) -> Held:
        fired = program.execute(dict(answers))
        return _strictest({one for one, holds_ in zip(ids, fired, strict=True) if holds_})

    return judge


def _zen(zen: Any, rules: list[Rule]) -> Judge:
    def is_in(name: str, answers: list[str]) -> str:
        return f"{name} in {json.dumps(answers)}"

    expressions = [
        {"id": f"e{at}", "key": f"r{at}", "value": _written(rule, certain, is_in, " and ", "not ")}
        for at, (rule, certain) in enumerate(_each(rules))
    ]
    ids = {f"r{at}": (rule.id, certain) for at, (rule, certain) in enumerate(_each(rules))}
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
        {
            "id": "rules",
            "type": "expressionNode",
            "name": "rules",
            "position": {"x": 0, "y": 0},
            "content": {"expressions": expressions},
        },
        {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 0, "y": 0}},
    ]
    edges = [
        {"id": "a", "sourceId": "in", "targetId": "rules", "type": "edge"},
        {"id": "b", "sourceId": "rules", "targetId": "out", "type": "edge"},
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def judge(answers: Answers) -> Held:
        fired = decision.evaluate(dict(answers))["result"]
        return _strictest({ids[key] for key, holds_ in fired.items() if holds_})

    return judge
