"""Part 5, footprint: memory after the start and after many submissions, and what an installation weighs."""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, files, requires
from itertools import count
from pathlib import Path

from bench.deeds import SUBMISSION
from bench.places import Places
from bench.scale import Scale
from bench.serving import Side
from bench.sides import running
from bench.slack import slack
from bench.tables import Column, Table

_ROOT = Path(__file__).parent.parent


def footprint(places: Places, scale: Scale) -> Iterator[Table]:
    """Memory, and the installed environment with our own part of it."""
    yield _memory(places, scale)
    yield _installed()


def _memory(places: Places, scale: Scale) -> Table:
    """The same process asked again and again: what it holds between, and whether that grows."""
    columns = (Column("after"), Column("resident", "mb"), Column("more than before", "mb"))
    table = Table("memory", "Memory of the process that serves", columns)
    with slack() as stand_in:
        folder = places.folder()
        side = Side("ours", stand_in.api_url, str(folder), places.url("SQLite"))
        numbers = count(1)
        with running(side, stand_in) as started:
            held = [("the start", started.memory())]
            done = 0
            for share in (0.01, 0.1, 0.25, 0.5, 0.75, 1.0):
                wanted = max(1, round(scale.submissions * share))
                while done < wanted:
                    size = min(200, wanted - done)
                    started.ask(SUBMISSION, [next(numbers) for _ in range(size)], 4)
                    done += size
                held.append((f"{done:,} submissions", started.memory()))
    before = held[0][1]
    for what, size in held:
        table.rows.append([what, size, size - before])
        before = size
    return table


def _installed() -> Table:
    columns = (Column("what"), Column("packages", "count"), Column("measured", "mb"))
    table = Table("installed", "What an installation weighs", columns)
    needed = _needed("genai-clearance")
    size = sum(_weight(name) for name in needed)
    table.rows.append(["the packages that the app needs, on SQLite", len(needed), size])
    own = sum(_size(path) for room in ("policy", "storage", "bot") for path in (_ROOT / room).rglob("*"))
    table.rows.append(["the app itself", 1, own])
    return table


def _needed(package: str) -> set[str]:
    """Everything that a package needs without extras, and what that needs."""
    found: set[str] = set()
    waiting = [package]
    while waiting:
        for line in requires(waiting.pop()) or ():
            name = re.split(r"[^\w.-]", line)[0].lower()
            if "extra ==" not in line and name not in found and _is_installed(name):
                found.add(name)
                waiting.append(name)
    return found


def _is_installed(name: str) -> bool:
    """Some are needed on other systems or older Pythons only."""
    try:
        return bool(distribution(name))
    except PackageNotFoundError:
        return False


def _weight(name: str) -> int:
    return sum(_size(Path(str(path.locate()))) for path in files(name) or ())


def _size(path: Path) -> int:
    """Bytes, without what Python compiles by itself."""
    return path.stat().st_size if path.is_file() and "__pycache__" not in path.parts else 0
