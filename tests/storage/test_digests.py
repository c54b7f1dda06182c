"""What stands in a digest, at a cost that follows what is open and new, not how much was ever filed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, event

from policy.lifecycle import Move, Status
from policy.verdict import Outcome, Topic
from storage import chases, digests, notices, register, requests
from storage.chases import ChaseKind, NewChase
from storage.database import Database
from storage.digests import Place, Waits
from storage.tables import SignOffState
from tests.storage.freeze import LATER, happened
from tests.storage.people import NOW, a_request, a_verdict, filed, oskar_for, ravi_for, ravi_says

HERE = Place("C0APPROVALS", ("NIGHTFALL",), ("C0APPROVALS", "C0OTHER"))
CLEAR: dict[str, Any] = {
    "status": Status.RECORDED,
    "verdict": a_verdict().model_copy(update={"outcome": Outcome.CLEARED, "findings": (), "topics": ()}),
}


def file(tx: Connection, form_key: str, **changes: Any) -> int:
    """One request; unless it is recorded Ravi and Oskar are waited for."""
    waits = changes.get("status", Status.PENDING) == Status.PENDING
    topics = [ravi_for(Topic.PRODUCTION), oskar_for(Topic.LEGAL)] if waits else []
    number = filed(tx, a_request(form_key=form_key, **changes), topics, NOW).id
    for contact, team in (("ravi", "T0"), ("oskar", "T1")) if waits else ():
        person: dict[str, Any] = {"contact": contact, "team": team, "user": f"U0{contact.upper()}"}
        new = NewChase(request_id=number, kind=ChaseKind.CONTACT, **person, since=LATER, due_at=LATER)
        chases.begin(tx, [new])
    happened(tx, number, "submitted", "U0ANA", "Ana Ibáñez")
    return number


def deny(tx: Connection, number: int) -> None:
    """Ravi says no."""
    decision = requests.record_decision(tx, ravi_says(number, Move.DENY, reason="No."), LATER)
    requests.sign(tx, number, [Topic.PRODUCTION], decision, SignOffState.DENIED)
    requests.void_open(tx, number)
    requests.move(tx, number, frm=Status.PENDING, to=Status.DENIED, revision=1, now=LATER)
    chases.close(tx, [one.id for one in chases.of(tx, number)])
    happened(tx, number, "denied", "U0RAVI", "Ravi Menon", decision=decision)


def seen(found: list[Waits]) -> set[tuple[int, str, str]]:
    return {(one.request_id, one.topic, one.contact) for one in found}


def test_what_waits_is_told_with_whom_it_waits_for(database: Database) -> None:
    with database.transaction() as tx:
        first, second = file(tx, "V1"), file(tx, "V2", approvals_channel="C0OTHER")
        deny(tx, file(tx, "V3"))
        [ravi, oskar] = chases.of(tx, first)
        chases.close(tx, [oskar.id])
        here = digests.waiting_in(tx, HERE)
        assert seen(here) == {(first, "production", "ravi"), (first, "legal", "")}
        assert {one.since for one in here} == {LATER, NOW}
        assert {one.request_id for one in digests.waiting_in(tx, None)} == {first, second}
        mine = digests.waiting_for(tx, "T0", "U0RAVI", LATER)
        assert seen(mine) == {(first, "production", "ravi"), (second, "production", "ravi")}
        assert digests.waiting_for(tx, "T1", "U0RAVI", LATER) == []
        assert {one.request_id for one in digests.filed_by(tx, "T0", "U0ANA")} == {first, second}
        chases.change(tx, ravi.id, snoozed_until=LATER)
        for now, until in ((NOW, LATER), (LATER, None)):
            asleep = {
                one.request_id: one.snoozed_until for one in digests.waiting_for(tx, "T0", "U0RAVI", now)
            }
            assert asleep == {first: until, second: None}


def test_a_request_whose_channel_is_gone_belongs_where_its_production_is_now(database: Database) -> None:
    with database.transaction() as tx:
        stranded = file(tx, "V1", approvals_channel="C0GONE")
        file(tx, "V2", approvals_channel="C0GONE", production="OTHER")
        file(tx, "V3", approvals_channel="C0OTHER")
        assert {one.request_id for one in digests.waiting_in(tx, HERE)} == {stranded}


def test_a_window_tells_each_event_once_and_only_what_still_stands(database: Database) -> None:
    with database.transaction() as tx:
        waiting, denied = file(tx, "V1"), file(tx, "V2")
        before = int(register.head(tx).partition(":")[0])
        clear, called = file(tx, "V3", **CLEAR), file(tx, "V4", **CLEAR)
        requests.move(tx, called, frm=Status.RECORDED, to=Status.PENDING, revision=1, now=LATER)
        deny(tx, denied)
        elsewhere = file(tx, "V5", approvals_channel="C0OTHER", **CLEAR)
        after = int(register.head(tx).partition(":")[0])
        assert digests.decided(tx, before, after, HERE) == [denied]
        assert digests.cleared(tx, before, after, HERE) == [clear]
        assert digests.cleared(tx, before, after, None) == [elsewhere, clear]
        assert digests.decided(tx, 0, before, HERE) == digests.decided(tx, after, after + 9, HERE) == []
        assert waiting not in digests.decided(tx, 0, after, None)


def test_only_what_does_not_stand_in_slack_is_unsaid(database: Database) -> None:
    with database.transaction() as tx:
        assert digests.unsaid(tx, "-:digest:C0:2026-03-02") is None
        notices.enqueue(tx, "-:digest:C0:2026-03-02", "digest", "C0", None, {"since": 4}, NOW, NOW)
        assert digests.unsaid(tx, "-:digest:C0:2026-03-02") == {"since": 4}
        [number] = tx.exec_driver_sql("SELECT id FROM notices").scalars()
        notices.delivered(tx, number, "C0", "1.1", NOW)
        assert digests.unsaid(tx, "-:digest:C0:2026-03-02") is None


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_no_question_walks_through_the_register(database: Database) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _k: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    with database.reading() as tx:
        digests.waiting_in(tx, HERE)
        digests.waiting_in(tx, None)
        digests.filed_by(tx, "T0", "U0ANA")
        digests.waiting_for(tx, "T0", "U0RAVI", NOW)
        digests.decided(tx, 1, 2, HERE)
        digests.cleared(tx, 1, 2, None)
        digests.unsaid(tx, "key")
    event.remove(database.engine, "before_cursor_execute", note)
    questions = [one for one in asked if one[0].startswith("SELECT")]
    assert len(questions) == 7
    for statement, parameters in questions:
        with database.reading() as tx:
            plan = [row[-1] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        # A scan is one of the open sign-offs: their partial index.
        walked = [step for step in plan if step.startswith("SCAN") and "ix_sign_offs_open" not in step]
        assert walked == [], (statement, plan)
