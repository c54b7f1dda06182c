"""What a proof found: one line per property, and for each failure requests that anybody can judge."""

from collections.abc import Sequence
from dataclasses import dataclass

from policy.proof.space import Cell, request_file, use_at


@dataclass(frozen=True)
class Failure:
    """One sentence saying what is broken, and the requests that show it to whoever judges them by triage."""

    says: str
    requests: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proven:
    """One property: its name, what was looked at, everything that breaks it, and what is worth noting."""

    name: str
    looked_at: str
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it holds."""
        return not self.failures


def shown(says: str, cells: Sequence[Cell] = (), comments: Sequence[str] = ()) -> Failure:
    """A failure with its cells as request files; each begins with what it is to show."""
    notes = [[says, comment] for comment in comments] or [[says]] * len(cells)
    return Failure(
        says, tuple(request_file(use_at(cell), note) for cell, note in zip(cells, notes, strict=True))
    )
