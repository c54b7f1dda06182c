"""The answers that matter, short: every one that is not its safest, in the requester's words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.form_fields import is_background, touches_somebody
from bot.reasons import Reason, find_out, left_open, reasons
from bot.rich_text import typed
from bot.wording import listed
from policy.facts import Step
from policy.verdict import TextFinding, Verdict
from policy.vocabulary import UNSURE, VOCABULARY
from storage.records import RequestRow

SHORT = {
    "element": "Element",
    "output_final": "In the delivery",
    "story_relevant": "Used by the story",
    "talent_likeness": "Somebody recognisable",
    "likeness_of": "Whose likeness",
    "performance_change": "Performance",
    "consent": "Consent",
    "model_reuse": "Model used elsewhere",
    "netflix_material": "Netflix material goes in",
    "personal_data": "Personal data",
    "protected_references": "Protected references",
    "third_party_ip": "Owned by others",
    "unowned_training": "Trained without rights",
    "union_work": "Union work",
    "could_mislead": "Could mislead",
    "environment": "Where it runs",
    "stores_or_trains": "Keeps or trains",
}
"""Fact -> a few words for it, where the question would be too long."""


@dataclass(frozen=True)
class Answer:
    """One answer that is not its safest. `said` is "yes" or "a performer in our cast"; `steps`: where."""

    fact: str
    said: str
    steps: tuple[int, ...] = ()
    unsure: bool = False
    kept: str = ""  # why "not sure" stands in place of another answer

    @property
    def where(self) -> str:
        """ " (tools 1 and 2)", or ""."""
        if not self.steps:
            return ""
        return f" (tool{'s' if len(self.steps) > 1 else ''} {listed([str(step) for step in self.steps])})"


def risky(row: RequestRow) -> list[Answer]:
    """Every answer that is not its safest, in the order of the form."""
    facts = row.facts
    values = {name: str(answer) for name, answer in facts.answers().items()}
    kept = {finding.fact: finding for finding in row.verdict.text_findings}
    shown = {"story_relevant": is_background, "consent": touches_somebody}
    found: list[Answer] = []
    for name in VOCABULARY:
        if name in values and (name not in shown or shown[name](values)):
            found += _unless_safe(name, values[name], (), kept.get(name))
        by_answer: dict[tuple[str, TextFinding | None], list[int]] = {}
        for number, step in enumerate(facts.steps, start=1):
            answer = _of_step(step, name)
            if answer is not None:
                by_answer.setdefault((answer, kept.get(f"steps[{number}].{name}")), []).append(number)
        several = len(facts.steps) > 1
        for (answer, finding), steps in by_answer.items():
            found += _unless_safe(name, answer, tuple(steps) if several else (), finding)
    return found


def _of_step(step: Step, name: str) -> str | None:
    answer = getattr(step, name, None) if name in Step.model_fields else None
    return None if answer is None else str(answer)


def _unless_safe(
    name: str, answer: str, steps: tuple[int, ...], finding: TextFinding | None
) -> Iterator[Answer]:
    fact = VOCABULARY[name]
    if answer == fact.answers[0]:
        return
    kept = ""
    if finding:
        kept = (
            f"answered “{_short(name, finding.declared)}”, the text says “{_short(name, finding.suggests)}”"
        )
    yield Answer(name, _short(name, answer), steps, answer == UNSURE, kept)


def _short(name: str, answer: str) -> str:
    """The answer's label up to its explanation: "yes", "a performer in our cast"."""
    if answer in ("yes", "no"):
        return answer
    label = VOCABULARY[name].label(answer).partition(":")[0]
    return label[0].lower() + label[1:]


def answers(row: RequestRow) -> list[str]:
    """All of them, for a form in which nothing else is said of the request: what is known, what is not."""
    found = risky(row)
    known = [f"{_name(each)}: {each.said}" for each in found if not each.unsure]
    return _lines(known, [_name(each) for each in found if each.unsure and not row.not_generative])


def on_card(row: RequestRow) -> list[str]:
    """The same beside the list of tools, and with the first clauses that a missing answer touches."""
    said = reasons(row.verdict)
    asked = (*find_out(row.verdict, said), *left_open(row.verdict, said))
    clauses = {_fact_of(question): question.clauses for question in asked}
    found = [each for each in risky(row) if each.unsure or each.fact != "environment"]
    known = [f"{_name(each)}: {each.said}" for each in found if not each.unsure]
    unsure = [
        _name(each) + (f" `{', '.join(clauses[each.fact][:2])}`" if clauses.get(each.fact) else "")
        for each in found
        if each.unsure and not row.not_generative
    ]
    return _lines(known, unsure)


def changing_nothing(verdict: Verdict, said: Sequence[Reason] | None = None) -> list[str]:
    """The missing answers that no longer matter to the outcome, in one line; `said` as in `left_open`."""
    named = [f"{SHORT[_fact_of(each)]} `{', '.join(each.clauses[:2])}`" for each in left_open(verdict, said)]
    return [" · ".join(named)] if named else []


def _fact_of(question: Reason) -> str:
    return question.asks[0].rpartition(".")[2]


def _lines(known: list[str], unsure: list[str]) -> list[str]:
    said = [f"*Answers:* {' · '.join(known)}"] if known else []
    said += [f"*Not sure:* {' · '.join(unsure)}"] if unsure else []
    return said or ["*Answers:* the safest one to every question"]


def _name(answer: Answer) -> str:
    kept = f" ({typed(answer.kept)})" if answer.kept else ""
    return f"{SHORT[answer.fact]}{answer.where}{kept}"
