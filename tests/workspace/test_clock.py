"""The movable clock: forward only, heard by the app's house, unknown to the app through Slack."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.workspace import RunningWorkspace, Workspace, serve
from bot.workspace.clock import Clock
from tests.person import Person
from tests.workspace.conftest import SCENE, Stage

LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def running(manifest: Path) -> Iterator[RunningWorkspace]:
    with serve(Workspace(manifest, SCENE, movable_clock=True)) as served:
        yield served


@pytest.fixture
def ana(running: RunningWorkspace) -> Iterator[Person]:
    with Person(running, "U0ANA") as person:
        yield person


class Fixed(Clock):
    """A clock that stands at one moment until it is moved."""

    def __init__(self, start: datetime) -> None:
        super().__init__(movable=True)
        self._start = start

    def __call__(self) -> datetime:
        return self._start + self.ahead


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-11-20T09:12+00:00", "2026-11-23T09:12+00:00"),  # Friday
        ("2026-11-22T16:30+00:00", "2026-11-23T16:30+00:00"),  # Sunday
        ("2026-11-24T23:59+00:00", "2026-11-25T23:59+00:00"),  # Tuesday
        ("2026-03-27T09:00+00:00", "2026-03-30T09:00+01:00"),  # over the start of summer time
        ("2026-10-23T09:00+01:00", "2026-10-26T09:00+00:00"),  # and over its end
    ],
)
def test_a_working_day_keeps_the_wall_clock(start: str, expected: str) -> None:
    clock = Fixed(datetime.fromisoformat(start).astimezone(UTC))
    assert clock.move(clock.working_day(LONDON)) == datetime.fromisoformat(expected)
    assert clock().tzinfo is UTC


def test_the_working_day_is_that_of_the_place() -> None:
    # Friday evening in London is Saturday morning in Tokyo.
    clock = Fixed(datetime(2026, 11, 20, 20, 0, tzinfo=UTC))
    assert (
        clock.working_day(LONDON) == clock.working_day(ZoneInfo("America/Los_Angeles")) == timedelta(days=3)
    )
    assert clock.working_day(ZoneInfo("Asia/Tokyo")) == timedelta(days=2)


def test_time_moves_forward_only() -> None:
    clock = Clock(movable=True)
    for wrong in (timedelta(0), timedelta(hours=-1), timedelta(days=400)):
        with pytest.raises(ValueError, match="forward"):
            clock.move(wrong)
    assert clock.ahead == timedelta(0) and clock.distance() == ""
    clock.move(timedelta(minutes=10))
    assert clock.distance() == "a little ahead"
    clock.move(timedelta(hours=25))
    assert clock.distance() == "1 day 1 h ahead"
    with pytest.raises(ValueError, match="cannot be moved"):
        Clock(movable=False).move(timedelta(hours=1))


def test_messages_follow_and_whoever_listens_hears(running: RunningWorkspace, ana: Person) -> None:
    workspace = running.workspace
    heard: list[tuple[datetime, int]] = []

    def listen(now: datetime) -> None:
        # A listener may call the workspace: the server is not waiting for it.
        heard.append((now, len(ana._state()["conversations"])))
        assert threading.current_thread() is not running._thread

    workspace.moved.append(listen)
    ana.say("C0SHOW", "before")
    now = ana.advance(hours=2.5)
    ana.say("C0SHOW", "after")
    before, after = (float(one["ts"]) for one in ana.messages("C0SHOW"))
    assert 9000 <= after - before < 9060
    hours = [one[0] for one in heard]
    assert hours[-1] == now and hours == sorted(hours), "who listens lives through every hour"
    assert all(later - earlier <= timedelta(hours=1, seconds=5) for earlier, later in pairwise(hours))
    assert abs(workspace.clock() - now) < timedelta(seconds=5)
    assert workspace.clock().utcoffset() == timedelta(0)
    later = ana.advance_working_day()
    assert timedelta(hours=22) < later - now < timedelta(hours=80)
    there = later.astimezone(ZoneInfo("America/Los_Angeles"))
    assert there.weekday() < 5


def test_what_slack_hands_out_keeps_real_seconds(running: RunningWorkspace, ana: Person) -> None:
    handouts = running.workspace.handouts
    trigger, token = handouts.trigger("U0ANA"), handouts.response("U0ANA", "C0SHOW", None, None)
    ana.advance(hours=1)
    assert handouts.spend(trigger).user == "U0ANA"
    assert handouts.answer(token).uses == 1


def test_only_a_workspace_that_says_so_can_be_moved(silent: Stage) -> None:
    with pytest.raises(AssertionError, match="404"):
        silent.ana.advance()
    assert "Demo clock" not in silent.ana._http.get("C0SHOW").text


def test_nonsense_moves_nothing(running: RunningWorkspace, ana: Person) -> None:
    for hours in (-1.0, 0.0, float("nan"), float("inf"), 1e6):
        with pytest.raises(AssertionError, match="400"):
            ana.advance(hours=hours)
    assert running.workspace.clock.ahead == timedelta(0)


def test_the_page_shows_the_hour_where_the_reader_is(running: RunningWorkspace, ana: Person) -> None:
    now = ana.advance(hours=3)
    page = ana._http.get("C0SHOW").text
    there = now.astimezone(ZoneInfo("America/Los_Angeles"))
    assert "Demo clock, 3 h ahead" in page and "<span>Los Angeles</span>" in page
    assert f"{there:%a} {there.day} {there:%b}" in page
