"""What somebody types to find a request, as the question that is asked of the index."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.find_query import MOST_WORDS, NotSearched, parse, shortened
from bot.form_values import clean
from storage.search_words import Query

TITLES = {"NIGHTFALL": "Nightfall, season 2", "PAPER": "Paper Lantern"}


def asked(text: str) -> Query:
    """The question."""
    return parse(text, TITLES, TITLES).query


def test_all_words_must_be_there_and_the_last_may_be_a_beginning() -> None:
    assert asked("mood boards") == (("=mood",), ("=board", "^boards"))
    assert asked("mood bo") == (("=mood",), ("=bo",))
    assert asked("visualisation") == (("=visualis", "^visual"),)


def test_a_filter_at_the_end_leaves_the_last_word_whole() -> None:
    assert asked("mood status:pending") == (("!pending",), ("=mood",))
    assert asked("status:pending mood") == (("!pending",), ("=mood", "^mood"))


def test_a_word_of_a_productions_name_means_the_production_too() -> None:
    assert asked("season x") == (("=season", ":nightfall"), ("=x",))
    assert asked("x lant") == (("=x",), ("=lant", "^lant", ":paper"))
    assert asked("production:PAPER x") == ((":paper",), ("=x",))
    assert asked('production:"paper lantern" x') == ((":paper_lantern", ":paper"), ("=x",))


def test_a_hyphen_joins_and_parts() -> None:
    assert asked("de-aging x") == (("=de", "=deag"), ("=age", "=deag"), ("=x",))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("from:ana x", (("&ana",), ("=x",))),
        ("from:@ana x", (("&ana",), ("=x",))),
        ('from:"Ana Ibáñez" x', (("&ana",), ("&ibanez",), ("=x",))),
        ("from:@U0ANA x", (("@u0ana", "&u0ana"), ("=x",))),
        ("STATUS:Pending x", (("!pending",), ("=x",))),
        ('outcome:"written approval" x', (("%written_approval",), ("=x",))),
        ("outcome:written-approval x", (("%written_approval",), ("=x",))),
        ("status: pending x", (("!pending",), ("=x",))),
        ("https://example.com/a x", (("=https",), ("=exampl",), ("=com",), ("=a",), ("=x",))),
        ("status:", (("=status", "^status"),)),
        ("scene:12 x", (("=scene",), ("=12",), ("=x",))),
        ("“mood board” x", (("=mood",), ("=board",), ("=x",))),
    ],
)
def test_filters_and_what_only_looks_like_one(text: str, query: Query) -> None:
    assert asked(text) == query


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Write a word"),
        ("!? *", "Write a word"),
        ("from:!", "Write a name after from:, like from:ana."),
        ('production:"" x', "Write a name after production:, like production:NIGHTFALL."),
        ("statsu:pending", 'There is no filter "statsu:"; did you mean "status"?'),
        ("status:zzzz", 'There is no status "zzzz"; known are: recorded, pending'),
        (" ".join(map(str, range(MOST_WORDS + 1))), "That is too much"),
    ],
)
def test_what_cannot_be_searched(text: str, says: str) -> None:
    with pytest.raises(NotSearched) as refused:
        asked(text)
    assert str(refused.value).startswith(says)


def test_only_productions_of_the_person_are_suggested() -> None:
    assert parse("production:NIGHTFLL x", TITLES, ["NIGHTFALL"]).hint == "Did you mean production:NIGHTFALL?"
    assert parse("production:NIGHTFLL x", TITLES, ["PAPER"]).hint == ""
    assert parse("production:nightfall x", TITLES, TITLES).hint == ""


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=400))
def test_whatever_is_typed_becomes_tokens_without_a_sign_of_the_databases(text: str) -> None:
    try:
        query = asked(shortened(clean(text)))
    except NotSearched:
        return
    assert 0 < len(query) <= MOST_WORDS
    for token in (one for tokens in query for one in tokens):
        assert token[0] in "=^:@&!%"
        assert token[1:] and all(sign == "_" or sign.isalnum() or sign > "\x7f" for sign in token[1:]), token
        assert token.encode()
