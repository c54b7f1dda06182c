"""Who a request waits for: its chases follow from its sign-offs, after every verb that changes those."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from bot.service.announce import Kind, operators, say
from bot.service.desk import Desk, Who
from bot.service.expiry import to_watch
from bot.service.record import event, sign_off
from policy.lifecycle import Status
from policy.people import Person
from policy.verdict import Topic
from storage import chases, register, requests
from storage.chases import ChaseKind, ChaseRow, ChaseState, NewChase
from storage.records import DecisionRow, NewSignOff, RequestRow, SignOffRow
from storage.tables import SignOffState

Because = Literal["away", "no_answer", "date"]

# Time brought it, nobody pressed anything: the app itself is the actor.
THE_APP = Who("", "", "Clearance")

_Known = Mapping[tuple[ChaseKind, str, str], ChaseRow]


def follow(tx: Connection, row: RequestRow, now: datetime) -> None:
    """Chase whom the open topics wait for, and nobody else; new ones are looked at with the next tick."""
    known = {(one.kind, one.team, one.user): one for one in chases.of(tx, row.id)}
    wanted = {(one.kind, one.team, one.user): one for one in _wanted(tx, row, known, now)}
    over = [one.id for key, one in known.items() if _is_over(one, row) and key not in wanted]
    chases.close(tx, over)
    chases.begin(tx, [new for key, new in wanted.items() if key not in known])
    for key, new in wanted.items():
        if key in known and known[key].state == ChaseState.DONE:
            chases.reopen(tx, known[key], new)


def first_asked(
    tx: Connection, desk: Desk, row: RequestRow, topics: Sequence[NewSignOff], now: datetime
) -> tuple[list[NewSignOff], list[NewChase]]:
    """The topics of a new request with whoever may stand in now, and who is chased for them.

    What `wait_for` would make of them; who is away is left to `stand_in`.
    """
    away, opened = desk.absences(tx, now), [each.topic for each in topics]
    every = []
    for each in topics:
        if each.contact in desk.authority.directory.contacts:
            able = _able(desk, row, each, opened, _nobody_signed)
            backup = next((key for key in able if not away.at(key, now)), None)
            if (backup or "") != each.backup:
                each = sign_off(desk, each.topic, each.contact, backup)
        every.append(each)
    if row.status != Status.PENDING:
        return every, []
    return every, list({(one.kind, one.team, one.user): one for one in _asked(row, every, {}, now)}.values())


def pull_in(tx: Connection, desk: Desk, row: RequestRow, chase: ChaseRow, because: Because) -> None:
    """A contact does not answer: their backup is asked beside them; without one, the operators are told.

    `desk` is as of now: who is away changes who stands in.
    """
    now = desk.clock()
    name_backups(tx, desk, row, now)
    theirs = [each for each in _open(tx, row) if each.contact == chase.contact]
    backup = next((each.backup for each in theirs if each.backup), None)
    chases.change(tx, chase.id, escalated_at=now)
    follow(tx, row, now)
    details = {
        "topics": [each.topic.value for each in theirs],
        "contact": desk.authority.directory.contacts[chase.contact].name,
        "backup": desk.authority.directory.contacts[backup].name if backup else "nobody",
        "because": because,
    }
    event_id = register.append(tx, event(row, "backup_pulled_in", THE_APP, details), now)
    if backup:
        say(tx, row, Kind.BACKUP, row.approvals_channel, now, f"event-{event_id}", {"event": event_id})
        say(tx, row, Kind.REFRESH_CARD, row.approvals_channel, now, f"event-{event_id}")
    else:
        alarm = next(one for one in chases.of(tx, row.id) if one.kind == ChaseKind.OPERATORS)
        for recipient in operators(desk):
            about = {"chase": alarm.id, "number": alarm.reminders}
            say(tx, row, Kind.NOBODY, recipient, now, f"event-{event_id}", about)


def wait_for(tx: Connection, desk: Desk, row: RequestRow, now: datetime) -> None:
    """After a verb: chase whom the request waits for now, at once the backup of who is away."""
    name_backups(tx, desk, row, now)
    follow(tx, row, now)
    if desk.absences(tx, now).known:
        stand_in(tx, desk, row, now)


def stand_in(tx: Connection, desk: Desk, row: RequestRow, now: datetime) -> None:
    """Ask the backup at once of whoever is away and was asked just now."""
    away = desk.absences(tx, now)
    for chase in chases.of(tx, row.id):
        is_fresh = chase.kind == ChaseKind.CONTACT and chase.state == ChaseState.OPEN
        if is_fresh and chase.escalated_at is None and away.at(chase.contact, now):
            pull_in(tx, desk, row, chase, "away")


def name_backups(tx: Connection, desk: Desk, row: RequestRow, now: datetime) -> None:
    """Name beside each contact who may stand in for them now.

    Whoever was pulled in and may not sign any more is not chased any more. Their contact's silence is
    looked at again: it pulls in whom the directory, or the absent contact, names instead. So is that of a
    contact who was alone and is back.
    """
    every = requests.sign_offs(tx, row.id)
    decided = requests.decisions(tx, row.id) if any(one.decision_id for one in every) else []
    changed, alone = _backups_named(tx, desk, row, every, decided, now)
    again = False
    for one in chases.of(tx, row.id) if changed or alone else ():
        if one.kind == ChaseKind.CONTACT and one.escalated_at:
            is_back = one.contact in alone and _is_back(tx, desk, one, now)
            if is_back or one.contact in changed:
                again |= chases.change(tx, one.id, escalated_at=None, due_at=now)
    if changed or again:
        follow(tx, row, now)


def _backups_named(
    tx: Connection,
    desk: Desk,
    row: RequestRow,
    every: Sequence[SignOffRow],
    decided: Sequence[DecisionRow],
    now: datetime,
) -> tuple[list[str], list[str]]:
    """The contacts beside whom somebody else may stand in now, and those who are alone."""
    changed, alone = [], []
    away = desk.absences(tx, now)
    opened = [one.topic for one in every if one.state == SignOffState.OPEN]

    def signed_by(person: Person) -> list[Topic]:
        theirs = {one.id for one in decided if Person(one.by_team, one.by_user) == person}
        return [one.topic for one in every if one.decision_id in theirs]

    for each in every:
        if each.state == SignOffState.OPEN and each.contact in desk.authority.directory.contacts:
            able = _able(desk, row, each, opened, signed_by)
            backup = next((key for key in able if not away.at(key, now)), None)
            alone += [each.contact] if backup is None else []
            if (backup or "") != each.backup:
                requests.reassign(tx, each.id, sign_off(desk, each.topic, each.contact, backup))
                changed.append(each.contact)
    return changed, alone


def _is_back(tx: Connection, desk: Desk, one: ChaseRow, now: datetime) -> bool:
    """Their backup was asked because they were away, and that is over."""
    assert one.escalated_at is not None
    known = desk.absences(tx, one.escalated_at)
    return bool(known.at(one.contact, one.escalated_at)) and not known.at(one.contact, now)


def _able(
    desk: Desk,
    row: RequestRow,
    each: NewSignOff,
    opened: Sequence[Topic],
    signed_by: Callable[[Person], Sequence[Topic]],
) -> Iterator[str]:
    """Who may sign an open topic beside its contact: not the requester, nor who signs another one of it.

    Where a backup called the request in, the contact stands in for them.
    """
    requester = Person(row.requester_team, row.requester_user)
    for key in (desk.authority.backup_of(each.contact), each.backup):
        if key not in desk.authority.directory.contacts or key == each.contact:
            continue
        person = desk.authority.person(key)
        if each.topic in desk.authority.topics_for(
            row.production, opened, person, requester=requester, signed=signed_by(person)
        ):
            yield key


def _nobody_signed(_: Person) -> list[Topic]:
    return []


def _is_over(chase: ChaseRow, row: RequestRow) -> bool:
    """Nobody is waited for there; a question to the requester waits for its answer as long as all does."""
    if chase.state == ChaseState.DONE:
        return False
    if chase.kind == ChaseKind.REQUESTER:
        return row.status != Status.PENDING
    return True


def _wanted(tx: Connection, row: RequestRow, known: _Known, now: datetime) -> Iterator[NewChase]:
    if row.status == Status.APPROVED:
        yield from to_watch(tx, row, now)
    if row.status == Status.PENDING:
        yield from _asked(row, _open(tx, row), known, now)


def _asked(row: RequestRow, opened: Iterable[NewSignOff], known: _Known, now: datetime) -> Iterator[NewChase]:
    """One chase for each person, whatever number of topics they hold."""
    asking = _who_asks(known.values())
    stranded = False
    for each in opened:
        if asking and asking in (each.contact, each.backup):
            continue
        before = known.get((ChaseKind.CONTACT, each.contact_team, each.contact_user))
        escalated_at = before.escalated_at if before else None
        if each.contact:
            yield _person(row, ChaseKind.CONTACT, each, now, escalated_at)
        if escalated_at and each.backup:
            yield _person(row, ChaseKind.BACKUP, each, now)
        stranded |= not each.contact or (escalated_at is not None and not each.backup)
    if stranded:
        yield NewChase(request_id=row.id, kind=ChaseKind.OPERATORS, since=now, due_at=now)


def _person(
    row: RequestRow, kind: ChaseKind, each: NewSignOff, now: datetime, escalated_at: datetime | None = None
) -> NewChase:
    first = kind == ChaseKind.CONTACT
    return NewChase(
        request_id=row.id,
        kind=kind,
        contact=each.contact if first else each.backup,
        team=each.contact_team if first else each.backup_team,
        user=each.contact_user if first else each.backup_user,
        since=now,
        due_at=now,
        escalated_at=escalated_at,
    )


def _who_asks(known: Iterable[ChaseRow]) -> str:
    """The key of the contact who waits for the requester's answer; "" when nobody does."""
    for one in known:
        if one.kind == ChaseKind.REQUESTER and one.state == ChaseState.OPEN:
            return one.contact
    return ""


def _open(tx: Connection, row: RequestRow) -> list[SignOffRow]:
    return [each for each in requests.sign_offs(tx, row.id) if each.state == SignOffState.OPEN]
