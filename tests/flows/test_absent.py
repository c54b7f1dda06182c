"""People who are not there: a deactivated contact, a topic that nobody can sign."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.shipped import shipped
from bot.workspace import Scene
from tests.flows.conftest import Stage, stage_of
from tests.person import text_of
from tests.studio import ESCALATE, TWO_TOPICS, ask, decide, file, hears, house, refused, scene


def without_mei() -> Scene:
    """Mei has left."""
    where = scene()
    people = tuple(
        one.model_copy(update={"deleted": True}) if one.id == "U0MEI" else one for one in where.people
    )
    return where.model_copy(update={"people": people})


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Mei has left, and nobody stands in for Ravi."""
    written = shipped("directory.example.toml").read_text("utf-8")
    [line] = [one for one in written.splitlines() if one.startswith('backup = "mei"')]
    with house(
        tmp_path_factory.mktemp("house"), directory=written.replace(line, ""), where=without_mei()
    ) as built:
        built.start()
        yield stage_of(built)


def alarms(stage: Stage, word: str) -> list[str]:
    """What the operators were told."""
    return [text for one in stage.ops.messages("C0OPS") if word in (text := text_of(one))]


def test_the_operators_hear_at_start_that_a_contact_is_gone(stage: Stage) -> None:
    [said] = stage.ops.wait(lambda: alarms(stage, "Mei Tanaka"))
    assert "Mei Tanaka (mei) cannot be reached: `U0MEI` is deactivated" in said
    assert "decides for Nightfall, season 2 and Paper Lantern" in said
    assert "Ravi Menon can sign for them" in said


def test_they_hear_it_once_a_day_however_often_the_bot_starts(stage: Stage) -> None:
    built = stage.house
    built.stop()
    built.start()
    number = file(stage.ana)
    hears(stage.ana, number, "receipt")
    assert len(alarms(stage, "Mei Tanaka")) == 1
    built.stop()
    built.clock = lambda: datetime.now(UTC) + timedelta(days=1)
    built.start()
    stage.ops.wait(lambda: len(alarms(stage, "Mei Tanaka")) == 2)


def test_the_backup_of_somebody_gone_can_sign(stage: Stage) -> None:
    number = file(stage.jun, ESCALATE, code="PAPERLANTERN")
    assert "is approved" in decide(stage.ravi, ask(stage.ravi, number, "PAPERLANTERN"), "approve")
    hears(stage.jun, number)


def test_a_topic_that_nobody_can_sign_is_the_operators_to_mend(stage: Stage) -> None:
    ravi, ops = stage.ravi, stage.ops
    number = file(ravi, ESCALATE)
    assert "somebody the operators name" in text_of(ravi.wait(ravi.modal))
    [said] = ops.wait(lambda: alarms(stage, f"GEN-{number}*"))
    assert "Nobody can sign" in said and "production" in said and "Name a backup" in said
    asked = ask(ravi, number)
    assert "Nobody in the directory can decide it for production. The operators have been told." in text_of(
        asked
    )
    assert "yourself" in refused(ravi, asked, "approve")
    assert "Nobody in the directory can decide" in refused(stage.theo, asked, "approve")


def test_what_can_be_signed_is_asked_for_meanwhile(stage: Stage) -> None:
    number = file(stage.ravi, TWO_TOPICS)
    said = text_of(ask(stage.oskar, number))
    assert "<@U0OSKAR> (security): please approve or deny" in said
    assert "Nobody in the directory can decide it for production." in said
    decide(stage.oskar, ask(stage.oskar, number), "approve")
    assert "*Keep waiting* for nobody in the directory (production)" in hears(stage.ravi, number)
