"""Digests at the limits: Slack takes the fullest and the strangest, and what is left out can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.digest_parts import EVERYWHERE, FILED, MINE, Digest, Entry, Page, Part, Section, parse_page
from bot.digest_view import OUT_OF_DATE, channel_digest, filed_digest, next_page, personal_digest
from bot.service.lookup import Story
from bot.service.ranking import Rank
from bot.service.submit import submit
from bot.submission import Submission
from bot.workspace.blocks import accept_message
from policy.chasing import Urgency
from policy.facts import Facts, Step, Use
from storage import chases
from storage.chases import ChaseKind, ChaseRow
from tests.bot.test_delivery import ANA, Office
from tests.person import text_of

THEN = datetime(2026, 3, 2, 9, tzinfo=UTC)
HEAD = f"123456:{'ab' * 32}"
RANK = Rank(1, THEN, Urgency.AT_RISK, THEN, 3.2, THEN)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path / "clearance.db")
    yield opened
    opened.database.close()


def story(office: Office, text: str = "Poster") -> Story:
    """A request with everything typed as long as its field allows."""
    step = Step(tool=text[:300], purpose=text[:300])
    use = Use(
        title=text[:100],
        description=text[:3000],
        needed_by=date(2026, 3, 4),
        facts=Facts(steps=(step,) * 8),
    )
    return submit(office.desk, Submission("NIGHTFALL", use, "aired"), ANA, "V1", ())


def waiting(office: Office, found: Story) -> tuple[ChaseRow, ...]:
    """Who is waited for."""
    with office.database.reading() as tx:
        return tuple(chases.of(tx, found.row.id))


def full(section: Section, entry: Entry, place: str, size: int) -> Part:
    """A list that goes on, each entry another request."""
    entries = (
        replace(entry, story=replace(entry.story, row=replace(entry.story.row, id=10**9 + number)))
        for number in range(size)
    )
    return Part(Page(section, place, 0, 10**9, 10**9 + 99), tuple(entries), 10**6, 5000, 5000)


def said(blocks: list[dict[str, Any]]) -> str:
    return text_of({"text": blocks}).replace("*", "")


@pytest.mark.parametrize("text", ["x" * 3000, "<&>" * 1000, "👩‍👩‍👧" * 600, "a\n" * 1500, " .", "*_~`" * 99])
def test_slack_takes_the_fullest_and_the_strangest(office: Office, text: str) -> None:
    found = story(office, text)
    link = "https://example.slack.com/archives/C0NIGHTAPPR/p1700000000000001"
    entry = Entry(found, link, text[:75], RANK, waiting(office, found))
    parts = tuple(
        full(section, entry, EVERYWHERE, size) for section, size in zip(Section, (12, 8, 8), strict=True)
    )
    mine = full(Section.OPEN, entry, MINE, 8)
    for fallback, blocks in (
        channel_digest(Digest("Digest for Mon 2 Mar 2026", parts, THEN, HEAD)),
        personal_digest(Digest("", (mine,))),
        filed_digest(Digest("", (full(Section.OPEN, entry, FILED, 20),))),
        next_page(mine),
        *(next_page(full(section, entry, EVERYWHERE, 20)) for section in Section),
    ):
        accept_message(deepcopy(blocks))
        assert len(fallback) < 1000


def test_the_rest_is_a_button_away(office: Office) -> None:
    part = full(Section.OPEN, Entry(story(office), rank=RANK), "C0NIGHTAPPR", 12)
    _, blocks = channel_digest(Digest("Digest", (part,), None, HEAD))
    assert "and 999988 more" in said(blocks) and "This is the first digest here." in said(blocks)
    [button] = [one for block in blocks if block["type"] == "actions" for one in block["elements"]]
    assert button["text"]["text"] == "More to decide (999988)"
    assert parse_page(button["value"]) == replace(part.page, start=12)
    assert next_page(replace(part, entries=()))[0] == OUT_OF_DATE


@pytest.mark.parametrize(
    "value", [None, "", "x", "open:C:1:2", "open:C:1:2:3:4", "open:C:-1:2:3", "open:C:²:2:3"]
)
def test_a_button_of_somebody_else_is_no_page(value: str | None) -> None:
    assert parse_page(value) is None


def test_a_page_says_where_it_stands(office: Office) -> None:
    part = full(Section.CLEARED, Entry(story(office)), "C0NIGHTAPPR", 20)
    moved = replace(part, page=replace(part.page, start=40), total=60)
    text, blocks = next_page(moved)
    assert text.endswith(": 41 to 60 of 60")
    assert not [block for block in blocks if block["type"] == "actions"]


def test_everybody_who_is_waited_for_is_named_with_their_part(office: Office) -> None:
    found = story(office)
    entry = Entry(found, rank=RANK, chases=waiting(office, found))

    def line(each: Entry) -> str:
        return said(channel_digest(Digest("", (Part(Page(Section.OPEN, "C0"), (each,), 1),), THEN, HEAD))[1])

    alone = "Ravi Menon (production), Oskar Lindqvist (security) and Mei Tanaka (talent)"
    assert f"waits for {alone} since" in line(entry)
    ravi, mei, oskar = (
        next(one for one in entry.chases if one.contact == key) for key in ("ravi", "mei", "oskar")
    )
    # Ravi does not answer: Lucía is asked beside him, and for nothing else.
    second: dict[str, Any] = {"backup": "lucia", "backup_name": "Lucía Ferrer"}
    backed = [replace(one, **second) if one.contact == "ravi" else one for one in found.sign_offs]
    told = replace(ravi, escalated_at=THEN)
    asked_too = replace(ravi, kind=ChaseKind.BACKUP, contact="lucia")
    both = replace(entry, story=replace(found, sign_offs=backed), chases=(told, asked_too, oskar, mei))
    beside = "Ravi Menon or Lucía Ferrer (production), Oskar Lindqvist (security) and Mei Tanaka (talent)"
    assert f"waits for {beside} since" in line(both)
    # Ravi and Mei wait for details.
    asked = replace(entry, chases=(replace(ravi, kind=ChaseKind.REQUESTER), oskar))
    assert "waits for Oskar Lindqvist (security) and an answer from ana since" in line(asked)


def test_the_working_hours_that_are_left(office: Office) -> None:
    for rank, says in (
        (replace(RANK, hours_left=0.4), "less than one of your working hours is left"),
        (replace(RANK, hours_left=1.2), "1 of your working hours is left"),
        (replace(RANK, hours_left=3.2), "3 of your working hours are left"),
        (replace(RANK, urgency=Urgency.OVERDUE), "It was to be decided by"),
    ):
        part = Part(Page(Section.OPEN, MINE), (Entry(story(office), rank=rank),), 1)
        text = said(personal_digest(Digest("", (part,)))[1])
        assert says in text and "You put it off until" in text
