"""Whatever is changed behind the register's back is found, and said where."""

import sqlite3
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from storage import register, requests
from storage.database import Database
from storage.errors import BadHead
from storage.redaction import redact
from storage.register import NewEvent
from storage.verification import Verification, verify
from tests.storage.freeze import LATER, happened
from tests.storage.people import NOW, a_request, all_at_once, ravi_says
from tests.storage.story import CLERK, behind_the_guards, tell_story


@pytest.fixture
def told(database: Database) -> Database:
    """Two requests, two decisions, five events of which one is a redaction."""
    with database.transaction() as tx:
        poster = tell_story(tx)
        redact(tx, poster, "title", "asked by the painter", CLERK, LATER)
    return database


def verified(database: Database, head: str | None = None) -> Verification:
    """What a check finds."""
    with database.reading() as tx:
        return verify(tx, head)


def test_an_untouched_register_holds(told: Database) -> None:
    found = verified(told)
    assert found.intact, found.says
    assert found.says == "The register holds: 5 events, 1 of them redactions."
    with told.reading() as tx:
        assert (found.count, found.head) == (5, register.head(tx))
    [redaction] = found.redactions
    assert (redaction.request_id, redaction.field, redaction.by) == (1, "title", "Cleo Clerk")
    assert (redaction.reason, redaction.at) == ("asked by the painter", "2026-03-02 11:30:00.000000")


def test_an_empty_register_holds(database: Database) -> None:
    found = verified(database)
    assert (found.intact, found.count, found.head) == (True, 0, f"0:{register.GENESIS}")
    assert verified(database, found.head).intact


@pytest.mark.parametrize(
    ("statement", "place", "says"),
    [
        ("UPDATE audit_events SET kind = 'approved' WHERE seq = 4", "event 4", "Event 4 was altered"),
        (
            "DELETE FROM audit_events WHERE seq = 2",
            "event 2",
            "Event 2 is missing: event 1 is followed by event 3",
        ),
        ("DELETE FROM audit_events WHERE seq < 3", "event 1", "Events 1 to 2 are missing"),
        ("DELETE FROM audit_events WHERE seq = 5", "The text 'title'", "was emptied, and no event says why"),
        ("UPDATE event_contents SET details = '{}' WHERE seq = 1", "event 1", "The contents of event 1"),
        ("DELETE FROM event_contents WHERE seq = 3", "event 3", "are missing"),
        ("DELETE FROM event_contents", "event 1", "are missing"),
        ("UPDATE requests SET description = 'else' WHERE id = 2", "GEN-2", "GEN-2 was altered"),
        ("UPDATE requests SET outcome = 'cleared' WHERE id = 2", "GEN-2", "GEN-2 was altered"),
        ("UPDATE requests SET seals = seals || ',00' WHERE id = 2", "GEN-2", "GEN-2 was altered"),
        ("UPDATE decisions SET seals = seals || ',' WHERE id = 2", "decision 2", "Decision 2 was altered"),
        ("UPDATE decisions SET wording = 'Yes.' WHERE id = 2", "decision 2", "Decision 2 was altered"),
        ("UPDATE decisions SET hash = '' WHERE id = 2", "decision 2", "The hash of decision 2 was altered"),
        ("DELETE FROM decisions WHERE id = 1", "Decision 1", "Decision 1 is missing"),
        ("DELETE FROM requests WHERE id = 2", "GEN-2", "GEN-2 is missing; its events are there"),
        ("DELETE FROM audit_events WHERE request_id = 2", "event 2", "Event 2 is missing"),
    ],
)
def test_where_and_how_it_breaks_is_said(told: Database, statement: str, place: str, says: str) -> None:
    with behind_the_guards(told) as tx:
        assert tx.exec_driver_sql(statement).rowcount
        found = verify(tx)
    assert not found.intact
    assert says in found.says
    assert place in found.broken_at or place in found.says
    assert verified(told).intact


def test_exchanged_events_are_found(told: Database) -> None:
    with behind_the_guards(told) as tx:
        for table in ("audit_events", "event_contents"):
            for old, new in ((3, 99), (4, 3), (99, 4)):
                tx.exec_driver_sql(f"UPDATE {table} SET seq = {new} WHERE seq = {old}")
        assert "Event 3 was altered" in verify(tx).says
    with behind_the_guards(told) as tx:  # with a hash of its own made to fit
        row = tx.exec_driver_sql("SELECT * FROM audit_events WHERE seq = 3").one()
        other = dict(row._mapping) | {"previous": "ab" * 32}
        del other["hash"]
        fitting = register.event_hash(**other)
        tx.exec_driver_sql(
            f"UPDATE audit_events SET previous = '{'ab' * 32}', hash = '{fitting}' WHERE seq = 3"
        )
        assert "Event 3 does not follow event 2" in verify(tx).says


def test_emptied_without_an_event_is_found(told: Database) -> None:
    """Somebody empties a text as a redaction would, and tells nobody."""
    with behind_the_guards(told) as tx:
        redact(tx, 2, "description", "hush", CLERK, LATER)
        tx.exec_driver_sql("DELETE FROM event_contents WHERE seq = 6")
        tx.exec_driver_sql("DELETE FROM audit_events WHERE seq = 6")
        found = verify(tx)
    assert (found.broken_at, found.intact) == ("GEN-2", False)
    assert found.says == "The text 'description' of GEN-2 was emptied, and no event says why."


def test_a_kept_head_shows_that_the_newest_were_cut_off(told: Database) -> None:
    with told.transaction() as tx:
        kept = register.head(tx)
        happened(tx, 2, "reminded", "", "Clearance")
    assert verified(told, kept).intact  # it has only grown since
    assert verified(told, verified(told).head).intact
    newest = verified(told).head
    with behind_the_guards(told) as tx:
        tx.exec_driver_sql("DELETE FROM event_contents WHERE seq = 6")
        tx.exec_driver_sql("DELETE FROM audit_events WHERE seq = 6")
        assert verify(tx).intact  # nothing in it can show this
        found = verify(tx, newest)
        assert found.says == "The register ends at event 5: the newest events are missing, 1 of them."
        happened(tx, 2, "approved", "U0EVE", "Eve")
        assert "Event 6 is not the one of the kept head" in verify(tx, newest).says


@pytest.mark.parametrize("head", ["", "5", "5:abc", "-1:" + "0" * 64, "x:" + "0" * 64, "5:" + "g" * 64])
def test_a_head_that_is_none_is_refused(database: Database, head: str) -> None:
    with pytest.raises(BadHead, match="COUNT:HASH"):
        verified(database, head)


def test_a_request_or_decision_in_no_event_is_found(told: Database) -> None:
    with told.transaction() as tx:
        requests.open_request(tx, a_request(form_key="V9"), NOW)
    assert verified(told).says == "GEN-3 is in no event of the register."


def test_eight_who_append_at_once_keep_one_chain(told: Database) -> None:
    def act(number: int) -> None:
        for turn in range(5):
            with told.transaction() as tx:
                happened(tx, 1 + number % 2, f"reminded_{number}_{turn}", "", "Clearance")

    all_at_once(8, act)
    found = verified(told)
    assert (found.intact, found.count) == (True, 45)


def test_what_is_rolled_back_leaves_no_gap(told: Database) -> None:
    with pytest.raises(LookupError), told.transaction() as tx:
        happened(tx, 1, "reminded", "", "Clearance")
        happened(tx, 1, "reminded", "", "Clearance", decision=99)
    with told.transaction() as tx:
        assert happened(tx, 1, "reminded", "", "Clearance") == 6
    assert verified(told).intact


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET kind = 'approved'",
        "UPDATE audit_events SET hash = hash",
        "DELETE FROM audit_events",
        "UPDATE event_contents SET details = '{}'",
        "UPDATE event_contents SET details = '[redacted]'",
        "UPDATE event_contents SET actor_name = 'Eve'",
        "UPDATE event_contents SET actor_user = 'U0EVE'",
        "UPDATE event_contents SET details_seal = 'aa'",
        "DELETE FROM event_contents",
        "UPDATE decisions SET wording = 'Yes.'",
        "UPDATE decisions SET snapshot = '{}'",
        "UPDATE decisions SET action = 'approve'",
        "DELETE FROM decisions",
        "UPDATE requests SET title = 'Poster in the corridor'",
        "UPDATE requests SET description = 'else'",
        "UPDATE requests SET verdict = '{}'",
        "UPDATE requests SET content_hash = ''",
        "UPDATE requests SET seals = ''",
        "DELETE FROM requests",
    ],
)
def test_the_database_itself_refuses_to_rewrite(told: Database, statement: str) -> None:
    with pytest.raises(IntegrityError), told.transaction() as tx:
        tx.exec_driver_sql(statement)
    assert verified(told).intact


def test_the_detours_are_closed_too(told: Database) -> None:
    if told.engine.dialect.name == "sqlite":  # REPLACE deletes, and fires no trigger for that
        detours = [
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
            for table in ("audit_events", "event_contents", "decisions")
        ]
    else:
        detours = [f"TRUNCATE {table} CASCADE" for table in ("audit_events", "event_contents", "decisions")]
    for statement in detours:
        with pytest.raises(IntegrityError), told.transaction() as tx:
            tx.exec_driver_sql(statement)


COVERED = ("audit_events", "event_contents", "requests", "decisions")
# What moves while a request lives; the events tell its story, and they are covered.
FREE = {
    *("status", "revision", "updated_at", "created_at", "approvals_channel", "card_ts", "thread_ts"),
    *("called_in_by", "called_in_reason", "origin_channel", "form_key"),
}


@st.composite
def changed(draw: st.DrawFn, value: Any) -> Any:
    """Another value of a column: a character more, less or else, another number, nothing, other bytes."""
    if isinstance(value, int):
        return value + draw(st.integers(-3, 3))
    text = "" if value is None else str(value)
    at = draw(st.integers(0, len(text)))
    piece = draw(st.sampled_from(["", "x", "0", " ", "\n", "é", "[redacted]", '"']))
    return text[:at] + piece + text[at + draw(st.integers(0, 2)) :]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_change_of_any_stored_value_is_found(told: Database, data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(COVERED))
    key = "seq" if "event" in table else "id"
    with behind_the_guards(told) as tx:
        columns = [column["name"] for column in inspect(tx).get_columns(table)]
        name = data.draw(
            st.sampled_from([each for each in columns if not (table == "requests" and each in FREE)])
        )
        number = data.draw(
            st.sampled_from(tx.exec_driver_sql(f"SELECT {key} FROM {table} ORDER BY 1").scalars().all())
        )
        before = stored(tx, table, name, key, number)
        after = data.draw(changed(before))
        assume(after != before)
        try:
            change(tx, table, name, after, key, number)
            assume(stored(tx, table, name, key, after if name == key else number) != before)
        except DBAPIError:
            assume(False)  # the column's own type or check refuses it
        assert not verify(tx).intact, (table, name, number, before, after)


def stored(tx: Connection, table: str, name: str, key: str, number: int) -> Any:
    """A value as the database keeps it, times as text."""
    value = tx.exec_driver_sql(f"SELECT {name} FROM {table} WHERE {key} = {number}").scalar_one()
    return value if isinstance(value, int) or value is None else str(value)


def change(tx: Connection, table: str, name: str, value: Any, key: str, number: int) -> None:
    """Write it."""
    mark = "?" if tx.dialect.name == "sqlite" else "%s"
    tx.exec_driver_sql(f"UPDATE {table} SET {name} = {mark} WHERE {key} = {number}", (value,))


def test_bytes_that_are_no_text_are_found_and_placed(told: Database) -> None:
    with behind_the_guards(told) as tx:
        if not isinstance(tx.connection.dbapi_connection, sqlite3.Connection):
            pytest.skip("PostgreSQL takes text only")
        tx.exec_driver_sql("UPDATE audit_events SET kind = CAST(X'ff41' AS TEXT) WHERE seq = 3")
        assert "The events after event 2 cannot be read" in verify(tx).says
    with behind_the_guards(told) as tx:
        tx.exec_driver_sql("UPDATE audit_events SET kind = CAST(kind AS BLOB) WHERE seq = 3")
        assert verify(tx).says.startswith("Event 3 was altered")


def test_empty_quotes_that_moved_within_a_verdict_are_found(told: Database) -> None:
    with behind_the_guards(told) as tx:
        stored = tx.exec_driver_sql("SELECT verdict FROM requests WHERE id = 2").scalar_one()
        taken = stored.replace(',"text_findings":[]', "", 1)
        moved = taken.replace(',"topics":', ',"text_findings":[],"topics":', 1)
        assert moved != stored and len(moved) == len(stored)
        tx.execute(text("UPDATE requests SET verdict = :moved WHERE id = 2"), {"moved": moved})
        assert verify(tx).broken_at == "GEN-2"


def test_an_event_without_a_content_hash_says_nothing_about_the_content(told: Database) -> None:
    with told.transaction() as tx:
        register.append(tx, NewEvent(request_id=2, kind="noted"), LATER)
    assert verified(told).intact


@pytest.mark.parametrize("odd", ["a\0b", "a\ud800b", "\udfff"])
def test_what_no_database_takes_is_marked_and_the_rest_is_kept(database: Database, odd: str) -> None:
    with database.transaction() as tx:
        number = requests.open_request(tx, a_request(title=f"Poster {odd}"), NOW).id
        said = ravi_says(number, wording=odd, conditions=(odd,), snapshot={"wording": odd})
        decision = requests.record_decision(tx, said, NOW)
        happened(tx, number, "approved", "U0RAVI", f"Ravi {odd}", decision=decision, quote=odd)
    with database.reading() as tx:
        assert verify(tx).intact
        row = requests.get(tx, number)
        [event] = register.events(tx, number)
    assert row is not None
    assert row.title.startswith("Poster ")
    assert event.actor_name.startswith("Ravi ")
