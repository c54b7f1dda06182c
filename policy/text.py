"""What the free text gives away, compared with what was declared: it can raise an answer, never lower one."""

from collections.abc import Iterator
from functools import lru_cache

from policy.facts import Facts, Step, Strict, Use
from policy.rulebook import PER_STEP, STEP_ONLY
from policy.text_book import TextBook, shipped_patterns
from policy.text_opinion import Found, second_opinion
from policy.text_reading import Reading, Statement
from policy.text_risk import WHOSE, risk
from policy.text_tokens import tokenise
from policy.text_weights import Weights, shipped_weights
from policy.verdict import TextFinding
from policy.vocabulary import UNSURE

__all__ = ["Suggestion", "TextFinding", "contradictions", "prefill", "read", "read_books", "risk", "strict"]


class Suggestion(Strict):
    """What some words of a request state about a fact; `where` is the field they stand in."""

    fact: str  # a step's as steps[2].environment
    answer: str
    quote: str
    where: str


def read_books() -> None:
    """Read patterns and weights now, so that the first who asks does not wait for it."""
    shipped_patterns()
    shipped_weights()


def read(use: Use, weights: Weights | None = None, sure: bool = False) -> tuple[Suggestion, ...]:
    """Everything the text states, whatever was declared, each fact and answer once, in the order read.

    `weights` are those that come with the product when none are given. `sure`: without what is less likely
    stated than not, about which a question may be put and nothing may be filled in.
    """
    seen: dict[tuple[str, str], Suggestion] = {}
    fields, weights = tuple(_fields(use)), weights or shipped_weights()
    for where, step, said in _statements(fields, shipped_patterns(), weights, sure):
        for fact in _places(use, step, said):
            if (fact, said.answer) not in seen:
                suggestion = Suggestion(fact=fact, answer=said.answer, quote=said.quote, where=where)
                seen[fact, said.answer] = suggestion
    return tuple(seen.values())


def contradictions(use: Use, weights: Weights | None = None) -> tuple[TextFinding, ...]:
    """Where the text states a strictly riskier reading than was declared, at most one for each fact."""
    worst: dict[str, Suggestion] = {}
    for suggestion in read(use, weights):
        if suggestion.fact == "element":  # unordered, and no answer of it is riskier in itself
            continue
        if risk(suggestion.fact, suggestion.answer) <= risk(suggestion.fact, _declared(use, suggestion.fact)):
            continue
        held = worst.get(suggestion.fact)
        if held is None or _weight(suggestion) > _weight(held):
            worst[suggestion.fact] = suggestion
    return tuple(
        TextFinding(fact=fact, declared=_declared(use, fact), suggests=found.answer, quote=found.quote)
        for fact, found in worst.items()
    )


def strict(use: Use) -> tuple[Use, tuple[TextFinding, ...]]:
    """The use with every stricter reading applied, and what was changed."""
    findings = contradictions(use)
    facts = use.facts
    for finding in findings:
        facts = _answered(facts, finding.fact, finding.suggests)
    return use.model_copy(update={"facts": facts}), findings


def prefill(text: str) -> dict[str, str]:
    """The answers a text is sure of, and the tool it names, as fact -> answer; the rest stays unsure.

    Where a text states a safe and a risky answer, the risky one is taken.
    """
    use = Use(description=text[:3000], facts=Facts(steps=(Step(),)))
    found: dict[str, Suggestion] = {}
    for suggestion in read(use, sure=True):
        held = found.get(suggestion.fact)
        if held is None or _weight(suggestion) > _weight(held):
            found[suggestion.fact] = suggestion
    answers = {fact: suggestion.answer for fact, suggestion in found.items() if suggestion.answer != UNSURE}
    tool = next(Reading(use.description, shipped_patterns()).tools(), None)
    return answers | ({"steps[1].tool": tool} if tool else {})


def _weight(suggestion: Suggestion) -> tuple[int, int]:
    name = suggestion.fact
    if name == "likeness_of":
        order = -WHOSE.index(suggestion.answer) if suggestion.answer in WHOSE else -len(WHOSE)
        return risk(name, suggestion.answer), order
    return risk(name, suggestion.answer), 0


_Field = tuple[str, int, str]  # where a text stands, of which step (0: none), the text


def _fields(use: Use) -> Iterator[_Field]:
    """Every free text of the request that says anything."""
    yield from (
        (name, 0, text) for name in ("title", "description", "vendor") if (text := getattr(use, name))
    )
    for number, step in enumerate(use.facts.steps, start=1):
        for name in ("tool", "purpose", "inputs"):
            if text := getattr(step, name):
                yield f"steps[{number}].{name}", number, text


# A form is sent again after each question, and the same words always say the same: the last few are kept.
# Nothing here goes stale, because a book of patterns never changes while it lives.
@lru_cache(maxsize=64)
def _statements(
    fields: tuple[_Field, ...], book: TextBook, weights: Weights, sure: bool
) -> tuple[Found, ...]:
    pages = [(where, step, Reading(text, book, where == "description")) for where, step, text in fields]
    found = [(where, step, said) for where, step, page in pages for said in page.statements(None)]
    # What hangs on another fact ("whose voice?") may stand in another field, the title for one.
    known = frozenset(said.fact for _, _, said in found if risk(said.fact, said.answer) > 0)
    if known:
        found += [(where, step, said) for where, step, page in pages for said in page.statements(known)]
    return tuple(second_opinion(pages, found, weights, sure))


def _places(use: Use, step: int, said: Statement) -> list[str]:
    """The facts a statement speaks about: a fact of steps belongs to the step it was found in or names."""
    steps = use.facts.steps
    if said.fact in STEP_ONLY:
        numbers = [step] if step else _meant(use, said)
        return [f"steps[{number}].{said.fact}" for number in numbers]
    if said.fact in PER_STEP:
        if step and getattr(steps[step - 1], said.fact) is not None:
            return [f"steps[{step}].{said.fact}"]
        if all(getattr(entry, said.fact) is not None for entry in steps):
            return [f"steps[{number}].{said.fact}" for number in _meant(use, said)]
    return [said.fact]


def _meant(use: Use, said: Statement) -> list[int]:
    """The steps a sentence speaks of: those whose tool it names, else those it already explains, else all."""
    numbers = list(range(1, len(use.facts.steps) + 1))
    if len(numbers) == 1:
        return numbers
    named = {
        number: len(said.clause.intersection(word for word in tokenise(step.tool).words if len(word) > 2))
        for number, step in enumerate(use.facts.steps, start=1)
    }
    best = max(named.values())
    if best:
        return [number for number in numbers if named[number] == best]
    explained = [
        number
        for number, step in enumerate(use.facts.steps, start=1)
        if risk(said.fact, getattr(step, said.fact) or UNSURE) >= risk(said.fact, said.answer)
    ]
    return explained or numbers


def _declared(use: Use, fact: str) -> str:
    step, _, name = fact.rpartition(".")
    if step:
        answer = getattr(use.facts.steps[int(step[6:-1]) - 1], name)
        return str(answer if answer is not None else getattr(use.facts, name))
    return str(getattr(use.facts, name))


def _answered(facts: Facts, fact: str, answer: str) -> Facts:
    step, _, name = fact.rpartition(".")
    if not step:
        return facts.model_copy(update={name: answer})
    at = int(step[6:-1]) - 1
    changed = facts.steps[at].model_copy(update={name: answer})
    return facts.model_copy(update={"steps": (*facts.steps[:at], changed, *facts.steps[at + 1 :])})
