"""A notice is kept once, said in order, by one at a time, and never lost."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from storage import notices, requests
from storage.database import Database
from storage.inserts import insert_together
from storage.notices import NoticeRow, NoticeState
from tests.storage.people import NOW, a_request, all_at_once

LEASE = timedelta(minutes=2)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def gen(database: Database) -> tuple[int, int]:
    """Two requests to talk about."""
    with database.transaction() as tx:
        one = requests.open_request(tx, a_request(), NOW).id
        return one, requests.open_request(tx, a_request(form_key="V1"), NOW).id


def keep(
    tx: Connection,
    kind: str,
    recipient: str = "C0",
    request_id: int | None = None,
    after: timedelta = timedelta(0),
) -> bool:
    """Enqueue with the key that everybody composes."""
    key = notices.key(request_id, kind, recipient, 1)
    return notices.enqueue(tx, key, kind, recipient, request_id, {}, NOW + after, NOW)


def claimed(database: Database, after: timedelta = timedelta(0)) -> NoticeRow | None:
    """What the next ticker gets."""
    with database.transaction() as tx:
        return notices.claim(tx, NOW + after, LEASE)


def kind_of(row: NoticeRow | None) -> str | None:
    """What it says, if anything."""
    return row.kind if row else None


def said(database: Database, row: NoticeRow | None) -> bool:
    """It stands in Slack."""
    assert row is not None
    with database.transaction() as tx:
        return notices.delivered(tx, row.id, row.recipient, "111.1", NOW)


def test_what_a_new_request_has_to_say_is_kept_in_order(database: Database, gen: tuple[int, int]) -> None:
    first, second = (notices.key(gen[0], kind, "C0", "first") for kind in ("card", "ask"))
    with database.transaction() as tx:
        insert_together(tx, notices.first_rows(gen[0], [(first, "card", "C0"), (second, "ask", "C0")], NOW))
        assert not notices.enqueue(tx, first, "card", "C0", gen[0], {}, NOW, NOW)
    card = claimed(database)
    assert card is not None
    assert (card.kind, card.request_id, card.payload, card.created_at) == ("card", gen[0], {}, NOW)
    assert said(database, card)
    assert kind_of(claimed(database)) == "ask"


def test_what_is_new_was_never_kept_before(database: Database, gen: tuple[int, int]) -> None:
    key = notices.key(gen[0], "card", "C0", "first")
    with database.transaction() as tx:
        insert_together(tx, notices.first_rows(gen[0], [(key, "card", "C0")], NOW))
    with pytest.raises(IntegrityError), database.transaction() as tx:
        insert_together(tx, notices.first_rows(gen[0], [(key, "card", "C0")], NOW))


def test_a_notice_enqueued_twice_is_kept_once(database: Database, gen: tuple[int, int]) -> None:
    with database.transaction() as tx:
        assert keep(tx, "card", request_id=gen[0])
        assert not keep(tx, "card", request_id=gen[0], after=LEASE)
        assert keep(tx, "card", request_id=gen[1])


def test_eight_who_enqueue_the_same_keep_one(database: Database) -> None:
    def act(_number: int) -> bool:
        with database.transaction() as tx:
            return keep(tx, "digest")

    assert sorted(all_at_once(8, act)) == [False] * 7 + [True]


def test_the_key_names_request_kind_recipient_and_occurrence() -> None:
    assert notices.key(3, "reminder", "U0RAVI", 2) == "3:reminder:U0RAVI:2"
    assert notices.key(None, "digest", "C0OPS", "2026-03-02") == "-:digest:C0OPS:2026-03-02"
    with pytest.raises(ValueError, match="colon"):
        notices.key(3, "a:b", "C0", 1)


part = st.text(alphabet="ab-1", max_size=3)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.none() | st.integers(0), part, part, st.text("a:1", max_size=3)), unique_by=repr)
)
def test_different_notices_have_different_keys(
    chosen: list[tuple[int | None, str, str, str]],
) -> None:
    assert len({notices.key(*one) for one in chosen}) == len(chosen)


def test_a_claimed_notice_says_what_was_kept(database: Database, gen: tuple[int, int]) -> None:
    with database.transaction() as tx:
        notices.enqueue(tx, "k", "card", "C0", gen[0], {"request": gen[0]}, NOW, NOW)
    row = claimed(database)
    assert row is not None
    assert (row.key, row.kind, row.recipient, row.request_id) == ("k", "card", "C0", gen[0])
    assert row.payload == {"request": gen[0]}
    assert (row.attempts, row.lease_until, row.state) == (1, NOW + LEASE, NoticeState.WAITING)


def test_nobody_gets_a_notice_before_it_is_due(database: Database) -> None:
    with database.transaction() as tx:
        keep(tx, "reminder", after=MINUTE)
    assert claimed(database) is None
    assert kind_of(claimed(database, MINUTE)) == "reminder"


def test_a_held_notice_comes_back_when_its_holder_died(database: Database) -> None:
    with database.transaction() as tx:
        keep(tx, "card")
    assert kind_of(claimed(database)) == "card"
    assert claimed(database, LEASE - MINUTE) is None
    again = claimed(database, LEASE)
    assert again is not None
    assert again.attempts == 2


def test_of_eight_who_claim_at_once_no_two_get_the_same(database: Database) -> None:
    with database.transaction() as tx:
        for number in range(20):
            keep(tx, "card", recipient=f"C{number}")

    def take_all(_number: int) -> list[int]:
        mine = []
        while row := claimed(database):
            mine.append(row.id)
        return mine

    taken = [one for mine in all_at_once(8, take_all) for one in mine]
    assert len(taken) == len(set(taken)) == 20


def test_in_one_conversation_things_are_said_in_order(database: Database) -> None:
    with database.transaction() as tx:
        keep(tx, "first", after=MINUTE)
        keep(tx, "second")
        keep(tx, "elsewhere", recipient="C1", after=MINUTE)
    row = claimed(database, MINUTE)
    assert kind_of(row) == "first"  # though the second was due before it
    assert kind_of(claimed(database, MINUTE)) == "elsewhere"
    assert claimed(database, MINUTE) is None
    assert said(database, row)
    assert kind_of(claimed(database, MINUTE)) == "second"


def test_about_one_request_things_are_said_in_order(database: Database, gen: tuple[int, int]) -> None:
    with database.transaction() as tx:
        keep(tx, "card", "C0", gen[0])
        keep(tx, "mention", "C1", gen[0])
        keep(tx, "other", "C2", gen[1])
    card = claimed(database)
    assert kind_of(card) == "card"
    assert kind_of(claimed(database)) == "other"
    assert claimed(database) is None
    assert said(database, card)
    assert kind_of(claimed(database)) == "mention"


def test_a_reminder_for_tomorrow_holds_nobody_up(database: Database, gen: tuple[int, int]) -> None:
    with database.transaction() as tx:
        keep(tx, "reminder", "C0", gen[0], after=timedelta(days=1))
        keep(tx, "approved", "C0", gen[0])
    assert kind_of(claimed(database)) == "approved"


def test_who_was_told_to_wait_keeps_those_behind_waiting(database: Database) -> None:
    with database.transaction() as tx:
        keep(tx, "first")
        keep(tx, "second")
    row = claimed(database)
    assert row is not None
    with database.transaction() as tx:
        assert notices.retry_at(tx, row.id, NOW + MINUTE, "ratelimited")
        assert notices.next_due(tx) == NOW + MINUTE
    assert claimed(database) is None
    again = claimed(database, MINUTE)
    assert again is not None
    assert (again.kind, again.attempts, again.error) == ("first", 2, "ratelimited")


@pytest.mark.parametrize("end", ["failed", "dropped"])
def test_what_cannot_or_need_not_be_said_lets_the_next_one_pass(database: Database, end: str) -> None:
    with database.transaction() as tx:
        keep(tx, "first")
        keep(tx, "second")
    row = claimed(database)
    assert row is not None
    with database.transaction() as tx:
        if end == "failed":
            assert notices.failed(tx, row.id, "channel_not_found", NOW)
        else:
            assert notices.dropped(tx, row.id, "withdrawn")
        names = [(one.kind, one.error, one.failed_at) for one in notices.stuck(tx)]
    assert names == ([("first", "channel_not_found", NOW)] if end == "failed" else [])
    assert kind_of(claimed(database)) == "second"


def test_what_is_settled_stays_settled(database: Database) -> None:
    with database.transaction() as tx:
        keep(tx, "card")
    row = claimed(database)
    assert row is not None
    assert said(database, row)
    with database.transaction() as tx:
        assert not notices.delivered(tx, row.id, "C9", "9.9", NOW)
        assert not notices.retry_at(tx, row.id, NOW, "late")
        assert not notices.failed(tx, row.id, "late", NOW)
        assert not notices.dropped(tx, row.id, "late")
        settled = notices.get(tx, row.id)
        assert notices.get(tx, row.id + 1) is None
    assert settled is not None
    assert (settled.state, settled.channel, settled.ts) == (NoticeState.DELIVERED, "C0", "111.1")
    assert (settled.delivered_at, settled.lease_until, settled.error) == (NOW, None, "")


def test_the_next_tick_is_known(database: Database) -> None:
    with database.transaction() as tx:
        assert notices.next_due(tx) is None
        keep(tx, "later", after=timedelta(hours=1))
        keep(tx, "soon", recipient="C1", after=MINUTE)
        assert notices.next_due(tx) == NOW + MINUTE
    row = claimed(database, MINUTE)
    with database.reading() as tx:
        assert notices.next_due(tx) == NOW + MINUTE + LEASE  # or whenever its holder says more
    assert said(database, row)
    with database.reading() as tx:
        assert notices.next_due(tx) == NOW + timedelta(hours=1)


def test_the_table_refuses_a_state_it_does_not_know(database: Database) -> None:
    with database.transaction() as tx:
        keep(tx, "card")
    with pytest.raises(IntegrityError), database.transaction() as tx:
        tx.exec_driver_sql("UPDATE notices SET state = 'sent'")


def test_finding_the_next_notice_reads_no_table_from_end_to_end(database: Database) -> None:
    statements: list[str] = []
    with database.transaction() as tx:
        if tx.dialect.name != "sqlite":
            pytest.skip("asks SQLite for its plan")
        tx.connection.dbapi_connection.set_trace_callback(statements.append)  # type: ignore[union-attr]
        notices.claim(tx, NOW, LEASE)
        notices.stuck(tx)
        tx.connection.dbapi_connection.set_trace_callback(None)  # type: ignore[union-attr]
        plans = [row[3] for one in statements[-2:] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}")]
    used = {plan.split(" INDEX ")[-1].split()[0] for plan in plans if " INDEX " in plan}
    assert {"ix_notices_due", "ix_notices_request", "ix_notices_recipient", "ix_notices_failed"} <= used
    assert not [plan for plan in plans if plan.startswith("SCAN") and "INDEX" not in plan]


step = st.sampled_from(["claim", "deliver", "retry", "fail", "minute"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["C0", "C1"]), st.integers(0, 3)), max_size=8), st.lists(step))
def test_whenever_the_next_tick_is_due_something_can_be_claimed(
    database: Database, kept: list[tuple[str, int]], happened: list[str]
) -> None:
    with database.transaction() as tx:
        tx.exec_driver_sql("DELETE FROM notices")
        for number, (recipient, minutes) in enumerate(kept):
            keep(tx, str(number), recipient, after=MINUTE * minutes)
        now, held = NOW, list[NoticeRow]()
        for what in happened:
            if what == "minute":
                now += MINUTE
            elif what == "claim":
                held += filter(None, [notices.claim(tx, now, LEASE)])
            elif held:
                settle(tx, held.pop(0), what, now + MINUTE)
        due = notices.next_due(tx)
        still = tx.exec_driver_sql("SELECT count(*) FROM notices WHERE state = 'waiting'").scalar_one()
        assert (due is None) == (still == 0)
        if due is not None:
            assert notices.claim(tx, max(now, due), LEASE) is not None


def settle(tx: Connection, row: NoticeRow, how: str, then: object) -> None:
    """How the call to Slack ended."""
    if how == "deliver":
        notices.delivered(tx, row.id, "C0", "1.1", NOW)
    elif how == "retry":
        notices.retry_at(tx, row.id, then, "ratelimited")  # type: ignore[arg-type]
    else:
        notices.failed(tx, row.id, "gone", NOW)
