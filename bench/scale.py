"""How much is measured: the default takes a few minutes, a test's seconds."""

from dataclasses import dataclass
from typing import Final

KINDS: Final = ("SQLite", "PostgreSQL")


@dataclass(frozen=True)
class Scale:
    """`turns` of each side, so many `deeds` in a turn, and the sizes of the register."""

    turns: int = 20
    deeds: int = 10
    sizes: tuple[int, ...] = (0, 10_000, 100_000)
    decisions: int = 20_000
    notices: int = 80
    submissions: int = 10_000
    waiting: int = 100  # requests that wait for a decision, at every size
    # All databases, ways in and deeds; else the submission over HTTP on SQLite, which shows that all runs.
    whole: bool = True

    @property
    def databases(self) -> tuple[str, ...]:
        """What everything is measured on."""
        return KINDS if self.whole else KINDS[:1]

    @classmethod
    def up_to(cls, size: int) -> "Scale":
        """The default, with registers of up to that many requests, a tenth of them filed in one process."""
        sizes = (0, *(n for n in (10_000, 100_000, 1_000_000) if n <= size))
        return cls(sizes=sizes, submissions=max(cls.submissions, size // 10))


TINY = Scale(turns=2, deeds=2, sizes=(0, 30), decisions=20, notices=2, submissions=8, waiting=3, whole=False)
