"""Tables of figures: kept as plain values, printed as text, put into the page as Markdown."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bench.timing import Ratio

Cell = str | float | int | tuple[float, ...] | list[float] | None

MISSING = "not measured"


@dataclass(frozen=True)
class Column:
    """A heading and what stands under it: text, count, ms, us, rate, ratio, mb, exponent."""

    heading: str
    kind: str = "text"


@dataclass(frozen=True)
class Table:
    """One table; `notes` say what was compared and under which conditions."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: list[list[Cell]] = field(default_factory=list)
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @classmethod
    def of_json(cls, value: dict[str, Any]) -> "Table":
        """What as_json made."""
        columns = tuple(Column(**column) for column in value["columns"])
        return cls(value["key"], value["title"], columns, value["rows"], tuple(value["notes"]))

    def text(self) -> str:
        """For a terminal."""
        lines = [[column.heading for column in self.columns], *self._shown()]
        widths = [max(len(line[at]) for line in lines) for at in range(len(self.columns))]
        drawn = ["  ".join(self._aligned(line, widths)).rstrip() for line in lines]
        rule = "  ".join("-" * width for width in widths)
        return "\n".join([f"\n{self.title}", drawn[0], rule, *drawn[1:], *(f"  {n}" for n in self.notes)])

    def markdown(self) -> str:
        """For the page."""
        marks = ["---" if column.kind == "text" else "---:" for column in self.columns]
        lines = [[column.heading for column in self.columns], marks, *self._shown()]
        drawn = [f"| {' | '.join(line)} |" for line in lines]
        return "\n".join([f"### {self.title}", "", *drawn, *(f"\n{note}" for note in self.notes)])

    def _shown(self) -> list[list[str]]:
        return [
            [shown(cell, column.kind) for cell, column in zip(row, self.columns, strict=True)]
            for row in self.rows
        ]

    def _aligned(self, line: Sequence[str], widths: Sequence[int]) -> list[str]:
        return [
            cell.ljust(width) if column.kind == "text" else cell.rjust(width)
            for cell, width, column in zip(line, widths, self.columns, strict=True)
        ]


def spread(found: Ratio) -> Cell:
    """A ratio as a cell."""
    return (found.value, found.low, found.high)


def shown(cell: Cell, kind: str) -> str:
    """A cell in words; times are kept in seconds, sizes in bytes."""
    if cell is None:
        return MISSING
    if isinstance(cell, tuple | list):
        value, low, high = cell
        return f"{value:.2f} ({low:.2f}–{high:.2f})"
    if isinstance(cell, str):
        return cell
    forms = {
        "ms": f"{cell * 1e3:.2f} ms",
        "us": f"{cell * 1e6:.1f} µs",
        "s": f"{cell:.2f} s",
        "rate": f"{cell:,.0f}/s",
        "ratio": f"{cell:.2f}",
        "mb": f"{cell / 2**20:.0f} MB",
        "count": f"{cell:,}",
    }
    return forms[kind]
