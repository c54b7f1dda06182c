"""A whole book as one document for counsel: its clauses, and its rules in plain words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from bot.rule_words import (
    lifting_clauses,
    plain_outcome,
    unless,
    unless_in_facts,
    when,
    when_in_facts,
)
from bot.wording import listed
from policy.rulebook import Rule, Rulebook
from policy.verdict import Outcome


class Code(str):
    """A line that is written exactly so in a book or a request file."""


Cell = Sequence[str]


@dataclass(frozen=True)
class Listing:
    """One table under its heading; each cell is a list of lines."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def clauses_of(book: Rulebook) -> Listing:
    """What the guidance says, clause by clause, and which rules rest on it."""
    rows = tuple(
        (
            [Code(clause.id)],
            [clause.section],
            [clause.summary],
            _duty(book, clause.id),
            citing(book, clause.id),
        )
        for clause in book.clauses.values()
    )
    return Listing("Clauses", ("Clause", "Section", "What it says", "Duty", "Cited by"), rows)


def rules_of(book: Rulebook) -> Listing:
    """Every rule, in the book's order."""
    columns = (
        "Rule",
        "What the requester reads",
        "When",
        "Facts",
        "Outcome",
        "Clauses",
        "Who signs",
        "Duties",
    )
    return Listing("Rules", columns, tuple(_row(rule) for rule in book.rules))


def citing(book: Rulebook, clause: str) -> list[str]:
    """Everything in the book that names the clause: rules, and the heading in words."""
    heading = book.heading
    found: list[str] = [
        Code(rule.id) for rule in book.rules if clause in (*rule.clauses, *lifting_clauses(rule))
    ]
    if clause in heading.always:
        found.append("every request")
    if clause in heading.unsure:
        found.append("every doubt")
    if clause in heading.cleared.clauses:
        found.append("every cleared request")
    return found


def signs(rule: Rule) -> str:
    """Who signs when the rule fires."""
    if rule.outcome < Outcome.ESCALATE:
        return "nobody"
    return listed([topic.value for topic in rule.topics])


def _duty(book: Rulebook, clause: str) -> list[str]:
    return [book.duties[clause].text] if clause in book.duties else []


def _row(rule: Rule) -> tuple[Cell, ...]:
    lifted = (
        [f"unless {' and '.join(unless(rule))} [{', '.join(lifting_clauses(rule))}]"] if rule.unless else []
    )
    coded = [f"unless {' and '.join(unless_in_facts(rule))}"] if rule.unless else []
    return (
        [Code(rule.id)],
        [rule.because],
        [*_anded(when(rule)), *lifted],
        [Code(line) for line in (*_anded(when_in_facts(rule)), *coded)],
        [plain_outcome(rule.outcome), f"in doubt: {plain_outcome(rule.unsure)}"],
        [", ".join(rule.clauses)],
        [signs(rule)],
        [", ".join(rule.duties)],
    )


def _anded(lines: Sequence[str]) -> list[str]:
    return [*lines[:1], *(f"and {line}" for line in lines[1:])]


def opening(book: Rulebook) -> list[str]:
    """What stands above the tables."""
    heading = book.heading
    until = f" to {heading.until}" if heading.until else ""
    return [
        f"{heading.publisher}: {heading.title}. Book {book.identity.id}, version {book.identity.version}, "
        f"in force from {heading.effective}{until}; the source was last checked on {heading.checked}.",
        "The outcome of a request is the strictest of all rules that fire: cleared, judgement, escalate, "
        "written approval. “In doubt” is what a rule asks for while an answer it needs is missing.",
        "In our own words; no rights clearance and no legal advice. Clearance is not part of Netflix.",
    ]


def as_markdown(book: Rulebook) -> str:
    """The document as Markdown."""
    lines = [f"# {_mark(book.heading.title)}: the rulebook {_mark(book.identity.id)}", ""]
    for paragraph in [*opening(book), f"Source: <{book.heading.source}>"]:
        lines += [paragraph if paragraph.startswith("Source: <") else _mark(paragraph), ""]
    for listing in (rules_of(book), clauses_of(book)):
        lines += [f"## {listing.heading}", "", _marked_row([[column] for column in listing.columns])]
        lines += ["|" + " --- |" * len(listing.columns)]
        lines += [*(_marked_row(row) for row in listing.rows), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _marked_row(cells: Iterable[Cell]) -> str:
    return "| " + " | ".join("<br>".join(_marked(line) for line in cell) for cell in cells) + " |"


def _marked(line: str) -> str:
    if isinstance(line, Code):
        return f"`{line}`".replace("|", "\\|")
    return _mark(line)


def _mark(text: str) -> str:
    """Text as Markdown shows it unchanged, inside a table too."""
    for sign in "\\`*_[]|<>":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", " ")


_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 2rem auto;
  max-width: 84rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; font-size: 13px; margin-bottom: 2rem; }
th, td { border: 1px solid #c8c8c8; padding: .35rem .5rem; text-align: left; vertical-align: top; }
th { background: #f2f2f2; }
code { font: 12px/1.4 ui-monospace, monospace; overflow-wrap: break-word; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } table { font-size: 8pt; }
  thead { display: table-header-group; } tr { break-inside: avoid; }
  @page { size: A4 landscape; margin: 12mm; } }
"""


def as_html(book: Rulebook) -> str:
    """The document as one page that needs nothing else, for the screen and for paper."""
    title = escape(f"{book.heading.title}: the rulebook {book.identity.id}")
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>",
            *(f"<p>{escape(paragraph)}</p>" for paragraph in opening(book)),
            f"<p>Source: {_linked(book.heading.source)}</p>",
            *_html_listing(rules_of(book)),
            *_html_listing(clauses_of(book)),
            "</body>\n</html>\n",
        ]
    )


def _html_listing(listing: Listing) -> Iterator[str]:
    yield f"<h2>{escape(listing.heading)}</h2>\n<table>\n<thead><tr>"
    yield "".join(f'<th scope="col">{escape(column)}</th>' for column in listing.columns)
    yield "</tr></thead>\n<tbody>"
    for row in listing.rows:
        yield "<tr>" + "".join(f"<td>{'<br>'.join(map(_html_line, cell))}</td>" for cell in row) + "</tr>"
    yield "</tbody>\n</table>"


def _html_line(line: str) -> str:
    return f"<code>{escape(line)}</code>" if isinstance(line, Code) else escape(line)


def _linked(source: str) -> str:
    """A link only where it leads to a web page: a book is a file that somebody else may have written."""
    if source.startswith(("https://", "http://")):
        return f'<a href="{escape(source)}">{escape(source)}</a>'
    return escape(source)
