"""Delivery without a workspace: real rows, a clock that is moved, and an edge that refuses on demand."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackClientError

from bot.app import load_shelf
from bot.calendars import Calendars
from bot.delivery import BROKEN, WORRYING, Delivery
from bot.lost_posts import SIDES
from bot.pace import Pace, unhurried
from bot.service.desk import Desk, Who
from bot.service.submit import submit
from bot.shipped import shipped
from bot.submission import Submission
from policy.authority import Authority
from policy.directory import parse_directory
from policy.facts import Facts, Step, Use
from storage import schema
from storage.database import open_database
from tests.bot.slack_edge import SlackEdge, refusal

ANA = Who("T0STUDIO", "U0ANA", "ana")
NIGHT, OPS = "C0NIGHTAPPR", "C0OPS"


@dataclass
class Office:
    """A desk, its delivery and the edge, with no thread: `deliver` is one step."""

    file: Path
    slack: SlackEdge = field(default_factory=SlackEdge)
    now: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)
    pace: Pace = field(default_factory=unhurried)

    def __post_init__(self) -> None:
        self.database = open_database(f"sqlite:///{self.file}", patience=0.05)
        schema.upgrade(self.database)
        directory = parse_directory(shipped("directory.example.toml").read_text("utf-8"), "directory.toml")
        authority = Authority(directory, home_team="T0STUDIO")
        shelf, due = load_shelf(directory, self.now.date()), threading.Event()
        calendars = Calendars(directory)
        self.desk = Desk(self.database, authority, shelf, calendars, lambda: self.now, due.set)
        self.delivery = Delivery(self.desk, self.slack.client, due, self.pace)

    def working(self, give_way: Callable[[], object]) -> Delivery:
        """Another delivery, in a thread that gives way like this."""
        due = threading.Event()
        self.desk = replace(self.desk, wake=due.set)
        worker = Delivery(self.desk, self.slack.client, due, self.pace, give_way)
        worker.start()
        return worker

    def request(self, code: str = "NIGHTFALL") -> int:
        """A request with a card, a thread and a receipt to say."""
        use = Use(title="Upscale", description="Sharper.", facts=Facts(steps=(Step(),)))
        key = f"V{self.rows('SELECT count(*) FROM requests')}"
        return submit(self.desk, Submission(code, use, "no"), ANA, key, ()).row.id

    def deliver(self) -> int:
        """Everything that is due now; returns how many tries that took."""
        tries = 0
        while self.delivery.deliver_one():
            tries += 1
        return tries

    def later(self, **time: float) -> int:
        """The same after some time."""
        self.now += timedelta(**time)
        return self.deliver()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What stands in the file."""
        with closing(sqlite3.connect(self.file)) as other:
            return other.execute(query).fetchall()

    def states(self) -> dict[str, str]:
        """Kind -> state of the notices."""
        return dict(self.rows("SELECT kind, state FROM notices"))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path / "clearance.db")
    yield opened
    opened.database.close()


def refuse(office: Office, channel: str, error: Exception, times: int = -1) -> None:
    """The next calls to a channel fail."""
    left = [times]

    def answer(call: dict[str, Any]) -> None:
        if call["channel"] == channel and left[0]:
            left[0] -= 1
            raise error

    office.slack.answer = answer


def test_card_then_thread_then_receipt(office: Office) -> None:
    number = office.request()
    assert office.deliver() == 3
    assert office.slack.said() == [
        f"{number}:card:{NIGHT}:first",
        f"{number}:ask:{NIGHT}:first",
        f"{number}:receipt:U0ANA:first",
    ]
    card, ask, receipt = office.slack.posts
    assert card["thread_ts"] is None and ask["thread_ts"] == "1.000001"
    assert f"<https://slack.example/{NIGHT}/2.000001|Open the thread>" in receipt["text"]
    # Metadata is readable by every app of the workspace: ids only.
    assert all(set(one["metadata"]["event_payload"]) == {"key"} for one in office.slack.posts)


def test_nothing_overtakes_a_card_that_is_tried_again(office: Office) -> None:
    first, second = office.request(), office.request()
    refuse(office, NIGHT, SlackClientError("no answer"), times=2)
    office.deliver()
    assert office.slack.posts == []
    office.later(seconds=1)
    assert office.slack.posts == []
    office.later(seconds=2)
    night = [key for key in office.slack.said() if NIGHT in key]
    assert [key.split(":")[:2] for key in night] == [
        [str(first), "card"],
        [str(first), "ask"],
        [str(second), "card"],
        [str(second), "ask"],
    ]


def test_a_429_waits_as_long_as_slack_asks(office: Office) -> None:
    office.request()
    refuse(office, NIGHT, refusal("ratelimited", 429, {"retry-after": ["30"]}), times=1)
    office.deliver()
    assert office.later(seconds=29) == 0
    assert office.later(seconds=1) == 3


def test_the_operators_hear_once_of_what_does_not_get_through(office: Office) -> None:
    number = office.request()
    refuse(office, NIGHT, refusal("internal_error"))
    for _ in range(WORRYING + 5):
        office.later(minutes=6)
    alarms = [call for call in office.slack.posts if call["channel"] == OPS]
    assert len(alarms) == 1
    assert f"*GEN-{number}*" in alarms[0]["text"] and "it is being tried again" in alarms[0]["text"]
    assert office.states()["card"] == "waiting"
    office.slack.answer = lambda call: None
    office.later(minutes=6)
    assert set(office.states().values()) == {"delivered"}


def test_a_card_that_is_refused_for_good(office: Office) -> None:
    number = office.request()
    refuse(office, NIGHT, refusal("is_archived"))
    office.deliver()
    assert office.states() == {
        "card": "failed",
        "ask": "failed",
        "receipt": "delivered",
        "undelivered": "delivered",
    }
    [alarm] = [call for call in office.slack.posts if call["channel"] == OPS]
    assert f"*GEN-{number}* cannot be posted to <#{NIGHT}> (`is_archived`). Unarchive" in alarm["text"]
    [receipt] = [call for call in office.slack.posts if call["channel"] == "U0ANA"]
    assert "Open the thread" not in receipt["text"]
    # Nothing spins, and the next request of that channel is tried in its turn.
    assert office.later(days=1) == 0
    office.slack.answer = lambda call: None
    office.request()
    assert office.deliver() == 3


def test_what_failed_is_tried_once_more_at_the_next_start(office: Office) -> None:
    office.request()
    refuse(office, NIGHT, refusal("not_in_channel"))
    office.deliver()
    office.slack.answer = lambda call: None
    office.delivery.start()
    office.delivery.stop()
    assert office.deliver() + len(office.slack.posts) >= 4
    assert set(office.states().values()) == {"delivered"}
    assert len([key for key in office.slack.said() if ":card:" in key]) == 1
    assert len([key for key in office.slack.said() if ":undelivered:" in key]) == 1


def test_a_proxys_page_is_no_answer_of_slack(office: Office) -> None:
    office.request()
    refuse(office, NIGHT, refusal("Received a response in a non-JSON format: <html>"), times=1)
    office.deliver()
    assert office.states()["card"] == "waiting"


def test_a_revoked_token_fails_no_row(office: Office) -> None:
    office.request()
    refuse(office, NIGHT, refusal("token_revoked"))
    office.deliver()
    assert office.states()["card"] == "waiting"


def test_a_notice_that_cannot_be_rendered_does_not_hold_up_the_channel(office: Office) -> None:
    broken, fine = office.request(), office.request()
    office.rows("SELECT 1")
    with closing(sqlite3.connect(office.file)) as other:
        other.execute("UPDATE notices SET kind = 'told' WHERE request_id = ? AND kind = 'card'", (broken,))
        other.commit()
    for _ in range(BROKEN + 1):
        office.later(minutes=5)
    assert f"{fine}:card:{NIGHT}:first" in office.slack.said()
    assert any(call["channel"] == OPS for call in office.slack.posts)


def test_a_post_is_not_repeated_because_the_database_was_busy_afterwards(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """The message stands in Slack; what is not kept now would be said twice."""
    office.request()
    other = sqlite3.connect(office.file, isolation_level=None, check_same_thread=False)
    held = threading.Event()

    def hold() -> None:
        if not held.is_set():
            other.execute("BEGIN IMMEDIATE")
            held.set()

    office.slack.after = hold
    worker = threading.Thread(target=office.deliver)
    worker.start()
    assert held.wait(5)
    while "is not kept yet" not in caplog.text:
        worker.join(0.01)
        assert worker.is_alive(), caplog.text
    other.execute("ROLLBACK")
    worker.join(5)
    other.close()
    assert not worker.is_alive()
    assert len(office.slack.posts) == 3 and len(set(office.slack.said())) == 3
    assert set(office.states().values()) == {"delivered"}


@pytest.mark.parametrize("error", ["missing_scope", "not_in_channel", "no_permission"])
def test_where_slack_forbids_reading_each_kind_errs_on_its_side(office: Office, error: str) -> None:
    """A card in doubt is said again; a receipt is not: the form showed the verdict."""
    office.request()

    def forbidden() -> None:
        raise refusal(error)

    lost: list[str] = []

    def break_once() -> None:
        key = office.slack.said()[-1]
        if key not in lost:
            lost.append(key)
            raise SlackClientError("the connection broke")

    office.slack.reading, office.slack.after = forbidden, break_once
    for _ in range(6):
        office.later(seconds=5)
    kinds = [key.split(":")[1] for key in office.slack.said()]
    assert kinds.count("card") == kinds.count("ask") == 2
    assert kinds.count("receipt") == 1
    assert office.states() == {"card": "delivered", "ask": "delivered", "receipt": "dropped"}


@pytest.mark.parametrize("error", ["internal_error", "fatal_error"])
def test_slacks_own_trouble_may_have_posted_and_is_looked_for(office: Office, error: str) -> None:
    office.request()
    broken: list[str] = []

    def stumble() -> None:
        if not broken:
            broken.append(error)
            raise refusal(error)

    office.slack.after = stumble
    office.deliver()
    office.later(seconds=1)
    assert broken and len(office.slack.posts) == 3
    assert set(office.states().values()) == {"delivered"}


def test_a_look_that_fails_is_no_proof_that_nothing_stands_there(office: Office) -> None:
    office.request()
    broken: list[bool] = []

    def stumble() -> None:
        if not broken:
            broken.append(True)
            raise SlackClientError("the connection broke")

    def wait() -> None:
        raise refusal("ratelimited", 429, {"Retry-After": "20"})

    office.slack.after, office.slack.reading = stumble, wait
    office.deliver()
    office.later(seconds=1)
    assert len(office.slack.posts) == 1
    office.slack.reading = lambda: None
    office.later(seconds=20)
    assert len(office.slack.posts) == 3
    assert len(set(office.slack.said())) == 3


def test_a_lease_that_ran_out_is_in_doubt(office: Office) -> None:
    """kill -9 between the post and the note of it: nothing else was kept than the claim."""
    office.request()

    def die() -> None:
        raise KeyboardInterrupt

    office.slack.after = die
    with pytest.raises(KeyboardInterrupt):
        office.deliver()
    office.slack.after = lambda: None
    assert office.deliver() == 0
    office.later(seconds=61)
    assert len(office.slack.posts) == 3 and len(set(office.slack.said())) == 3


def test_the_page_on_delivery_says_on_which_side_each_kind_errs() -> None:
    page = (Path(__file__).parents[2] / "docs" / "delivery.md").read_text("utf-8")
    for kind, side in SIDES.items():
        assert f"| `{kind}` | {side.err} | {side.why} |" in page


def test_nothing_is_claimed_while_a_click_is_in_hand(office: Office) -> None:
    asked, answered, said = threading.Event(), threading.Event(), threading.Event()

    def give_way() -> None:
        asked.set()
        answered.wait(20)

    office.slack.answer = lambda call: said.set() if call["channel"] == "U0ANA" else None
    worker = office.working(give_way)
    try:
        office.request()
        assert asked.wait(20)
        assert office.rows("SELECT sum(attempts) FROM notices") == [(0,)]
        answered.set()
        assert said.wait(20)  # the last of the three
    finally:
        answered.set()
        worker.stop()
    assert len(office.slack.posts) == 3
