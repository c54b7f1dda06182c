"""Texts and blocks as the page draws them for one reader."""

from __future__ import annotations

import re
from html import escape

import httpx
import pytest

from bot.workspace import Workspace
from bot.workspace.mrkdwn import Reader
from bot.workspace.scenery import Scenery, UnknownBlock
from tests.workspace.conftest import BOT, Stage
from tests.workspace.small_app import form, option, plain


@pytest.fixture
def reader(silent: Stage) -> Reader:
    return Reader(silent.workspace, "U0ANA")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*b* _i_ ~s~ `*c*`", "<strong>b</strong> <em>i</em> <s>s</s> <code>*c*</code>"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("&lt;b&gt; &amp; <script>", "&lt;b&gt; &amp; &lt;script&gt;"),
        ("&gt; said\nplain", "<blockquote>said</blockquote>plain"),
        ("<javascript:alert(1)|x>", "&lt;javascript:alert(1)|x&gt;"),
        ("```a *b*\n<c>```", "<pre><code>a *b*\n&lt;c&gt;</code></pre>"),
        ("<!date^0^{date_num} {time}|then>", '<time title="then">1969-12-31 16:00</time>'),
        (":crystal_ball: :nothing_known:", "🔮 :nothing_known:"),
    ],
)
def test_mrkdwn(reader: Reader, text: str, html: str) -> None:
    assert reader.mrkdwn(text) == html


@pytest.mark.parametrize(
    ("target", "label", "html"),
    [
        ("https://a.example/?b=1&c=2", "*x* <@U0ANA>|", "*x* &lt;@U0ANA&gt;|"),
        ("https://a.example", "", "https://a.example"),
    ],
)
def test_a_link_of_rich_text_shows_its_label_as_written(
    reader: Reader, target: str, label: str, html: str
) -> None:
    drawn = reader.linked(target, label)
    assert drawn.startswith(f'<a href="{escape(target)}"') and drawn.endswith(f">{html}</a>")


def test_a_link_that_leads_to_no_page_is_words(reader: Reader) -> None:
    assert reader.linked("javascript:alert(1)", "<x>") == "&lt;x&gt;"
    assert reader.linked("javascript:alert(1)", "") == "javascript:alert(1)"


def test_the_app_has_two_tabs(silent: Stage) -> None:
    """Home and Messages, wherever one is in the app; nothing of it in a channel."""
    scenery = Scenery(silent.workspace)
    app = silent.workspace.direct("U0ANA", BOT)
    for where, current in ((None, "home"), (app, app.id)):
        html = scenery.page("U0ANA", where, None, "")
        found = re.findall(
            r'<a id="tab-\w+" href="/as/U0ANA/(\w+)" (?:aria-current="(page)")?>(\w+)</a>', html
        )
        assert [(place, name) for place, _, name in found] == [("home", "Home"), (app.id, "Messages")]
        assert [place for place, here, _ in found if here] == [current]
    assert 'class="tabs"' not in scenery.page("U0ANA", silent.workspace.conversations["C0SHOW"], None, "")


def test_where_the_skip_link_leads(silent: Stage) -> None:
    scenery = Scenery(silent.workspace)
    for where, target in ((None, "scroll"), (silent.workspace.conversations["C0SHOW"], "box")):
        html = scenery.page("U0ANA", where, None, "")
        assert f'<a class="skip" href="#{target}">' in html and f'id="{target}"' in html


def test_mentions_of_the_reader_stand_out(reader: Reader) -> None:
    html = reader.mrkdwn("<@U0ANA> <@U0RAVI> <!subteam^S0CREW> <#C0OTHERS>")
    assert html.count('class="mention me"') == 2
    assert '<a class="mention" href="/as/U0ANA/C0OTHERS">#others</a>' in html


def test_markdown_blocks(reader: Reader) -> None:
    html = reader.markdown("# Why <b>\n\n| a | b |\n|---|---|\n| **1** | <@U0RAVI> |")
    assert "<h1>Why &lt;b&gt;</h1>" in html and "<strong>1</strong>" in html and "@Ravi Menon" in html


def test_every_element_is_drawn_with_its_name(silent: Stage) -> None:
    blocks = [
        *form(more=True)["blocks"],
        {"type": "section", "text": plain("x"), "fields": [plain("one"), plain("two")]},
        {"type": "context", "elements": [plain("small print")]},
        {"type": "image", "image_url": "/static/icon.svg", "alt_text": "a tick"},
        {"type": "header", "text": plain("Heading")},
    ]
    elements = [
        {"type": "radio_buttons", "action_id": "radio", "options": [option("One")]},
        {"type": "users_select", "action_id": "user"},
        {"type": "multi_static_select", "action_id": "many", "options": [option("One")]},
        {"type": "overflow", "action_id": "menu", "options": [option("One"), option("Two")]},
        {"type": "timepicker", "action_id": "time"},
    ]
    blocks.append({"type": "actions", "block_id": "all", "elements": elements})
    view = form() | {"blocks": blocks}
    trigger = silent.workspace.handouts.trigger("U0ANA")
    silent.app.client.views_open(trigger_id=trigger, view=view)
    html = httpx.get(f"{silent.running.url}as/U0ANA/modal", trust_env=False).text
    for name in ("title|v", "tool|v", "final|v", "touches|v", "day|v", "all|radio", "all|user", "all|many"):
        assert f'"{name}"' in html
    for words in ("one", "small print", "a tick", "Heading", "(optional)"):
        assert words in html


def test_an_unknown_block_raises_instead_of_vanishing(silent: Stage) -> None:
    workspace: Workspace = silent.workspace
    silent.app.client.chat_postMessage(channel="C0SHOW", text="x", blocks=form()["blocks"][5:6])
    workspace.conversations["C0SHOW"].messages[0].blocks[0]["type"] = "poster"
    with pytest.raises(UnknownBlock, match="poster"):
        Scenery(workspace).feed("U0ANA", workspace.conversations["C0SHOW"], None, "")
