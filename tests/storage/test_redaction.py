"""What was asked to be forgotten is gone everywhere, and nothing else is."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from policy.facts import Facts, Step
from policy.lifecycle import Status
from policy.verdict import Outcome, TextFinding
from storage import register, requests, search
from storage.database import Database, checkpoint
from storage.errors import NothingToRedact, UnknownField
from storage.redaction import FIELDS, redact
from storage.seals import MARKER
from storage.search_words import beginning, stem
from storage.verification import verify
from tests.storage.freeze import LATER, happened
from tests.storage.people import BOOK, NOW, a_request, a_verdict
from tests.storage.story import CLERK, behind_the_guards, tell_story

# What a field says in the story; facts and verdict say many things.
WORDS = {
    "requester_name": "Ana Ibáñez",
    "title": "Poster in the corridor",
    "description": "out of focus",
    "vendor": "Paper Boat",
    "consent_reference": "release 12",
    "facts": "Brushstroke",
    "wording": "Not like this.",
    "conditions": "Ask the painter",
    "reason": "The painter said no.",
    "called_in_reason": "It is a painting.",
    "contact_names": "Ravi Menon",
    "details": "Oskar Lind",
}
TABLES = ("requests", "decisions", "sign_offs", "audit_events", "event_contents")


@pytest.fixture
def poster(database: Database) -> int:
    """Ana's request with everything that can be said about one."""
    with database.transaction() as tx:
        return tell_story(tx)


def forget(database: Database, number: int, field: str, why: str = "asked by the person") -> int:
    """Redact, as the command does."""
    with database.transaction() as tx:
        return redact(tx, number, field, why, CLERK, LATER)


def everything(database: Database, number: int) -> str:
    """Every stored value about a request, in one text."""
    with database.reading() as tx:
        rows: list[Any] = []
        for table in TABLES:
            name = {"requests": "id", "event_contents": "seq"}.get(table, "request_id")
            within = (
                f"SELECT seq FROM audit_events WHERE request_id = {number}" if name == "seq" else str(number)
            )
            rows += tx.exec_driver_sql(f"SELECT * FROM {table} WHERE {name} IN ({within})").all()
    return "\n".join(str(value) for row in rows for value in row)


@pytest.mark.parametrize("field", list(WORDS))
def test_a_field_is_gone_wherever_it_stood_and_the_rest_stays(
    database: Database, poster: int, field: str
) -> None:
    before = everything(database, poster)
    assert WORDS[field] in before
    forget(database, poster, field)
    after = everything(database, poster)
    assert WORDS[field] not in after
    for other, words in WORDS.items():
        # The details of events quote names, so they go with the names of contacts.
        if other != field and (field, other) != ("contact_names", "details"):
            assert words in after, other
    with database.reading() as tx:
        found = verify(tx)
    assert found.intact, found.says
    assert [(each.field, each.reason, each.by) for each in found.redactions] == [
        (field, "asked by the person", "Cleo Clerk")
    ]


def test_every_field_is_in_the_story(database: Database, poster: int) -> None:
    assert set(FIELDS) == {*WORDS, "not_generative"}


def test_the_event_says_what_why_and_by_whom(database: Database, poster: int) -> None:
    seq = forget(database, poster, "reason")
    with database.reading() as tx:
        event = register.events(tx, poster)[-1]
        row = requests.get(tx, poster)
    assert row is not None
    assert (event.id, event.kind, event.actor_name, event.at) == (seq, "redacted", "Cleo Clerk", LATER)
    assert event.details == {
        "field": "reason",
        "reason": "asked by the person",
        "places": ["decision 2 reason", "decision 2 snapshot reason"],
    }
    assert (event.content_hash, event.book) == (row.content_hash, (BOOK,))


def test_what_is_left_can_still_be_read(database: Database, poster: int) -> None:
    for field in ("facts", "title", "conditions", "contact_names"):
        forget(database, poster, field)
    with database.reading() as tx:
        row = requests.get(tx, poster)
        call, no = requests.decisions(tx, poster)
        submitted, called_in, *_ = register.events(tx, poster)
    assert row is not None
    assert (row.title, row.facts) == (MARKER, Facts(steps=(Step(tool=MARKER),)))
    assert (row.verdict.outcome, row.verdict.rulebooks) == (Outcome.ESCALATE, (BOOK,))
    assert row.verdict.findings == ()
    assert (call.conditions, no.conditions, no.by_name) == ((), (MARKER,), MARKER)
    assert (no.snapshot["facts"], no.snapshot["reason"]) == (MARKER, "The painter said no.")
    assert (submitted.actor_name, submitted.details) == ("Ana Ibáñez", {})
    assert (called_in.actor_name, called_in.actor_user, row.called_in_by) == (MARKER, "U0RAVI", MARKER)


def test_a_verdict_keeps_its_findings_when_the_description_it_quotes_goes(database: Database) -> None:
    said = {"fact": "third_party_ip", "declared": "no", "suggests": "yes", "quote": "out of focus"}
    quoting = a_verdict().model_copy(update={"text_findings": (TextFinding.model_validate(said),)})
    with database.transaction() as tx:
        number = requests.open_request(tx, a_request(verdict=quoting), NOW).id
        happened(tx, number, "submitted", "U0ANA", "Ana Ibáñez")
    forget(database, number, "description")
    with database.reading() as tx:
        row = requests.get(tx, number)
        assert verify(tx).intact
    assert row is not None
    assert (row.description, row.verdict) == (MARKER, a_verdict())
    assert "out of focus" not in everything(database, number)


def test_what_is_not_there_cannot_be_redacted(database: Database, poster: int) -> None:
    forget(database, poster, "title")
    for number, field, says in (
        (poster, "title", "GEN-1 holds no title, or it was redacted before"),
        (poster, "not_generative", "GEN-1 holds no not_generative"),
        (2, "wording", "GEN-2 holds no wording"),
        (99, "title", "There is no GEN-99"),
    ):
        with pytest.raises(NothingToRedact, match=says):
            forget(database, number, field)
    with pytest.raises(UnknownField, match="These can be redacted: requester_name, title"):
        forget(database, poster, "status")


def test_what_was_forgotten_does_not_come_back(database: Database, poster: int) -> None:
    forget(database, poster, "title")
    forget(database, poster, "contact_names")
    with pytest.raises(IntegrityError), database.transaction() as tx:
        tx.exec_driver_sql("UPDATE requests SET title = 'Poster in the corridor'")
    with pytest.raises(IntegrityError), database.transaction() as tx:
        tx.exec_driver_sql("UPDATE event_contents SET actor_name = 'Eve' WHERE actor_name = '[redacted]'")
    with behind_the_guards(database) as tx:
        tx.exec_driver_sql("UPDATE requests SET title = 'Poster in the corridor' WHERE id = 1")
        assert verify(tx).says.startswith("GEN-1 was altered")


def test_nobody_can_try_names_against_what_is_left(database: Database, poster: int) -> None:
    """The digest of a forgotten text is of no use without its salt, which went with it."""
    with database.reading() as tx:
        before = tx.exec_driver_sql("SELECT seals FROM requests WHERE id = 1").scalar_one().split(",")
    forget(database, poster, "requester_name")
    for salt in (before[0],):
        assert salt not in everything(database, poster)
    assert before[1] in everything(database, poster)


def test_a_forgotten_text_is_not_left_in_the_file(database: Database, poster: int) -> None:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps old rows until its VACUUM")
    path = Path(str(database.engine.url.database))
    checkpoint(database, thorough=True)
    assert b"Paper Boat" in path.read_bytes()
    forget(database, poster, "vendor")
    checkpoint(database, thorough=True)
    assert b"Paper Boat" not in path.read_bytes() + Path(f"{path}-wal").read_bytes()


def test_a_forgotten_word_is_neither_found_nor_left_in_the_index(database: Database, poster: int) -> None:
    with database.transaction() as tx:  # so many that FTS5 merges what it has, and drops pages of words
        for number in range(300):
            filed = requests.open_request(
                tx, a_request(form_key=f"MORE{number}", vendor=f"v{number}x"), NOW
            ).id
            requests.move(tx, filed, frm=Status.PENDING, to=Status.DENIED, revision=1, now=NOW)
    while search.catch_up(database, 7):
        pass
    assert sought(database, "boat") == [poster]
    forget(database, poster, "vendor")
    assert sought(database, "boat") == []
    assert search.catch_up(database) >= 1
    assert sought(database, "boat") == []
    assert poster in sought(database, "corridor")
    if database.engine.dialect.name == "sqlite":  # PostgreSQL keeps old rows until its VACUUM
        checkpoint(database, thorough=True)
        path = Path(str(database.engine.url.database))
        left = path.read_bytes() + Path(f"{path}-wal").read_bytes()
        assert b"boat" not in left.lower()
        assert b"corrid" in left


def sought(database: Database, word: str) -> list[int]:
    """The requests in which a word is found."""
    with database.reading() as tx:
        return search.find(tx, ((stem(word), beginning(word)),), 1000)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(FIELDS), count=st.integers(1, len(FIELDS)))
def test_in_whatever_order_things_are_forgotten_the_register_holds(
    database: Database, poster: int, order: list[str], count: int
) -> None:
    with behind_the_guards(database) as tx:
        gone = []
        for field in order[:count]:
            try:
                redact(tx, poster, field, "asked", CLERK, LATER)
            except NothingToRedact:
                assert field in ("not_generative", "details")  # the details went with the names in them
                continue
            gone.append(field)
        found = verify(tx)
        assert found.intact, found.says
        assert [each.field for each in found.redactions] == gone
        assert requests.get(tx, poster) and requests.decisions(tx, poster) and register.events(tx, poster)
