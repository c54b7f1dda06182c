"""A pattern file with a fault is refused, naming file, line and the nearest known word."""

import pytest

from policy.faults import Invalid
from policy.text_book import parse_patterns, shipped_patterns

GOOD = """language = "en"
[words]
stone = "stone, stones"
[[pattern]]
id = "en-stone"
says = { personal_data = "yes" }
match = ["@stone .. wall"]
yes = ["a stone wall"]
"""


def refused(text: str) -> str:
    with pytest.raises(Invalid) as caught:
        parse_patterns({"en-test.toml": text})
    return str(caught.value)


def test_a_good_file_is_read() -> None:
    assert parse_patterns({"en-test.toml": GOOD}).languages == ("en",)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "personal_data",
            "personal_date",
            'line 6: pattern en-stone: "personal_date" is not a fact; did you mean "personal_data"?',
        ),
        ('"yes" }', '"yess" }', 'did you mean "yes"?'),
        (
            "@stone",
            "@stoen",
            'line 7: pattern en-stone: there is no word list "stoen"; did you mean "stone"?',
        ),
        (".. wall", "..90 wall", "a gap of 90 can run away"),
        ("@stone .. wall", "<400> stone & wall", "a window of 400 can run away"),
        ("@stone .. wall", "(a+)+$", "holds signs that mean nothing here"),
        ("@stone .. wall", "a*", "would match too much"),
        ("@stone .. wall", "stone?", "could match nothing at all"),
        ("@stone .. wall", "stone ..", "must begin and end with a word"),
        ("@stone .. wall", "%nane", 'did you mean "%name"?'),
        ("stone, stones", "@stone", "contains itself"),
        ("match", "macht", 'did you mean "match"?'),
    ],
)
def test_a_fault_names_place_and_nearest_word(old: str, new: str, says: str) -> None:
    found = refused(GOOD.replace(old, new, 1))
    assert "en-test.toml" in found
    assert says in found


def test_two_patterns_of_one_name_are_refused() -> None:
    again = GOOD.partition("[[pattern]]")[2]
    assert "there are two with this name" in refused(f"{GOOD}[[pattern]]{again}")


def test_all_seven_languages_are_shipped() -> None:
    assert shipped_patterns().languages == ("de", "en", "es", "fr", "ja", "ko", "pt")
