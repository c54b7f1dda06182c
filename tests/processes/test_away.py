"""The database or Slack is away: it waits, says so once, and catches up; nobody is told a false yes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.workspace import Fault
from tests.bot.test_running import clearance, configured
from tests.processes import launcher
from tests.processes.office import READY, Office, open_office
from tests.storage.postgres import PostgresServer
from tests.studio import ESCALATE, answer, ask, file, number_in, open_form, press

pytestmark = pytest.mark.process

NOT_RECORDED = "Not recorded:"
ANSWERS = "answers again."


def said_once(office: Office, words: str) -> None:
    """The operator reads it, and is not flooded with it."""
    assert office.bot.said.count(words) == 1, office.bot.said


def test_slack_is_away_at_the_start_and_for_a_while_later(office: Office) -> None:
    bot, faults = office.bot, office.house.workspace.faults
    bot.terminate()
    faults.plan("*", Fault(kind="http", status=503), times=None)
    bot.launch()
    bot.until(lambda: faults.tally["auth.test: http 503"] >= 3)
    assert READY not in bot.said
    said_once(office, "Slack cannot be reached")
    faults.clear()
    bot.until(lambda: READY in bot.said)
    said_once(office, "Slack answers again.")
    # Later, with something to say. Socket Mode lives on: people get their verdict.
    faults.plan("chat.*", "drop_before", times=None)
    number = file(office.people.ana, ESCALATE)
    office.filed.append(number)
    office.people.ana.close()
    bot.until(lambda: faults.tally["chat.postMessage: drop_before"] >= 3)
    said_once(office, "Slack gives no answer")
    faults.clear()
    office.all_is_well()
    bot.until(lambda: bot.said.count("Slack answers again.") == 2)


def test_the_wire_breaks_and_is_made_anew(office: Office) -> None:
    bot, workspace = office.bot, office.house.workspace
    workspace.faults.plan("apps.connections.open", Fault(kind="http", status=503), times=3)
    office.house.running.cut()
    bot.until(lambda: workspace.faults.open_plans == 0 and workspace.link.connected)
    said_once(office, "The connection to Slack is broken.")
    bot.until(lambda: "Connected to Slack again." in bot.said)
    office.filed.append(file(office.people.ana))
    office.people.ana.close()
    office.all_is_well()


@contextmanager
def full_disk(office: Office) -> Iterator[None]:
    """SQLite gets no page more."""
    (office.bot.folder / launcher.FULL).touch()
    yield
    (office.bot.folder / launcher.FULL).unlink()


@contextmanager
def read_only(office: Office) -> Iterator[None]:
    """SQLite may not write."""
    (office.bot.folder / launcher.READ_ONLY).touch()
    yield
    (office.bot.folder / launcher.READ_ONLY).unlink()


@pytest.mark.parametrize("trouble", [full_disk, read_only])
def test_a_disk_that_takes_nothing(office: Office, trouble: Callable[[Office], object]) -> None:
    """Who presses hears at once that it was not recorded; when there is room again it goes on by itself."""
    ana, ravi = office.people.ana, office.people.ravi
    number = file(ana, ESCALATE)
    office.filed.append(number)
    ana.close()
    press(ravi, ask(ravi, number), "approve")
    ravi.fill(wording="Yes. " * 500)
    office.settled()
    open_form(ana)
    answer(ana, ESCALATE, description="Long. " * 480)
    with trouble(office):  # type: ignore[attr-defined]
        assert ana.submit()["description"].startswith(NOT_RECORDED)
        assert ravi.submit()["wording"].startswith(NOT_RECORDED)
        assert office.bot.alive
    assert ana.submit() == {} and ravi.submit() == {}
    office.filed.append(number_in(ana))
    office.won.append((number, ravi.user))
    ana.close()
    ravi.close(everything=True)
    assert "Traceback" not in office.bot.said
    office.all_is_well()


def test_a_read_only_database_at_the_start(office: Office) -> None:
    office.bot.terminate()
    with read_only(office):
        office.bot.launch()
        office.bot.until(lambda: "It is read-only" in office.bot.said)
        assert READY not in office.bot.said
    office.bot.until(lambda: READY in office.bot.said)
    said_once(office, "It is read-only")


def test_postgresql_goes_and_comes_back(tmp_path: Path, postgres_server: PostgresServer) -> None:
    url = postgres_server.url(postgres_server.new_database())
    with open_office(tmp_path, url) as pg:
        ana = pg.people.ana
        postgres_server.stop()
        try:
            pg.bot.launch()
            pg.bot.until(lambda: "The database is out of reach." in pg.bot.said)
        finally:
            postgres_server.start()
        pg.bot.until(lambda: READY in pg.bot.said)
        said_once(pg, "The database is out of reach.")
        open_form(ana)
        answer(ana, ESCALATE)
        postgres_server.stop()
        try:
            assert ana.submit()["description"].startswith(NOT_RECORDED)
            pg.bot.until(lambda: pg.bot.said.count("It is asked again and again") == 2)
        finally:
            postgres_server.start()
        assert ana.submit() == {}
        pg.filed.append(number_in(ana))
        pg.all_is_well()
        assert "Traceback" not in pg.bot.said


def test_what_waiting_does_not_mend_ends_with_a_sentence(tmp_path: Path, office: Office) -> None:
    settings = dict(configured(office.house))
    nowhere = {"CLEARANCE_DATABASE_URL": f"sqlite:///{tmp_path / 'no' / 'clearance.db'}"}
    for wrong, says in ((nowhere, "cannot be written"), ({"SLACK_BOT_TOKEN": "xoxb-no"}, "invalid_auth")):
        own = {"CLEARANCE_DATABASE_URL": f"sqlite:///{tmp_path / 'own.db'}"}
        said = clearance(tmp_path, "run", **(settings | own | wrong))
        assert said.returncode == 2 and says in said.stderr and "Traceback" not in said.stderr
