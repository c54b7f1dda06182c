"""The text after /genai-request."""

import pytest

from bot.command import Command, as_typed, parse_command


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


@pytest.mark.parametrize("text", ["help me draw a bunker", "status quo of the mood boards", "mood boards"])
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
