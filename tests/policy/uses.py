"""Uses for the tests of the policy room: the safe baseline, golden and example cases, random answers."""

import json
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from policy.facts import Facts, Step, Use
from policy.rulebook import Rulebook, load_books
from policy.triage import triage
from policy.verdict import Outcome, Verdict
from policy.vocabulary import UNSURE, VOCABULARY

Json = dict[str, Any]
HERE = Path(__file__).parent

WHOLE = tuple(name for name in VOCABULARY if name in Facts.model_fields)
OF_A_STEP = tuple(name for name in VOCABULARY if name in Step.model_fields)
ONLY_OF_A_STEP = tuple(name for name in OF_A_STEP if name not in WHOLE)
OWN_IF_STATED = tuple(name for name in OF_A_STEP if name in WHOLE)

WRITTEN = {"context", "not_generative", "vendor"}


@cache
def golden_file() -> Json:
    return tomllib.loads((HERE / "golden.toml").read_text(encoding="utf-8"))


def golden_cases() -> list[Json]:
    return list(golden_file()["case"])


def example_cases() -> list[Json]:
    return [json.loads(line) for line in (HERE / "cases.jsonl").read_text(encoding="utf-8").splitlines()]


def a_use(*, steps: list[Json] | None = None, beside: Json | None = None, **facts: str) -> Use:
    """The safe baseline with some answers changed; `beside` is what stands next to the facts."""
    baseline: Json = golden_file()["baseline"]
    return Use.model_validate(
        {**(beside or {}), "facts": {**baseline, **facts, "steps": steps or baseline["steps"]}}
    )


def use_of(case: Json) -> Use:
    """A golden case on top of the baseline."""
    beside = {key: case[key] for key in WRITTEN if key in case}
    return a_use(steps=case.get("steps"), beside=beside, **case.get("facts", {}))


def example_use(case: Json, answers: str = "truth") -> Use:
    kept = {key: case[key] for key in ("id", "title", "description", "vendor")}
    return Use.model_validate(kept | {"facts": case[answers]})


@cache
def shelf() -> tuple[Rulebook, ...]:
    return load_books()


def judged(use: Use) -> Verdict:
    return triage(use, shelf())


def outcome(use: Use) -> Outcome:
    return judged(use).outcome


def spoken(verdict: Verdict) -> set[str]:
    """Every clause that is cited or travels as a duty."""
    cited = chain.from_iterable(finding.clauses for finding in verdict.findings)
    return set(cited) | {duty.clause for duty in verdict.duties}


def raw(use: Use) -> Json:
    """The use as its file would say it."""
    return use.model_dump(mode="json", exclude_none=True)


def with_answer(use: Use, place: str, answer: str | None) -> Use:
    """The use with one answer changed, at a place such as `element` or `steps[2].environment`."""
    said = raw(use)
    table, name = table_of(said, place)
    if answer is None:
        table.pop(name, None)
    else:
        table[name] = answer
    return Use.model_validate(said)


def table_of(said: Json, place: str) -> tuple[Json, str]:
    """The table a place lies in, and its plain name."""
    number, _, name = place.removeprefix("steps[").partition("].")
    if name:
        return said["facts"]["steps"][int(number) - 1], name
    return said["facts"], place


def places(use: Use) -> dict[str, str]:
    """Place -> answer for every answer of a use."""
    found = {name: getattr(use.facts, name) for name in WHOLE}
    for number, step in enumerate(use.facts.steps, start=1):
        own = {name: getattr(step, name) for name in OF_A_STEP if getattr(step, name) is not None}
        found |= {f"steps[{number}].{name}": answer for name, answer in own.items()}
    return found


def plain(place: str) -> str:
    return place.rpartition(".")[2]


def answers_of(place: str) -> tuple[str, ...]:
    return VOCABULARY[plain(place)].answers


def settled(place: str) -> tuple[str, ...]:
    """The answers other than unsure."""
    return tuple(answer for answer in answers_of(place) if answer != UNSURE)


def is_ordered(place: str) -> bool:
    return VOCABULARY[plain(place)].ordered


def _answers(name: str) -> st.SearchStrategy[str]:
    """Often the safe one, so that a single risky answer is not drowned by the others."""
    safe = golden_file()["baseline"].get(name) or VOCABULARY[name].answers[0]
    return st.one_of(st.just(safe), st.just(safe), st.sampled_from(VOCABULARY[name].answers))


def steps() -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(
        {name: _answers(name) for name in ONLY_OF_A_STEP},
        optional={name: _answers(name) for name in OWN_IF_STATED},
    )


def uses() -> st.SearchStrategy[Use]:
    """Any use the vocabulary can state."""
    facts = st.fixed_dictionaries(
        {name: _answers(name) for name in WHOLE} | {"steps": st.lists(steps(), min_size=1, max_size=3)}
    )
    whole = st.fixed_dictionaries({"facts": facts, "vendor": st.sampled_from(["", "", "Studio"])})
    return whole.map(Use.model_validate)
