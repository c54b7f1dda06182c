"""How fast the app speaks: three at once, then one a second; who rests is passed over, and order stays."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.pace import Pace
from tests.bot.slack_edge import refusal
from tests.bot.test_delivery import NIGHT, Office

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def seconds(count: float) -> datetime:
    return NOW + timedelta(seconds=count)


def test_three_at_once_and_then_one_a_second() -> None:
    pace = Pace()
    for _ in range(3):
        assert pace.resting(NOW) == frozenset()
        pace.spoke("C1", NOW)
    assert pace.resting(NOW) == {"C1"} and pace.next_free(NOW) == seconds(1)
    assert pace.resting(seconds(1)) == frozenset()
    pace.spoke("C1", seconds(1))
    assert pace.next_free(seconds(1)) == seconds(2)
    assert pace.next_free(seconds(2)) is None


def test_never_more_than_one_a_second_over_a_minute() -> None:
    pace, said = Pace(), 0
    for tick in range(600):
        now = seconds(tick / 10)
        if not pace.resting(now):
            pace.spoke("C1", now)
            said += 1
    assert said <= 60 + 3


def test_one_channel_rests_alone_and_as_long_as_slack_asked() -> None:
    pace = Pace()
    pace.rest("C1", seconds(30))
    assert pace.resting(seconds(29)) == {"C1"} and pace.next_free(NOW) == seconds(30)
    assert pace.resting(seconds(30)) == frozenset()


def test_a_busy_channel_is_paced_in_order_while_others_go_on(tmp_path: Path) -> None:
    office = Office(tmp_path / "clearance.db", pace=Pace())
    night = [office.request() for _ in range(3)]
    other = office.request("PAPERLANTERN")
    office.deliver()
    said = office.slack.said()
    # Two requests stand in line behind the third message; the other production does not wait for them.
    assert [key.split(":")[:2] for key in said if NIGHT in key] == [
        [str(night[0]), "card"],
        [str(night[0]), "ask"],
        [str(night[1]), "card"],
    ]
    assert f"{other}:card:C0APPROVALS:first" in said
    for _ in range(3):
        before = len([key for key in office.slack.said() if NIGHT in key])
        office.later(seconds=1)
        assert len([key for key in office.slack.said() if NIGHT in key]) == before + 1
    numbers = [int(key.split(":")[0]) for key in office.slack.said() if NIGHT in key]
    assert numbers == sorted(numbers)
    office.database.close()


def test_a_429_silences_the_whole_channel(tmp_path: Path) -> None:
    office = Office(tmp_path / "clearance.db", pace=Pace())
    office.request()
    tries: list[str] = []

    def wait(call: dict[str, object]) -> None:
        tries.append(str(call["channel"]))
        if call["channel"] == NIGHT:
            raise refusal("ratelimited", 429, {"Retry-After": "30"})

    office.slack.answer = wait
    office.deliver()
    office.request()
    office.later(seconds=29)
    assert tries.count(NIGHT) == 1
    office.later(seconds=1)
    assert tries.count(NIGHT) == 2
    office.database.close()
