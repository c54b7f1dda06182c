"""Says what is wrong in a file a person wrote: where, which key, and the nearest known word."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

Place = tuple[int | str, ...]


@dataclass(frozen=True)
class Fault:
    """One thing to mend: `source` is a file name, `line` is 1-based or None when it cannot be told."""

    source: str
    line: int | None
    key: str
    says: str

    def __str__(self) -> str:
        place = self.source + (f", line {self.line}" if self.line else "")
        return f"{place}: {self.key + ': ' if self.key else ''}{self.says}"


class Invalid(ValueError):
    """A file cannot be used; every fault has one clear line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def nearest(word: str, known: Iterable[str]) -> str:
    """ " did you mean ...?" with the nearest known word, or the known words when none is near."""
    words = [w for w in known if w]
    close = difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"known are: {', '.join(words)}"


def parse_toml(text: str, source: str) -> dict[str, Any]:
    """Read TOML, or raise Invalid naming the line."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column \d+\)", str(error))
        says = re.sub(r" \(at .*\)$", "", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise Invalid([Fault(source, line, "", f"this is not valid TOML: {says}")]) from None


def faults_of(
    error: ValidationError, model: type[BaseModel], source: str, text: str, line: int | None = None
) -> list[Fault]:
    """One Fault for each error of pydantic, in our words. `line` overrides the search in `text`."""
    found = []
    for entry in error.errors(include_url=False):
        place = tuple(entry["loc"])
        known = _keys_at(model, place[:-1]) if entry["type"] == "extra_forbidden" else []
        where = line if line is not None else line_of(text, place)
        found.append(Fault(source, where, _dotted(place), _sentence(dict(entry), known)))
    # A list with a faulty entry also counts as too short; one fault is enough for one mistake.
    deeper = [fault.key for fault in found]
    return [
        fault
        for fault in found
        if not (
            fault.says.startswith("at least one") and any(key.startswith(f"{fault.key}[") for key in deeper)
        )
    ]


def _sentence(entry: dict[str, Any], known: Sequence[str]) -> str:
    given = entry.get("input")
    match entry["type"]:
        case "extra_forbidden":
            return f"unknown key; {nearest(str(entry['loc'][-1]), known)}"
        case "literal_error" | "enum":
            answers = re.findall(r"'([^']*)'", entry["ctx"]["expected"])
            if isinstance(given, str):
                return f'"{given[:60]}" is not one of its answers; {nearest(given, answers)}'
            return f"{_shown(given)} is not an answer; write one of {', '.join(answers)} in quotes"
        case "missing":
            return "this key is missing"
        case "string_too_long":
            return f"at most {entry['ctx']['max_length']} characters fit, these are {len(given or '')}"
        case "string_type":
            return f"{_shown(given)} is not text; write it in quotes"
        case "too_short":
            return "at least one entry is needed"
        case "too_long":
            return f"at most {entry['ctx']['max_length']} entries fit"
        case "model_type" | "dict_type" | "model_attributes_type":
            return "this must be a table of keys and values"
        case "tuple_type" | "list_type":
            return "this must be a list"
        case "value_error":
            return str(entry["ctx"]["error"])
    return str(entry["msg"])[:1].lower() + str(entry["msg"])[1:]


def _shown(given: Any) -> str:
    """A wrong value as its file writes it, shortened."""
    return (
        {True: "true", False: "false", None: "null"}.get(given, repr(given)[:60]) if _plain(given) else "this"
    )


def _plain(given: Any) -> bool:
    return given is None or isinstance(given, bool | int | float)


def _dotted(place: Place) -> str:
    """('facts', 'steps', 0, 'tool') as facts.steps[1].tool; people count from one."""
    text = ""
    for part in place:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _keys_at(model: type[BaseModel], place: Place) -> list[str]:
    """The keys that may stand at `place`."""
    here: Any = model
    for part in place:
        if isinstance(here, type) and issubclass(here, BaseModel) and part in here.model_fields:
            here = here.model_fields[str(part)].annotation
        here = _inner(here)
    return list(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else []


def _inner(annotation: Any) -> Any:
    """The model inside Optional, Annotated, tuple, list and dict annotations."""
    origin = get_origin(annotation)
    if origin in (Annotated, Union, UnionType, tuple, list, dict):
        for candidate in reversed(get_args(annotation)):
            found = _inner(candidate)
            if isinstance(found, type) and issubclass(found, BaseModel):
                return found
    return annotation


def line_of(text: str, place: Place) -> int | None:
    """The line of the key at `place` in TOML or JSON text, found by walking the keys in order."""
    at, last, seen = 0, None, False
    for index, part in enumerate(place):
        if isinstance(part, int):
            for _ in range(part):
                again = _key(text, str(place[index - 1]), last) or re.compile(r"\{").search(text, at + 1)
                at, last = (again.start(), again.end()) if again else (at, last)
            continue
        found = _key(text, part, at)
        if found:
            at, last, seen = found.start(), found.end(), True
        else:
            seen = False
    return text.count("\n", 0, last) + 1 if seen and last is not None else None


def _key(text: str, name: str, start: int | None) -> re.Match[str] | None:
    word = re.escape(name)
    pattern = rf'(?:(?<=[\s{{,.\[])|^)"?{word}"?(?=\s*[=:\].])'
    return re.compile(pattern, re.MULTILINE).search(text, start or 0)
