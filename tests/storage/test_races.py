"""Any number of people at once: one wins, the others change nothing, and the register tells one story."""

import pytest

from policy.lifecycle import Move, Status
from policy.verdict import Topic
from storage import notices, requests
from storage.database import AlreadyFiled, Database
from storage.redaction import redact
from storage.requests import SignOffState
from storage.verification import verify
from tests.storage.freeze import happened
from tests.storage.people import NOW, a_request, all_at_once, filed, oskar_for, ravi_for, ravi_says
from tests.storage.story import CLERK


class Lost(Exception):
    """Somebody was first."""


@pytest.fixture
def poster(database: Database) -> int:
    """Ana's request, waiting for Ravi and Oskar."""
    return file(database, "V0ROOT")


def file(database: Database, form_key: str) -> int:
    """One request, as the bot files it."""
    with database.transaction() as tx:
        sign_offs = [ravi_for(Topic.PRODUCTION), oskar_for(Topic.LEGAL)]
        number = filed(tx, a_request(form_key=form_key), sign_offs, NOW).id
        key = notices.key(number, "card", "C0", "first")
        notices.enqueue(tx, key, "card", "C0", number, {}, NOW, NOW)
        happened(tx, number, "submitted", "U0ANA", "Ana Ibáñez")
    return number


def decide(database: Database, number: int, action: Move) -> bool:
    """One press, whole or not at all."""
    denied = action == Move.DENY
    try:
        with database.transaction() as tx:
            decision = requests.record_decision(tx, ravi_says(number, action), NOW)
            state = SignOffState.DENIED if denied else SignOffState.SIGNED
            topics = [Topic.PRODUCTION, Topic.LEGAL]
            requests.sign(tx, number, topics, decision, state)
            to = Status.DENIED if denied else Status.APPROVED
            if not requests.move(tx, number, frm=Status.PENDING, to=to, revision=1, now=NOW):
                raise Lost
            happened(tx, number, to.value, "U0RAVI", "Ravi Menon", decision=decision)
    except Lost:
        return False
    return True


def holds(database: Database) -> int:
    """The number of events, when the register is whole."""
    with database.reading() as tx:
        found = verify(tx)
    assert found.intact, found.says
    return found.count


def test_of_eight_who_decide_one_wins_and_the_others_leave_nothing(database: Database, poster: int) -> None:
    won = all_at_once(8, lambda n: decide(database, poster, Move.DENY if n % 2 else Move.APPROVE))
    assert sorted(won) == [False] * 7 + [True]
    with database.reading() as tx:
        row = requests.get(tx, poster)
        [decision] = requests.decisions(tx, poster)
        states = {one.state for one in requests.sign_offs(tx, poster)}
    assert row is not None
    denied = decision.action == Move.DENY
    assert row.status == (Status.DENIED if denied else Status.APPROVED)
    assert states == {SignOffState.DENIED if denied else SignOffState.SIGNED}
    assert holds(database) == 2


def test_eight_who_decide_different_requests_do_not_hinder_each_other(database: Database) -> None:
    numbers = [file(database, f"V{n}") for n in range(8)]
    assert all(all_at_once(8, lambda n: decide(database, numbers[n], Move.APPROVE)))
    assert holds(database) == 16


def test_a_form_sent_eight_times_at_once_is_one_request(database: Database) -> None:
    def send(_number: int) -> bool:
        try:
            file(database, "V0SAME")
        except AlreadyFiled:
            return False
        return True

    assert sorted(all_at_once(8, send)) == [False] * 7 + [True]
    assert holds(database) == 1


def test_decisions_filings_and_redactions_at_once_keep_one_chain(database: Database) -> None:
    numbers = [file(database, f"V{n}") for n in range(4)]

    def act(n: int) -> None:
        if n % 4 == 0:
            file(database, f"V1{n}")
        elif n % 4 == 1:
            decide(database, numbers[n // 4], Move.APPROVE)
        else:
            with database.transaction() as tx:
                redact(tx, numbers[n // 4], ("title", "description")[n % 2], "asked", CLERK, NOW)

    all_at_once(16, act)
    assert holds(database) == 4 + 16
