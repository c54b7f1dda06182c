"""Slack was away while people decided: each late message tells today's truth and blames nobody."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.decision_modal import DecisionForm
from bot.service.decide import decide
from bot.service.desk import Who
from policy.lifecycle import Move
from tests.bot.test_delivery import Office

RAVI, OSKAR = Who("T0STUDIO", "U0RAVI", "ravi"), Who("T0STUDIO", "U0OSKAR", "oskar")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path / "clearance.db")
    yield opened
    opened.database.close()


def pressed(office: Office, number: int, who: Who, move: Move, words: str) -> None:
    form = DecisionForm(request=number, revision=1, action=move, wording=words)
    if move != Move.APPROVE:
        form = DecisionForm(request=number, revision=1, action=move, reason=words)
    decide(office.desk, form, who)


def said(office: Office, kind: str) -> list[str]:
    return [
        call["text"] for call in office.slack.posts if f":{kind}:" in call["metadata"]["event_payload"]["key"]
    ]


def waiting_for(office: Office, number: int) -> set[str]:
    query = f"SELECT contact_user FROM sign_offs WHERE request_id = {number}"
    return {user for (user,) in office.rows(query)}


def test_a_signature_told_after_the_denial(office: Office) -> None:
    number = office.request()
    assert {"U0RAVI", "U0OSKAR"} <= waiting_for(office, number)
    pressed(office, number, RAVI, Move.APPROVE, "Fine for production.")
    pressed(office, number, OSKAR, Move.DENY, "Not with our material.")
    office.deliver()
    first, second = said(office, "told")
    assert "<@U0RAVI> signed" in first and "denied* by <@U0RAVI>" not in first
    assert "Since then: :no_entry: *Denied* by Oskar Lindqvist" in first and "Keep waiting" not in first
    assert "*denied* by <@U0OSKAR>" in second and "Since then" not in second
    [signed, denied] = said(office, "decided")
    assert "<@U0RAVI> signed" in signed and "Still waiting" not in signed
    assert "<@U0OSKAR> denied" in denied
    [ask] = said(office, "ask")
    assert "please" not in ask and "*Denied* by Oskar Lindqvist" in ask


def test_a_signature_told_after_the_last_one(office: Office) -> None:
    number = office.request()
    mei, others = Who("T0STUDIO", "U0MEI", "mei"), waiting_for(office, number)
    pressed(office, number, RAVI, Move.APPROVE, "Fine for production.")
    pressed(office, number, OSKAR, Move.APPROVE, "Fine for legal.")
    if "U0MEI" in others:
        pressed(office, number, mei, Move.APPROVE, "Fine for talent.")
    office.deliver()
    told = said(office, "told")
    assert [("is *approved*" in one) for one in told] == [False] * (len(told) - 1) + [True]
    assert "<@U0RAVI>" in told[-1] and "<@U0OSKAR>" in told[-1]
    assert "> Fine for production." in told[-1] and "> Fine for legal." in told[-1]
    assert "<@U0RAVI> approved" not in said(office, "decided")[0]
