"""ask, answer: a contact wants to know more; until the requester answers, they are waited for instead."""

from dataclasses import dataclass

from sqlalchemy import Connection

from bot.chase_forms import AnswerForm, AskForm
from bot.service.announce import Kind, say
from bot.service.decide import topics_for_press
from bot.service.desk import Desk, Who
from bot.service.lookup import find
from bot.service.record import event
from bot.service.refusals import NotYours
from bot.service.waits import follow, wait_for
from policy.lifecycle import Status
from storage import chases, register, requests
from storage.chases import ChaseKind, ChaseRow, ChaseState, NewChase
from storage.records import RequestRow
from storage.register import EventRow


@dataclass(frozen=True)
class Question:
    """What a requester is asked, by whom."""

    row: RequestRow
    text: str
    by: str


def may_ask(desk: Desk, request_id: int, revision: int, who: Who, channel: str) -> RequestRow:
    """The request, for somebody whose decision it waits for; else the refusal."""
    with desk.database.reading() as tx:
        there = desk.as_of(tx)
        row = find(tx, there, request_id, who.person, channel)
        _may_ask(tx, there, row, revision, who)
    return row


def ask(desk: Desk, form: AskForm, who: Who) -> RequestRow:
    """Put a question to the requester; they are waited for until they answer."""
    now, who = desk.clock(), desk.known(who)
    with desk.database.transaction() as tx:
        there = desk.as_of(tx)
        requests.lock(tx, form.request)
        row = find(tx, there, form.request, who.person)
        _may_ask(tx, there, row, form.revision, who)
        event_id = register.append(tx, event(row, "asked", who, {"question": form.question}), now)
        new = NewChase(
            request_id=row.id,
            kind=ChaseKind.REQUESTER,
            contact=there.authority.key_of(who.person) or "",
            team=row.requester_team,
            user=row.requester_user,
            since=now,
            due_at=now,
            about=event_id,
        )
        before = _question(tx, row.id)
        if before:
            chases.reopen(tx, before, new)
        else:
            chases.begin(tx, [new])
        follow(tx, row, now)
        about = {"event": event_id}
        say(tx, row, Kind.QUESTION, row.approvals_channel, now, f"event-{event_id}", about)
        say(tx, row, Kind.REFRESH_CARD, row.approvals_channel, now, f"event-{event_id}")
        say(tx, row, Kind.ASKED, row.requester_user, now, f"event-{event_id}", about)
    desk.wake()
    return row


def question(desk: Desk, request_id: int, event_id: int, who: Who) -> Question:
    """What the requester is asked and has not answered, or the refusal."""
    with desk.database.reading() as tx:
        row = find(tx, desk, request_id, who.person)
        asked = _still_asked(tx, row, event_id, who)
    return Question(row, str(asked.details.get("question", "")), asked.actor_name)


def answer(desk: Desk, form: AnswerForm, who: Who) -> RequestRow:
    """Keep the requester's answer; the contact who asked is waited for again, from now on."""
    now = desk.clock()
    with desk.database.transaction() as tx:
        there = desk.as_of(tx)
        requests.lock(tx, form.request)
        row = find(tx, there, form.request, who.person)
        asked = _still_asked(tx, row, form.event, who)
        chases.close(tx, [one.id for one in [_question(tx, row.id)] if one])
        details = {"question": asked.id, "answer": form.answer}
        event_id = register.append(tx, event(row, "answered", who, details), now)
        about = {"event": event_id, "question": asked.id}
        say(tx, row, Kind.ANSWERED, row.approvals_channel, now, f"event-{event_id}", about)
        say(tx, row, Kind.REFRESH_CARD, row.approvals_channel, now, f"event-{event_id}")
        wait_for(tx, there, row, now)
    desk.wake()
    return row


def _may_ask(tx: Connection, desk: Desk, row: RequestRow, revision: int, who: Who) -> None:
    topics_for_press(tx, desk, row, revision, who)
    before = _question(tx, row.id)
    if before and before.state == ChaseState.OPEN:
        asked = _event(tx, row, before.about)
        by = asked.actor_name if asked else "somebody"
        raise NotYours(f"{row.requester_name} has not answered what {by} asked about {row.label} yet.")


def _still_asked(tx: Connection, row: RequestRow, event_id: int, who: Who) -> EventRow:
    if who.person != (row.requester_team, row.requester_user):
        raise NotYours(f"Only {row.requester_name}, who filed {row.label}, can answer this.")
    chase = _question(tx, row.id)
    asked = _event(tx, row, event_id)
    if chase is None or asked is None or chase.state != ChaseState.OPEN or chase.about != event_id:
        if row.status != Status.PENDING:
            raise NotYours(f"{row.label} is {row.status.value}: nobody waits for this answer any more.")
        raise NotYours(f"This question about {row.label} was answered before.")
    return asked


def _question(tx: Connection, request_id: int) -> ChaseRow | None:
    return next((one for one in chases.of(tx, request_id) if one.kind == ChaseKind.REQUESTER), None)


def _event(tx: Connection, row: RequestRow, event_id: int | None) -> EventRow | None:
    return next((one for one in register.events(tx, row.id) if one.id == event_id), None)
