"""What an operator asks beside the bot, and what the answers say, on both databases."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.database_command import db_status, db_upgrade, list_notices, retry_notices
from bot.register_command import redact_field, register_head, verify_register
from storage import notices, schema
from storage.database import Database, one_bot
from tests.storage.people import NOW
from tests.storage.story import CLERK, behind_the_guards, tell_story

ASKED = datetime(2026, 3, 3, tzinfo=UTC)


@pytest.fixture
def told(database: Database, ready_url: str) -> str:
    """Where a register is that tells a story."""
    with database.transaction() as tx:
        tell_story(tx)
    return ready_url


def test_the_register_is_checked_against_a_kept_head(told: str, database: Database) -> None:
    head = register_head(told)
    assert (head.status, head.text[:2], len(head.text)) == (0, "4:", 66)
    found = verify_register(told, head.text)
    assert found == (f"The register holds: 4 events, 0 of them redactions.\nHead: {head.text}", 0)
    assert verify_register(told, "4:nonsense").status == 2
    with behind_the_guards(database, undo=False) as tx:
        tx.exec_driver_sql("UPDATE requests SET title = 'else' WHERE id = 2")
    broken = verify_register(told)
    assert broken.status == 1
    assert broken.text.startswith("BROKEN at GEN-2. GEN-2 was altered")


def test_a_field_is_redacted_and_the_check_reports_it(told: str) -> None:
    done = redact_field(told, "GEN-1", "vendor", "asked by the vendor", CLERK, ASKED)
    assert done.status == 0
    assert done.text.startswith("GEN-1: vendor is redacted; event 5 of the register says so.")
    assert (
        "GEN-1 vendor: redacted by Cleo Clerk at 2026-03-03 00:00 UTC: asked by the vendor"
        in verify_register(told).text
    )


@pytest.mark.parametrize(
    ("label", "field", "reason", "says"),
    [
        ("poster", "title", "asked", "poster is no request: write GEN-3"),
        ("GEN-1", "title", "  ", "Say why it is redacted"),
        ("GEN-1", "status", "asked", "These can be redacted: requester_name"),
        ("GEN-9", "title", "asked", "There is no GEN-9"),
    ],
)
def test_what_cannot_be_redacted_is_said(told: str, label: str, field: str, reason: str, says: str) -> None:
    answer = redact_field(told, label, field, reason, CLERK, ASKED)
    assert (answer.status, says in answer.text) == (2, True)


def test_the_tables_are_made_and_then_there_is_nothing_to_do(empty: Database, url: str) -> None:
    with empty.reading():
        pass  # SQLite's file is there now, without tables
    assert db_status(url).text.endswith("it has no tables yet; the first start makes them.")
    assert "run clearance db upgrade" in verify_register(url).text
    head = schema.status(empty).head
    assert db_upgrade(url).text.endswith(f"its tables went to {head}.")
    assert db_upgrade(url).text.endswith(f"its tables are at {head}; there is nothing to do.")
    assert db_status(url).status == 0


def test_a_newer_database_is_refused_by_every_command(empty: Database, url: str) -> None:
    schema.upgrade(empty)
    with empty.transaction() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '0099'")
    for answer in (db_status(url), db_upgrade(url), verify_register(url), list_notices(url)):
        assert answer.status == 2
        assert "0099, which this version does not know" in answer.text


def test_looking_makes_no_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'nothing.db'}"
    for answer in (db_status(url), verify_register(url), register_head(url), list_notices(url)):
        assert answer.status == 2
        assert "There is no file" in answer.text
    assert not list(tmp_path.iterdir())


def test_a_running_bot_is_not_upgraded_under_its_feet(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'clearance.db'}"
    with one_bot(url):
        assert db_upgrade(url) == db_upgrade(url)
        assert "Another Clearance is running" in db_upgrade(url).text


def test_what_is_stuck_is_listed_and_said_again(told: str, database: Database) -> None:
    assert list_notices(told) == ("Nothing is stuck: everything was said, or will be.", 0)
    with database.transaction() as tx:
        for kind in ("card", "ask"):
            key = notices.key(1, kind, "C0", "first")
            notices.enqueue(tx, key, kind, "C0", 1, {}, NOW, NOW)
            row = notices.claim(tx, NOW, ASKED - NOW)
            assert row is not None
            notices.failed(tx, row.id, "is_archived", NOW)
    listed = list_notices(told)
    assert listed.status == 1
    assert listed.text.startswith(
        "1  card to C0 about GEN-1: is_archived on 2026-03-02 09:30 UTC\n2  ask to C0"
    )
    again = retry_notices(told, ["1:ask:C0:first", "99"], ASKED)
    assert again == ("1 will be said again. No failed notice is called 99.", 1)
    assert retry_notices(told, [], ASKED) == ("1 will be said again.", 0)
    assert list_notices(told).status == 0


def test_a_password_is_never_shown() -> None:
    answer = db_status("postgresql://clearance:secret@127.0.0.1:1/clearance")
    assert answer.status == 2
    assert "secret" not in answer.text
