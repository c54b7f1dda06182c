"""away, back: a contact says when they are not there; what waits for them goes on to who stands in."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from bot.chase_command import AwaySaid
from bot.chase_forms import AwayForm
from bot.service.desk import Desk, Who
from bot.service.handover import settle_at
from bot.service.refusals import NotYours, Unfit
from bot.wording import listed
from policy.away import Absences, Away, absences_of
from policy.people import kind_of
from policy.said_dates import DayNotRead, read_day
from policy.spelling import suggest
from policy.worktime import day_span
from storage import absences, chases
from storage.absences import NewAbsence
from storage.chases import ChaseKind

_DECIDING = (ChaseKind.CONTACT, ChaseKind.BACKUP)


@dataclass(frozen=True)
class GoneAway:
    """What was kept: the days, who stands in ("" for nobody), and how many requests go on to them."""

    begins: date
    until: date
    stand_in: str
    waiting: int


def away_form(desk: Desk, said: AwaySaid, who: Who) -> AwayForm:
    """The days and the person somebody typed, or an Unfit that says what is wrong."""
    today = local_day(desk, who)
    try:
        begins = read_day(said.begins, today) if said.begins else today
        until = read_day(said.until, today)
    except DayNotRead as error:
        sentence = str(error)
        raise Unfit("until", f"{sentence[0].upper()}{sentence[1:]}.") from None
    return AwayForm(begins, until, _delegate(desk, said.delegate) if said.delegate else "")


def go_away(desk: Desk, form: AwayForm, who: Who) -> GoneAway:
    """Keep an absence, in place of what the contact said before; the next tick asks who stands in."""
    key, now = contact_key(desk, who), desk.clock()
    zone = desk.calendars.contact(key).zone
    today = now.astimezone(zone).date()
    begins, ends = day_span(zone, form.begins, form.until)
    if form.until < max(form.begins, today):
        raise Unfit("until", "The last day is before the first, or has passed. Pick a later one.")
    absence = Away(key, max(begins, now), ends, form.stand_in)
    with desk.database.transaction() as tx:
        known = desk.absences(tx, now)
        others = absences_of([absence], [one for one in known.known if one.contact != key])
        stand_in = _who_stands_in(desk, others, absence)
        new = NewAbsence(
            contact=key,
            team=who.team,
            user=who.user,
            begins=absence.begins,
            ends=ends,
            stand_in=form.stand_in,
        )
        absences.keep(tx, new, now)
        waiting = _look_again(tx, who, now)
    desk.wake()
    name = desk.authority.directory.contacts[stand_in].name if stand_in else ""
    return GoneAway(max(form.begins, today), form.until, name, waiting)


def come_back(desk: Desk, who: Who) -> tuple[bool, int]:
    """They are there again: whether an absence ended, and how many requests wait for them."""
    contact_key(desk, who)
    now = desk.clock()
    with desk.database.transaction() as tx:
        ended = absences.end(tx, contact_key(desk, who), now)
        waiting = _look_again(tx, who, now)
    desk.wake()
    return bool(ended), waiting


def contact_key(desk: Desk, who: Who) -> str:
    """The directory's key of somebody who is a contact, or NotYours."""
    key = desk.authority.key_of(who.person)
    if key is None:
        raise NotYours("Only contacts and backups in the directory can be away: nothing waits for you.")
    return key


def stand_ins(desk: Desk, who: Who) -> list[tuple[str, str]]:
    """Whom a contact can name: key and name of every other contact."""
    mine = contact_key(desk, who)
    return [(key, one.name) for key, one in desk.authority.directory.contacts.items() if key != mine]


def local_day(desk: Desk, who: Who) -> date:
    """Which day it is where a contact works, or NotYours."""
    return desk.clock().astimezone(desk.calendars.contact(contact_key(desk, who)).zone).date()


def _delegate(desk: Desk, typed: str) -> str:
    """The key of the contact meant by a user id, a key or a name."""
    contacts = desk.authority.directory.contacts
    word = typed.casefold()
    for key, one in contacts.items():
        if typed == one.slack or word in (key.casefold(), one.name.casefold()):
            return key
    first = [key for key, one in contacts.items() if word == one.name.casefold().partition(" ")[0]]
    if len(first) == 1:
        return first[0]
    names = [one.name for one in contacts.values()]
    if kind_of(typed):
        raise Unfit(
            "stand_in", f"That person is not in the directory; only {listed(names, 'or')} can stand in."
        )
    near = suggest(typed, [*names, *(name.partition(" ")[0] for name in names)])
    hint = near if near.endswith("?") else f"{suggest(typed, names)}."
    raise Unfit("stand_in", f'"{typed[:60]}" is not in the directory; {hint}')


def _who_stands_in(desk: Desk, known: Absences, absence: Away) -> str | None:
    """Who is there in the end, on the first day and whenever somebody else leaves meanwhile."""
    contacts = desk.authority.directory.contacts
    if absence.stand_in and absence.stand_in not in contacts:
        raise Unfit("stand_in", "Whom you named is no contact in the directory. Pick somebody else.")
    if absence.stand_in == absence.contact:
        raise Unfit("stand_in", "You cannot stand in for yourself. Name somebody else, or nobody.")
    leaving = [one.begins for one in known.known if absence.begins < one.begins < absence.ends]
    found = [known.stands_in(desk.authority.directory, absence, at) for at in (absence.begins, *leaving)]
    if absence.stand_in and None in found:
        name = contacts[absence.stand_in].name
        raise Unfit(
            "stand_in",
            f"{name} is away then too, and in the end nobody would be there. Name somebody who is.",
        )
    return found[0]


def _look_again(tx: Connection, who: Who, now: datetime) -> int:
    """Everything that waits for them is looked at again, and so is who stands in; how many requests wait."""
    waiting = [one for one in chases.waiting_on(tx, who.team, who.user, 1000) if one.kind in _DECIDING]
    chases.look_again(tx, who.team, who.user, now)
    settle_at(tx, now)
    return len({one.request_id for one in waiting})
