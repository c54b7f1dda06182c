"""The directory changes while a request waits: it then waits for whom the directory names now."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.shipped import shipped
from tests.flows.conftest import Stage, stage_of
from tests.person import text_of
from tests.studio import ESCALATE, ask, buttons, card, decide, file, hears, house, refused, thread

RAVI_DECIDES = 'contact = "ravi"'


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with house(tmp_path) as built:
        built.start()
        yield stage_of(built)


def test_an_open_topic_follows_the_directory_and_history_keeps_the_old_name(stage: Stage) -> None:
    ana, ravi, lucia = stage.ana, stage.ravi, stage.lucia
    number = file(ana, ESCALATE)
    first = ask(ravi, number)
    assert "<@U0RAVI>" in text_of(first)

    _restart(stage, RAVI_DECIDES, 'contact = "lucia"')

    ravi.wait(lambda: "Waiting for Lucía Ferrer" in text_of(card(ravi, number)))
    ravi.wait(lambda: [m for m in thread(ravi, number) if "<@U0LUCIA> (production): GEN-" in text_of(m)])
    asked = thread(ravi, number)[0]
    assert "<@U0LUCIA>" in text_of(asked) and "<@U0RAVI>" not in text_of(asked)
    assert buttons(asked) == ["Approve", "Deny", "Ask for details"]
    assert "Only Lucía Ferrer or Oskar Lindqvist can decide" in refused(ravi, asked, "approve")
    decide(lucia, asked, "approve", wording="Go ahead with the boards.")
    assert "approved" in hears(ana, number)
    ravi.wait(lambda: not any(buttons(message) for message in thread(ravi, number)))
    [(details,)] = stage.house.rows(
        "SELECT details FROM event_contents JOIN audit_events USING (seq) WHERE kind = 'reassigned'"
    )
    assert "Ravi Menon" in details and "Lucía Ferrer" in details


def test_a_directory_that_stayed_the_same_tags_nobody_again(stage: Stage) -> None:
    number = file(stage.ana, ESCALATE)
    ask(stage.ravi, number)
    before = len(thread(stage.ravi, number))
    _restart(stage, RAVI_DECIDES, RAVI_DECIDES)
    later = file(stage.ana)
    hears(stage.ana, later, "receipt")
    assert len(thread(stage.ravi, number)) == before


def _restart(stage: Stage, old: str, new: str) -> None:
    stage.house.stop()
    text = shipped("directory.example.toml").read_text("utf-8")
    assert old in text
    stage.house.settings.directory.write_text(text.replace(old, new), "utf-8")
    stage.house.start()
