"""The targets beside what was measured: one table, made from the others."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.acknowledging import DOCUMENTED, OURS
from bench.deeds import SUBMISSION
from bench.results import Results
from bench.tables import Cell, Column, Table, shown

_NAMES = {"lower": "at most", "higher": "at least"}
# The target is for the chain; the whole register is held against the same figures.
_VERIFIED = {
    "chain verification: the chain of events alone": "events a second",
    "chain verification: the whole register with all seals": "rows a second",
}


@dataclass(frozen=True)
class _Gate:
    """What is asked for; `stretch` is where the design might get to."""

    what: str
    measured: float | None
    target: float
    stretch: float
    kind: str = "ratio"
    better: str = "lower"

    def row(self) -> list[Cell]:
        """As a line of the table."""
        limit = _NAMES[self.better]
        return [
            self.what,
            shown(self.measured, self.kind),
            f"{limit} {shown(self.target, self.kind)}",
            f"{limit} {shown(self.stretch, self.kind)}",
            self._verdict(),
        ]

    def _verdict(self) -> str:
        if self.measured is None:
            return "not measured"
        sign = 1 if self.better == "lower" else -1
        if sign * self.measured <= sign * self.stretch:
            return "stretch met"
        return "met" if sign * self.measured <= sign * self.target else "NOT MET"


def targets(results: Results) -> Table:
    """Every target with its figure."""
    headings = ("gate", "measured", "target", "stretch", "verdict")
    table = Table("targets", "Targets", tuple(Column(heading) for heading in headings))
    table.rows.extend(gate.row() for gate in _gates(results))
    return table


def _gates(results: Results) -> Iterator[_Gate]:
    yield from _acknowledging(results)
    listeners = _value(results.find("listeners", listeners="all"), "x one")
    yield _Gate("all real listeners against one", listeners, 1.15, 1.05)
    triage = _value(results.find("policy", piece="triage"), "median")
    yield _Gate("one triage with findings and open questions", triage, 50e-6, 10e-6, "us")
    proof = _value(results.find("proof", what="every property and every wrong book"), "seconds")
    yield _Gate("proof of the whole book over its whole fact space", proof, 10, 2, "s")
    for kind in ("SQLite", "PostgreSQL"):
        tick = results.find("growth", work="tick, nothing due", database=kind)
        what = f"a tick at the largest size against an empty register, {kind}"
        yield _Gate(what, _value(tick, "largest x empty"), 2, 1.2)
        page = results.find("pages", database=kind)
        yield _Gate(f"deep page against first page, {kind}", _value(page, "ratio (spread)"), 1.5, 1.1)
        rows = _largest(results, "verification", kind)
        for what, heading in _VERIFIED.items():
            yield _Gate(f"{what}, {kind}", _value(rows, heading), 1e5, 2e5, "rate", "higher")
    start = results.find("start", database="SQLite", requests=0)
    yield _Gate("process start to first ack, empty register", _value(start, "median"), 1.0, 0.6, "s")


def _acknowledging(results: Results) -> Iterator[_Gate]:
    limits = dict(zip(OURS, ((2.2, 1.6), (2.7, 2.0), (3.3, 2.3)), strict=True))
    for side, (target, stretch) in limits.items():
        row = results.find("ack_http", deed=SUBMISSION.name, clients=1, side=side)
        what = f"full submission ack p50 against bare Bolt, {side}"
        yield _Gate(what, _value(row, "x bare (spread)"), target, stretch)
    for ours, other in ((OURS[1], DOCUMENTED[0]), (OURS[2], DOCUMENTED[1])):
        mine, theirs = (
            _value(results.find("ack_http", deed=SUBMISSION.name, clients=1, side=side), "median")
            for side in (ours, other)
        )
        faster = theirs / mine if mine and theirs else None
        yield _Gate(f"faster than {other}", faster, 5, 8, better="higher")
    for side in OURS:
        row = results.find("ack_http", deed=SUBMISSION.name, clients=8, side=side)
        yield _Gate(f"p99 at 8 clients over its own p50, {side}", _value(row, "p99 / own median"), 3, 2)


def _value(row: dict[str, Cell] | None, heading: str) -> float | None:
    cell = row.get(heading) if row else None
    if isinstance(cell, list | tuple):
        return float(cell[0])
    return float(cell) if isinstance(cell, int | float) else None


def _largest(results: Results, table: str, database: str) -> dict[str, Cell] | None:
    sizes = (0, 10_000, 100_000, 1_000_000)
    found = [results.find(table, database=database, requests=size) for size in sizes]
    return next((row for row in reversed(found) if row), None)
