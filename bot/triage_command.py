"""`clearance triage`: judge request files without Slack, database or directory."""

import json
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.reasons import Reason, reasons
from bot.wording import HEADLINE, OUTSIDE_SCOPE, disclaimer, listed
from policy.facts import Use
from policy.faults import Fault, Invalid, printable
from policy.request_file import read_uses
from policy.rulebook import DEFAULT_BOOKS, Rulebook, load_books, parse_book
from policy.triage import triage
from policy.verdict import Verdict

WIDTH = 96


def judge(files: Iterable[str], books: Iterable[str], form: str) -> str:
    """The whole output for `files`; raises Invalid, with nothing judged, when any of them has a fault."""
    faults: list[Fault] = []
    uses: list[Use] = []
    shelf: tuple[Rulebook, ...] = ()
    try:
        shelf = _shelf(tuple(books) or DEFAULT_BOOKS)
    except Invalid as error:
        faults += error.faults
    for name in files:
        try:
            uses += read_uses(_text(name), name)
        except Invalid as error:
            faults += error.faults
    if faults:
        raise Invalid(faults)
    render = as_json if form == "json" else as_text
    return "\n".join(render(use, triage(use, shelf)) for use in uses)


def _shelf(names: Iterable[str]) -> tuple[Rulebook, ...]:
    """Books by name, or by path for one that counsel is still writing."""
    return tuple(
        parse_book(_text(name), name) if name.endswith(".toml") else load_books([name])[0]
        for name in dict.fromkeys(names)
    )


def _text(name: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise Invalid([Fault(name, line, "", "this is not UTF-8 text; save the file as UTF-8")]) from None
    except FileNotFoundError:
        raise Invalid([Fault(name, None, "", "there is no such file")]) from None
    except IsADirectoryError:
        raise Invalid([Fault(name, None, "", "this is a directory; name a file")]) from None
    except OSError as error:
        raise Invalid([Fault(name, None, "", f"it cannot be read: {error.strerror}")]) from None


def as_json(use: Use, verdict: Verdict) -> str:
    """One verdict as one line of ASCII JSON (docs/triage.md is the contract)."""
    findings = [
        finding.model_dump(mode="json", include={"rule", "clauses", "outcome", "step", "facts", "because"})
        for finding in verdict.findings
    ]
    return json.dumps(
        {
            "id": use.id,
            "outcome": verdict.outcome,
            "findings": findings,
            "duties": [duty.model_dump(mode="json") for duty in verdict.duties],
            "open_questions": verdict.open_questions,
            "to_clear": [],
            "text_findings": [],
            "topics": verdict.topics,
            "rulebooks": [book.model_dump(mode="json") for book in verdict.rulebooks],
        }
    )


def as_text(use: Use, verdict: Verdict) -> str:
    """One verdict for a person at a terminal."""
    return "\n".join(printable(line) for line in _lines(use, verdict)) + "\n"


def _lines(use: Use, verdict: Verdict) -> Iterator[str]:
    yield f"{use.id}  {use.title}".rstrip()
    yield f"  {HEADLINE[verdict.outcome]}  [{verdict.outcome}]"
    if verdict.topics:
        yield f"  Signs: {listed([topic.value for topic in verdict.topics])}"
    if verdict.outside_scope:
        yield f"  {OUTSIDE_SCOPE}"
    yield "  Why"
    for reason in reasons(verdict):
        yield from _wrapped("   - ", _reason(reason))
    if verdict.open_questions:
        yield "  Find out"
        yield from _wrapped("   - ", ", ".join(verdict.open_questions))
    yield "  Duties"
    for duty in verdict.duties:
        yield from _wrapped("   - ", f"{duty.text} [{duty.clause}]")
    for book in verdict.rulebooks:
        yield f"  {disclaimer(book.version)}  ({book.id} {book.version}, sha256 {book.sha256[:12]})"


def _reason(reason: Reason) -> str:
    where = f"{reason.where}: " if reason.where else ""
    return f"{where}{reason.text} [{', '.join(reason.clauses)}; {reason.outcome}]"


def _wrapped(lead: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead))
