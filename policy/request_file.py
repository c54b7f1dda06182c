"""Request files: TOML, JSON or JSON Lines text -> uses, with every fault at its line."""

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from policy.facts import Use
from policy.faults import Fault, Invalid, faults_of, parse_toml, unreadable


def read_uses(text: str, source: str) -> list[Use]:
    """All requests of one file, in order; each has an id, its own or `source:line`.

    Raises Invalid with every fault of the file. A `.json`, `.jsonl` or `.toml` name decides the format,
    else how the text begins does.
    """
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise Invalid([Fault(source, None, "", "there is no request in it")])
    uses: list[Use] = []
    faults: list[Fault] = []
    try:
        for line, record, raw in _records(text, source):
            try:
                use = Use.model_validate(raw)
            except ValidationError as error:
                # In JSON Lines the record's own line is the place; elsewhere the key is looked up.
                only_line = line if record is not text else None
                faults += faults_of(error, Use, source, record, only_line)
            else:
                uses.append(use if use.id else use.model_copy(update={"id": f"{source}:{line}"}))
    except Invalid as error:  # the records that could be read have been
        faults += error.faults
    if faults:
        raise Invalid(sorted(faults, key=lambda fault: fault.line or 0))
    return uses


# A TOML file may begin with [facts]; a JSON request is an object, and a list is told so.
_JSON = re.compile(r"\s*(\{|\[(?!\[?\s*[A-Za-z_]))")


def _records(text: str, source: str) -> Iterator[tuple[int, str, Any]]:
    """Each request as (line, its text, raw value)."""
    suffix = source.lower().rpartition(".")[2]
    if suffix == "toml" or (suffix not in ("json", "jsonl") and not _JSON.match(text)):
        yield 1, text, parse_toml(text, source)
    elif suffix == "jsonl" or _has_more_lines(text):
        yield from _json_lines(text, source)
    else:
        yield 1, text, _object(_json(text, source), source, 1)


def _has_more_lines(text: str) -> bool:
    """Whether the first line is a value by itself: then it is JSON Lines, whatever its name."""
    first, _, rest = text.strip().partition("\n")
    try:
        return bool(rest) and json.loads(first) is not None
    except (ValueError, RecursionError):
        return False


def _json_lines(text: str, source: str) -> Iterator[tuple[int, str, Any]]:
    faults: list[Fault] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found = _object(_json(line, source, number), source, number)
        except Invalid as error:
            faults += error.faults
        else:
            yield number, line, found
    if faults:
        raise Invalid(faults)


def _object(value: Any, source: str, line: int) -> Any:
    if isinstance(value, dict):
        return value
    says = "a request is an object { ... }; write several as JSON Lines, one a line"
    raise Invalid([Fault(source, line, "", says)])


def _json(text: str, source: str, line: int | None = None) -> Any:
    """Read one JSON value, or raise Invalid. `line`: the line of the file that `text` is."""
    try:
        return json.loads(text, object_pairs_hook=_no_repeats)
    except json.JSONDecodeError as error:
        says = f"this is not valid JSON: {error.msg}, column {error.colno}"
        fault = Fault(source, line or error.lineno, "", says)
    except _Repeated as error:
        twice = "this key stands twice; keep one"
        fault = Fault(source, line or _second(text, str(error)), str(error), twice)
    except (ValueError, RecursionError) as error:
        fault = Fault(source, line, "", unreadable(error))
    raise Invalid([fault])


def _second(text: str, key: str) -> int | None:
    """The line of the key's second place, when there are just two."""
    found = [match.start() for match in re.finditer(rf"{re.escape(json.dumps(key))}\s*:", text)]
    return text.count("\n", 0, found[1]) + 1 if len(found) == 2 else None


class _Repeated(ValueError):
    """A key stands twice in one object."""


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Repeated(key)
        found[key] = value
    return found
