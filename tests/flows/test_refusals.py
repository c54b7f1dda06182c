"""Whoever may not decide gets one private sentence; whoever comes second hears who was first."""

import re
from concurrent.futures import ThreadPoolExecutor

from bot.decision_modal import DecisionForm
from bot.service.decide import decide as decide_at_the_desk
from bot.service.desk import Who
from bot.service.submit import submit
from bot.submission import Submission
from policy.facts import Facts, Step, Use
from policy.lifecycle import Move
from tests.flows.conftest import Stage
from tests.person import text_of
from tests.studio import (
    ESCALATE,
    JUDGEMENT,
    TWO_TOPICS,
    ask,
    buttons,
    card,
    decide,
    file,
    hears,
    press,
    refused,
    send,
    shows,
)


def test_an_outsider_is_told_who_decides(stage: Stage) -> None:
    theo, ravi = stage.theo, stage.ravi
    number = file(stage.ana, ESCALATE)
    asked = ask(ravi, number)
    for move in ("approve", "deny"):
        assert refused(theo, asked, move) == f"Only Ravi Menon or Mei Tanaka can decide GEN-{number}."
    # Nobody else sees it, and nothing happened.
    assert ravi.ephemerals("C0NIGHTAPPR") == []
    assert buttons(ask(ravi, number)) == ["Approve", "Deny", "Ask for details"]


def test_an_outsider_cannot_call_in(stage: Stage) -> None:
    number = file(stage.ana)
    sentence = refused(stage.theo, card(stage.theo, number), "call_in")
    assert sentence.startswith("Only Ravi Menon, ") and sentence.endswith(f" can call in GEN-{number}.")


def test_a_contact_of_another_topic_is_told_who_decides(stage: Stage) -> None:
    number = file(stage.ana, ESCALATE)
    sentence = refused(stage.oskar, ask(stage.oskar, number), "approve")
    assert sentence == f"Only Ravi Menon or Mei Tanaka can decide GEN-{number}."


def test_a_requester_cannot_decide_their_own(stage: Stage) -> None:
    number = file(stage.ana, ESCALATE)
    sentence = refused(stage.ana, ask(stage.ana, number), "approve")
    assert sentence == f"You filed GEN-{number} yourself, so somebody else has to decide it."
    number = file(stage.ana, JUDGEMENT)
    sentence = refused(stage.ana, ask(stage.ana, number), "call_in")
    assert sentence == f"You filed GEN-{number} yourself, so somebody else has to call it in."


def test_what_a_contact_files_goes_to_the_backup(stage: Stage) -> None:
    ravi, mei = stage.ravi, stage.mei
    number = file(ravi, ESCALATE)
    asked = ask(mei, number)
    assert "<@U0MEI> (production): please approve or deny" in text_of(asked)
    assert "<@U0RAVI>" not in text_of(asked)
    assert "yourself" in refused(ravi, asked, "approve")
    decide(mei, asked, "approve")
    assert "*approved* by <@U0MEI>" in hears(ravi, number)


def test_a_second_click_hears_who_was_first(stage: Stage) -> None:
    ravi, mei = stage.ravi, stage.mei
    number = file(stage.ana, ESCALATE)
    asked = ask(ravi, number)
    press(ravi, asked, "approve")
    press(mei, asked, "deny")
    assert "is approved" in send(ravi)
    # Mei's form was opened before: her words decide nothing any more.
    said = send(mei, reason="No, *not* like this.")
    assert "Not recorded" in said
    # A form takes no date token: it says the production's time.
    assert re.search(
        rf"GEN-{number} is already approved by Ravi Menon on \d+ \w+ \d+ at \d\d:\d\d \(P[SD]T\)", said
    )
    # What she wrote is not lost with it.
    assert "What you wrote as your reason:" in said and "No, *not* like this." in said
    shows(lambda: card(ravi, number), "*Approved* by Ravi Menon", who=ravi)


def test_a_press_whose_answer_was_lost_is_sent_again(stage: Stage) -> None:
    """The decision was kept and the bot was gone before it could say so: the form is still open."""
    ravi, clearance = stage.ravi, stage.house.clearance
    assert clearance is not None
    number = file(stage.ana, ESCALATE)
    asked = ask(ravi, number)
    press(ravi, asked, "approve")
    form = DecisionForm(number, 1, Move.APPROVE, wording="Fine.")
    decide_at_the_desk(clearance.desk, form, Who("T0STUDIO", "U0RAVI", "ravi"))
    said = send(ravi, wording="Fine.")
    assert re.search(rf"^Recorded\b.*Your approval of GEN-{number} was recorded on \d+ ", said, re.DOTALL), (
        said
    )
    assert len(stage.house.rows("SELECT id FROM decisions WHERE request_id = ?", number)) == 1


def test_other_words_than_those_that_were_recorded(stage: Stage) -> None:
    ravi, clearance = stage.ravi, stage.house.clearance
    assert clearance is not None
    number = file(stage.ana, ESCALATE)
    press(ravi, ask(ravi, number), "approve")
    form = DecisionForm(number, 1, Move.APPROVE, wording="Fine.")
    decide_at_the_desk(clearance.desk, form, Who("T0STUDIO", "U0RAVI", "ravi"))
    said = send(ravi, wording="Fine, but only once.")
    assert "Not recorded" in said and f"GEN-{number} is already approved by you on " in said
    assert "Fine, but only once." in said


def test_a_topic_that_was_signed_cannot_be_signed_again(stage: Stage) -> None:
    ravi, mei = stage.ravi, stage.mei
    number = file(stage.ana, TWO_TOPICS)
    asked = ask(ravi, number)
    decide(ravi, asked, "approve", wording="Fine.")
    sentence = refused(ravi, asked, "approve")
    assert sentence.startswith(f"GEN-{number} is already signed for production by you, <!date^")
    sentence = refused(mei, asked, "approve")
    assert sentence.startswith(f"GEN-{number} is already signed for production by Ravi Menon, <!date^")


def test_two_contacts_at_the_same_instant(stage: Stage) -> None:
    ravi, mei = stage.ravi, stage.mei
    number = file(stage.ana, ESCALATE)
    asked = ask(ravi, number)
    for who in (ravi, mei):
        press(who, asked, "approve")
    with ThreadPoolExecutor(2) as both:
        said = sorted(both.map(send, (ravi, mei)))
    won = [one for one in said if f"GEN-{number} is approved" in one]
    lost = [one for one in said if f"GEN-{number} is already approved by " in one]
    assert len(won) == 1 and len(lost) == 1, said
    rows = stage.house.rows("SELECT by_name FROM decisions WHERE request_id = ?", number)
    assert len(rows) == 1
    assert f"already approved by {rows[0][0]} on " in lost[0]


def test_a_use_is_called_in_once(stage: Stage) -> None:
    ravi, oskar = stage.ravi, stage.oskar
    number = file(stage.ana, JUDGEMENT)
    asked = ask(ravi, number)
    press(oskar, asked, "call_in")
    decide(ravi, asked, "call_in", reason="Let me look.")
    assert f"GEN-{number} is already called in by Ravi Menon on " in send(oskar, reason="Me too.")


def test_the_same_form_sent_twice_is_one_request(stage: Stage) -> None:
    """A double click: Slack sends the same form again before the answer replaced it."""
    clearance = stage.house.clearance
    assert clearance is not None
    filed = Submission(
        "NIGHTFALL", Use(title="Twice", description="Twice", facts=Facts(steps=(Step(),))), "no"
    )
    ana = Who("T0STUDIO", "U0ANA", "ana")
    with ThreadPoolExecutor(2) as both:
        rows = list(both.map(lambda _: submit(clearance.desk, filed, ana, "V0TWICE", ()).row, range(2)))
    assert rows[0].id == rows[1].id
    assert stage.house.rows("SELECT count(*) FROM requests WHERE title = 'Twice'") == [(1,)]
    hears(stage.ana, rows[0].id, "receipt")
    assert len([one for one in stage.ana.dms() if f"GEN-{rows[0].id} " in text_of(one)]) == 1
