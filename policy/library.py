"""The folder of books: one version of each book is in force on a day, and a released one is never edited."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise

from policy.faults import Fault, Invalid, nearest
from policy.rulebook import DEFAULT_BOOKS, Rulebook, parse_book

RELEASED = "SHA256SUMS"
"""Lists the books that have judged requests, as `sha256sum` does; `#` begins a comment."""


def shipped_books() -> Traversable:
    """The folder of the books that come with the app."""
    return files("policy") / "books"


def book_on(name: str, day: date, folder: Traversable | None = None) -> Rulebook:
    """The version of a book in force on a day; a dated name ("netflix-genai-2025-11-11") is that version.

    Raises Invalid when there is none, and for any fault of the folder: see `versions`.
    """
    shelf = versions(folder or shipped_books())
    dated = {file_name(book).removesuffix(".toml"): book for books in shelf.values() for book in books}
    if name in dated:
        return dated[name]
    if name not in shelf:
        says = f"there is no such rulebook; {nearest(name, [*shelf, *dated])}"
        raise Invalid([Fault("rulebook", None, name, says)])
    begun = [book for book in shelf[name] if book.heading.effective <= day]
    if not begun or day > (begun[-1].heading.until or day):
        dates = ", ".join(_dates(book) for book in shelf[name])
        raise Invalid([Fault("rulebook", None, name, f"no version is in force on {day}; there is {dates}")])
    return begun[-1]


def books_on(day: date, names: Iterable[str] = DEFAULT_BOOKS) -> tuple[Rulebook, ...]:
    """The named books in force on a day, each once, in the order named."""
    return tuple(book_on(name, day) for name in dict.fromkeys(names))


def versions(folder: Traversable) -> dict[str, list[Rulebook]]:
    """Book id -> its versions, oldest first.

    Raises Invalid for a book with a fault, a file that is not named after its book, two versions in force at
    once, and a released book that was edited.
    """
    faults: list[Fault] = []
    shelf: dict[str, list[Rulebook]] = {}
    released = dict(_released(folder))
    for source, text in _files(folder):
        try:
            book = parse_book(text, source)
        except Invalid as error:
            faults += error.faults
            continue
        shelf.setdefault(book.identity.id, []).append(book)
        faults += _misfiled(book, source, released)
    for books in shelf.values():
        books.sort(key=lambda book: book.heading.effective)
        faults += _overlaps(books)
    if faults:
        raise Invalid(faults)
    return shelf


def file_name(book: Rulebook) -> str:
    """What a book's file is called."""
    return f"{book.identity.id}-{book.identity.version}.toml"


def _files(folder: Traversable) -> Iterator[tuple[str, str]]:
    """The books of a folder: name and text."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            yield entry.name, entry.read_text(encoding="utf-8")


def _released(folder: Traversable) -> Iterator[tuple[str, str]]:
    """File name -> SHA-256 of every released book."""
    sums = folder / RELEASED
    for line in sums.read_text(encoding="utf-8").splitlines() if sums.is_file() else ():
        if line.strip() and not line.startswith("#"):
            sha256, _, name = line.partition(" ")
            yield name.strip(" *"), sha256


def _misfiled(book: Rulebook, source: str, released: dict[str, str]) -> Iterator[Fault]:
    heading = book.heading
    if source != file_name(book):
        says = f"this book's file is called {file_name(book)}, after its id and version"
        yield Fault(source, None, "book.version", says)
    if heading.until and heading.until < heading.effective:
        yield Fault(source, None, "book.until", f"this is before it takes effect, on {heading.effective}")
    if released.get(source, book.identity.sha256) != book.identity.sha256:
        says = "it has judged requests and was edited since: undo that, copy it, date the copy, edit the copy"
        yield Fault(source, None, "", says)


def _overlaps(books: list[Rulebook]) -> Iterator[Fault]:
    """Two versions that claim the same day. One without an end lasts until the next takes effect."""
    for older, newer in pairwise(books):
        begins = newer.heading.effective
        if older.heading.effective == begins:
            says = f"it takes effect on {begins}, and so does {file_name(older)}"
            yield Fault(file_name(newer), None, "book.effective", says)
        elif older.heading.until and older.heading.until >= begins:
            says = (
                f"it is in force until {older.heading.until}, and {file_name(newer)} begins on {begins}; "
                f"end it on {begins - timedelta(days=1)}, or leave the end out"
            )
            yield Fault(file_name(older), None, "book.until", says)


def _dates(book: Rulebook) -> str:
    until = f" until {book.heading.until}" if book.heading.until else ""
    return f"{book.identity.version} (from {book.heading.effective}{until})"
