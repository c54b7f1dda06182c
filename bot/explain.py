"""`clearance triage --explain`: which facts made each finding, and why every other rule stayed silent."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from bot.wording import listed
from policy.explanation import Against, Silence, silences
from policy.facts import Use
from policy.faults import printable
from policy.rulebook import Rulebook
from policy.triage import NOT_GENERATIVE
from policy.verdict import Finding, Verdict

WIDTH = 96


def as_lines(use: Use, books: Sequence[Rulebook], verdict: Verdict) -> list[str]:
    """The explanation of one verdict, to stand under it."""
    if use.not_generative:
        return [
            "  Explained",
            f"   - {NOT_GENERATIVE}: no rule was asked; the use is said not to be generative",
        ]
    lines = ["  Rules that fired"]
    for finding in verdict.findings:
        lines += _wrapped(_fired(finding, len(books) > 1))
    lines.append("  Rules that did not fire")
    for silent in _by_rule(silences(use, books, verdict)):
        lines += _wrapped(_silent(silent, len(books) > 1))
    return [printable(line) for line in lines]


def as_json(use: Use, books: Sequence[Rulebook], verdict: Verdict) -> list[dict[str, object]]:
    """The value of `not_fired` in the JSON of `clearance triage --explain`: one object a rule and step."""
    return [silence.model_dump(mode="json") for silence in silences(use, books, verdict)]


def _fired(finding: Finding, named: bool) -> str:
    facts = listed([f"{name} is {answer}" for name, answer in finding.facts.items()])
    doubt = " (in doubt)" if finding.undecided else ""
    name = _name(finding.book, finding.rule, named)
    return f"{name}{doubt} -> {finding.outcome}: {facts or 'what the request itself shows'}"


def _by_rule(found: Iterable[Silence]) -> Iterator[list[Silence]]:
    groups: dict[tuple[str, str], list[Silence]] = {}
    for silence in found:
        groups.setdefault((silence.book, silence.rule), []).append(silence)
    yield from groups.values()


def _silent(silent: list[Silence], named: bool) -> str:
    """A rule judged at several tools has one reason for each."""
    said = dict.fromkeys(map(_reason, silent))
    return f"{_name(silent[0].book, silent[0].rule, named)}: {'; '.join(said)}"


def _reason(silence: Silence) -> str:
    if silence.against:
        return listed([_against(entry) for entry in silence.against])
    if silence.lifted:
        facts = listed([f"{name} is {answer}" for name, answer in silence.lifted.items()])
        return f"lifted by {listed(list(silence.clauses))}: {facts}"
    return f"asks for nothing while {listed(list(silence.doubt))} is unsure"


def _against(entry: Against) -> str:
    return f"{entry.fact} is {entry.answer}, not {listed(list(entry.needs), 'or')}"


def _name(book: str, rule: str, named: bool) -> str:
    return f"{book}: {rule}" if named else rule


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="   - ", subsequent_indent="     ")
