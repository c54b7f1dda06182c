"""A verdict's reasons as a person reads them: each thing said once, doubts gathered by their fact."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.wording import listed
from policy.verdict import Finding, Outcome, Verdict
from policy.vocabulary import UNSURE, VOCABULARY


@dataclass(frozen=True)
class Reason:
    """One sentence with its clauses. `where` is "", "Tool 2" or "Tools 1 and 3".

    `asks`: the missing answers that are its only cause; places such as `steps[2].environment`.
    """

    text: str
    clauses: tuple[str, ...]
    outcome: Outcome
    where: str = ""
    asks: tuple[str, ...] = ()


def reasons(verdict: Verdict) -> list[Reason]:
    """What asks for something, strictest first; when nothing does, why not."""
    asking = [finding for finding in verdict.findings if finding.outcome > Outcome.CLEARED]
    certain = [finding for finding in asking or verdict.findings if not finding.undecided]
    doubts = [finding for finding in asking if finding.undecided]
    said = [*_fired(certain), *_in_doubt(doubts, certain)]
    return sorted(said, key=lambda reason: -reason.outcome.rank)


def why(verdict: Verdict, said: Sequence[Reason] | None = None) -> list[Reason]:
    """The reasons that rest on an answer. A missing answer is said by `find_out` or `left_open`, once.

    Whoever wants several of the three takes `reasons` once and hands them to each as `said`.
    """
    return [reason for reason in _said(verdict, said) if not reason.asks]


def find_out(verdict: Verdict, said: Sequence[Reason] | None = None) -> list[Reason]:
    """The questions whose answer could change the outcome, most decisive first, each with all its clauses."""
    if not verdict.open_questions:
        return []
    return _questions(verdict.open_questions, _said(verdict, said))


def left_open(verdict: Verdict, said: Sequence[Reason] | None = None) -> list[Reason]:
    """The questions that are open as well, though no answer to them changes the outcome now."""
    said = _said(verdict, said)
    decisive = {_fact_of(place) for place in verdict.open_questions}
    asked = dict.fromkeys(place for reason in said for place in reason.asks)
    return _questions([place for place in asked if _fact_of(place) not in decisive], said)


def _said(verdict: Verdict, said: Sequence[Reason] | None) -> Sequence[Reason]:
    return reasons(verdict) if said is None else said


def _questions(places: Iterable[str], said: Sequence[Reason]) -> list[Reason]:
    by_fact: dict[str, list[str]] = {}
    for place in places:
        by_fact.setdefault(_fact_of(place), []).append(place)
    return [_question(fact, asked, said) for fact, asked in by_fact.items()]


def _fact_of(place: str) -> str:
    return place.rpartition(".")[2]


def _question(fact: str, places: list[str], said: Sequence[Reason]) -> Reason:
    about = [reason for reason in said if not set(places).isdisjoint(reason.asks)]
    about.sort(key=lambda reason: len({_fact_of(place) for place in reason.asks}))  # its own clauses first
    clauses = dict.fromkeys(clause for reason in about for clause in reason.clauses)
    highest = max((reason.outcome for reason in about), default=Outcome.ESCALATE)
    where = _where([_step_of(place) for place in places])
    return Reason(VOCABULARY[fact].question, tuple(clauses), highest, where, tuple(places))


def _fired(findings: list[Finding]) -> Iterator[Reason]:
    """Findings of one rule at several steps become one sentence that names the steps."""
    by_rule: dict[tuple[str, str, Outcome], list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault((finding.book, finding.rule, finding.outcome), []).append(finding)
    for group in by_rule.values():
        first = group[0]
        facts = {name: answer for finding in group for name, answer in finding.facts.items()}
        asks = tuple(facts) if set(facts.values()) == {UNSURE} else ()
        yield Reason(first.because, first.clauses, first.outcome, _where([f.step for f in group]), asks)


def _in_doubt(doubts: list[Finding], certain: list[Finding]) -> Iterator[Reason]:
    """One sentence for each missing answer, with every clause it concerns."""
    told = {name for finding in certain for name, answer in finding.facts.items() if answer == UNSURE}
    clauses: dict[str, dict[str, None]] = {}
    highest: dict[str, Outcome] = {}
    places: dict[str, dict[str, None]] = {}
    for finding in doubts:
        for name, answer in finding.facts.items():
            if answer == UNSURE and name not in told:
                plain = name.rpartition(".")[2]
                clauses.setdefault(plain, {}).update(dict.fromkeys(finding.clauses))
                highest[plain] = max(highest.get(plain, finding.outcome), finding.outcome)
                places.setdefault(plain, {})[name] = None
    for plain, cited in clauses.items():
        # Read by whoever answered and by whoever decides: no "you".
        text = f"It is not known yet {VOCABULARY[plain].whether}."
        where = _where([_step_of(place) for place in places[plain]])
        yield Reason(text, tuple(cited), highest[plain], where, tuple(places[plain]))


def _step_of(name: str) -> int | None:
    return int(name[6 : name.index("]")]) if name.startswith("steps[") else None


def _where(steps: list[int | None]) -> str:
    numbers = sorted({step for step in steps if step is not None})
    if not numbers:
        return ""
    return f"Tool{'s' if len(numbers) > 1 else ''} {listed([str(number) for number in numbers])}"
