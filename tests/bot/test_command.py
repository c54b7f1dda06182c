"""The text after /genai-request."""

import re
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from bot.chase_command import AwaySaid
from bot.command import HELP, Command, parse_command
from bot.slack_text import as_typed


@pytest.mark.parametrize("text", ["help", " HELP ", "?"])
def test_help(text: str) -> None:
    assert parse_command(text) == Command("help")


@pytest.mark.parametrize("text", ["status GEN-3", "Status gen 3", "status 3", "status #3", "status  GEN-3"])
def test_status_of_a_request(text: str) -> None:
    assert parse_command(text) == Command("status", text.partition(" ")[2].strip(), 3)


def test_status_without_a_number_and_with_a_wrong_one() -> None:
    assert parse_command("status") == Command("status")
    assert parse_command("status nonsense") == Command("status", "nonsense")
    assert parse_command("status GEN-9999999999") == Command("status", "GEN-9999999999")


@pytest.mark.parametrize("text", ["find de-aging runway", "FIND  de-aging runway ", "find GEN-3 poster"])
def test_find_takes_everything_that_follows(text: str) -> None:
    assert parse_command(text) == Command("find", text.strip()[4:].strip())


def test_find_alone_opens_a_window_and_a_number_is_a_status() -> None:
    assert parse_command(" find ") == Command("find")
    for text in ("find GEN-3", "find 3", "Find #3"):
        assert parse_command(text) == Command("status", text[5:], 3)


def test_away_keeps_who_was_mentioned_and_shows_what_was_typed() -> None:
    asked = parse_command("away until 2 Dec to <@U0MEI|mei>")
    assert asked == Command("away", "away until 2 Dec to @mei", away=AwaySaid("2 Dec", "", "U0MEI"))


def test_every_documented_word_is_read_as_the_page_says() -> None:
    page = (Path(__file__).parents[2] / "docs" / "commands.md").read_text("utf-8")
    typed = re.findall(r"^\| `/genai-request ?(.*?)` \|", page, re.MULTILINE)
    verbs = [parse_command(text).verb for text in typed]
    assert verbs[:2] == ["open", "open"]
    assert verbs[2:] == [text.split()[0] for text in typed[2:]]
    assert set(verbs) == set(get_args(get_type_hints(Command)["verb"]))


@pytest.mark.parametrize("text", ["back", " Back ", "digest", "DIGEST"])
def test_back_and_digest(text: str) -> None:
    assert parse_command(text) == Command(text.strip().lower())  # type: ignore[arg-type]


@pytest.mark.parametrize("verb", ["status", "find", "away", "back", "digest", "help"])
def test_help_names_every_word(verb: str) -> None:
    assert f"`/genai-request {verb}" in HELP


@pytest.mark.parametrize(
    "text",
    [
        "help me draw a bunker",
        "finding the light of scene 12",
        "status quo of the mood boards",
        "mood boards",
        "away team uniforms for the match",
        "back to the future poster",
        "digest of the news for a prop newspaper",
    ],
)
def test_anything_else_is_a_description(text: str) -> None:
    assert parse_command(text) == Command("open", text)


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("<@U0ANA|ana> and <@U0RAVI>", "@ana and @U0RAVI"),
        ("<#C0SHOW|show> <#C0SHOW>", "#show #C0SHOW"),
        ("<!here> <!subteam^S0CREW|@crew> <!subteam^S0CREW>", "@here @crew @subteam"),
        ("<https://a.example/?b=1&amp;c=2> <https://a.example|a.example>",
         "https://a.example/?b=1&c=2 https://a.example"),
        ("&lt;!channel&gt; &amp;amp; &amp;lt;", "<!channel> &amp; &lt;"),
        ("a < b > c", "a < b > c"),
    ],
)  # fmt: skip
def test_slacks_markup_reads_as_it_was_typed(sent: str, typed: str) -> None:
    assert as_typed(sent) == typed
