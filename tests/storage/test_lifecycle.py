"""Whatever people and tickers do in whatever order, the rows are what a small model of them says."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection

from policy.lifecycle import Move, Status, after
from policy.verdict import Topic
from storage import notices, requests
from storage.database import Database
from storage.errors import NothingToRedact
from storage.notices import NoticeRow
from storage.redaction import redact
from storage.requests import SignOffState
from storage.seals import MARKER
from storage.verification import verify
from tests.storage.freeze import happened
from tests.storage.people import NOW, a_request, filed, ravi_for, ravi_says
from tests.storage.story import CLERK

LEASE = timedelta(minutes=1)
topics = st.sampled_from(list(Topic))
chosen = st.integers(0, 2)


@dataclass
class Expected:
    """What the model knows of one request."""

    number: int
    status: Status
    topics: dict[Topic, SignOffState]
    events: int = 1
    title: str = "Poster in the corridor"


@dataclass
class Said:
    """What the model knows of the notices: those that wait, are held until, or failed."""

    waiting: list[int] = field(default_factory=list)
    held: dict[int, NoticeRow] = field(default_factory=dict)
    failed: list[int] = field(default_factory=list)


class Lifecycle(RuleBasedStateMachine):
    """Ana files, Ravi decides, a clerk redacts, a ticker delivers; time goes on."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.filed: list[Expected] = []
        self.said = Said()
        self.now = NOW
        with self.database.transaction() as tx:  # what the run before left unsaid
            tx.exec_driver_sql("UPDATE notices SET state = 'dropped'")
            self.before = len(requests.latest(tx, 10_000))

    @rule(recorded=st.booleans(), asked=st.sets(topics, min_size=1))
    def open(self, recorded: bool, asked: set[Topic]) -> None:
        status = Status.RECORDED if recorded else Status.PENDING
        opened = [] if recorded else sorted(asked)
        new = a_request(form_key=f"V{self.before + len(self.filed)}", status=status)
        with self.database.transaction() as tx:
            number = filed(tx, new, [ravi_for(topic) for topic in opened], self.now).id
            happened(tx, number, "submitted", "U0ANA", "Ana Ibáñez")
        self.filed.append(Expected(number, status, dict.fromkeys(opened, SignOffState.OPEN)))

    @precondition(lambda self: self.filed)
    @rule(
        which=chosen,
        action=st.sampled_from([Move.APPROVE, Move.DENY, Move.CALL_IN]),
        topic=topics,
        seen=st.just(1) | st.just(2),
    )
    def press(self, which: int, action: Move, topic: Topic, seen: int) -> None:
        one = self.filed[which % len(self.filed)]
        to = after(one.status, action)
        with self.database.transaction() as tx:
            if seen != 1:  # not what was on the screen
                assert not requests.move(
                    tx, one.number, frm=one.status, to=Status.APPROVED, revision=seen, now=self.now
                )
            elif to is None:  # somebody was first
                was = Status.RECORDED if action == Move.CALL_IN else Status.PENDING
                assert not requests.move(
                    tx, one.number, frm=was, to=Status.APPROVED, revision=seen, now=self.now
                )
            else:
                self.carry_out(tx, one, action, topic, to)

    def carry_out(self, tx: Connection, one: Expected, action: Move, topic: Topic, to: Status) -> None:
        decision = requests.record_decision(tx, ravi_says(one.number, action, reason="So."), self.now)
        if action == Move.CALL_IN:
            requests.add_sign_offs(tx, one.number, [ravi_for(topic)])
            one.topics[topic] = SignOffState.OPEN
        else:
            state = SignOffState.DENIED if action == Move.DENY else SignOffState.SIGNED
            was_open = one.topics.get(topic) == SignOffState.OPEN
            assert requests.sign(tx, one.number, [topic], decision, state) == int(was_open)
            one.topics |= {topic: state} if was_open else {}
        still_open = [name for name, state in one.topics.items() if state == SignOffState.OPEN]
        if action == Move.DENY:
            assert requests.void_open(tx, one.number) == len(still_open)
            one.topics |= dict.fromkeys(still_open, SignOffState.VOID)
        if action == Move.APPROVE and still_open:
            assert requests.hold(tx, one.number, status=one.status, revision=1, now=self.now)
        else:
            assert requests.move(tx, one.number, frm=one.status, to=to, revision=1, now=self.now)
            one.status = to
        happened(tx, one.number, action.value, "U0RAVI", "Ravi Menon", decision=decision)
        one.events += 1

    @precondition(lambda self: self.filed)
    @rule(which=chosen)
    def forget_title(self, which: int) -> None:
        one = self.filed[which % len(self.filed)]
        with self.database.transaction() as tx:
            if one.title == MARKER:
                with pytest.raises(NothingToRedact):
                    redact(tx, one.number, "title", "asked", CLERK, self.now)
                return
            redact(tx, one.number, "title", "asked", CLERK, self.now)
        one.title = MARKER
        one.events += 1

    @precondition(lambda self: self.filed)
    @rule(which=chosen)
    def say(self, which: int) -> None:
        one = self.filed[which % len(self.filed)]
        key = f"{one.number}:{self.now}:{len(self.said.waiting) + len(self.said.held)}"
        with self.database.transaction() as tx:
            if notices.enqueue(tx, key, "card", f"C{one.number}", one.number, {}, self.now, self.now):
                self.said.waiting.append(one.number)

    @rule()
    def claim(self) -> None:
        with self.database.transaction() as tx:
            row = notices.claim(tx, self.now, LEASE)
        lines = set(self.said.waiting) - set(self.said.held)
        assert (row is not None) == bool(lines)
        if row is not None and row.request_id is not None:
            assert row.request_id in lines
            self.said.held[row.request_id] = row

    @precondition(lambda self: self.said.held)
    @rule(how=st.sampled_from(["deliver", "fail", "renew"]))
    def settle(self, how: str) -> None:
        number, row = next(iter(self.said.held.items()))
        with self.database.transaction() as tx:
            if how == "renew":
                assert notices.renew(tx, row, self.now, LEASE)
                return
            if how == "deliver":
                assert notices.delivered(tx, row.id, "C0", "1.1", self.now)
            else:
                assert notices.failed(tx, row.id, "is_archived", self.now)
                self.said.failed.append(row.id)
        del self.said.held[number]
        self.said.waiting.remove(number)

    @precondition(lambda self: self.said.held)
    @rule()
    def die(self) -> None:
        """Every holder died, and the leases end."""
        self.now += LEASE
        self.said.held.clear()

    @invariant()
    def the_rows_say_the_same(self) -> None:
        with self.database.reading() as tx:
            for one in self.filed:
                row = requests.get(tx, one.number)
                assert row is not None
                assert (row.status, row.title) == (one.status, one.title)
                assert {each.topic: each.state for each in requests.sign_offs(tx, one.number)} == one.topics
                assert len(requests.events(tx, one.number)) == one.events
            assert {row.id for row in notices.stuck(tx)} >= set(self.said.failed)

    def teardown(self) -> None:
        with self.database.reading() as tx:
            found = verify(tx)
        assert found.intact, found.says


def test_the_rows_follow_the_model(database: Database) -> None:
    machine = type("Machine", (Lifecycle,), {"database": database})
    bounded = settings(
        max_examples=10, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine, settings=bounded)
