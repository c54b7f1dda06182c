"""A register with something in it, and hands that reach behind the database's guards."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from policy.lifecycle import Move, Status
from policy.verdict import Topic
from storage import requests
from storage.database import Database
from storage.records import Actor
from storage.tables import SignOffState
from tests.storage.freeze import LATER, happened
from tests.storage.people import NOW, a_request, filed, oskar_for, ravi_for, ravi_says

CLERK = Actor(name="Cleo Clerk")


def tell_story(tx: Connection) -> int:
    """Ana files two requests; hers is called in and denied by Ravi; returns its number."""
    poster = requests.open_request(
        tx, a_request(status=Status.RECORDED, vendor="Paper Boat", consent_reference="release 12"), NOW
    ).id
    other = filed(tx, a_request(form_key="V1", title="Lantern"), [oskar_for(Topic.LEGAL)], NOW).id
    for number in (poster, other):
        happened(tx, number, "submitted", "U0ANA", "Ana Ibáñez", signs={"legal": "Oskar Lind"})
    call = ravi_says(
        poster, Move.CALL_IN, reason="It is a painting.", wording="", snapshot={"reason": "It is a painting."}
    )
    call_id = requests.record_decision(tx, call, NOW)
    requests.move(tx, poster, frm=Status.RECORDED, to=Status.PENDING, revision=1, now=NOW)
    requests.note_call_in(tx, poster, by="Ravi Menon", reason="It is a painting.", now=NOW)
    requests.add_sign_offs(tx, poster, [ravi_for(Topic.PRODUCTION)])
    happened(tx, poster, "called_in", "U0RAVI", "Ravi Menon", decision=call_id, topic="production")
    deny(tx, poster)
    return poster


def deny(tx: Connection, number: int) -> None:
    """Ravi denies, with everything that a decision can hold."""
    row = requests.get(tx, number)
    assert row is not None
    content = row.content()
    no = ravi_says(
        number,
        Move.DENY,
        wording="Not like this.",
        conditions=("Ask the painter",),
        reason="The painter said no.",
        snapshot={
            "facts": content["facts"],
            "verdict": content["verdict"],
            "wording": "Not like this.",
            "conditions": ["Ask the painter"],
            "reason": "The painter said no.",
            "valid_until": None,
        },
    )
    decision = requests.record_decision(tx, no, LATER)
    requests.sign(tx, number, [Topic.PRODUCTION], decision, SignOffState.DENIED)
    requests.move(tx, number, frm=Status.PENDING, to=Status.DENIED, revision=1, now=LATER)
    happened(tx, number, "denied", "U0RAVI", "Ravi Menon", decision=decision, topics=["production"])


@contextmanager
def behind_the_guards(database: Database, *, undo: bool = True) -> Iterator[Connection]:
    """Write as an intruder with full rights would: no trigger, no foreign key; taken back afterwards."""
    with database.engine.connect() as connection:
        tx = connection.execution_options(clearance_writes=True)
        if tx.dialect.name == "sqlite":
            tx.execution_options(clearance_begins=False).exec_driver_sql("PRAGMA foreign_keys = OFF").close()
            tx.commit()
            tx.execution_options(clearance_begins=True)
        with tx.begin() as transaction:
            if tx.dialect.name == "sqlite":
                triggers = tx.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                for name in list(triggers.scalars()):
                    tx.exec_driver_sql(f"DROP TRIGGER {name}")
            else:
                tx.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield tx
            if undo:
                transaction.rollback()
        tx.invalidate()  # its pragma must not meet anybody else
