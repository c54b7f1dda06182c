"""Home at the limits: Slack takes the fullest and the strangest, nobody is pinged, and all can be reached."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import chase_listeners, decision_listeners, find_listeners, home_listeners
from bot.digest_parts import MINE, WITH_BUTTONS, Entry, Page, Part, Section
from bot.home_parts import Hands, Home, Spot, carried, carrying, parse_spot, spot_pressed
from bot.home_view import away_view, home_view
from bot.service.desk import Who
from bot.service.home import home
from bot.service.lookup import Story
from bot.service.ranking import Rank
from bot.service.submit import submit
from bot.submission import Submission
from policy.chasing import Urgency
from policy.facts import Facts, Step, Use
from policy.lifecycle import Status
from storage import chases
from storage.chases import ChaseKind
from storage.notices import NoticeRow, NoticeState
from tests.bot.test_delivery import ANA, Office
from tests.hostile.said import mentions, view_is_sound
from tests.person import text_of

THEN = datetime(2026, 3, 2, 9, tzinfo=UTC)
RANK = Rank(1, THEN, Urgency.AT_RISK, THEN, 3.2, THEN)
RAVI = Who("T0STUDIO", "U0RAVI", "ravi")
LINK = "https://example.slack.com/archives/C0NIGHTAPPR/p1700000000000001"
STRANGE = [
    "x" * 3000,
    "<&>" * 1000,
    "👩‍👩‍👧" * 600,
    "a\n" * 1500,
    "*_~`" * 750,
    "<!channel> <@U0OPS> <!subteam^S0CREW> <https://evil.example|here>" * 46,
]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path / "clearance.db")
    yield opened
    opened.database.close()


def filed(office: Office, key: str = "V1", **more: Any) -> Story:
    """A request of Ana's that waits for Ravi and others."""
    use = Use(title="Poster", description="A poster.", facts=Facts(steps=(Step(),)), **more)
    return submit(office.desk, Submission("NIGHTFALL", use, "aired"), ANA, key, ())


def failure(text: str) -> NoticeRow:
    """A message that cannot be said."""
    empty = dict.fromkeys(("lease_until", "doubt_since", "delivered_at", "failed_at"))
    return NoticeRow(
        id=1,
        key="k",
        kind="card",
        request_id=7,
        recipient=text,
        payload={},
        due_at=THEN,
        created_at=THEN,
        attempts=3,
        state=NoticeState.FAILED,
        channel="",
        ts="",
        error=text,
        **empty,
    )


def fullest(office: Office, text: str) -> Home:
    """Every list full and going on, every text as long as a row holds it."""
    story = filed(office)
    with office.database.reading() as tx:
        found = tuple(chases.of(tx, story.row.id))
    asked = replace(found[0], kind=ChaseKind.REQUESTER, about=10**9)
    story = replace(story, row=replace(story.row, title=text), chases=(*found, asked))
    entries = tuple(
        Entry(
            replace(story, row=replace(story.row, id=10**9 + number)),
            LINK,
            text[:75],
            RANK,
            found,
            (text[:75],),
        )
        for number in range(10)
    )
    part = Part(Page(Section.OPEN, MINE, 500), entries[:WITH_BUTTONS], 1000, 300, 300)
    hands = Hands((failure(text[:200]),) * 3, 10**6, entries[:3], 10**6)
    return Home(THEN, ("2025-11-11",), Spot(500, 10**9), part, entries, True, True, True, hands)


@pytest.mark.parametrize("text", STRANGE)
def test_slack_takes_the_fullest_and_the_strangest(office: Office, text: str) -> None:
    view = home_view(fullest(office, text), says=text[:50].replace("<", "&lt;"))
    view_is_sound(view)
    assert len(view["blocks"]) <= 60
    assert len(json.dumps(view)) < 100_000
    assert {one for one in mentions(view) if not one.startswith(f"link {LINK}")} == set()


def test_every_button_of_home_is_heard(office: Office) -> None:
    heard = [
        home_listeners._NEW,
        home_listeners._TURNS,
        decision_listeners._DECIDING,
        chase_listeners._PRESSED,
        find_listeners._PRESSED,
    ]
    full = fullest(office, "x")
    lapsed = [replace(one, story=replace(one.story, chases=())) for one in full.filed]
    lapsed = [
        replace(one, story=replace(one.story, row=replace(one.story.row, status=Status.LAPSED)))
        for one in lapsed
    ]
    blocks = [
        block
        for view in (home_view(full), home_view(replace(full, filed=tuple(lapsed))), away_view(Spot(), THEN))
        for block in view["blocks"]
        if block["type"] == "actions"
    ]
    pressed = {one["action_id"] for block in blocks for one in block["elements"]}
    assert {"chase:answer", "chase:renew", "home:again", "home:waiting:back", "home:filed:more"} <= pressed
    assert [one for one in pressed if not any(pattern.search(one) for pattern in heard)] == []


@pytest.mark.long
def test_a_thousand_wait_and_each_can_be_reached(office: Office) -> None:
    for number in range(1000):
        filed(office, f"V{number}")
    seen, spot = set(), Spot()
    for _ in range(1000):
        view = home_view(home(office.desk, RAVI, (), spot))
        view_is_sound(view)
        acts = [each for block in view["blocks"] if block["type"] == "actions" for each in block["elements"]]
        seen |= {each["value"] for each in acts if each["action_id"] == "decide:approve"}
        more = [each["value"] for each in acts if each["action_id"] == "home:waiting:more"]
        if not more:
            break
        spot = parse_spot(more[0])
    assert len(seen) == 1000


def test_overdue_and_at_risk_are_marked_and_counted(office: Office) -> None:
    filed(office, "V1", needed_by=date(2026, 3, 2))
    filed(office, "V2", needed_by=date(2026, 3, 20))
    office.now = datetime(2026, 3, 3, 12, tzinfo=UTC)
    text = text_of(home_view(home(office.desk, RAVI, ())))
    assert "2 requests wait for your decision (1 overdue)." in text
    assert text.index("Overdue") < text.index("GEN-1 ·") < text.index("GEN-2 ·")


def test_what_lapsed_can_be_filed_again(office: Office) -> None:
    entry = Entry(filed(office))
    lapsed = replace(entry.story, row=replace(entry.story.row, status=Status.LAPSED))
    none = Part(Page(Section.OPEN, MINE), (), 0)
    found = Home(THEN, ("1",), Spot(), none, (replace(entry, story=lapsed),))
    assert "File it again" in text_of(home_view(found))


def test_the_away_view_is_taken_and_keeps_the_place() -> None:
    view = away_view(Spot(8, 3), THEN)
    view_is_sound(view)
    assert parse_spot(view["private_metadata"]) == Spot(8, 3)


def test_a_page_below_the_oldest_leads_back(office: Office) -> None:
    filed(office)
    view = home_view(home(office.desk, ANA, (), Spot(0, 1)))
    view_is_sound(view)
    assert "Filed by you" in text_of(view) and "Newest" in text_of(view)


@pytest.mark.parametrize(
    "value", [None, "", "1", "1:2:3", "-1:2", "1:99999999999", "1:9999999999", "²:1", 7, ["0:0"]]
)
def test_a_forged_spot_is_the_beginning(value: object) -> None:
    assert parse_spot(value) == Spot()


def test_only_a_press_on_home_is_from_home() -> None:
    assert spot_pressed({}) is None
    assert spot_pressed({"view": {"type": "modal", "private_metadata": "8:0"}}) is None
    assert spot_pressed({"view": {"type": "home", "private_metadata": "8:0"}}) == Spot(8, 0)
    form = {"private_metadata": '{"request":1}'}
    assert carrying(form, {}) == form and carried(form) is None
    there = carrying(form, {"view": {"type": "home", "private_metadata": "8:0"}})
    assert carried(there) == Spot(8, 0)


@pytest.mark.parametrize("memory", [None, "", "[", "[]", "7", '{"home":""}', '{"home":7}', "[" * 9999])
def test_a_form_that_remembers_no_home_is_from_elsewhere(memory: str | None) -> None:
    assert carried({"private_metadata": memory}) in (None, Spot())
