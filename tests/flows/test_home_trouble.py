"""Home while something fails: the database is away, Slack refuses, a window does not open."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.listening import TOO_LATE
from tests.flows.at_home import arrives, happen, labels, opened, pressed_at_home, stands
from tests.flows.conftest import Stage, stage_of
from tests.flows.edge import Edge, Fault
from tests.person import text_of
from tests.studio import ESCALATE, House, file, house, send


@dataclass
class Troubled(Stage):
    """The house behind an edge that can refuse."""

    edge: Edge


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Troubled]:
    edge = Edge()
    with edge.open(), house(tmp_path, edge=edge.before) as built:
        built.start()
        yield Troubled(**vars(stage_of(built)), edge=edge)


@contextmanager
def away(built: House) -> Iterator[None]:
    """The database's file cannot be opened."""
    assert built.clearance is not None
    engine, file, elsewhere = (
        built.clearance.desk.database.engine,
        built.database,
        built.folder / "elsewhere.db",
    )
    file.rename(elsewhere)
    file.mkdir()
    engine.dispose()
    try:
        yield
    finally:
        file.rmdir()
        elsewhere.rename(file)


def test_the_database_is_away_for_a_while(stage: Troubled, caplog: pytest.LogCaptureFixture) -> None:
    file(stage.ana, ESCALATE, title="Boards for one")
    arrives(stage.ana, "Boards for one")
    with away(stage.house):
        said = arrives(stage.ana, "The database does not answer just now; nothing is lost", gone="Boards")
        assert labels(stage.ana) == ["Look again"] and "What you see is from" in said
    stage.ana.press_at_home("home:again")
    stands(stage.ana, "Boards for one", gone="does not answer")
    about = [one for one in caplog.records if one.name == "bot.homes"]
    assert about and all("A Home could not be read" in one.getMessage() for one in about)
    assert not [one for one in about if one.exc_info]


@pytest.mark.parametrize("trouble", ["drop", "html", "internal_error", "hash_conflict", "not_enabled"])
def test_slack_refuses_and_it_is_logged_in_one_line(
    stage: Troubled, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    stage.edge.faults.append(Fault("views.publish", trouble))
    stage.ana.home()
    stage.ana.wait(lambda: stage.edge.seen("views.publish", "", trouble))
    arrives(stage.ana, "New request")
    [line] = [one for one in caplog.records if one.name == "bot.homes"]
    assert line.levelno == logging.WARNING and line.getMessage().startswith("A Home was not shown: ")
    assert "\n" not in line.getMessage() and not line.exc_info


def test_slack_says_later_and_it_is_shown_then(stage: Troubled, caplog: pytest.LogCaptureFixture) -> None:
    stage.edge.faults.append(Fault("views.publish", "wait"))
    arrives(stage.ana, "New request")
    assert stage.edge.seen("views.publish", "", "ok") >= 1
    assert not [one for one in caplog.records if one.name == "bot.homes"]


def test_where_no_window_opens_home_itself_says_why(stage: Troubled) -> None:
    number = file(stage.ana, ESCALATE, title="Boards for one")
    arrives(stage.ravi, "Boards for one")
    pressed_at_home(stage, "U0RAVI", "dead.trigger", "decide:approve", f"{number}:1")
    stands(stage.ravi, TOO_LATE, "Boards for one")
    pressed_at_home(stage, "U0RAVI", "dead.trigger", "home:new")
    stands(stage.ravi, TOO_LATE)
    pressed_at_home(stage, "U0RAVI", "dead.trigger", "decide:deny", "nonsense")
    stands(stage.ravi, "This form could not be read")
    # The next look is without it.
    arrives(stage.ravi, "Boards for one", gone="This form could not be read")


def test_what_was_written_stays_while_the_database_is_busy(stage: Troubled) -> None:
    number = file(stage.ana, ESCALATE, title="Boards for one")
    arrives(stage.ravi, "Boards for one")
    opened(stage.ravi, "decide:deny", f"digest:{number}")
    stage.ravi.fill(reason="Not like this.")
    with stage.house.busy():
        assert "Not recorded" in stage.ravi.submit()["reason"]
    assert stage.ravi.typed()["reason"]["reason"]["value"] == "Not like this."
    assert f"GEN-{number} is denied." in send(stage.ravi, reason="Not like this.")
    stands(stage.ravi, gone="Boards for one")


def test_a_home_of_somebody_slack_does_not_know(stage: Troubled, caplog: pytest.LogCaptureFixture) -> None:
    happen(stage, "U0STRANGER", team="T0OTHER")
    stage.ana.wait(lambda: "user_not_found" in caplog.text)
    assert "Traceback" not in caplog.text
    assert "New request" in text_of(stage.ana.home() or {}) or arrives(stage.ana, "New request")
