"""Request files: TOML, JSON or JSON Lines text -> uses, with every fault at its line."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from policy.facts import Use
from policy.faults import Fault, Invalid, faults_of, parse_toml


def read_uses(text: str, source: str) -> list[Use]:
    """All requests of one file, in order; each has an id, its own or `source:line`.

    Raises Invalid with every fault of the file. A `.json`, `.jsonl` or `.toml` name decides the format,
    else the first character does.
    """
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise Invalid([Fault(source, None, "", "there is no request in it")])
    uses, faults = [], []
    for line, record, raw in _records(text, source):
        try:
            use = Use.model_validate(raw)
        except ValidationError as error:
            # In JSON Lines the record's own line is the place; elsewhere the key is looked up.
            only_line = line if record is not text else None
            faults += faults_of(error, Use, source, record, only_line)
        else:
            uses.append(use if use.id else use.model_copy(update={"id": f"{source}:{line}"}))
    if faults:
        raise Invalid(faults)
    return uses


def _records(text: str, source: str) -> Iterator[tuple[int, str, Any]]:
    """Each request as (line, its text, raw value)."""
    suffix = source.lower().rpartition(".")[2]
    if suffix == "toml" or (suffix not in ("json", "jsonl") and text.lstrip()[0] not in "{["):
        yield 1, text, parse_toml(text, source)
        return
    if suffix != "jsonl":
        try:
            yield 1, text, _object(json.loads(text, object_pairs_hook=_no_repeats), source, 1)
            return
        except json.JSONDecodeError as error:
            # A second value after the first is JSON Lines under another name.
            if not error.msg.startswith("Extra data"):
                raise Invalid([_broken_json(error, source, error.lineno)]) from None
        except _Repeated as error:
            raise Invalid([_twice(error, source, None)]) from None
    yield from _json_lines(text, source)


def _json_lines(text: str, source: str) -> Iterator[tuple[int, str, Any]]:
    faults, found = [], []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found.append(
                (number, line, _object(json.loads(line, object_pairs_hook=_no_repeats), source, number))
            )
        except json.JSONDecodeError as error:
            faults.append(_broken_json(error, source, number))
        except _Repeated as error:
            faults.append(_twice(error, source, number))
        except Invalid as error:
            faults += error.faults
    if faults:
        raise Invalid(faults)
    yield from found


def _object(value: Any, source: str, line: int) -> Any:
    if isinstance(value, dict):
        return value
    says = "a request is an object { ... }; write several as JSON Lines, one a line"
    raise Invalid([Fault(source, line, "", says)])


class _Repeated(ValueError):
    """A key stands twice in one object."""


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Repeated(key)
        found[key] = value
    return found


def _twice(error: _Repeated, source: str, line: int | None) -> Fault:
    return Fault(source, line, str(error), "this key stands twice; keep one")


def _broken_json(error: json.JSONDecodeError, source: str, line: int) -> Fault:
    return Fault(source, line, "", f"this is not valid JSON: {error.msg}, column {error.colno}")
