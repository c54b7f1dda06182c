"""Finding requests: what is filed is what the next look finds, one by one or several at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.service.desk import Who
from bot.service.lookup import mine, read_stories, read_story, story
from bot.service.refusals import NotFiled
from bot.service.submit import submit
from bot.submission import Submission
from policy.facts import Facts, Step, Use
from storage import requests
from tests.bot.test_delivery import ANA, Office

OPEN = Submission("NIGHTFALL", Use(title="A poster", facts=Facts(steps=(Step(),))), "no")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path / "clearance.db")
    yield opened
    opened.database.close()


def test_what_the_form_shows_is_what_the_next_look_finds(office: Office) -> None:
    filed = submit(office.desk, OPEN, ANA, "V1", ())
    assert filed.sign_offs and filed.chases
    assert filed == story(office.desk, filed.row.id, ANA)


def test_the_same_form_again_is_the_same_request_and_says_nothing_twice(office: Office) -> None:
    filed = submit(office.desk, OPEN, ANA, "V1", ())
    assert submit(office.desk, OPEN, ANA, "V1", ()) == filed
    with office.database.reading() as tx:
        assert len(requests.latest(tx)) == 1
        assert [each.kind for each in requests.events(tx, filed.row.id)] == ["submitted"]


def test_somebody_elses_form_stays_theirs(office: Office) -> None:
    submit(office.desk, OPEN, ANA, "V1", ())
    with pytest.raises(NotFiled, match="Somebody else sent this form"):
        submit(office.desk, OPEN, Who(ANA.team, "U0OTHER", "other"), "V1", ())


def test_several_stories_are_each_what_one_would_be(office: Office) -> None:
    numbers = [submit(office.desk, OPEN, ANA, f"V{n}", ()).row.id for n in range(3)]
    with office.database.reading() as tx:
        rows = requests.those(tx, numbers)
        assert read_stories(tx, rows) == [read_story(tx, row) for row in rows]
    filed, waiting = mine(office.desk, ANA)
    assert [each.row.id for each in filed] == numbers[::-1] and waiting == []
