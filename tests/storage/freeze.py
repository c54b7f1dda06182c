"""`python -m tests.storage.freeze` keeps what the newest tables look like with data in them.

Run it once for each migration that is released, and never again for that one: its file is what users have.
"""

import tempfile
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Connection

from policy.lifecycle import Move, Status
from policy.verdict import Topic
from storage import absences, chases, notices, register, requests, rounds, schema, search
from storage.absences import NewAbsence
from storage.chases import ChaseKind, NewChase
from storage.database import open_database
from storage.records import Actor
from storage.redaction import redact
from storage.register import NewEvent
from storage.tables import Row, SignOffState
from tests.storage.people import BOOK, NOW, a_request, filed, oskar_for, ravi_for, ravi_says

RELEASED = Path(__file__).parent / "released"
LATER = NOW + timedelta(hours=2)


def tell(tx: Connection) -> None:
    """A request decided and partly forgotten, one that waits, what was said, and what time brings."""
    decided = filed(tx, a_request(), [ravi_for(Topic.PRODUCTION), oskar_for(Topic.LEGAL)], NOW).id
    waiting = filed(
        tx, a_request(form_key="V1", title="Ana’s own — größer"), [oskar_for(Topic.LEGAL)], NOW
    ).id
    for number in (decided, waiting):
        happened(tx, number, "submitted", "U0ANA", "Ana Ibáñez")
        key = notices.key(number, "card", "C0", "first")
        notices.enqueue(tx, key, "card", "C0", number, {"request": number}, NOW, NOW)
    held = notices.claim(tx, NOW, timedelta(minutes=1))
    assert held is not None
    notices.delivered(tx, held.id, "C0", "111.1", NOW)
    requests.place_card(tx, decided, "C0", "111.1")
    no = ravi_says(decided, Move.DENY, reason="It is a painting.", valid_until=date(2026, 6, 1))
    decision = requests.record_decision(tx, no, LATER)
    requests.sign(tx, decided, [Topic.PRODUCTION], decision, SignOffState.DENIED)
    requests.void_open(tx, decided)
    requests.move(tx, decided, frm=Status.PENDING, to=Status.DENIED, revision=1, now=LATER)
    happened(tx, decided, "denied", "U0RAVI", "Ravi Menon", decision=decision)
    redact(tx, decided, "description", "asked by the artist", Actor(name="root"), LATER)
    chased(tx, decided, waiting)


def chased(tx: Connection, decided: int, waiting: int) -> None:
    """One contact left alone, one put off while somebody stands in for them, and a digest that is due."""
    chases.begin(
        tx,
        [
            NewChase(
                request_id=number,
                kind=ChaseKind.CONTACT,
                contact="oskar",
                team="T0",
                user="U0OSKAR",
                since=NOW,
                due_at=LATER,
            )
            for number in (decided, waiting)
        ],
    )
    done, still = (chases.of(tx, number)[0] for number in (decided, waiting))
    chases.close(tx, [done.id])
    chases.take(tx, still, LATER, reminded_at=NOW, reminders=1, snoozed_until=LATER, escalated_at=LATER)
    week = NOW, NOW + timedelta(days=7)
    away = NewAbsence(
        contact="oskar", team="T0", user="U0OSKAR", begins=week[0], ends=week[1], stand_in="mei"
    )
    absences.keep(tx, away, NOW)
    rounds.begin(tx, "digest:C0", LATER, seen=2)


def happened(tx: Connection, number: int, kind: str, user: str, name: str, **details: object) -> int:
    """An event as the bot appends it."""
    row = requests.get(tx, number)
    assert row is not None
    event = NewEvent(
        request_id=number,
        kind=kind,
        actor_team="T0",
        actor_user=user,
        actor_name=name,
        details=details,
        book=(BOOK,),
        content_hash=row.content_hash,
    )
    return register.append(tx, event, LATER)


def rows_as_sql(tx: Connection) -> str:
    """Every row as an INSERT that both databases take."""
    lines = []
    for table in Row.metadata.sorted_tables:
        names = ", ".join(f'"{column.name}"' for column in table.c)
        [key] = table.primary_key
        for row in tx.exec_driver_sql(f"SELECT {names} FROM {table.name} ORDER BY {key.name}"):
            values = ", ".join(_literal(value) for value in row)
            lines.append(f"INSERT INTO {table.name} ({names}) VALUES ({values});")
    return "\n".join(lines) + "\n"


def _literal(value: object) -> str:
    if value is None or isinstance(value, int):
        return "NULL" if value is None else str(value)
    return "'" + str(value).replace("'", "''") + "'"


def freeze() -> Path:
    """Write the file of the newest revision and return its path."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/clearance.db")
        schema.upgrade(database)
        with database.transaction() as tx:
            tell(tx)
            search.index(tx)  # the queue: reading the rows in again fills it
        with database.reading() as tx:
            path = RELEASED / f"{schema.status(database).head}.sql"
            path.write_text(rows_as_sql(tx), encoding="utf-8")
        database.close()
    return path


if __name__ == "__main__":
    print(freeze())
