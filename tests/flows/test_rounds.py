"""Digests over simulated weeks: who is told when; nothing twice, at the wrong hour, or left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.service.desk import Who
from storage import absences
from storage.absences import NewAbsence
from tests.flows.week import (
    ANGELES,
    DIRECTORY,
    GB,
    HARBOUR,
    JP,
    LA,
    LONDON,
    MONDAY,
    NIGHTFALL,
    TEAM,
    TOKYO,
    Heard,
    Week,
    a_week,
    at,
    only,
    tables,
    times,
)

THEO = Who(TEAM, "U0THEO", "theo")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return tables(tmp_path / "clearance.db")


@pytest.fixture
def week(url: str) -> Iterator[Week]:
    with a_week(url, MONDAY) as opened:
        yield opened


WEEK = ["Mon 02 09:00", "Tue 03 09:00", "Wed 04 09:00", "Thu 05 09:00", "Fri 06 09:00"]


def test_a_week_in_three_zones(week: Week) -> None:
    """Everybody's own nine o'clock, Monday to Friday; contacts only while something waits for them."""
    week.file(HARBOUR)
    heard = week.move(at(8, 23))
    assert times(heard, LONDON, GB) == times(heard, "U0RAVI", GB) == WEEK
    # It was past nine in Tokyo when the bot started there; Sunday evening in London is Monday, 08:00.
    assert times(heard, TOKYO, JP) == WEEK[1:]
    assert times(heard, ANGELES, LA) == WEEK
    assert {one.to for one in heard} == {LONDON, TOKYO, ANGELES, "U0RAVI"}


def test_a_contact_hears_at_the_start_of_their_own_day(week: Week) -> None:
    """Lucía works from ten, Monday to Thursday."""
    week.file(NIGHTFALL)
    heard = week.move(at(9, 20))
    assert times(heard, "U0LUCIA", LA) == [
        *("Mon 02 10:00", "Tue 03 10:00", "Wed 04 10:00", "Thu 05 10:00", "Mon 09 10:00")
    ]


def test_nobody_is_told_on_a_holiday(url: str) -> None:
    """Good Friday and Easter Monday in London, 3 and 6 April 2026."""
    with a_week(url, at(1, 12, month=4)) as week:
        week.file(HARBOUR)
        heard = week.move(at(8, 0, month=4))
    assert times(heard, LONDON, GB) == times(heard, "U0RAVI", GB) == ["Thu 02 09:00", "Tue 07 09:00"]
    assert "Fri 03 09:00" in times(heard, ANGELES, LA)


@pytest.mark.parametrize(
    ("zone", "channel", "sunday", "hours"),
    [(GB, LONDON, (29, 3), -1), (LA, ANGELES, (8, 3), -1), (GB, LONDON, (25, 10), 1)],
)
def test_nine_o_clock_stays_nine_o_clock_when_the_clocks_change(
    url: str, zone: ZoneInfo, channel: str, sunday: tuple[int, int], hours: int
) -> None:
    day, month = sunday
    with a_week(url, at(day - 2, 0, zone=zone, month=month)) as week:
        heard = week.move(at(day + 2, 0, zone=zone, month=month))
    assert [one[4:] for one in times(heard, channel, zone)] == [f"{day - 2:02} 09:00", f"{day + 1:02} 09:00"]
    friday, monday = [one.at for one in heard if one.to == channel]
    assert monday - friday == timedelta(days=3, hours=hours)


def test_a_late_digest_comes_at_once_on_its_day(week: Week) -> None:
    week.now = at(2, 15, 12)
    assert times(week.tick(), LONDON, GB) == ["Mon 02 15:12"]
    assert times(week.move(at(3, 12)), LONDON, GB) == ["Tue 03 09:00"]


def test_what_is_too_late_waits_for_the_next_day_and_is_covered_then(week: Week) -> None:
    number = week.cleared(title="Before the night")
    week.now = at(2, 18)
    assert [one for one in week.tick() if one.to == LONDON] == []
    told = only(week.move(at(3, 9)), LONDON)
    assert times([told], LONDON, GB) == ["Tue 03 09:00"]
    assert f"GEN-{number} · Before the night" in told.text


def test_a_bot_that_slept_tells_once_and_says_since_when(week: Week) -> None:
    week.move(at(2, 12))
    first, second = week.cleared(title="On Monday"), week.file()
    week.stop()
    week.now = at(5, 11, 40)
    week.start()
    heard = [one for one in week.tick() + week.tick() if one.to == LONDON]
    assert times(heard, LONDON, GB) == ["Thu 05 11:40"]
    assert "This covers everything since the last digest, 02 Mar 2026 09:00 UTC" in fallbacks(heard[0])
    assert f"GEN-{first} · On Monday" in heard[0].text and f"GEN-{second} · Poster" in heard[0].text
    assert times(week.move(at(6, 12)), LONDON, GB) == ["Fri 06 09:00"]


def fallbacks(heard: Heard) -> str:
    """The text with dates as a client without our clock shows them."""
    said: list[str] = []

    def walk(thing: object) -> None:
        if isinstance(thing, list):
            for one in thing:
                walk(one)
        elif isinstance(thing, dict):
            said.append(str(thing.get("fallback") or thing.get("text") or ""))
            for one in thing.values():
                walk(one)

    walk(heard.blocks)
    return "".join(said)


def test_a_restart_at_any_moment_changes_nothing(tmp_path: Path) -> None:
    """Every half hour a new process: the same digests at the same times."""

    def told(restarts: bool) -> list[tuple[datetime, str, str]]:
        with a_week(tables(tmp_path / f"{restarts}.db"), MONDAY) as week:
            week.file(HARBOUR)
            while week.now < at(5, 12):
                week.now += timedelta(minutes=30)
                if restarts:
                    week.start()
                week.tick()
            return [(one.at, one.to, one.text.partition("Register:")[0]) for one in week.heard]

    calm = told(restarts=False)
    assert len(calm) > 10
    assert told(restarts=True) == calm


def test_a_tick_that_comes_twice_says_nothing_twice(week: Week) -> None:
    week.now = at(2, 9)
    assert len([one for one in week.tick() if one.to == LONDON]) == 1
    assert week.tick() == []
    week.start()
    assert week.tick() == []


def test_what_slack_did_not_take_on_its_day_is_in_the_next_digest(week: Week) -> None:
    """No heap of old digests, and nothing lost."""
    number = week.cleared(title="While Slack was away")
    gone = [True]

    def away(call: dict[str, object]) -> None:
        if gone[0]:
            raise OSError("no answer")

    week.slack.answer = away
    week.move(at(3, 17), timedelta(hours=1))
    assert week.heard == []
    gone[0] = False
    told = only(week.move(at(5, 8), timedelta(hours=1)), LONDON)
    assert times([told], LONDON, GB) == ["Wed 04 09:00"]
    assert f"GEN-{number} · While Slack was away" in told.text


def test_a_digest_that_is_a_day_late_makes_way_for_that_of_the_day(week: Week) -> None:
    gone = [True]

    def away(call: dict[str, object]) -> None:
        if gone[0]:
            raise OSError("no answer")

    week.slack.answer = away
    week.file(HARBOUR)
    week.move(at(3, 10))
    gone[0] = False
    heard = week.move(at(3, 17))
    assert times(heard, LONDON, GB) == ["Tue 03 10:30"]
    assert times(heard, "U0RAVI", GB) == ["Tue 03 10:30"]


def test_a_contact_who_is_away_hears_nothing_and_everything_when_they_are_back(week: Week) -> None:
    week.file(HARBOUR)
    with week.desk.database.transaction() as tx:
        away = NewAbsence(contact="ravi", team=TEAM, user="U0RAVI", begins=week.now, ends=at(4, 13))
        absences.keep(tx, away, week.now)
    heard = week.move(at(5, 12))
    assert times(heard, "U0RAVI", GB) == ["Wed 04 13:00", "Thu 05 09:00"]


def test_a_new_channel_gets_a_round_and_one_that_is_gone_loses_it(week: Week) -> None:
    week.file(HARBOUR)
    week.start(DIRECTORY.replace("C0LONDON", "C0HARBOUR"))
    heard = week.move(at(2, 12))
    assert LONDON not in {one.to for one in heard}
    # What was filed where nobody looks any more is told where its production is approved now.
    assert "GEN-1 · Poster" in only(heard, "C0HARBOUR").text


KITE = """
[productions.KITE]
title = "Kite"
timezone = "Asia/Tokyo"
approvals_channel = "C0TOKYO"
contact = "mei"
"""


def test_a_channel_of_several_productions_follows_most_of_them(url: str) -> None:
    """Two of three are in Tokyo; only a holiday of all of them is one of the channel."""
    with a_week(url, at(2, 12, month=4), DIRECTORY.replace(LONDON, TOKYO) + KITE) as week:
        week.file(HARBOUR)
        told = only(week.move(at(3, 8, month=4)), TOKYO)
    assert times([told], TOKYO, JP) == ["Fri 03 09:00"]
    assert "GEN-1 · Poster" in told.text and "(Harbour): waits for Ravi Menon" in told.text
