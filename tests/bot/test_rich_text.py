"""What a person typed is shown as typed, wherever it stands; what we mark is marked."""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.markup import Block, clip
from bot.rich_text import as_text, rich, typed
from bot.workspace.blocks import accept_message

# Signs of mrkdwn, of our own lists and quotes, of mentions and of entities, and what may stand around them.
AWKWARD = st.text(alphabet="*_~`<>&;•@#!| ab1/.-é🎬", min_size=1, max_size=40).filter(str.strip)


def pieces(block: Block) -> Iterator[Block]:
    """Every piece of a block, in reading order."""
    for part in block["elements"]:
        for one in part["elements"]:
            yield from one["elements"] if part["type"] == "rich_text_list" else [one]


def shown(block: Block) -> str:
    return "".join(piece.get("text", "") for piece in pieces(block))


def only(text: str) -> list[Any]:
    """The pieces of a line, short: a text with its styles, or the piece's type."""
    return [
        (piece["text"], *piece.get("style", {})) if piece["type"] == "text" else piece
        for piece in pieces(rich(text))
    ]


@given(AWKWARD)
def test_typed_words_are_one_plain_piece_in_every_place(words: str) -> None:
    for line, before in (
        ("{}", ""),
        ("*GEN-3 · {}*", "GEN-3 · "),
        ("• {}", ""),
        ("> {}", ""),
        ("_and {}_", "and "),
        ("Kept because: {}", "Kept because: "),
    ):
        block = rich(line.format(typed(words)))
        [piece] = pieces(block)
        assert piece["type"] == "text" and piece["text"] == before + words
        accept_message([deepcopy(block)])


@given(AWKWARD, AWKWARD)
def test_two_typed_parts_never_make_markup_between_them(one: str, other: str) -> None:
    assert shown(rich(f"{typed(one)} and {typed(other)}: *ours*")) == f"{one} and {other}: ours"


@given(AWKWARD, st.integers(1, 40))
def test_cut_text_is_still_shown_as_typed(words: str, limit: int) -> None:
    cut = shown(rich(clip(typed(words), limit)))
    assert cut == words or words.startswith(cut.removesuffix("…"))


@given(AWKWARD)
def test_as_text_pings_nobody_and_keeps_the_words(words: str) -> None:
    text = as_text(typed(words))
    assert not re.search(r"<|>", text)
    assert text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == words


def test_our_own_marks() -> None:
    assert only("*Why* `G3a` _so_ a_b") == [
        ("Why", "bold"),
        (" ",),
        ("G3a", "code"),
        (" ",),
        ("so", "italic"),
        (" a_b",),
    ]
    assert only("ask <@U0RAVI>") == [("ask ",), {"type": "user", "user_id": "U0RAVI"}]
    [link] = pieces(rich("<https://a.example/?x=1&amp;y=2|the &lt;guidance&gt;>"))
    assert link == {"type": "link", "url": "https://a.example/?x=1&y=2", "text": "the <guidance>"}


def test_an_emoji_is_drawn_and_a_time_of_day_is_not_one() -> None:
    assert only(typed("at 10:30:45 :+1::tada_two:"))[-1] == {"type": "emoji", "name": "tada_two"}
    assert only(typed("at 10:30:45")) == [("at 10:30:45",)]


def test_a_moment_is_a_date_in_the_readers_own_time() -> None:
    [piece] = pieces(rich("<!date^1763829600^{date_short_pretty} at {time}|22 Nov 2025 16:40 UTC>"))
    assert piece == {
        "type": "date",
        "timestamp": 1763829600,
        "format": "{date_short_pretty} at {time}",
        "fallback": "22 Nov 2025 16:40 UTC",
    }


def test_lines_bullets_and_quotes() -> None:
    block = rich("*Why*\n• one\n• two\n> said\n>not a quote\nend")
    assert [part["type"] for part in block["elements"]] == [
        "rich_text_section",
        "rich_text_list",
        "rich_text_quote",
        "rich_text_section",
    ]
