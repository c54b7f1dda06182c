"""`clearance triage`: judge request files without Slack, database or directory."""

import json
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot import advice_lines, explain
from bot.reasons import Reason, reasons
from bot.shelf import open_book, read_text
from bot.wording import HEADLINE, OUTSIDE_SCOPE, disclaimer, listed
from policy.advice import Advice, advise
from policy.facts import Use
from policy.faults import Fault, Invalid, printable
from policy.request_file import read_uses
from policy.rulebook import DEFAULT_BOOKS, Rulebook
from policy.text import strict
from policy.triage import triage
from policy.verdict import Verdict
from policy.vocabulary import VOCABULARY

WIDTH = 96


def judge(files: Iterable[str], books: Iterable[str], form: str, explained: bool = False) -> str:
    """The whole output for `files`; raises Invalid, with nothing judged, when any of them has a fault."""
    faults: list[Fault] = []
    uses: list[Use] = []
    shelf: tuple[Rulebook, ...] = ()
    try:
        shelf = tuple(open_book(name) for name in dict.fromkeys(tuple(books) or DEFAULT_BOOKS))
    except Invalid as error:
        faults += error.faults
    for name in files:
        try:
            uses += read_uses(read_text(name), name)
        except Invalid as error:
            faults += error.faults
    if faults:
        raise Invalid(faults)
    render = as_json if form == "json" else as_text
    return "\n".join(render(judged) for judged in (_judge(use, shelf, explained) for use in uses))


@dataclass(frozen=True)
class Judged:
    """A use as its text made it, with its verdict, what would lower it and, if asked for, why not."""

    use: Use
    books: tuple[Rulebook, ...]
    verdict: Verdict
    advice: tuple[Advice, ...]
    explained: bool


def _judge(use: Use, shelf: tuple[Rulebook, ...], explained: bool) -> Judged:
    """The stricter reading of the text holds here: nobody can be asked back."""
    stricter, found = strict(use)
    verdict = triage(stricter, shelf).model_copy(update={"text_findings": found})
    return Judged(stricter, shelf, verdict, advise(stricter, shelf, verdict), explained)


def as_json(judged: Judged) -> str:
    """One verdict as one line of ASCII JSON (docs/triage.md is the contract)."""
    verdict = judged.verdict
    findings = [
        finding.model_dump(mode="json", include={"rule", "clauses", "outcome", "step", "facts", "because"})
        for finding in verdict.findings
    ]
    texts = [each.model_dump(mode="json", exclude={"reason"}) for each in verdict.text_findings]
    said: dict[str, object] = {
        "id": judged.use.id,
        "outcome": verdict.outcome,
        "findings": findings,
        "duties": [duty.model_dump(mode="json") for duty in verdict.duties],
        "open_questions": verdict.open_questions,
        "to_clear": advice_lines.as_json(judged.advice),
        "text_findings": texts,
        "topics": verdict.topics,
        "rulebooks": [book.model_dump(mode="json") for book in verdict.rulebooks],
    }
    if judged.explained:
        said["not_fired"] = explain.as_json(judged.use, judged.books, verdict)
    return json.dumps(said)


def as_text(judged: Judged) -> str:
    """One verdict for a person at a terminal."""
    return "\n".join(printable(line) for line in _lines(judged)) + "\n"


def _lines(judged: Judged) -> Iterator[str]:
    use, verdict = judged.use, judged.verdict
    yield f"{use.id}  {use.title}".rstrip()
    yield f"  {HEADLINE[verdict.outcome]}  [{verdict.outcome}]"
    if verdict.topics:
        yield f"  Signs: {listed([topic.value for topic in verdict.topics])}"
    if verdict.outside_scope:
        yield f"  {OUTSIDE_SCOPE}"
    if verdict.text_findings:
        yield "  Your text says more than your answers; the stricter reading holds"
    for found in verdict.text_findings:
        yield from _wrapped("   - ", f'{found.fact}: {found.declared} -> {found.suggests}, "{found.quote}"')
    yield "  Why"
    for reason in reasons(verdict):
        yield from _wrapped("   - ", _reason(reason))
    if verdict.open_questions:
        yield "  Find out"
        for name in verdict.open_questions:
            yield from _wrapped("   - ", f"{name}: {VOCABULARY[name.rpartition('.')[2]].question}")
    advice = advice_lines.as_lines(judged.advice, verdict)
    if advice:
        yield "  What would clear this"
    for line in advice:
        yield from _wrapped("   - ", line)
    yield "  Duties"
    for duty in verdict.duties:
        yield from _wrapped("   - ", f"{duty.text} [{duty.clause}]")
    for book in verdict.rulebooks:
        yield f"  {disclaimer(book.version)}  ({book.id} {book.version}, sha256 {book.sha256[:12]})"
    if judged.explained:
        yield from explain.as_lines(use, judged.books, verdict)


def _reason(reason: Reason) -> str:
    where = f"{reason.where}: " if reason.where else ""
    return f"{where}{reason.text} [{', '.join(reason.clauses)}; {reason.outcome}]"


def _wrapped(lead: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead))
