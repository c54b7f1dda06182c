"""What was measured, kept as JSON: part by part, with the day and the machine of each."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.tables import Cell, Table


@dataclass
class Results:
    """Tables by part. A part that is measured again takes the place of what it was."""

    parts: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "Results":
        """What was measured before; nothing when there is no such file."""
        return cls(json.loads(path.read_text("utf-8"))) if path.exists() else cls()

    def write(self, path: Path) -> None:
        """Keep it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.parts, indent=1, ensure_ascii=False) + "\n", "utf-8")

    def keep(self, part: str, tables: Iterable[Table]) -> None:
        """What a part measured now."""
        self.parts[part] = {"at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "machine": machine()}
        self.parts[part]["tables"] = [table.as_json() for table in tables]

    def tables(self, part: str) -> list[Table]:
        """The tables of a part."""
        return [Table.of_json(value) for value in self.parts.get(part, {}).get("tables", ())]

    def find(self, table: str, **where: Cell) -> dict[str, Cell] | None:
        """The first row of a table whose cells under these headings are these; heading -> cell."""
        for part in self.parts:
            for one in self.tables(part):
                for row in one.rows if one.key == table else ():
                    named = {column.heading: cell for column, cell in zip(one.columns, row, strict=True)}
                    if all(named.get(heading) == cell for heading, cell in where.items()):
                        return named
        return None


def machine() -> str:
    """In a few words: times hold for it alone."""
    model = ""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = (line for line in cpuinfo.read_text().splitlines() if line.startswith("model name"))
        model = next(names, "").partition(":")[2].strip()
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{os.cpu_count()} processors {model or platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}{load}"
    )
