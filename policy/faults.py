"""Says what is wrong in a file a person wrote: where, which key, and the nearest known word."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from policy.lines import Place, line_of

__all__ = [
    "Fault",
    "Invalid",
    "Place",
    "faults_of",
    "line_of",
    "nearest",
    "parse_toml",
    "printable",
    "unreadable",
]


@dataclass(frozen=True)
class Fault:
    """One thing to mend: `source` is a file name, `line` is 1-based or None when it cannot be told."""

    source: str
    line: int | None
    key: str
    says: str

    def __str__(self) -> str:
        place = self.source + (f", line {self.line}" if self.line else "")
        return printable(f"{place}: {self.key + ': ' if self.key else ''}{self.says}")


def printable(text: str) -> str:
    """The text on one line, without what could move a terminal's cursor."""
    return text if text.isprintable() else "".join(sign if sign.isprintable() else " " for sign in text)


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
    except (ValueError, RecursionError) as error:
        raise Invalid([Fault(source, None, "", unreadable(error))]) from None


def unreadable(error: ValueError | RecursionError) -> str:
    """What to say of a text that is well formed and still too much for its parser."""
    return "it is nested too deeply" if isinstance(error, RecursionError) else "a number in it is too long"


def faults_of(
    error: ValidationError, model: type[BaseModel], source: str, text: str, line: int | None = None
) -> list[Fault]:
    """One Fault for each error of pydantic, in our words. `line` overrides the search in `text`."""
    found = []
    for entry in error.errors(include_url=False):
        place = tuple(entry["loc"])
        known = _keys_at(model, place[:-1]) if entry["type"] == "extra_forbidden" else []
        # A key that is missing belongs where its table begins.
        stands = place[:-1] if entry["type"] == "missing" else place
        where = line if line is not None else line_of(text, stands)
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
    if given is None:
        return "null"
    if isinstance(given, bool):
        return str(given).lower()
    return repr(given)[:60] if isinstance(given, int | float) else "this"


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
    if not (isinstance(here, type) and issubclass(here, BaseModel)):
        return []
    return [field.alias or name for name, field in here.model_fields.items()]


def _inner(annotation: Any) -> Any:
    """The model inside Optional, Annotated, tuple, list and dict annotations."""
    origin = get_origin(annotation)
    if origin in (Annotated, Union, UnionType, tuple, list, dict):
        for candidate in reversed(get_args(annotation)):
            found = _inner(candidate)
            if isinstance(found, type) and issubclass(found, BaseModel):
                return found
    return annotation
