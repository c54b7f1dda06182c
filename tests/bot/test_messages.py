"""Cards at the limits: Slack takes them, and what was typed is cut at the end, never refused."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from bot.markup import Block
from bot.messages import ask, card, fallback, sections
from bot.service.lookup import Story, read_story
from bot.service.submit import submit
from bot.submission import Submission
from bot.verdict_view import verdict_view
from bot.workspace.blocks import accept_message, accept_view
from policy.facts import Facts, Step, Use
from storage import requests
from tests.bot.test_delivery import ANA, Office
from tests.reading import text_of


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path / "clearance.db")
    yield opened
    opened.database.close()


def story(office: Office, text: str, tools: int) -> Story:
    """Everything typed is `text`, as long as its field allows, and everything is unsure."""
    step = Step(tool=text[:300], purpose=text[:300], inputs=text[:300])
    use = Use(
        title=text[:100],
        description=text[:3000],
        vendor=text[:300],
        not_generative=text[:3000],
        facts=Facts(steps=(step,) * tools),
    )
    filed = Submission("NIGHTFALL", use, "aired", consent_reference=text[:300])
    return submit(office.desk, filed, ANA, "V1", ())


@pytest.mark.parametrize("text", ["x" * 3000, "<&>" * 1000, "👩‍👩‍👧" * 600, "a\n" * 1500, " ."])
@pytest.mark.parametrize("tools", [1, 8])
def test_slack_takes_the_longest_and_the_strangest(office: Office, text: str, tools: int) -> None:
    found = story(office, text, tools)
    directory = office.desk.authority.directory
    for blocks in (card(found, directory), ask(found, "<@U0RAVI>")):
        accept_message(deepcopy(blocks))
    accept_view(deepcopy(verdict_view(found, directory, ("A note.",) * 3)))
    assert len(fallback(found)) < 1000  # chat.update refuses texts over 4,000


def test_the_card_says_what_each_tool_is_for_and_what_goes_in(office: Office) -> None:
    step = Step(tool="Voicer", environment="consumer", purpose="Reads two lines", inputs="marta_ep1.wav")
    use = Use(title="Pickups", description="Two lines.", facts=Facts(steps=(step,)))
    found = submit(office.desk, Submission("NIGHTFALL", use, "no"), ANA, "V1", ())
    shown = "\n".join(text_of(block) for block in card(found, office.desk.authority.directory))
    assert "Voicer (consumer): Reads two lines, with marta_ep1.wav" in shown


def buttons_of(blocks: list[Block]) -> list[tuple[str, str]]:
    return [
        (element["action_id"], element["value"])
        for block in blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def test_buttons_carry_the_request_and_what_was_seen_of_it(office: Office) -> None:
    number = office.request()
    with office.database.reading() as tx:
        row = requests.get(tx, number)
        assert row is not None
        found = read_story(tx, row)
    seen = f"{number}:{row.revision}"
    assert buttons_of(ask(found, "")) == [
        ("decide:approve", seen),
        ("decide:deny", seen),
        ("chase:ask", seen),
    ]


def test_a_long_text_is_cut_between_lines_and_keeps_all_of_them() -> None:
    lines = [f"line {number} " + "x" * 200 for number in range(60)]
    parts = sections("\n".join(lines))
    assert len(parts) > 1
    assert "\n".join(text_of(part) for part in parts).split("\n") == lines
    accept_message(deepcopy(parts))
