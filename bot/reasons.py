"""A verdict's reasons as a person reads them: each thing said once, doubts gathered by their fact."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.wording import listed
from policy.verdict import Finding, Outcome, Verdict
from policy.vocabulary import UNSURE, VOCABULARY


@dataclass(frozen=True)
class Reason:
    """One sentence with its clauses. `where` is "", "Tool 2" or "Tools 1 and 3"."""

    text: str
    clauses: tuple[str, ...]
    outcome: Outcome
    where: str = ""


def reasons(verdict: Verdict) -> list[Reason]:
    """What asks for something, strictest first; when nothing does, why not."""
    asking = [finding for finding in verdict.findings if finding.outcome > Outcome.CLEARED]
    certain = [finding for finding in asking or verdict.findings if not finding.undecided]
    doubts = [finding for finding in asking if finding.undecided]
    said = [*_fired(certain), *_in_doubt(doubts, certain)]
    return sorted(said, key=lambda reason: -reason.outcome.rank)


def _fired(findings: list[Finding]) -> Iterator[Reason]:
    """Findings of one rule at several steps become one sentence that names the steps."""
    by_rule: dict[tuple[str, str, Outcome], list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault((finding.book, finding.rule, finding.outcome), []).append(finding)
    for group in by_rule.values():
        first = group[0]
        yield Reason(first.because, first.clauses, first.outcome, _where([f.step for f in group]))


def _in_doubt(doubts: list[Finding], certain: list[Finding]) -> Iterator[Reason]:
    """One sentence for each missing answer, with every clause it concerns."""
    told = {name for finding in certain for name, answer in finding.facts.items() if answer == UNSURE}
    clauses: dict[str, dict[str, None]] = {}
    highest: dict[str, Outcome] = {}
    steps: dict[str, dict[int | None, None]] = {}
    for finding in doubts:
        for name, answer in finding.facts.items():
            if answer == UNSURE and name not in told:
                plain = name.rpartition(".")[2]
                clauses.setdefault(plain, {}).update(dict.fromkeys(finding.clauses))
                highest[plain] = max(highest.get(plain, finding.outcome), finding.outcome)
                steps.setdefault(plain, {})[_step_of(name)] = None
    for plain, cited in clauses.items():
        # Read by whoever answered and by whoever decides: no "you".
        text = f"It is not known yet {VOCABULARY[plain].whether}."
        yield Reason(text, tuple(cited), highest[plain], _where(list(steps[plain])))


def _step_of(name: str) -> int | None:
    return int(name[6 : name.index("]")]) if name.startswith("steps[") else None


def _where(steps: list[int | None]) -> str:
    numbers = sorted({step for step in steps if step is not None})
    if not numbers:
        return ""
    return f"Tool{'s' if len(numbers) > 1 else ''} {listed([str(number) for number in numbers])}"
