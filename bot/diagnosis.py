"""What the doctor finds: one line for each thing looked at, worst news not hidden among the good."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Level = Literal["ok", "warn", "bad"]
_PREFIX = MappingProxyType({"ok": "ok  ", "warn": "warn", "bad": "FIX "})


@dataclass(frozen=True)
class Check:
    """One thing looked at. `mend` says what to do about it; it is empty when there is nothing to do."""

    name: str
    level: Level
    says: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{_PREFIX[self.level]}  {self.name}: {self.says}" + (f"; {self.mend}" if self.mend else "")


def ok(name: str, says: str) -> Check:
    """All is well."""
    return Check(name, "ok", says)


def warn(name: str, says: str, mend: str = "") -> Check:
    """It runs, but somebody should know."""
    return Check(name, "warn", says, mend)


def bad(name: str, says: str, mend: str = "") -> Check:
    """It does not run, or would lose what it is there for."""
    return Check(name, "bad", says, mend)


def render(checks: Iterable[Check]) -> str:
    """The checks as lines of text, in the order they were made."""
    return "\n".join(map(str, checks))


def exit_status(checks: Iterable[Check]) -> int:
    """1 when something has to be mended before the app can do its work, else 0."""
    return int(any(check.level == "bad" for check in checks))
