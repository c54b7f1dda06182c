"""Ana files for NIGHTFALL, Ravi and Oskar decide, Mei stands in; and what they do at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier
from typing import Any, TypeVar

from sqlalchemy import Connection

from policy.facts import Facts, Step
from policy.lifecycle import Move, Status
from policy.verdict import BookIdentity, Duty, Finding, Outcome, Topic, Verdict
from storage import requests
from storage.records import RequestRow
from storage.requests import NewDecision, NewRequest, NewSignOff

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BOOK = BookIdentity(id="netflix-genai", version="2025-11-11", sha256="ab" * 32)

Result = TypeVar("Result")


def a_verdict() -> Verdict:
    """A use that production and legal must decide."""
    finding = Finding(
        rule="third-party-ip",
        clauses=("G3d",),
        outcome=Outcome.ESCALATE,
        step=None,
        facts={"third_party_ip": "yes"},
        because="It draws on somebody else’s work.",
        topics=(Topic.LEGAL,),
    )
    return Verdict(
        outcome=Outcome.ESCALATE,
        findings=(finding,),
        duties=(Duty(clause="G1", text="Tell your contact."),),
        open_questions=("union_work",),
        topics=(Topic.LEGAL, Topic.PRODUCTION),
        rulebooks=(BOOK,),
    )


def a_request(**changes: Any) -> NewRequest:
    """Ana's poster for the corridor, waiting for its sign-offs."""
    said: dict[str, Any] = {
        "production": "NIGHTFALL",
        "requester_team": "T0",
        "requester_user": "U0ANA",
        "requester_name": "Ana Ibáñez",
        "title": "Poster in the corridor",
        "description": "A poster — two seconds, out of focus.",
        "needed_by": date(2026, 3, 9),
        "facts": Facts(element="background", third_party_ip="yes", steps=(Step(tool="Brushstroke"),)),
        "verdict": a_verdict(),
        "status": Status.PENDING,
        "form_key": "V0ROOT",
        "origin_channel": "C0NIGHTFALL",
        "approvals_channel": "C0APPROVALS",
    }
    return NewRequest(**said | changes)


def filed(tx: Connection, new: NewRequest, topics: Sequence[NewSignOff], now: datetime) -> RequestRow:
    """A request recorded with open topics."""
    row = requests.open_request(tx, new, now)
    requests.add_sign_offs(tx, row.id, topics)
    return row


def ravi_for(topic: Topic) -> NewSignOff:
    """Ravi decides, Mei stands in."""
    return NewSignOff(
        topic=topic,
        contact="ravi",
        contact_team="T0",
        contact_user="U0RAVI",
        contact_name="Ravi Menon",
        backup="mei",
        backup_team="T0",
        backup_user="U0MEI",
        backup_name="Mei Tanaka",
    )


def oskar_for(topic: Topic) -> NewSignOff:
    """Oskar decides; nobody stands in."""
    return NewSignOff(
        topic=topic, contact="oskar", contact_team="T1", contact_user="U0OSKAR", contact_name="Oskar Lind"
    )


def ravi_says(request_id: int, action: Move = Move.APPROVE, **changes: Any) -> NewDecision:
    """Ravi presses a button, seeing revision 1."""
    said: dict[str, Any] = {
        "request_id": request_id,
        "revision": 1,
        "action": action,
        "by_team": "T0",
        "by_user": "U0RAVI",
        "by_name": "Ravi Menon",
        "wording": "Fine for the corridor.",
        "topics": (Topic.PRODUCTION,),
        "shown_hash": "cd" * 32,
        "snapshot": {"wording": "Poster in the corridor"},
    }
    return NewDecision(**said | changes)


def all_at_once(people: int, act: Callable[[int], Result]) -> list[Result]:
    """`act` by that many people, in threads that start together; what each of them got."""
    ready = Barrier(people)

    def one(number: int) -> Result:
        ready.wait()
        return act(number)

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(one, range(people)))
