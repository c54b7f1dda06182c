"""Golden cases: one story each on top of a safe baseline, and what has to be answered."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pydantic import Field, ValidationError

from policy.facts import Strict, Use
from policy.faults import Fault, Invalid, faults_of, parse_toml
from policy.rulebook import Rulebook
from policy.triage import triage
from policy.verdict import Outcome, Topic, Verdict

_ANYTHING = ["*"]
_MANY = 10  # `open = ["*"]`: so much is open that listing it tells nobody anything
_BESIDE = ("vendor", "context", "not_generative")


class Told(Strict):
    """One case as its file tells it; where `findings` is given, exactly these rules find something, and
    exactly those of `doubts` because an answer is missing."""

    id: str
    story: str
    shows: str
    facts: dict[str, str] = Field(default_factory=dict)
    steps: list[dict[str, str]] | None = None
    vendor: str = ""
    context: str = "production"
    not_generative: str = ""
    outcome: Outcome
    clauses: tuple[str, ...]
    topics: tuple[Topic, ...]
    open: tuple[str, ...] = ()
    findings: dict[str, Outcome] | None = None
    doubts: tuple[str, ...] = ()


class _CaseFile(Strict):
    baseline: dict[str, Any]
    case: tuple[Told, ...]


class Case(NamedTuple):
    """A case, the use it is about, and the file it stands in."""

    told: Told
    use: Use
    source: str


def read_cases(text: str, source: str) -> list[Case]:
    """All cases of a file, or Invalid with its faults."""
    try:
        told = _CaseFile.model_validate(parse_toml(text, source))
    except ValidationError as error:
        raise Invalid(faults_of(error, _CaseFile, source, text)) from None
    faults, cases = [], []
    for case in told.case:
        facts = {**told.baseline, **case.facts}
        if case.steps is not None:
            facts["steps"] = case.steps
        try:
            use = Use.model_validate({**{key: getattr(case, key) for key in _BESIDE}, "facts": facts})
        except ValidationError as error:
            about = faults_of(error, Use, source, "", None)
            faults += [Fault(source, None, f"case {case.id}, {fault.key}", fault.says) for fault in about]
        else:
            cases.append(Case(case, use, source))
    if faults:
        raise Invalid(faults)
    return cases


def misjudged(case: Case, books: Sequence[Rulebook]) -> str:
    """What is judged otherwise than told, or nothing."""
    return next(_differences(case.told, triage(case.use, books)), "")


def _differences(told: Told, verdict: Verdict) -> Iterator[str]:
    if verdict.outcome != told.outcome:
        yield f"is to be {told.outcome}, judged {verdict.outcome}"
    spoken = {clause for finding in verdict.findings for clause in finding.clauses}
    missing = set(told.clauses) - spoken - {duty.clause for duty in verdict.duties}
    if missing:
        yield f"is to speak of {', '.join(sorted(missing))}"
    if verdict.topics != told.topics:
        yield f"is to be signed for {_listed(told.topics)}, judged {_listed(verdict.topics)}"
    if list(told.open) == _ANYTHING:
        if len(verdict.open_questions) <= _MANY:
            yield "leaves much open, and little is asked"
    elif sorted(told.open) != sorted(verdict.open_questions):
        yield f"is to leave open {_listed(told.open)}, asked {_listed(verdict.open_questions)}"
    if told.findings is not None:
        told_found = {(rule, outcome, rule in told.doubts) for rule, outcome in told.findings.items()}
        found = {(finding.rule, finding.outcome, finding.undecided) for finding in verdict.findings}
        if found != told_found:
            differ = sorted({rule for rule, *_ in found ^ told_found})
            yield f"is to rest on other findings: {_listed(differ)}"


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words) or "nothing"
