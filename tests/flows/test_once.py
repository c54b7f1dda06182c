"""A connection breaks in the middle of a post: whatever the bot has to say stands in Slack exactly once."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.decision_modal import DecisionForm
from bot.delivery import LEASE
from bot.lost_posts import SIDES
from bot.pace import unhurried
from bot.posting import Posting
from bot.service.announce import Kind, announce_unreachable
from bot.service.decide import decide as decide_at_the_desk
from bot.service.desk import Who
from bot.workspace import Workspace
from policy.lifecycle import Move
from storage import notices
from tests.flows.conftest import Stage
from tests.studio import ESCALATE, House, file, key_of

pytestmark = pytest.mark.long

RAVI = Who("T0STUDIO", "U0RAVI", "ravi")
POST = "chat.postMessage"


@pytest.fixture(autouse=True)
def mended(stage: Stage) -> Iterator[None]:
    """Every story starts with a Slack that works."""
    yield
    stage.house.workspace.faults.clear()
    if stage.house.clearance is None:
        stage.house.start()


def said(workspace: Workspace) -> Counter[str]:
    """How often each key stands in Slack, wherever."""
    everywhere = [one for where in workspace.conversations.values() for one in where.messages]
    return Counter(key for one in everywhere if (key := key_of({"metadata": one.metadata})))


def nothing_waits(house: House) -> bool:
    return house.rows("SELECT count(*) FROM notices WHERE state = 'waiting'") == [(0,)]


def told_once(stage: Stage) -> set[str]:
    """Wait until all is said; every key that was posted stands exactly once. Returns the kinds."""
    stage.ravi.wait(lambda: nothing_waits(stage.house), 15)
    stands = said(stage.house.workspace)
    query = "SELECT key, kind FROM notices WHERE state = 'delivered' AND kind NOT LIKE 'refresh%'"
    ought = dict(stage.house.rows(query))
    assert stands == Counter(list(ought))
    return set(ought.values())


def approve(stage: Stage, number: int) -> None:
    assert stage.house.clearance is not None
    form = DecisionForm(request=number, revision=1, action=Move.APPROVE, wording="Fine.")
    decide_at_the_desk(stage.house.clearance.desk, form, RAVI)


@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
def test_every_kind_of_post_survives_a_broken_connection(stage: Stage, fault: str) -> None:
    """Card, question, receipt, decision and what the requester hears: each loses its connection."""
    break_each_post(stage.house.workspace, fault)
    number = file(stage.ana, ESCALATE)
    told_once(stage)
    approve(stage, number)
    kinds = told_once(stage)
    assert {"card", "ask", "receipt", "decided", "told"} <= kinds


def break_each_post(workspace: Workspace, fault: str) -> None:
    """After it took effect: always. Before: the first try of each, the second gets through."""
    if fault == "drop_after":
        workspace.faults.plan(POST, "drop_after", times=None)
        return
    for after in range(5):
        # A plan does not count the calls that an earlier one broke.
        workspace.faults.plan(POST, "drop_before", after=after)


@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
def test_what_operators_hear_survives_a_broken_connection(stage: Stage, fault: str) -> None:
    clearance = stage.house.clearance
    assert clearance is not None
    break_each_post(stage.house.workspace, fault)
    announce_unreachable(clearance.desk, ["ravi" if fault == "drop_after" else "mei"])
    assert "unreachable" in told_once(stage)


def test_one_stale_look_is_looked_at_again(stage: Stage) -> None:
    """Slack's first answer does not show the post yet: nothing is said on its word alone."""
    faults = stage.house.workspace.faults
    faults.plan(POST, "drop_after", times=1)
    faults.plan("conversations.history", "stale", times=1)
    file(stage.ana)
    told_once(stage)
    assert faults.open_plans == 0


def test_an_old_look_that_knows_no_thread_is_looked_at_again(stage: Stage) -> None:
    faults = stage.house.workspace.faults
    faults.plan(POST, "drop_after", after=1)
    faults.plan("conversations.replies", "stale", times=1)
    file(stage.ana, ESCALATE)
    assert "ask" in told_once(stage)
    assert faults.open_plans == 0


def test_a_429_needs_no_look(stage: Stage) -> None:
    faults = stage.house.workspace.faults
    faults.plan(POST, "ratelimited")
    faults.plan("conversations.*", "slow", times=None)
    file(stage.ana)
    told_once(stage)
    assert not [met for met in faults.tally if met.startswith("conversations") and "slow" in met]


def test_an_answer_too_late_to_be_kept_is_found_again(stage: Stage) -> None:
    """The bot dies between the post and its note of it; the next one finds each post by its key."""
    house = stage.house
    house.stop()
    clearance = house.start()
    clearance.delivery.stop()
    number = file(stage.ana, ESCALATE)
    database = clearance.desk.database
    posting = Posting(clearance.desk, clearance.bolt.client, lambda _: None, lambda: None)
    with database.transaction() as tx:
        held = notices.claim(tx, clearance.desk.clock(), LEASE)
    assert held is not None and held.request_id == number and held.doubt_since is None
    posting.post(held)
    house.stop()
    with_expired_lease(house)
    house.start()
    told_once(stage)


def with_expired_lease(house: House) -> None:
    """Let a minute pass for whoever held a notice."""
    with closing(sqlite3.connect(house.database)) as other:
        other.execute("UPDATE notices SET lease_until = due_at WHERE lease_until IS NOT NULL")
        other.commit()


def test_every_kind_that_is_posted_says_on_which_side_it_errs() -> None:
    assert set(SIDES) == {kind for kind in Kind if not kind.startswith("refresh")}
    assert all(side.why for side in SIDES.values())
    assert unhurried().look_again < 1
