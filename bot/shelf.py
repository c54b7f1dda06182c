"""Books and texts by the name somebody typed: an id, a dated id, or a path; `-` is standard input."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from policy.faults import Fault, Invalid
from policy.library import book_on
from policy.rulebook import Rulebook, parse_book


def open_book(name: str) -> Rulebook:
    """A shipped book by its id (the version in force today, or a dated one), or any book by its path."""
    if name.endswith(".toml"):
        return parse_book(read_text(name), name)
    return book_on(name, datetime.now(UTC).date())


def read_text(name: str) -> str:
    """The text of a file, or Invalid with what keeps it from being read."""
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
