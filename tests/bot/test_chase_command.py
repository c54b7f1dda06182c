"""Contacts say that they are away, in a hurry and in their own words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chase_command import AwaySaid, parse_away_words
from bot.command import parse_command


@pytest.mark.parametrize(
    ("typed", "until", "begins", "delegate"),
    [
        ("away until 2 Dec", "2 Dec", "", ""),
        ("Away  UNTIL\ntomorrow", "tomorrow", "", ""),
        ("away till Friday to <@U0MEI|mei>", "Friday", "", "U0MEI"),
        ("away until Friday <@U0MEI>.", "Friday", "", "U0MEI"),
        ("away until Friday to @mei", "Friday", "", "mei"),
        ("away until 2 Dec to Mei Tanaka!", "2 Dec", "", "Mei Tanaka"),
        ("away 24 Dec until 2 Jan", "2 Jan", "24 Dec", ""),
        ("away from 24 Dec until 2 Jan to <@U0MEI|mei>", "2 Jan", "24 Dec", "U0MEI"),
        ("away from the 24th of December until 2027-01-02", "2027-01-02", "the 24th of December", ""),
        ("away 24 Dec to 2 Jan", "2 Jan", "24 Dec", ""),
        ("away on Monday - Wednesday to mei", "Wednesday", "Monday", "mei"),
        ("away now until Friday", "Friday", "", ""),
        ("away until 2 Dec to May", "2 Dec", "", "May"),
    ],
)
def test_until_when_from_when_and_who_stands_in(typed: str, until: str, begins: str, delegate: str) -> None:
    assert parse_away_words(typed) == AwaySaid(until, begins, delegate)


@pytest.mark.parametrize(
    ("typed", "begins", "delegate"),
    [
        ("away", "", ""),
        (" AWAY ", "", ""),
        ("away until", "", ""),
        ("away to <@U0MEI|mei>", "", "U0MEI"),
        ("away for two weeks to <@U0MEI|mei>", "", "U0MEI"),
        ("away from 24 Dec", "24 Dec", ""),
        ("away tomorrow", "tomorrow", ""),
    ],
)
def test_who_does_not_say_until_when_is_asked(typed: str, begins: str, delegate: str) -> None:
    assert parse_away_words(typed) == AwaySaid("", begins, delegate)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("away until yesterday", AwaySaid("yesterday")),
        ("away until further notice", AwaySaid("further notice")),
        ("away until &lt;b&gt; to a &amp; b", AwaySaid("<b>", "", "a & b")),
        ("away 24 Dez until 2 Jan", AwaySaid("2 Jan", "24 Dez")),
    ],
)
def test_a_wrong_day_is_passed_on_as_it_was_typed(typed: str, said: AwaySaid) -> None:
    """Whoever reads days says what is wrong with it; a request form would only puzzle."""
    assert parse_away_words(typed) == said


@pytest.mark.parametrize(
    "description",
    [
        "away team uniforms for the match",
        "away team <@U0MEI|mei>",
        "away game crowd until the final whistle",
        "away from camera until noon",
        "away to the mountains: a wide shot",
        "away for the match: banners",
        "away 3 robots until the end",
        "awayday poster",
        "far away until Friday",
        "",
    ],
)
def test_a_description_that_begins_with_away_opens_the_form(description: str) -> None:
    assert parse_away_words(description) is None
    assert parse_command(description).verb == "open"


@given(st.text(alphabet="away until to <@U0M|>2Dec.-–\n\t", max_size=80))
def test_whatever_follows_away_is_read_without_a_fault(text: str) -> None:
    found = parse_away_words(f"away {text}")
    if found:
        assert all(part == part.strip() for part in (found.until, found.begins, found.delegate))
    assert parse_away_words(f"not {text}") is None
