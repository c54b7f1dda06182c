"""What comes round: a digest for each approvals channel and for each contact. Due times are rows.

A round is taken by one conditional UPDATE, in the transaction that keeps its notice: ticks may be late,
doubled or left out, on any number of machines.
"""

from datetime import datetime

from sqlalchemy import Connection

from bot.service.announce import Kind
from bot.service.audiences import Audience, audiences
from bot.service.desk import Desk
from storage import digests, notices, register, rounds
from storage.rounds import RoundRow

_OURS = (f"{Kind.DIGEST}:", f"{Kind.PERSONAL}:")


def sync_rounds(desk: Desk) -> None:
    """At start: new audiences get their round, those gone are forgotten, changed hours count from now on."""
    now = desk.clock()
    known = audiences(desk)
    with desk.database.transaction() as tx:
        kept = {row.audience: row for row in rounds.every(tx) if row.audience.startswith(_OURS)}
        rounds.forget(tx, kept.keys() - known.keys())
        for name, audience in known.items():
            if name not in kept:
                rounds.begin(tx, name, audience.regular(now), _events(tx))
            elif kept[name].due_at > now:
                rounds.take(tx, kept[name], min(kept[name].due_at, audience.regular(now)))


def come_round(desk: Desk) -> int:
    """Keep a notice for every digest that is due; returns how many were kept."""
    now = desk.clock()
    with desk.database.reading() as tx:
        due = rounds.due(tx, now)
    if not due:
        return 0
    known, kept = audiences(desk), 0
    for row in due:
        # Unknown: another process has a newer directory than this one, and sees to it.
        if row.audience in known:
            with desk.database.transaction() as tx:
                kept += _come_round(tx, desk, known[row.audience], row, now)
    if kept:
        desk.wake()
    return kept


def _come_round(tx: Connection, desk: Desk, audience: Audience, row: RoundRow, now: datetime) -> bool:
    """One audience: its notice, if there is something to say and now is the time for it."""
    absences = desk.absences(tx, now)
    if not audience.at_work(absences).open_at(now):
        rounds.take(tx, row, audience.put_off(absences, now))
        return False
    if not rounds.take(tx, row, audience.regular(now)):
        return False
    if audience.kind == Kind.PERSONAL and not _waits(tx, audience, now):
        return False
    until = _events(tx)
    before = digests.unsaid(tx, _key(audience, row.last_at)) if row.last_at else None
    # What the last digest should have told and did not is told by this one.
    payload = {
        "audience": row.audience,
        "since": before["since"] if before else row.seen,
        "until": until,
        "after": before["after"] if before else int(row.last_at.timestamp()) if row.last_at else 0,
    }
    key = _key(audience, now)
    if not notices.enqueue(tx, key, audience.kind, audience.recipient, None, payload, now, now):
        return False
    rounds.served(tx, row.audience, now, until)
    return True


def _waits(tx: Connection, audience: Audience, now: datetime) -> bool:
    """Something waits for them that they did not put off."""
    waiting = digests.waiting_for(tx, *audience.person, now)
    return any(one.snoozed_until is None for one in waiting)


def _key(audience: Audience, at: datetime) -> str:
    day = audience.calendar.working_day(at)
    return notices.key(None, audience.kind, audience.recipient, day.isoformat())


def _events(tx: Connection) -> int:
    """How many events the register holds: nothing up to there is added later."""
    return int(register.head(tx).partition(":")[0])
