"""Slack drops, refuses and comes back; the database is busy; the bot stops in the middle: nothing is lost."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from bot.decision_modal import DecisionForm
from bot.service.decide import decide as decide_at_the_desk
from bot.service.desk import Who
from policy.lifecycle import Move
from tests.flows.conftest import Stage, stage_of
from tests.flows.edge import Edge, Fault
from tests.person import text_of
from tests.studio import (
    ESCALATE,
    answer,
    ask,
    buttons,
    card,
    file,
    hears,
    house,
    key_of,
    number_in,
    of_kind,
    open_form,
    press,
    send,
    shows,
    thread,
)

NIGHT = "C0NIGHTAPPR"


@dataclass
class Troubled(Stage):
    """A stage whose Slack can be made to fail."""

    edge: Edge


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Troubled]:
    """As ever, with something before Slack's API."""
    with Edge().open() as edge, house(tmp_path_factory.mktemp("house"), edge=edge.before) as built:
        built.start()
        yield Troubled(**vars(stage_of(built)), edge=edge)


@pytest.fixture(autouse=True)
def mended(stage: Troubled) -> Iterator[None]:
    """Every story starts with a Slack that works and a bot that runs."""
    yield
    stage.edge.faults.clear()
    stage.edge.calls.clear()
    if stage.house.clearance is None:
        stage.house.start()


def settled(stage: Troubled, number: int) -> bool:
    """Nothing about a request waits to be said."""
    query = "SELECT count(*) FROM notices WHERE request_id = ? AND state = 'waiting'"
    return stage.house.rows(query, number) == [(0,)]


@pytest.mark.parametrize("trouble", ["drop", "html", "wait", "internal_error"])
def test_a_post_that_did_not_get_through_is_tried_again(stage: Troubled, trouble: str) -> None:
    stage.edge.faults.append(Fault("chat.postMessage", trouble, NIGHT))
    number = file(stage.ana, ESCALATE)
    asked = ask(stage.ravi, number)
    hears(stage.ana, number, "receipt")
    assert stage.edge.seen("chat.postMessage", NIGHT, trouble) == 1
    # The thread waited for its card, and each stands there once.
    assert float(card(stage.ravi, number)["ts"]) < float(asked["ts"])
    assert [key_of(one) for one in stage.ravi.messages(NIGHT)].count(f"{number}:card:{NIGHT}:first") == 1
    assert len(of_kind(thread(stage.ravi, number), number, "ask")) == 1


def test_a_decision_before_the_first_post(stage: Troubled) -> None:
    """The card comes late, and tells the truth of that moment."""
    ana, ravi, clearance = stage.ana, stage.ravi, stage.house.clearance
    assert clearance is not None
    stage.edge.faults.append(Fault("chat.postMessage", "service_unavailable", NIGHT, times=1))
    number = file(ana, ESCALATE)
    form = DecisionForm(request=number, revision=1, action=Move.APPROVE, wording="Fine.")
    decide_at_the_desk(clearance.desk, form, Who("T0STUDIO", "U0RAVI", "ravi"))
    shown = card(ravi, number)
    assert "*Approved* by Ravi Menon" in text_of(shown) and buttons(shown) == []
    asked = ask(ravi, number)
    assert "please" not in text_of(asked) and buttons(asked) == []
    assert "*approved*" in hears(ana, number)
    ravi.wait(lambda: settled(stage, number))


def test_what_waited_is_said_after_a_restart_and_once(stage: Troubled) -> None:
    ana, ravi = stage.ana, stage.ravi
    stage.edge.faults.append(Fault("chat.postMessage", "drop", NIGHT, times=-1))
    number = file(ana, ESCALATE)
    ravi.wait(lambda: stage.edge.seen("chat.postMessage", NIGHT, "drop"))
    stage.house.stop()
    assert not settled(stage, number)
    stage.edge.faults.clear()
    stage.house.start()
    ask(ravi, number)
    hears(ana, number, "receipt")
    assert len(of_kind(ravi.messages(NIGHT), number, "card")) == 1
    # And again, with nothing left to say.
    stage.house.stop()
    before = (len(ravi.messages(NIGHT)), len(thread(ravi, number)), len(ana.dms()))
    stage.house.start()
    other = file(ana)
    hears(ana, other, "receipt")
    assert (len(ravi.messages(NIGHT)) - 1, len(thread(ravi, number)), len(ana.dms()) - 1) == before


def test_a_channel_that_cannot_be_posted_to(stage: Troubled) -> None:
    """The operators hear once, the requester hears without a link, nobody else waits; a restart mends it."""
    ana, ravi, ops = stage.ana, stage.ravi, stage.ops
    stage.edge.faults.append(Fault("chat.postMessage", "not_in_channel", NIGHT, times=-1))
    number = file(ana, ESCALATE)
    alarms = ops.wait(
        lambda: [text_of(one) for one in ops.messages("C0OPS") if f"GEN-{number}*" in text_of(one)]
    )
    assert len(alarms) == 1
    assert f"<#{NIGHT}> (`not_in_channel`). Invite the app to that channel; then restart" in alarms[0]
    receipt = hears(ana, number, "receipt")
    assert "*Stop* until Ravi Menon" in receipt and "Open the thread" not in receipt
    # Another production's requests go their way.
    lantern = file(stage.jun, ESCALATE, code="PAPERLANTERN")
    ask(stage.mei, lantern, "PAPERLANTERN")
    ops.wait(lambda: settled(stage, number))

    stage.house.stop()
    stage.edge.faults.clear()
    stage.house.start()
    assert buttons(ask(ravi, number)) == ["Approve", "Deny", "Ask for details"]
    ops.wait(lambda: settled(stage, number))
    assert len([one for one in ops.messages("C0OPS") if f"GEN-{number}*" in text_of(one)]) == 1


def test_operators_without_a_working_channel_are_told_in_person(stage: Troubled) -> None:
    stage.edge.faults.append(Fault("chat.postMessage", "is_archived", NIGHT, times=-1))
    stage.edge.faults.append(Fault("chat.postMessage", "is_archived", "C0OPS", times=-1))
    number = file(stage.ana)
    said = stage.ops.wait(lambda: [text_of(one) for one in stage.ops.dms()])
    assert any("<#C0OPS> (`is_archived`)" in one for one in said)
    hears(stage.ana, number, "receipt")


def test_a_requester_who_left_holds_nobody_up(stage: Troubled) -> None:
    stage.edge.faults.append(Fault("chat.postMessage", "user_disabled", "U0ANA"))
    number = file(stage.ana, ESCALATE)
    stage.ops.wait(lambda: any(f"GEN-{number}*" in text_of(one) for one in stage.ops.messages("C0OPS")))
    press(stage.ravi, ask(stage.ravi, number), "approve")
    send(stage.ravi)
    hears(stage.ana, number)


def test_a_busy_database_loses_no_form(stage: Troubled) -> None:
    ana = stage.ana
    open_form(ana)
    answer(ana, title="Held up")
    with stage.house.busy():
        errors = ana.submit()
        assert set(errors) == {"description"} and errors["description"].startswith("Not recorded:")
    assert ana.typed()["title"]["title"]["value"] == "Held up"
    assert ana.submit() == {}
    number = number_in(ana)
    assert stage.house.rows("SELECT id FROM requests WHERE title = 'Held up'") == [(number,)]
    hears(ana, number, "receipt")


def test_a_busy_database_loses_no_decision(stage: Troubled) -> None:
    ravi = stage.ravi
    number = file(stage.ana, ESCALATE)
    hears(stage.ana, number, "receipt")
    press(ravi, ask(ravi, number), "approve")
    ravi.fill(wording="Kept words.")
    with stage.house.busy():
        errors = ravi.submit()
        assert set(errors) == {"wording"} and errors["wording"].startswith("Not recorded:")
    assert ravi.typed()["wording"]["wording"]["value"] == "Kept words."
    assert "is approved" in send(ravi)
    assert "Kept words." in hears(stage.ana, number)
    shows(lambda: card(ravi, number), "*Approved*", who=ravi)
