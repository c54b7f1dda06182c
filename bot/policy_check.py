"""`clearance policy check`: prove rulebooks over the whole fact space, without Slack or database."""

import textwrap
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bot.shelf import open_book, read_text
from bot.shipped import shipped
from policy.faults import Fault, Invalid, printable
from policy.proof.cases import Case, read_cases
from policy.proof.check import prove
from policy.proof.diagram import Tangled
from policy.proof.findings import Failure, Proven
from policy.proof.promises import promises_for
from policy.rulebook import DEFAULT_BOOKS, Rulebook

# Which golden cases belong to which book; the tests read the same files.
CASES = {"netflix-genai": ("tests/policy/golden.toml", "tests/policy/golden_proof.toml")}
WIDTH = 110
_INDENT = " " * 8
_SHOWN = 5  # failures of one property that are printed in full; more of them rarely say more


class Checked(NamedTuple):
    """What to print, and the exit status: 0 when everything holds, 1 when something does not."""

    text: str
    status: int


def check(books: Iterable[str] = (), cases: Sequence[str] = ()) -> Checked:
    """Prove the books (names or .toml paths; none: the default ones), with their golden cases.

    Raises Invalid, with nothing proven, when a book or a file of cases cannot be used.
    """
    names = tuple(dict.fromkeys(books)) or DEFAULT_BOOKS
    if cases and len(names) > 1:
        raise Invalid([Fault("--cases", None, "", "cases belong to one book; name one BOOK with them")])
    faults: list[Fault] = []
    shelf: list[tuple[Rulebook, list[Case]]] = []
    for name in names:
        try:
            book = open_book(name)
            shelf.append((book, list(_cases(book, cases))))
        except Invalid as error:
            faults += error.faults
    if faults:
        raise Invalid(faults)
    parts = [_checked(book, told) for book, told in shelf]
    return Checked("\n".join(part.text for part in parts), max(part.status for part in parts))


def _cases(book: Rulebook, given: Sequence[str]) -> Iterator[Case]:
    """The cases of the files given, else those that came with the app for this book."""
    if given:
        for name in given:
            yield from read_cases(read_text(name), name)
        return
    for name in CASES.get(book.identity.id, ()):
        path = shipped(name)
        if path.exists():
            yield from read_cases(path.read_text(encoding="utf-8"), path.name)


def _checked(book: Rulebook, cases: Sequence[Case]) -> Checked:
    started = time.perf_counter()
    proofs: list[Proven] = []
    try:
        proofs += prove(book, promises_for(book.identity.id), cases)
    except Tangled:
        says = (
            "its rules depend on too many answers together to be proven; say the same with fewer conditions"
        )
        proofs.append(Proven("size", f"{len(book.rules)} rules", (Failure(says),)))
    took = time.perf_counter() - started
    identity = book.identity
    lines = [f"{identity.id} {identity.version}, sha256 {identity.sha256[:12]}"]
    for proven in proofs:
        lines += _lines(proven)
    broken = [proven.name for proven in proofs if not proven.ok]
    says = f"broken: {', '.join(broken)}" if broken else "everything holds"
    lines.append(f"  {says}, {took:.1f} s")
    return Checked("\n".join(lines) + "\n", 1 if broken else 0)


def _lines(proven: Proven) -> Iterator[str]:
    yield printable(f"  {'ok  ' if proven.ok else 'FAIL'}  {proven.name:<11} {proven.looked_at}")
    for note in proven.notes:
        yield from textwrap.wrap(
            note, WIDTH, initial_indent=_INDENT, subsequent_indent=f"{_INDENT}  ", break_on_hyphens=False
        )
    for failure in proven.failures[:_SHOWN]:
        yield from _failure(failure)
    more = len(proven.failures) - _SHOWN
    if more > 0:
        yield f"{_INDENT}and {more} more like these"


def _failure(failure: Failure) -> Iterator[str]:
    yield printable(f"{_INDENT}{failure.says}")
    for number, request in enumerate(failure.requests, start=1):
        which = f" {number} of {len(failure.requests)}" if len(failure.requests) > 1 else ""
        yield f"{_INDENT}-- request{which}, for clearance triage:"
        yield from request.rstrip("\n").split("\n")
        yield f"{_INDENT}--"
