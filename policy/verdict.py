"""The verdict of a use: outcome, findings, duties, open questions and the books that judged it."""

from enum import StrEnum
from functools import total_ordering

from policy.facts import Strict


@total_ordering
class Outcome(StrEnum):
    """What a use needs, ordered: cleared < judgement < escalate < written_approval."""

    CLEARED = "cleared"
    JUDGEMENT = "judgement"
    ESCALATE = "escalate"
    WRITTEN_APPROVAL = "written_approval"

    @property
    def rank(self) -> int:
        """0 for cleared to 3 for written approval."""
        return _RANK[self]

    def __lt__(self, other: str) -> bool:
        return _RANK[self] < _RANK[other]

    def __le__(self, other: str) -> bool:
        return _RANK[self] <= _RANK[other]

    def __gt__(self, other: str) -> bool:
        return _RANK[self] > _RANK[other]

    def __ge__(self, other: str) -> bool:
        return _RANK[self] >= _RANK[other]


_RANK: dict[str, int] = {outcome: rank for rank, outcome in enumerate(Outcome)}


class Topic(StrEnum):
    """What a contact signs for."""

    PRODUCTION = "production"
    LEGAL = "legal"
    TALENT = "talent"
    SECURITY = "security"


class Finding(Strict):
    """One rule that fired, or may fire while an answer is missing (`undecided`).

    `step` is 1-based or None for the whole use; `facts` are those that did it.
    """

    rule: str
    clauses: tuple[str, ...]
    outcome: Outcome
    step: int | None
    facts: dict[str, str]
    because: str
    topics: tuple[Topic, ...] = ()
    book: str = ""
    undecided: bool = False


class Duty(Strict):
    """What travels with the verdict and never changes it (G1, F5, T6, ...)."""

    clause: str
    text: str


class TextFinding(Strict):
    """The free text says something riskier than was declared; `quote` has its exact words.

    `reason` is why the requester kept their answer; the fact is then judged as unsure.
    """

    fact: str
    declared: str
    suggests: str
    quote: str
    reason: str = ""


class BookIdentity(Strict):
    """Which book judged, to the byte."""

    id: str
    version: str
    sha256: str


class Verdict(Strict):
    """All findings of a use. Its outcome is their maximum; `topics` are who must sign, sorted."""

    outcome: Outcome
    findings: tuple[Finding, ...]
    duties: tuple[Duty, ...]
    open_questions: tuple[str, ...]
    topics: tuple[Topic, ...]
    rulebooks: tuple[BookIdentity, ...]
    text_findings: tuple[TextFinding, ...] = ()
    outside_scope: bool = False  # A9: marketing, recaps and the like are not mentioned by the guidance
