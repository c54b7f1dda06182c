"""`clearance policy show|table|diff`: a book read, printed for counsel, and compared with another.

Each function gives its text and the exit status; a fault is raised as Invalid, which ends with status 2.
"""

import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence

from bot.book_table import as_html, as_markdown, citing, signs
from bot.diff_view import Difference, RequestChange, as_json, as_lines, cited
from bot.rule_words import lifting_clauses, plain_outcome, unless, when
from bot.shelf import open_book, read_text
from bot.wording import HEADLINE
from policy.book_changes import book_changes
from policy.cells import changed_cells
from policy.facts import Use
from policy.faults import Fault, Invalid, printable
from policy.request_file import read_uses
from policy.rulebook import DEFAULT_BOOKS, Clause, Rule, Rulebook
from policy.spelling import suggest
from policy.triage import triage
from policy.verdict import Verdict

WIDTH = 96


def show(name: str | None = None, books: Iterable[str] = ()) -> tuple[str, int]:
    """A clause or a rule by its name, in any of the books; without a name each book's list."""
    shelf = [open_book(book) for book in dict.fromkeys(tuple(books) or DEFAULT_BOOKS)]
    if name is None:
        return _page(line for book in shelf for line in _contents(book)), 0
    found = [line for book in shelf for line in _entry(book, name)]
    if not found:
        known = [word for book in shelf for word in (*(rule.id for rule in book.rules), *book.clauses)]
        says = f"there is no such clause or rule; {_nearest(name, known)}"
        raise Invalid([Fault("policy", None, name, says)])
    return _page(found), 0


def table(form: str = "markdown", book: str = DEFAULT_BOOKS[0]) -> tuple[str, int]:
    """The whole book as a document; `form` is markdown or html."""
    render: Callable[[Rulebook], str] = as_html if form == "html" else as_markdown
    return render(open_book(book)).rstrip("\n"), 0


def diff(old: str, new: str, requests: str | None = None, form: str = "text") -> tuple[str, int]:
    """What changes from one book to another; the status is 0 when nothing does, 1 when something does."""
    before, after = open_book(old), open_book(new)
    uses = read_uses(read_text(requests), requests) if requests else None
    difference = Difference(
        before,
        after,
        book_changes(before, after),
        changed_cells([before], [after]),
        None if uses is None else [*_changed_requests(uses, before, after)],
        len(uses or ()),
    )
    text = as_json(difference) if form == "json" else _page(as_lines(difference), split=True)
    return text, int(bool(difference))


def _changed_requests(uses: Iterable[Use], old: Rulebook, new: Rulebook) -> Iterator[RequestChange]:
    for use in uses:
        before, after = triage(use, [old]), triage(use, [new])
        if _essence(before) != _essence(after):
            yield RequestChange(use.id or "", before, after)


def _essence(verdict: Verdict) -> tuple[object, ...]:
    return verdict.outcome, set(cited(verdict)), verdict.topics


def _contents(book: Rulebook) -> Iterator[str]:
    heading = book.heading
    yield f"{book.identity.id} {book.identity.version}  {heading.title}, {heading.publisher}"
    yield f"  In force from {heading.effective}; checked {heading.checked}"
    yield f"  sha256 {book.identity.sha256}"
    yield f"  {heading.source}"
    yield "  Clauses"
    for clause in book.clauses.values():
        yield from _wrapped(f"   {clause.id:<4} ", clause.summary)
    yield "  Rules"
    for rule in book.rules:
        yield from _wrapped("   - ", f"{rule.id} [{rule.outcome}] {rule.because}")


def _entry(book: Rulebook, name: str) -> Iterator[str]:
    """The clause or the rule of this name, whatever its capitals; a rule and a clause may share one."""
    wanted = name.casefold()
    for clause in book.clauses.values():
        if clause.id.casefold() == wanted:
            yield from _clause(book, clause)
    for rule in book.rules:
        if rule.id.casefold() == wanted:
            yield from _rule(book, rule)


def _clause(book: Rulebook, clause: Clause) -> Iterator[str]:
    yield f"{clause.id}  {clause.section}  ({book.identity.id} {book.identity.version})"
    yield from _wrapped("  ", clause.summary)
    if clause.id in book.duties:
        yield from _wrapped("  Duty: ", book.duties[clause.id].text)
    by_name = {rule.id: rule for rule in book.rules}
    yield "  Cited by"
    for name in citing(book, clause.id):
        yield from _wrapped("   - ", f"{name} [{by_name[name].outcome}]" if name in by_name else name)
    carrying = [rule.id for rule in book.rules if clause.id in rule.duties]
    if carrying:
        yield from _wrapped("  Its duty travels with: ", ", ".join(carrying))


def _rule(book: Rulebook, rule: Rule) -> Iterator[str]:
    yield f"{rule.id}  ({book.identity.id} {book.identity.version})"
    yield from _wrapped("  ", rule.because)
    yield from _block("When all of these hold", when(rule))
    yield from _block(f"Unless all of these hold [{', '.join(lifting_clauses(rule))}]", unless(rule))
    yield from _wrapped("  Then: ", f"{HEADLINE[rule.outcome]} [{rule.outcome}]")
    yield from _wrapped("  While an answer is missing: ", plain_outcome(rule.unsure))
    yield from _wrapped("  Signs: ", signs(rule))
    yield from _block("Clauses", [f"{name}: {book.clauses[name].summary}" for name in rule.clauses])
    yield from _block("Duties", [f"{name}: {book.duties[name].text}" for name in rule.duties])


def _block(heading: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"  {heading}"
        for line in lines:
            yield from _wrapped("   - ", line)


def _nearest(name: str, known: Sequence[str]) -> str:
    """A near name; a hundred names are no answer, so without a near one only where to find them."""
    suggestion = suggest(name, known)
    return suggestion if suggestion.startswith("did") else "see `clearance policy show`"


def _wrapped(lead: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=lead, subsequent_indent=" " * min(len(lead), 8))


def _page(lines: Iterable[str], split: bool = False) -> str:
    """Lines as a terminal may show them: a book or a request may come from anywhere."""
    whole = "\n".join(lines).split("\n") if split else lines
    return "\n".join(printable(line) for line in whole)
