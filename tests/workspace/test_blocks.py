"""Payloads Slack would refuse are refused, each for its reason; good ones pass."""

from __future__ import annotations

from typing import Any

import pytest

from bot.workspace.blocks import accept_message, accept_view
from bot.workspace.refusals import InvalidBlocks
from tests.workspace.small_app import card, field, form, note, option, plain

Json = dict[str, Any]


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(**more: Any) -> Json:
    return {"type": "button", "action_id": "a", "text": plain("Go"), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def select(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "s", "options": [option("One"), option("Two")], **more}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("T"), "submit": plain("S"), "blocks": list(blocks), **more}


def typing(**more: Any) -> Json:
    return field("f", {"type": "plain_text_input", **more})


BAD_MESSAGES: list[tuple[str, list[Any], str]] = [
    ("unknown block", [{"type": "poster"}], "poster"),
    ("unknown element", [actions({"type": "slider", "action_id": "a"})], "slider"),
    ("unknown key", [section(colour="red")], "colour"),
    ("no text", [{"type": "section"}], "text or fields"),
    ("empty text", [section("")], "more than 0"),
    ("long section", [section("x" * 3001)], "3001"),
    ("long field", [{"type": "section", "fields": [plain("x" * 2001)]}], "2001"),
    ("eleven fields", [{"type": "section", "fields": [plain("x")] * 11}], "10 items"),
    ("markdown header", [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "plain_text"),
    ("long header", [{"type": "header", "text": plain("x" * 151)}], "151"),
    ("same block id", [section(block_id="b"), section(block_id="b")], "b already exists"),
    ("same action id", [actions(button(), button())], "a already exists"),
    ("51 blocks", [{"type": "divider"}] * 51, "50 items"),
    ("no actions", [actions()], "at least 1"),
    ("26 actions", [actions(*(button(action_id=str(one)) for one in range(26)))], "25 items"),
    ("input among actions", [actions({"type": "plain_text_input", "action_id": "p"})], "plain_text_input"),
    ("eleven context parts", [{"type": "context", "elements": [plain("x")] * 11}], "10 items"),
    ("long button", [actions(button(text=plain("x" * 76)))], "76"),
    ("long value", [actions(button(value="x" * 2001))], "2001"),
    ("odd style", [actions(button(style="loud"))], "primary or danger"),
    ("long action id", [actions(button(action_id="x" * 256))], "256"),
    ("half a confirm", [actions(button(confirm={"title": plain("x")}))], "confirm"),
    ("101 options", [actions(select(options=[option(str(one)) for one in range(101)]))], "100 items"),
    ("long option", [actions(select(options=[option("x" * 76)]))], "76"),
    ("foreign initial", [actions(select(initial_option=option("Three")))], "one of the options"),
    ("option without value", [actions(select(options=[{"text": plain("x")}]))], "value"),
    ("long markdown block", [{"type": "markdown", "text": "x" * 12_001}], "12001"),
    ("image without words", [{"type": "image", "image_url": "https://example.org/x.png"}], "alt_text"),
    ("text as a string", [{"type": "section", "text": "x"}], "text object"),
    (
        "six in a menu",
        [actions({**select(), "type": "overflow", "options": [option(c) for c in "abcdef"]})],
        "5",
    ),
]
BAD_VIEWS: list[tuple[str, Json, str]] = [
    ("no submit", {**modal(typing()), "submit": None}, "needs a submit"),
    ("long title", modal(section(), title=plain("x" * 25)), "25"),
    ("long close", modal(section(), close=plain("x" * 25)), "25"),
    ("long metadata", modal(section(), private_metadata="x" * 3001), "3001"),
    ("long callback", modal(section(), callback_id="x" * 256), "256"),
    ("101 blocks", modal(*([{"type": "divider"}] * 101)), "100 items"),
    (
        "long label",
        modal(field("x" * 200, {"type": "plain_text_input"}) | {"label": plain("x" * 2001)}),
        "2001",
    ),
    ("initial too long", modal(typing(max_length=3, initial_value="long")), "4 characters"),
    ("too long a text", modal(typing(max_length=3001)), "3000"),
    ("long placeholder", modal(typing(placeholder=plain("x" * 151))), "151"),
    ("no such day", modal(field("d", {"type": "datepicker", "initial_date": "2026-02-30"})), "YYYY-MM-DD"),
    ("button as input", modal(field("b", {"type": "button", "text": plain("x")})), "button"),
    ("markdown in a modal", modal({"type": "markdown", "text": "x"}), "markdown"),
    ("neither modal nor home", {**modal(section()), "type": "page"}, "modal or home"),
    ("title on a home", {"type": "home", "title": plain("x"), "blocks": [section()]}, "title"),
]
GOOD_MESSAGES: list[list[Json]] = [
    card("open"),
    [
        section("x" * 3000, accessory=select()),
        {"type": "divider"},
        {"type": "header", "text": plain("x" * 150)},
    ],
    [{"type": "markdown", "text": "# Why\n\n| a | b |\n|---|---|\n| 1 | 2 |"}],
    [{"type": "context", "elements": [plain("x"), {"type": "mrkdwn", "text": "*y*"}]}],
    [section(fields=[plain("x" * 2000)] * 10)],
    [actions(button(style="danger", url="https://example.org"), {"type": "datepicker", "action_id": "d"})],
    [actions(select(options=[option(str(one)) for one in range(100)], initial_option=option("7")))],
    [
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
        }
    ],
]
MARKED = {"text": {"type": "mrkdwn", "text": "*x*"}, "value": "x"}
GROUPS = [{"label": plain("G"), "options": [option("One")]}]
GOOD_VIEWS: list[Json] = [
    form(more=True),
    note("x"),
    {"type": "home", "blocks": [section(), actions(button())]},
    modal(typing(max_length=3000, min_length=1, multiline=True, initial_value="x")),
    modal(field("r", {"type": "radio_buttons", "options": [MARKED], "initial_option": MARKED})),
    modal(field("g", {"type": "static_select", "option_groups": GROUPS, "initial_option": option("One")})),
    modal(field("m", {"type": "multi_external_select", "min_query_length": 0}, optional=True)),
    modal(field("u", {"type": "users_select", "initial_user": "U0ANA"}), hint=None),
]


@pytest.mark.parametrize(
    ("blocks", "reason"), [bad[1:] for bad in BAD_MESSAGES], ids=[bad[0] for bad in BAD_MESSAGES]
)
def test_broken_messages_are_refused(blocks: list[Any], reason: str) -> None:
    with pytest.raises(InvalidBlocks) as refused:
        accept_message(blocks)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("view", "reason"), [bad[1:] for bad in BAD_VIEWS], ids=[bad[0] for bad in BAD_VIEWS]
)
def test_broken_views_are_refused(view: Json, reason: str) -> None:
    with pytest.raises(InvalidBlocks) as refused:
        accept_view(view)
    assert reason in str(refused.value)


@pytest.mark.parametrize("blocks", GOOD_MESSAGES)
def test_good_messages_pass_and_get_ids(blocks: list[Json]) -> None:
    assert all(block["block_id"] for block in accept_message(blocks))


@pytest.mark.parametrize("view", GOOD_VIEWS)
def test_good_views_pass(view: Json) -> None:
    assert len(accept_view(view)["blocks"]) == len(view["blocks"])
