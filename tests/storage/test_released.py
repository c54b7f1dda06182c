"""Whoever comes from a released version finds everything again, and can go on."""

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from policy.lifecycle import Status
from storage import absences, chases, requests, rounds, schema, search
from storage.database import Database
from storage.seals import MARKER
from storage.search_words import beginning, stem
from storage.tables import Row
from storage.verification import verify
from tests.storage.freeze import LATER, RELEASED, happened
from tests.storage.people import NOW, a_request

REVISIONS = [
    script.revision
    for script in ScriptDirectory.from_config(schema.configuration()).walk_revisions("base", "heads")
]


def as_released(database: Database, revision: str) -> None:
    """The tables of that revision with the data that was frozen then."""
    path = RELEASED / f"{revision}.sql"
    assert path.exists(), f"freeze the data of {revision}: python -m tests.storage.freeze"
    config = schema.configuration()
    with database.transaction() as tx:
        config.attributes["connection"] = tx
        command.upgrade(config, revision)
        for line in path.read_text(encoding="utf-8").splitlines():
            tx.exec_driver_sql(line.replace("%", "%%") if tx.dialect.name == "postgresql" else line)
        if tx.dialect.name == "postgresql":  # ids that were written out did not count
            there = inspect(tx).get_table_names()
            for table in Row.metadata.sorted_tables:
                if "id" in table.c and table.name in there:
                    count = (
                        f"pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name})"
                    )
                    tx.exec_driver_sql(f"SELECT setval({count})")


def test_a_start_knows_the_newest_migration_by_heart() -> None:
    assert ScriptDirectory.from_config(schema.configuration()).get_heads() == [schema.HEAD]


@pytest.mark.parametrize("revision", REVISIONS)
def test_from_every_released_version_the_way_up_loses_nothing(empty: Database, revision: str) -> None:
    as_released(empty, revision)
    assert schema.status(empty).current == revision
    schema.upgrade(empty)
    assert schema.status(empty).up_to_date
    with empty.reading() as tx:
        waiting, denied = requests.latest(tx)
        [decision] = requests.decisions(tx, denied.id)
        assert verify(tx).says == "The register holds: 4 events, 1 of them redactions."
    assert (waiting.title, waiting.status, denied.status) == ("Ana’s own — größer", "pending", Status.DENIED)
    assert (denied.title, denied.description) == ("Poster in the corridor", MARKER)
    assert (decision.reason, decision.by_name) == ("It is a painting.", "Ravi Menon")


@pytest.mark.parametrize("revision", [each for each in REVISIONS if each != "0001"])
def test_who_is_chased_and_who_is_away_stays_known(empty: Database, revision: str) -> None:
    as_released(empty, revision)
    schema.upgrade(empty)
    with empty.reading() as tx:
        [still] = chases.due(tx, LATER, 9)
        [away] = absences.current(tx, LATER)
        [digest] = rounds.every(tx)
    assert (still.request_id, still.reminders, still.snoozed_until, still.escalated_at) == (
        2,
        1,
        LATER,
        LATER,
    )
    assert (away.contact, away.stand_in, away.begins) == ("oskar", "mei", NOW)
    assert (digest.audience, digest.due_at, digest.seen) == ("digest:C0", LATER, 2)


@pytest.mark.parametrize("revision", REVISIONS)
def test_from_every_released_version_work_goes_on(empty: Database, revision: str) -> None:
    as_released(empty, revision)
    schema.upgrade(empty)
    with empty.transaction() as tx:
        number = requests.open_request(tx, a_request(form_key="V2"), NOW).id
        happened(tx, number, "submitted", "U0ANA", "Ana Ibáñez")
    with empty.reading() as tx:
        assert number == 3
        assert verify(tx).intact


@pytest.mark.parametrize("revision", REVISIONS)
def test_what_every_released_version_recorded_can_be_searched(empty: Database, revision: str) -> None:
    as_released(empty, revision)
    schema.upgrade(empty)
    assert search.catch_up(empty) >= 2
    with empty.reading() as tx:
        assert search.find(tx, ((stem("brushstroke"),),), 9) == [2, 1]
        assert search.find(tx, ((beginning("gross"), stem("grosser")),), 9) == [2]
        assert search.find(tx, ((stem("focus"),),), 9) == [2]  # in the first it was redacted
        assert search.find(tx, ((stem("redacted"),),), 9) == []
