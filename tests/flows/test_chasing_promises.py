"""Whatever happens when: the messages are those of one perfect scheduler, each once, in working time.

Stories are drawn at random, from seeds: people in several zones with odd hours, absences, requests with and
without a date, decisions, questions, snoozes. Each is told by a perfect scheduler, by one that is killed and
started at random points, and by one that only looks now and then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from bot.chase_forms import AnswerForm, AwayForm
from bot.service.away import come_back, go_away
from bot.service.chase import chase
from bot.service.details import answer
from bot.service.refusals import Refusal
from bot.service.snooze import Until, snooze
from policy.away import Absences
from policy.lifecycle import Move, Status
from policy.worktime import Calendar
from storage import requests
from tests.flows.fortnight import ANA, FILM, PEOPLE, Fortnight, at, twice

pytestmark = pytest.mark.long

DAYS = 9
CONTACTS = ("ravi", "mei", "oskar", "lucia")
Deed = Callable[[Fortnight], object]


@dataclass
class Told:
    """A story: its directory, and who does what when."""

    directory: str
    begins: datetime
    deeds: list[tuple[datetime, Deed]] = field(default_factory=list)

    @property
    def ends(self) -> datetime:
        return self.begins + timedelta(days=DAYS)


def drawn(seed: int) -> Told:
    """A story from a seed; two of three straddle a change of the clock somewhere."""
    random = Random(seed)
    begins = at(
        random.choice(("2026-11-20T07:00", "2026-03-26T13:00", "2026-10-22T16:00", "2026-10-29T16:00"))
    )
    story = Told(_directory(random), begins)
    for number in range(1, random.randint(3, 5)):
        filed = begins + timedelta(minutes=random.randint(0, 60 * 24 * 4))
        needed_by = (filed + timedelta(days=random.randint(1, 6))).date() if random.random() < 0.6 else None
        code = random.choice(("FILM", "TOKYO", "NORTH", "WEST"))
        story.deeds.append((filed, _file(code, needed_by)))
        for _ in range(random.randint(0, 4)):
            when = filed + timedelta(minutes=random.randint(1, 60 * 24 * 5))
            story.deeds.append((when, _deed(random, number)))
    story.deeds.sort(key=lambda each: each[0])
    return story


def _directory(random: Random) -> str:
    text = FILM
    for hours in ('holidays = "JP"', 'holidays = "GB-ENG"'):
        if random.random() < 0.4:
            odd = random.choice(("18:00-09:00", "22:00-06:00", "06:30-11:15", "00:00-23:30"))
            text = text.replace(hours, f'{hours}\nhours = "{odd}"')
    if random.random() < 0.5:
        away = f"\n[[contacts.{random.choice(CONTACTS)}.away]]\nfrom = 2026-10-27\nuntil = 2026-10-29\n"
        text = text.replace("\n[productions.FILM]", f"{away}\n[productions.FILM]")
    return text


def _file(code: str, needed_by: date | None) -> Deed:
    return lambda film: film.file(code=code, needed_by=needed_by)


def _deed(random: Random, number: int) -> Deed:
    who = PEOPLE[random.choice(CONTACTS)]
    days = random.randint(0, 3)
    kind = random.choice(("approve", "deny", "ask", "answer", "away", "back", "snooze", "snooze"))
    name = random.choice(("", *CONTACTS))

    def away(film: Fortnight) -> object:
        today = film.local(film.now, who.name).date()
        return go_away(film.desk, AwayForm(today, today + timedelta(days=days), name), who)

    def respond(film: Fortnight) -> object:
        asked = film.rows(f"SELECT about FROM chases WHERE kind = 'requester' AND request_id = {number}")
        return answer(film.desk, AnswerForm(number, asked[0][0], "So."), ANA) if asked else None

    def later(film: Fortnight) -> object:
        query = f"SELECT id FROM chases WHERE request_id = {number} AND contact = '{who.name}'"
        theirs = film.rows(f"{query} AND kind <> 'requester'")
        until: Until = "later" if days else "tomorrow"
        return snooze(film.desk, theirs[0][0], until, who) if theirs else None

    deeds: dict[str, Deed] = {
        "approve": lambda film: film.decides(who, number),
        "deny": lambda film: film.decides(who, number, Move.DENY),
        "ask": lambda film: film.asks(who, number),
        "answer": respond,
        "away": away,
        "back": lambda film: come_back(film.desk, who),
        "snooze": later,
    }
    return deeds[kind]


def tell(story: Told, url: str, way: Callable[[Fortnight, datetime], None]) -> Fortnight:
    """Let everybody do their deeds, and time pass in that way between them."""
    film = Fortnight(url, story.directory, story.begins)
    for when, deed in story.deeds:
        way(film, min(when, story.ends))
        try:
            deed(film)
        except Refusal:
            film.tick()  # somebody was first, or it is not theirs: that is an answer too
    way(film, story.ends)
    film.close()
    return film


def perfectly(film: Fortnight, end: datetime) -> None:
    film.until(end)


def with_restarts(random: Random) -> Callable[[Fortnight, datetime], None]:
    """Nothing is missed, but the bot is killed again and again, and some ticks come twice or for nothing."""

    def way(film: Fortnight, end: datetime) -> None:
        while film.now < end:
            film.until(min(end, film.now + timedelta(minutes=random.randint(1, 60 * 9))))
            match random.randint(0, 3):
                case 0:
                    film.restart()
                case 1:
                    film.tick()
                case 2:
                    chase(film.desk)
                    film.restart()
                    film.deliver()

    return way


def now_and_then(random: Random) -> Callable[[Fortnight, datetime], None]:
    """Hours pass without a look."""

    def way(film: Fortnight, end: datetime) -> None:
        while film.now < end:
            film.tick()
            film.now = min(end, film.now + timedelta(minutes=random.choice((1, 7, 60, 200, 500, 1900))))
        film.tick()

    return way


@pytest.mark.parametrize("seed", range(6))
def test_restarts_change_nothing(tmp_path: Path, seed: int) -> None:
    story = drawn(seed)
    one = tell(story, f"sqlite:///{tmp_path / 'perfect.db'}", perfectly)
    other = tell(story, f"sqlite:///{tmp_path / 'killed.db'}", with_restarts(Random(seed)))
    assert other.said() == one.said()
    for film in (one, other):
        keeps_its_promises(film)


@pytest.mark.parametrize("seed", range(6, 15))
def test_late_looks_break_no_promise(tmp_path: Path, seed: int) -> None:
    film = tell(drawn(seed), f"sqlite:///{tmp_path / 'late.db'}", now_and_then(Random(seed)))
    keeps_its_promises(film)


def keeps_its_promises(film: Fortnight) -> None:
    """Each key once; nobody outside their working time but for a last call; nothing after the decision."""
    assert twice(one.key for one in film.heard) == []
    film.open()
    for one in film.heard:
        if one.kind in ("reminder", "reminders") and "outside your working hours" not in one.words:
            assert _calendar(film, one.to).open_at(one.at), one
    with film.database.reading() as tx:
        decided = {
            f"GEN-{row.id}": max(one.at for one in requests.decisions(tx, row.id))
            for row in requests.latest(tx)
            if row.status in (Status.APPROVED, Status.DENIED)
        }
    chasing = ("reminder", "backup", "nudge", "nobody", "asked")
    late = [one for one in film.heard if one.kind in chasing and one.at > decided.get(one.request, one.at)]
    assert late == []
    _once_a_day(film)
    film.close()


def _calendar(film: Fortnight, name: str) -> Calendar:
    with film.database.reading() as tx:
        known: Absences = film.desk.absences(tx, film.now - timedelta(days=DAYS + 1))
    return film.desk.calendars.contact(name, known)


def _once_a_day(film: Fortnight) -> None:
    """At most one reminder a working day for each contact and request, but for those they asked for."""
    snoozed = {
        int(number)
        for (number,) in film.rows("SELECT DISTINCT request_id FROM audit_events WHERE kind = 'snoozed'")
    }
    found: Counter[tuple[str, str, date]] = Counter()
    for one in film.heard:
        if one.kind == "reminder" and int(one.request[4:]) not in snoozed:
            found[one.request, one.to, _calendar(film, one.to).working_day(one.at)] += 1
    assert [each for each, times in found.items() if times > 1] == []
