"""reassign: authority is the directory as it is now; open sign-offs follow it, history keeps old names."""

from sqlalchemy import Connection

from bot.service.announce import Kind, announce_reassignment, operators, say
from bot.service.desk import Desk
from bot.service.handover import next_turn, settle_at
from bot.service.record import assigned, event
from bot.service.waits import THE_APP, wait_for
from policy.lifecycle import Status
from policy.people import Person
from storage import register, requests
from storage.records import NewSignOff, RequestRow, SignOffRow
from storage.tables import SignOffState


def reassign(desk: Desk) -> list[str]:
    """Give every open topic to whom the directory now names; returns the labels of what changed."""
    began = desk.clock()
    with desk.database.reading() as tx:
        waiting = [row.id for row in requests.pending(tx)]
    changed = []
    for request_id in waiting:
        # One transaction each: the register's lock is held until the commit.
        with desk.database.transaction() as tx:
            requests.lock(tx, request_id)
            row = requests.get(tx, request_id)
            if row is None or row.status != Status.PENDING:
                continue
            there = desk.as_of(tx)
            if _reassign(tx, there, row):
                changed.append(row.label)
            wait_for(tx, there, row, desk.clock())
    with desk.database.transaction() as tx:
        # The directory may name other absences than before. Whoever stands in now was named above.
        settle_at(tx, next_turn(tx, desk, began))
    if changed:
        desk.wake()
    return changed


def _reassign(tx: Connection, desk: Desk, row: RequestRow) -> bool:
    """One request: audited and tagged again when somebody new is asked."""
    opened = [each for each in requests.sign_offs(tx, row.id) if each.state == SignOffState.OPEN]
    requester = Person(row.requester_team, row.requester_user)
    named = {
        each.topic: assigned(desk, each)
        for each in desk.authority.assign(row.production, [each.topic for each in opened], requester)
    }
    moved = [each for each in opened if _differs(each, named[each.topic]) and not _stays(desk, row, each)]
    if not moved:
        return False
    now = desk.clock()
    for each in moved:
        requests.reassign(tx, each.id, named[each.topic])
    details = {each.topic.value: [each.contact_name, named[each.topic].contact_name] for each in moved}
    event_id = register.append(tx, event(row, "reassigned", THE_APP, details), now)
    announce_reassignment(tx, row, event_id, now)
    if any(not named[each.topic].contact for each in moved):
        for recipient in operators(desk):
            say(tx, row, Kind.UNASSIGNED, recipient, now, f"event-{event_id}")
    return True


def _differs(open_one: SignOffRow, named: NewSignOff) -> bool:
    return (open_one.contact_team, open_one.contact_user) != (named.contact_team, named.contact_user)


def _stays(desk: Desk, row: RequestRow, open_one: SignOffRow) -> bool:
    """A use that was called in waits for whoever called it, as long as they may still sign."""
    if not row.called_in_by:
        return False
    caller = Person(open_one.contact_team, open_one.contact_user)
    return desk.authority.may_sign(row.production, open_one.topic, caller)
