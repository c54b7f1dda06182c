"""What a notice of the chase says, from the rows as they are by then; what is no longer true is not said."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from bot import chase_messages
from bot.chase_messages import Chased
from bot.chase_parts import Said
from bot.service.announce import Kind
from bot.service.desk import Desk
from bot.service.expiry import last_day, working_time
from bot.service.lookup import Story, read_story
from policy.chasing import decide_by, hours_left, urgency
from policy.lifecycle import Status
from storage import chases, register, requests
from storage.chases import ChaseKind, ChaseRow, ChaseState
from storage.notices import NoticeRow
from storage.register import EventRow
from storage.tables import SignOffState

Links = Callable[[Story], str]
"""The address of a request's thread; asks Slack, so that no transaction is open meanwhile."""

IN_THREAD = frozenset({Kind.REMINDER, Kind.BACKUP, Kind.QUESTION, Kind.ANSWERED})
CHASING = IN_THREAD | {
    *(Kind.REMINDERS, Kind.NOBODY, Kind.SNOOZED, Kind.ASKED, Kind.NUDGE, Kind.EXPIRING, Kind.LAPSED)
}


class NotWanted(Exception):
    """What this would say is no longer true, or would come at the wrong hour. `again`: chases to look at."""

    def __init__(self, reason: str, again: tuple[int, ...] = ()) -> None:
        self.again = again
        super().__init__(reason)


def reminders(desk: Desk, notice: NoticeRow) -> Callable[[Links], Said]:
    """Several that wait for one person; raises NotWanted."""
    with desk.database.reading() as tx:
        found = [one for each in notice.payload["reminders"] if (one := _latest(tx, each))]
        outside = notice.payload["outside"]
        waiting = [one for one in found if one.state == ChaseState.OPEN]
        _in_time(tx, desk, [one for one in waiting if one.id not in outside])
        stories = [_story(tx, one) for one in waiting]
        said = [
            _chased(tx, desk, story, one, one.id in outside)
            for story, one in zip(stories, waiting, strict=True)
        ]
    if not said:
        raise NotWanted("everything in it was decided before, or a later reminder says it")
    return lambda link: chase_messages.reminders([_with_link(each, link) for each in said])


def about(desk: Desk, notice: NoticeRow, story: Story) -> Callable[[Links], Said]:
    """What a notice says about one request; raises NotWanted."""
    with desk.database.reading() as tx:
        if notice.kind in (Kind.REMINDER, Kind.NOBODY, Kind.NUDGE):
            return _waiting(tx, desk, notice, story)
        if notice.kind in (Kind.EXPIRING, Kind.LAPSED):
            return _ending(tx, desk, notice, story)
        return _event(tx, desk, notice, story)


def _waiting(tx: Connection, desk: Desk, notice: NoticeRow, story: Story) -> Callable[[Links], Said]:
    chase = _latest(tx, notice.payload)
    if chase is None or chase.state != ChaseState.OPEN or story.row.status != Status.PENDING:
        raise NotWanted("it was decided or answered before, or a later one says it")
    days = (desk.clock() - chase.since).days
    if notice.kind == Kind.NOBODY:
        return lambda link: chase_messages.nobody(story, days)
    if notice.kind == Kind.NUDGE:
        _in_their_time(tx, desk, story, chase)
        asked = _happened(tx, story, chase.about)
        text = str(asked.details.get("question", ""))
        return lambda link: chase_messages.nudge(
            story, text, asked.actor_name, days, link(story), event=asked.id
        )
    outside = bool(notice.payload["outside"])
    if not outside:
        _in_time(tx, desk, [chase])
    chased = _chased(tx, desk, story, chase, outside)
    return lambda link: chase_messages.reminder(chased)


def _ending(tx: Connection, desk: Desk, notice: NoticeRow, story: Story) -> Callable[[Links], Said]:
    wanted = Status.APPROVED if notice.kind == Kind.EXPIRING else Status.LAPSED
    ends = last_day(story.decisions, story.row)
    if story.row.status != wanted or ends is None:
        raise NotWanted(f"it is {story.row.status.value} by now")
    mine = notice.recipient == story.row.requester_user
    if notice.kind == Kind.LAPSED:
        return lambda link: chase_messages.lapsed(story, ends, link(story), mine)
    chase = _latest(tx, notice.payload)
    if chase is None:
        raise NotWanted("a later one says it")
    _in_their_time(tx, desk, story, chase)
    days = (ends - desk.today(story.row.production)).days
    return lambda link: chase_messages.expiring(story, ends, days, mine, link(story))


def _event(tx: Connection, desk: Desk, notice: NoticeRow, story: Story) -> Callable[[Links], Said]:
    """What stands in an audit event: a question, an answer, a backup, a snooze."""
    happened = _happened(tx, story, notice.payload["event"])
    details, by = happened.details, happened.actor_name
    match Kind(notice.kind):
        case Kind.SNOOZED:
            until = datetime.fromisoformat(str(details.get("until", happened.at.isoformat())))
            return lambda link: chase_messages.snoozed(story, by, until, link(story))
        case Kind.QUESTION:
            text = str(details.get("question", ""))
            return lambda link: chase_messages.asked_in_thread(story, text, happened.actor_user)
        case Kind.ASKED:
            text = str(details.get("question", ""))
            return lambda link: chase_messages.asked(story, text, by, link(story), event=happened.id)
        case Kind.ANSWERED:
            asked = _happened(tx, story, notice.payload["question"])
            words = str(asked.details.get("question", "")), str(details.get("answer", ""))
            return lambda link: chase_messages.answered(story, *words, asked.actor_user)
        case Kind.BACKUP:
            return _backup(tx, desk, story, happened)
    raise ValueError(f"{notice.kind} is about no event")


def _backup(tx: Connection, desk: Desk, story: Story, happened: EventRow) -> Callable[[Links], Said]:
    named = happened.details.get("contact")
    theirs = [
        one
        for one in story.sign_offs
        if one.state == SignOffState.OPEN and one.backup and one.contact_name == named
    ]
    if not theirs:
        raise NotWanted("it was decided before, or waits for somebody else")
    away = desk.absences(tx, desk.clock()).at(theirs[0].contact, desk.clock())
    because = happened.details.get("because")
    return lambda link: chase_messages.pulled_in(
        story,
        theirs[0].contact_name,
        theirs[0].backup_user,
        [one.topic for one in theirs],
        because if because in ("away", "date") else "no_answer",
        away.ends if away else None,
    )


def _chased(tx: Connection, desk: Desk, story: Story, chase: ChaseRow, outside: bool) -> Chased:
    """What one person is waited for, and how it stands against the needed-by date."""
    now = desk.clock()
    calendar = desk.calendars.contact(chase.contact, desk.absences(tx, chase.since))
    needed_by = desk.needed_by(story.row)
    held = [
        one.topic
        for one in story.sign_offs
        if one.state == SignOffState.OPEN
        and chase.contact == (one.contact if chase.kind == ChaseKind.CONTACT else one.backup)
    ]
    return Chased(
        story=story,
        chase=chase,
        topics=tuple(held),
        asked_at=chase.since,
        decide_by=decide_by(calendar, needed_by, chase.since),
        urgency=urgency(calendar, needed_by, chase.since, now),
        hours_left=hours_left(calendar, needed_by, now),
        outside_hours=outside,
        link="",
    )


def _with_link(chased: Chased, link: Links) -> Chased:
    return Chased(**{**vars(chased), "link": link(chased.story)})


def _latest(tx: Connection, payload: Mapping[str, int]) -> ChaseRow | None:
    """The chase that a notice is about; None when a later notice of it was kept meanwhile."""
    chase = chases.get(tx, payload["chase"])
    return chase if chase and chase.reminders == payload["number"] else None


def _in_their_time(tx: Connection, desk: Desk, story: Story, chase: ChaseRow) -> None:
    """The same for a requester, and for whoever hears that an approval runs out."""
    if not working_time(tx, desk, story.row, chase).open_at(desk.clock()):
        raise NotWanted("their working time was over before it could be said", (chase.id,))


def _in_time(tx: Connection, desk: Desk, waiting: list[ChaseRow]) -> None:
    """Slack was away for a while: nobody is reminded when their working day is over by now."""
    now = desk.clock()
    known = desk.absences(tx, now)
    if any(not desk.calendars.contact(one.contact, known).open_at(now) for one in waiting):
        raise NotWanted("their working time was over before it could be said", tuple(o.id for o in waiting))


def _story(tx: Connection, chase: ChaseRow) -> Story:
    row = requests.get(tx, chase.request_id)
    assert row is not None  # requests are never deleted
    return read_story(tx, row)


def _happened(tx: Connection, story: Story, number: int | None) -> EventRow:
    return next(one for one in register.events(tx, story.row.id) if one.id == number)
