"""When somebody leaves or is back: who stands in for whom is settled anew, for everything that waits."""

from datetime import datetime

from sqlalchemy import Connection

from bot.service.desk import Desk
from bot.service.waits import name_backups
from policy.lifecycle import Status
from policy.worktime import HORIZON
from storage import requests, rounds

AUDIENCE = "absences"
"""The round whose due time is when the next absence begins or ends."""


def settle_at(tx: Connection, moment: datetime) -> None:
    """Look at it from that moment on: now, when somebody just said that they leave or are back."""
    if rounds.begin(tx, AUDIENCE, moment, 0):
        return
    # Another process may settle right now and move it: what it looked at did not know of this yet.
    while (kept := rounds.get(tx, AUDIENCE)) and not rounds.take(tx, kept, moment):
        continue


def next_turn(tx: Connection, desk: Desk, now: datetime) -> datetime:
    """When the next absence begins or ends."""
    known = desk.absences(tx, now).known
    turns = [moment for one in known for moment in (one.begins, one.ends) if moment > now]
    return min(turns, default=now + HORIZON)


def settle(desk: Desk) -> None:
    """When an absence began or ended since the last look: name who stands in now, for every request."""
    now = desk.clock()
    with desk.database.reading() as tx:
        due = rounds.get(tx, AUDIENCE)
        if due is None or due.due_at > now:
            return
        later = next_turn(tx, desk, now)
        waiting = [row.id for row in requests.pending(tx)]
    for request_id in waiting:
        with desk.database.transaction() as tx:
            requests.lock(tx, request_id)
            row = requests.get(tx, request_id)
            if row and row.status == Status.PENDING:
                name_backups(tx, desk.as_of(tx), row, now)
    # Last: whoever stumbles over one request looks at all of them again, which changes nothing twice.
    with desk.database.transaction() as tx:
        rounds.take(tx, due, later)
