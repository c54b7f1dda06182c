"""Text for Slack: nobody is pinged, and nothing is cut in half."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from bot.markup import clip, escape, mrkdwn, plain


def test_a_typed_mention_pings_nobody() -> None:
    assert escape("<!channel> & <@U0RAVI>") == "&lt;!channel&gt; &amp; &lt;@U0RAVI&gt;"


def test_what_fits_is_left_alone() -> None:
    assert clip("just right", 10) == "just right"


def test_an_entity_is_never_cut_in_half() -> None:
    assert clip("rock &amp; roll", 8) == "rock…"
    assert clip("rock &amp; roll", 11) == "rock &amp;…"


def test_a_mention_or_link_of_ours_is_never_cut_in_half() -> None:
    assert clip("ask <@U0RAVI|Ravi> now, please", 12) == "ask…"
    assert clip("see <https://example.com/a|here> now", 20) == "see…"


def test_a_bare_less_than_may_be_cut() -> None:
    assert clip("a < b and so on", 8) == "a < b a…"


@given(st.text(alphabet="a&<>;lt🎬 ‏"), st.integers(1, 40))
def test_clipped_text_fits_and_is_still_whole(typed: str, limit: int) -> None:
    clipped = clip(escape(typed), limit)
    assert len(clipped) <= limit
    assert not re.search(r"&(?!amp;|lt;|gt;)", clipped)
    assert clipped == escape(typed) or typed.startswith(html.unescape(clipped[:-1]))


def test_text_objects() -> None:
    assert plain("a <b>") == {"type": "plain_text", "text": "a <b>", "emoji": True}
    assert mrkdwn("*a*") == {"type": "mrkdwn", "text": "*a*", "verbatim": True}
