"""What a digest says, to whom, and how the rest of it is seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.digest_view import NOTHING, OUT_OF_DATE
from bot.service.announce import Kind
from bot.service.desk import Who
from bot.service.digest import digest_now, digest_page
from bot.service.rounds import come_round
from bot.service.submit import submit
from bot.submission import Submission
from policy.lifecycle import Move
from storage import chases, register
from tests.flows.week import (
    ANA,
    ANGELES,
    GB,
    LANTERN,
    LONDON,
    LUCIA,
    MEI,
    MONDAY,
    RAVI,
    SAM,
    TEAM,
    TOKYO,
    Week,
    a_week,
    at,
    only,
    shown,
    tables,
    times,
)
from tests.person import Json, Person, text_of
from tests.policy.uses import a_use
from tests.studio import card, house, key_of
from tests.studio import decide as decide_in

THEO = Who(TEAM, "U0THEO", "theo")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return tables(tmp_path / "clearance.db")


@pytest.fixture
def week(url: str) -> Iterator[Week]:
    with a_week(url, MONDAY) as opened:
        yield opened


def buttons(blocks: list[dict[str, object]]) -> list[tuple[str, str]]:
    return [
        (str(element["action_id"]), str(element["value"]))
        for block in blocks
        if block["type"] == "actions"
        for element in block["elements"]  # type: ignore[attr-defined]
    ]


def test_what_presses_comes_first_and_says_who_is_waited_for(week: Week) -> None:
    old = week.file(title="No date")
    fine = week.file(title="Far away", needed_by=date(2026, 3, 20))
    soon = week.file(title="Soon", needed_by=date(2026, 3, 3))
    late = week.file(title="Late", needed_by=date(2026, 3, 2))
    elsewhere = week.file(LANTERN, title="In Tokyo")
    week.move(at(3, 12))
    text = shown(digest_now(week.desk, RAVI, LONDON)[1])
    places = [text.index(f"GEN-{number} ·") for number in (late, soon, old, fine)]
    assert places == sorted(places)
    assert text.index("Overdue") < places[0] < text.index("At risk", places[0]) < places[1]
    assert "4 need a decision (1 overdue, 1 at risk), none decided, none cleared" in text
    assert text.count("waits for Ravi Menon (production)") == 4
    assert f"GEN-{elsewhere} ·" not in text


def test_what_is_due_today_does_not_stand_behind_what_is_old(week: Week) -> None:
    old, today = week.file(title="Old"), week.file(title="Today", needed_by=date(2026, 3, 2))
    text = only(week.move(at(2, 9)), LONDON).text
    assert text.index(f"GEN-{today} ·") < text.index(f"GEN-{old} ·")


def test_what_was_decided_and_cleared_since_is_told_once(week: Week) -> None:
    yes, no, clear = week.file(title="Yes"), week.file(title="No"), week.cleared()
    week.move(at(2, 12))
    week.decide(yes)
    week.decide(no, move=Move.DENY)
    other = week.cleared(title="In the afternoon")
    text = only(week.move(at(3, 9)), LONDON).text
    assert "Nothing needs a decision, 2 decided, 1 cleared" in text
    assert "Approved" in text and "Denied" in text and f"GEN-{other} · In the afternoon" in text
    assert f"GEN-{clear} ·" not in text
    quiet = only(week.move(at(4, 9)), LONDON).text
    assert "Nothing needs a decision, none decided, none cleared" in quiet
    assert "GEN-" not in quiet


def test_the_head_of_the_register_is_in_every_digest(week: Week) -> None:
    quiet = only(week.move(at(2, 9)), LONDON).text
    assert f"Register: 0 events, head `0:{register.GENESIS}`" in quiet
    week.file()
    told = only(week.move(at(3, 9)), LONDON).text
    with week.desk.database.reading() as tx:
        assert f"Register: 1 event, head `{register.head(tx)}`" in told


def test_what_is_decided_before_delivery_is_not_asked_for(week: Week) -> None:
    number = week.file()
    week.deliver()
    week.now = at(2, 9)
    assert come_round(week.desk) == 2  # London's and Ravi's; the others' mornings are not now
    week.decide(number)
    heard = week.deliver()
    assert [one.to for one in heard] == [LONDON]
    assert "Nothing needs a decision" in heard[0].text


def test_a_personal_digest_has_the_buttons_and_the_thread(week: Week) -> None:
    first, second = week.file(), week.file(needed_by=date(2026, 3, 2), title="Soon")
    mine = only(week.move(at(2, 9)), "U0RAVI")
    assert mine.text.startswith("2 requests wait for your decision. The most urgent comes first.")
    assert buttons(mine.blocks) == [
        *(("decide:approve", f"{second}:1"), ("decide:deny", f"{second}:1")),
        *(("decide:approve", f"{first}:1"), ("decide:deny", f"{first}:1")),
    ]
    assert "9 of your working hours are left" in mine.text
    assert mine.text.index("Soon") < mine.text.index("Poster")
    assert "https://slack.example/C0LONDON/" in str(mine.blocks)


def test_two_hundred_requests_are_summarised_and_every_one_can_be_seen(week: Week) -> None:
    numbers = {week.file(title="x" * 100) for _ in range(200)}
    week.deliver()
    heard = week.move(at(2, 9))
    for who, where, reader in ((LONDON, LONDON, THEO), ("U0RAVI", "D0", RAVI)):
        told = only(heard, who)
        assert "200" in told.text
        seen, [more] = listed(told.blocks), pages(told.blocks)
        while more:
            _, blocks = digest_page(week.desk, reader, more, where)
            assert listed(blocks).isdisjoint(seen)
            seen |= listed(blocks)
            more = next(iter(pages(blocks)), "")
        assert seen == numbers


def listed(blocks: list[dict[str, object]]) -> set[int]:
    return {int(number) for number in re.findall(r"GEN-(\d+) ·", shown(blocks))}


def pages(blocks: list[dict[str, object]]) -> list[str]:
    return [value for action, value in buttons(blocks) if action.startswith("digest:")]


# Asked for


def test_digest_now_gives_everybody_what_is_theirs(week: Week) -> None:
    number = week.file(needed_by=date(2026, 3, 20))
    for who, where, says in (
        (RAVI, LONDON, "Digest 1 needs a decision, none decided, none cleared"),
        (RAVI, "C0ANYWHERE", "1 request waits for your decision."),
        (RAVI, TOKYO, "1 request waits for your decision."),
        (ANA, LONDON, "Nothing waits for your decision. Of what you filed, 1 is still open:"),
        (SAM, LONDON, "Digest 1 needs a decision"),
        (SAM, "C0OPS", "Digest of all approvals channels 1 needs a decision"),
        (LUCIA, ANGELES, "Digest Nothing needs a decision"),
        (MEI, "C0ANYWHERE", NOTHING),
        (THEO, LONDON, NOTHING),
    ):
        said = shown(digest_now(week.desk, who, where)[1])
        assert said.startswith(says), (who, where, said)
        assert (f"GEN-{number} ·" in said) == ("1" in says)


def test_digest_now_tells_what_happened_since_the_last_one(week: Week) -> None:
    week.move(at(2, 9))
    number = week.file()
    week.decide(number)
    _, blocks = digest_now(week.desk, RAVI, LONDON)
    assert "1 decided" in shown(blocks) and "Approved" in shown(blocks)
    # To ask takes nothing away from the digest of the next day.
    assert "1 decided" in only(week.move(at(3, 9)), LONDON).text


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "open",
        "open:C0LONDON:x:0:0",
        "open:C0LONDON:-1:0:0",
        "shut:C0LONDON:0:0:0",
        "open:all:0:0:9",
    ],
)
def test_a_forged_button_shows_nothing(week: Week, value: str | None) -> None:
    week.file()
    text, _ = digest_page(week.desk, THEO, value, "C0ANYWHERE")
    assert text == OUT_OF_DATE


def test_a_list_of_a_channel_is_for_its_readers(week: Week) -> None:
    number = week.file()
    for who, where, seen in ((THEO, "C0ANYWHERE", False), (THEO, LONDON, True), (RAVI, "C0ANYWHERE", True)):
        _, blocks = digest_page(week.desk, who, "open:C0LONDON:0:0:9", where)
        assert (number in listed(blocks)) == seen


def test_who_put_it_off_is_left_alone_but_can_look(week: Week) -> None:
    number = week.file()
    with week.desk.database.transaction() as tx:
        [chase] = chases.waiting_on(tx, TEAM, "U0RAVI", 9)
        chases.change(tx, chase.id, snoozed_until=at(4, 9))
    assert times(week.move(at(5, 0)), "U0RAVI", GB) == ["Wed 04 09:00"]
    with week.desk.database.transaction() as tx:
        chases.change(tx, chase.id, snoozed_until=at(9, 9))
    text = shown(digest_now(week.desk, RAVI, "C0ANYWHERE")[1])
    assert f"GEN-{number} ·" in text and "You put it off until" in text
    assert Kind.PERSONAL not in {one.kind for one in week.move(at(6, 0)) if one.to == "U0RAVI"}


# With the real app: the command, the buttons and the links


def test_digests_in_slack(tmp_path: Path) -> None:
    """Asked for, gone on with, followed to the thread, approved from; then it comes by itself."""
    now = [datetime(2026, 3, 4, 18, tzinfo=UTC)]  # Wednesday, 10:00 in Los Angeles
    with house(tmp_path) as built:
        built.clock = lambda: now[0]
        clearance = built.start()
        ravi = built.person("U0RAVI")
        about = {"title": "Corridor", "description": "A poster."}
        use = a_use(beside=about, output_final="unsure")
        for number in range(10):
            submit(clearance.desk, Submission("NIGHTFALL", use, "no"), ANA, f"V{number}", ())
        card(ravi, 10)

        mine = asked(ravi, "C0NIGHTFALL")
        assert "10 requests wait for your decision." in text_of(mine)
        assert len(listed(mine["blocks"])) == 8
        [rest] = pressed(ravi, "C0NIGHTFALL", mine, "digest:open")
        assert listed(rest["blocks"]) == {9, 10} and "9 to 10 of 10" in text_of(rest)
        assert "GEN-9 is approved." in decide_in(ravi, rest, "approve", wording="Fine.")

        channel = asked(ravi, "C0NIGHTAPPR")
        assert "9 need a decision, 1 decided" in text_of(channel).replace("*", "")
        link = re.search(r"http[^'|>]+/archives/C0NIGHTAPPR/p[0-9]+", str(channel["blocks"]))
        assert link and "Corridor" in ravi.get(link[0])

        now[0] = datetime(2026, 3, 5, 17, 1, tzinfo=UTC)
        clearance.scheduler.now()
        posted = ravi.wait(lambda: keyed(ravi.messages("C0NIGHTAPPR"), "-:digest:C0NIGHTAPPR:2026-03-05"))
        assert "9 need a decision, 1 decided" in text_of(posted).replace("*", "")
        told = ravi.wait(lambda: keyed(ravi.dms(), "-:personal:U0RAVI:2026-03-05"))
        assert "GEN-1 is denied." in decide_in(ravi, told, "deny", reason="No.")


def asked(who: Person, channel: str) -> Json:
    """Type the command; returns what only this person sees."""
    before = len(whispers(who, channel))
    who.command(channel, "/genai-request digest")
    [said] = who.wait(lambda: whispers(who, channel)[before:])
    return said


def pressed(who: Person, channel: str, message: Json, action: str) -> list[Json]:
    """Press a button; returns what only this person sees then."""
    before = len(whispers(who, channel))
    who.press(message, action)
    return who.wait(lambda: whispers(who, channel)[before:])


def whispers(who: Person, channel: str) -> list[Json]:
    return [one for one in who.messages(channel) if one["ephemeral"]]


def keyed(messages: list[Json], key: str) -> Json | None:
    return next((one for one in messages if key_of(one) == key), None)
