"""A request is opened, seen, decided and found again."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import IntegrityError

from policy.facts import Facts, Step
from policy.lifecycle import Move, Status
from policy.verdict import Outcome, Topic
from storage import requests
from storage.canonical import content_hash
from storage.database import AlreadyFiled, Database
from storage.requests import SignOffState
from tests.storage.people import (
    NOW,
    a_request,
    a_verdict,
    all_at_once,
    filed,
    oskar_for,
    ravi_for,
    ravi_says,
)

LATER = NOW + timedelta(hours=1)
BOTH = [ravi_for(Topic.PRODUCTION), oskar_for(Topic.LEGAL)]


@pytest.fixture
def poster(database: Database) -> int:
    """Ana's request, waiting for Ravi and Oskar."""
    with database.transaction() as tx:
        return filed(tx, a_request(), BOTH, NOW).id


def test_a_request_comes_back_as_it_was_stated(database: Database, poster: int) -> None:
    new = a_request()
    with database.reading() as tx:
        row = requests.get(tx, poster)
    assert row is not None
    assert row.label == f"GEN-{poster}"
    assert row.content() == new.content()
    assert (row.facts, row.verdict, row.outcome) == (new.facts, a_verdict(), Outcome.ESCALATE)
    assert (row.status, row.revision, row.form_key) == (Status.PENDING, 1, "V0ROOT")
    assert (row.origin_channel, row.approvals_channel) == ("C0NIGHTFALL", "C0APPROVALS")
    assert len(row.content_hash) == 64
    assert row.created_at == row.updated_at == NOW


def test_a_time_said_elsewhere_is_kept_as_the_same_moment_in_utc(database: Database) -> None:
    los_angeles = datetime(2026, 3, 2, 1, 30, tzinfo=timezone(timedelta(hours=-8)))
    with database.transaction() as tx:
        made = requests.open_request(tx, a_request(), los_angeles).id
        row = requests.get(tx, made)
    assert row is not None
    assert (row.created_at, row.created_at.tzinfo) == (NOW, UTC)


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="timezone"), database.transaction() as tx:
        requests.open_request(tx, a_request(), datetime(2026, 3, 2, 9, 30))


def test_any_change_of_what_was_stated_changes_the_hash() -> None:
    hashes = {
        content_hash(a_request(**change).content())
        for change in (
            {},
            {"title": "Poster in the hall"},
            {"consent_reference": "release 12"},
            {"needed_by": None},
            {"requester_user": "U0EVE"},
            {"facts": a_request().facts.model_copy(update={"output_final": "yes"})},
        )
    }
    assert len(hashes) == 6
    assert content_hash(a_request(form_key="V1").content()) in hashes


def test_a_form_sent_twice_is_one_request(database: Database, poster: int) -> None:
    with database.transaction() as tx:
        known = requests.by_form_key(tx, "V0ROOT")
        assert known is not None and known.id == poster
        assert requests.by_form_key(tx, "V0OTHER") is None
        with pytest.raises(AlreadyFiled, match="recorded before"):
            filed(tx, a_request(title="again"), BOTH, NOW)
        # The refusal spoils nothing: the same transaction goes on.
        assert requests.open_request(tx, a_request(form_key="V0NEXT"), NOW).id > poster
    with database.reading() as tx:
        assert [row.title for row in requests.latest(tx)] == ["Poster in the corridor"] * 2


def test_a_number_is_never_given_twice(database: Database, poster: int) -> None:
    with database.transaction() as tx:
        requests.void_open(tx, poster)
        tx.exec_driver_sql("DELETE FROM sign_offs")
        tx.exec_driver_sql("DELETE FROM requests")
    with database.transaction() as tx:
        assert requests.open_request(tx, a_request(), NOW).id > poster


def test_of_eight_who_decide_at_once_one_does(database: Database, poster: int) -> None:
    def decide(number: int) -> bool:
        to = Status.APPROVED if number % 2 else Status.DENIED
        with database.transaction() as tx:
            return requests.move(tx, poster, frm=Status.PENDING, to=to, revision=1, now=LATER)

    assert sorted(all_at_once(8, decide)) == [False] * 7 + [True]


def test_nobody_moves_what_they_did_not_see(database: Database, poster: int) -> None:
    seen = {"to": Status.APPROVED, "now": LATER}
    with database.transaction() as tx:
        assert not requests.move(tx, poster, frm=Status.PENDING, revision=2, **seen)  # type: ignore[arg-type]
        assert not requests.move(tx, poster, frm=Status.RECORDED, revision=1, **seen)  # type: ignore[arg-type]
        assert not requests.hold(tx, poster, status=Status.PENDING, revision=2, now=LATER)
        assert requests.hold(tx, poster, status=Status.PENDING, revision=1, now=LATER)
        row = requests.get(tx, poster)
    assert row is not None
    assert (row.status, row.updated_at) == (Status.PENDING, LATER)


def test_two_topics_signed_at_once_are_both_signed_and_the_last_one_knows(
    database: Database, poster: int
) -> None:
    def sign(number: int) -> bool:
        topic = (Topic.PRODUCTION, Topic.LEGAL)[number]
        with database.transaction() as tx:
            assert requests.hold(tx, poster, status=Status.PENDING, revision=1, now=LATER)
            decision = requests.record_decision(tx, ravi_says(poster, topics=(topic,)), LATER)
            assert requests.sign(tx, poster, [topic], decision, SignOffState.SIGNED) == 1
            return all(one.state is SignOffState.SIGNED for one in requests.sign_offs(tx, poster))

    assert sorted(all_at_once(2, sign)) == [False, True]


def test_a_decision_keeps_what_was_shown(database: Database, poster: int) -> None:
    new = ravi_says(
        poster,
        conditions=("Blur the face", "Keep it under 2 s"),
        valid_until=date(2026, 6, 1),
        snapshot={"facts": {"element": "background"}, "wording": "Plakat — größer"},
    )
    with database.transaction() as tx:
        decision = requests.record_decision(tx, new, LATER)
        assert requests.sign(tx, poster, [Topic.PRODUCTION], decision, SignOffState.SIGNED) == 1
        assert requests.sign(tx, poster, [Topic.PRODUCTION], decision, SignOffState.DENIED) == 0
    with database.reading() as tx:
        [row] = requests.decisions(tx, poster)
        production, legal = requests.sign_offs(tx, poster)
    assert {name: getattr(row, name) for name in vars(new)} == vars(new)
    assert (row.id, row.at) == (decision, LATER)
    assert (production.state, production.decision_id) == (SignOffState.SIGNED, decision)
    assert (legal.state, legal.decision_id, legal.backup_user) == (SignOffState.OPEN, None, "")


def test_a_topic_is_added_once_and_what_is_open_can_be_let_go(database: Database, poster: int) -> None:
    with database.transaction() as tx:
        requests.add_sign_offs(tx, poster, [oskar_for(Topic.SECURITY)])
        decision = requests.record_decision(tx, ravi_says(poster, Move.DENY, reason="no"), LATER)
        requests.sign(tx, poster, [Topic.PRODUCTION], decision, SignOffState.DENIED)
        assert requests.void_open(tx, poster) == 2
        states = {one.topic: one.state.value for one in requests.sign_offs(tx, poster)}
    assert states == {Topic.PRODUCTION: "denied", Topic.LEGAL: "void", Topic.SECURITY: "void"}
    with pytest.raises(IntegrityError), database.transaction() as tx:
        requests.add_sign_offs(tx, poster, [ravi_for(Topic.SECURITY)])


def test_the_card_the_thread_and_the_call_in_are_kept(database: Database, poster: int) -> None:
    with database.transaction() as tx:
        requests.place_card(tx, poster, "C0NIGHTAPPR", "111.1")
        requests.place_thread(tx, poster, "111.2")
        requests.note_call_in(tx, poster, by="U0RAVI", reason="The poster is a painting.", now=LATER)
        row = requests.get(tx, poster)
    assert row is not None
    assert (row.approvals_channel, row.card_ts, row.thread_ts) == ("C0NIGHTAPPR", "111.1", "111.2")
    assert (row.called_in_by, row.called_in_reason) == ("U0RAVI", "The poster is a painting.")


def test_a_person_pages_through_what_they_filed_newest_first(database: Database) -> None:
    with database.transaction() as tx:
        for number in range(5):
            requests.open_request(tx, a_request(form_key=f"V{number}", title=f"Shot {number}"), NOW)
        requests.open_request(tx, a_request(form_key="V0EVE", requester_user="U0EVE"), NOW)
        requests.open_request(tx, a_request(form_key="V0T1", requester_team="T1"), NOW)
    with database.reading() as tx:
        first = requests.filed_by(tx, "T0", "U0ANA", limit=3)
        rest = requests.filed_by(tx, "T0", "U0ANA", limit=3, before_id=first[-1].id)
        assert [row.title for row in first + rest] == [f"Shot {number}" for number in (4, 3, 2, 1, 0)]
        assert len(requests.latest(tx)) == 7
        assert [row.form_key for row in requests.latest(tx, limit=2)] == ["V0T1", "V0EVE"]


def test_contact_and_backup_see_what_waits_for_them_until_it_is_signed(
    database: Database, poster: int
) -> None:
    with database.transaction() as tx:
        recorded = a_request(form_key="V0RECORDED", status=Status.RECORDED)
        filed(tx, recorded, [ravi_for(Topic.PRODUCTION)], NOW)
    with database.reading() as tx:
        for team, user in (("T0", "U0RAVI"), ("T0", "U0MEI"), ("T1", "U0OSKAR")):
            assert [row.id for row in requests.waiting_for(tx, team, user)] == [poster]
        assert requests.waiting_for(tx, "T9", "U0RAVI") == []
    with database.transaction() as tx:
        decision = requests.record_decision(tx, ravi_says(poster), LATER)
        requests.sign(tx, poster, [Topic.PRODUCTION], decision, SignOffState.SIGNED)
        assert requests.waiting_for(tx, "T0", "U0MEI") == []
        assert [row.id for row in requests.waiting_for(tx, "T1", "U0OSKAR")] == [poster]


@pytest.mark.parametrize(
    "garbage",
    [
        "UPDATE requests SET status = 'aproved'",
        "UPDATE requests SET outcome = 'fine'",
        "UPDATE requests SET use_started = 'maybe'",
        "UPDATE requests SET context = ''",
        "UPDATE requests SET revision = 0",
        "UPDATE sign_offs SET state = 'Signed'",
        "UPDATE sign_offs SET topic = 'weather'",
        "UPDATE sign_offs SET decision_id = 999",
        "DELETE FROM requests",
    ],
)
def test_the_tables_refuse_what_no_code_should_write(database: Database, poster: int, garbage: str) -> None:
    with pytest.raises(IntegrityError), database.transaction() as tx:
        tx.exec_driver_sql(garbage)


def test_nothing_is_found_where_nothing_is(database: Database) -> None:
    with database.reading() as tx:
        assert requests.get(tx, 1) is None
        assert requests.sign_offs(tx, 1) == []
        assert requests.decisions(tx, 1) == []
        assert requests.events(tx, 1) == []


@pytest.mark.parametrize("words", ["Brushstroke", "Brush\0stroke", "Brush\N{REPLACEMENT CHARACTER}stroke"])
def test_what_was_just_opened_is_what_the_next_reader_gets(database: Database, words: str) -> None:
    """Even where the database does not take the text as it came."""
    facts = Facts(element="background", third_party_ip="yes", steps=(Step(tool=words),))
    with database.transaction() as tx:
        row = filed(tx, a_request(title=words, facts=facts), BOTH, NOW)
        assert row == requests.get(tx, row.id)


def test_the_topics_of_several_requests_are_those_of_each(database: Database, poster: int) -> None:
    with database.transaction() as tx:
        other = filed(tx, a_request(form_key="V1"), [ravi_for(Topic.LEGAL)], NOW).id
        each = requests.sign_offs(tx, poster) + requests.sign_offs(tx, other)
        assert requests.sign_offs_of(tx, [other, poster]) == each
        assert requests.sign_offs_of(tx, [other]) == requests.sign_offs(tx, other)
        assert requests.sign_offs_of(tx, []) == []
