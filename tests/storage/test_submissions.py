"""A submission, on both databases: what it shows is what it keeps, and how often it asks the database."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from bench.judging import some_uses
from bot.app import load_shelf
from bot.calendars import Calendars
from bot.service.desk import Desk, Who
from bot.service.lookup import story
from bot.service.submit import submit
from bot.service.waits import wait_for
from bot.shipped import shipped
from bot.submission import Submission
from policy.authority import Authority
from policy.directory import parse_directory
from policy.facts import Facts, Step, Use
from policy.verdict import TextFinding
from storage import absences
from storage.absences import NewAbsence
from storage.database import Database
from storage.verification import verify
from tests.storage.people import NOW

TEAM = "T0STUDIO"
ANA = Who(TEAM, "U0ANA", "ana")
_CONTACTS = ("ravi", "mei", "oskar", "lucia")
_FILERS = (ANA, *(Who(TEAM, f"U0{key.upper()}", key) for key in _CONTACTS))
# What no database takes reads as a mark afterwards, also in the story that is shown.
_TEXTS = ("", "Forty images — for the light 💡", "cut off \ud83d here", "a \0 byte", '"quotes": [], {}')
_ROUNDS = 40


@pytest.fixture
def desk(database: Database) -> Desk:
    """The example directory at work on this database; on a Monday morning in London."""
    directory = parse_directory(shipped("directory.example.toml").read_text("utf-8"), "directory.toml")
    authority, shelf = Authority(directory, home_team=TEAM), load_shelf(directory, NOW.date())
    return Desk(database, authority, shelf, Calendars(directory), lambda: NOW, lambda: None)


def _drawn(draw: random.Random, use: Use) -> Submission:
    said = draw.random() < 0.3
    quoted = TextFinding(fact="union_work", declared="no", suggests="yes", quote=draw.choice(_TEXTS))
    about = {
        "title": draw.choice(_TEXTS),
        "description": draw.choice(_TEXTS),
        "vendor": draw.choice(_TEXTS),
        "needed_by": draw.choice((None, NOW.date() + timedelta(days=draw.randrange(20)))),
        "not_generative": draw.choice(_TEXTS) if said else "",
    }
    return Submission(
        production=draw.choice(("NIGHTFALL", "PAPERLANTERN")),
        use=use.model_copy(update=about),
        use_started=draw.choice(("no", "yes", "aired")),
        consent_reference=draw.choice(_TEXTS),
        text_findings=(quoted,) if said else (),
    )


def _somebody_goes_away(desk: Desk, draw: random.Random) -> None:
    """For some days of which some are over, with somebody named or not."""
    key = draw.choice(_CONTACTS)
    person = desk.authority.person(key)
    begins = NOW - timedelta(days=draw.randrange(3))
    gone = NewAbsence(
        contact=key,
        team=person.team,
        user=person.user,
        begins=begins,
        ends=begins + timedelta(days=draw.randrange(1, 5)),
        stand_in=draw.choice(("", *(one for one in _CONTACTS if one != key))),
    )
    with desk.database.transaction() as tx:
        for other in _CONTACTS:
            absences.end(tx, other, NOW)
        absences.keep(tx, gone, NOW)


def _submissions(desk: Desk) -> Iterator[tuple[Submission, Who]]:
    draw = random.Random(6)
    for number, use in enumerate(some_uses(_ROUNDS)):
        if number % 4 == 3:
            _somebody_goes_away(desk, draw)
        yield _drawn(draw, use), draw.choice(_FILERS)


def test_the_story_shown_is_the_one_that_is_read_later(desk: Desk) -> None:
    seen, chased, away = set(), 0, 0
    for number, (filed, who) in enumerate(_submissions(desk)):
        shown = submit(desk, filed, who, f"V{number}", ())
        kept = story(desk, shown.row.id, who)
        assert shown == kept
        assert repr(shown) == repr(kept)  # equal values of other types would be shown alike, not act alike
        seen |= {shown.row.status}
        chased += len(shown.chases)
        away += sum(one.escalated_at is not None for one in shown.chases)
    assert (len(seen), chased > _ROUNDS, away > 0) == (2, True, True), "the draws tell too little"
    with desk.database.reading() as tx:
        assert verify(tx).intact


def test_a_submission_asks_whom_every_later_verb_would_ask(desk: Desk) -> None:
    for number, (filed, who) in enumerate(_submissions(desk)):
        shown = submit(desk, filed, who, f"V{number}", ())
        with desk.database.transaction() as tx:
            wait_for(tx, desk.as_of(tx), shown.row, NOW)
        assert story(desk, shown.row.id, who) == shown


def test_a_submission_asks_the_database_only_so_often(desk: Desk, dialect: str) -> None:
    said: list[str] = []

    def heard(_c: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(" ".join(statement.split()[:3]))

    use = Use(needed_by=date(2026, 3, 9), facts=Facts(netflix_material="yes", steps=(Step(),)))
    submit(desk, Submission("NIGHTFALL", use, "no"), ANA, "V0", ())
    event.listen(desk.database.engine, "before_cursor_execute", heard)
    shown = submit(desk, Submission("NIGHTFALL", use, "no"), ANA, "V1", ())
    event.remove(desk.database.engine, "before_cursor_execute", heard)
    assert len(shown.sign_offs) > 1
    assert len(shown.chases) > 1
    # Each is a trip there and back on PostgreSQL, whose driver begins the transaction by itself.
    assert len(said) == (9 if dialect == "sqlite" else 5), said
