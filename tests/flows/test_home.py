"""The app's Home: what each person finds there, what they press there, and what is to be seen after it."""

from __future__ import annotations

from tests.flows.at_home import arrives, happen, labels, opened, stands, told
from tests.flows.conftest import Stage
from tests.person import text_of
from tests.studio import ESCALATE, answer, ask, decide, file, number_in, press, send

# People


def test_a_newcomer_learns_what_this_is_and_what_to_do(stage: Stage) -> None:
    said = arrives(stage.theo, "May you use generative AI for this, and who has to say so?")
    assert labels(stage.theo) == ["New request", "Find a request"]
    assert "New request" in said and "The verdict comes at once" in said
    assert "Not a rights clearance or legal advice; guidance as of 2025-11-11." in said
    assert "What you see is from <!date^" in said and "Waiting for you" not in said


def test_a_requester_files_from_home_and_finds_it_there(stage: Stage) -> None:
    jun = stage.jun
    arrives(jun, "May you use generative AI")
    opened(jun, "home:new")
    [option] = jun.choose("production", "lantern")
    jun.fill(production=option["value"])
    answer(jun, ESCALATE, title="Lanterns at dusk")
    assert jun.submit() == {}
    number = number_in(jun)
    jun.close()
    said = stands(jun, f"GEN-{number} · Lanterns at dusk", gone="May you use generative AI")
    assert "Waiting for Mei Tanaka (production)" in said and "Paper Lantern · filed <!date^" in said
    # The card is posted later, and where it stands is kept after that: a later look has the way to it.
    jun.wait(lambda: f"|GEN-{number} · Lanterns at dusk>" in text_of(jun.home() or {}))
    assert "/archives/C0APPROVALS/p" in text_of(jun.at_home() or {})


def test_a_contact_decides_at_home_and_it_is_gone(stage: Stage) -> None:
    ravi, title = stage.ravi, "Boards for one"
    number = file(stage.ana, ESCALATE, title=title)
    said = arrives(ravi, "Waiting for you", f"GEN-{number} · {title}")
    assert "for your decision." in said
    form = opened(ravi, "decide:approve", f"digest:{number}")
    assert form["title"]["text"] == f"Approve GEN-{number}"
    assert f"GEN-{number} is approved." in send(ravi, wording="Fine.")
    stands(ravi, "Waiting for you", gone=title)
    assert "Approved" in arrives(stage.ana, title)


def test_what_somebody_else_decided_is_told_in_a_window_and_goes(stage: Stage) -> None:
    ravi, title = stage.ravi, "Boards for two"
    number = file(stage.ana, ESCALATE, title=title)
    arrives(ravi, title)
    decide(stage.mei, ask(stage.mei, number), "deny", reason="No.")
    said = told(ravi, "decide:approve", f"digest:{number}")
    assert f"GEN-{number} is already denied by Mei Tanaka" in said
    stands(ravi, gone=title)
    assert ravi.notice() is None


def test_what_was_written_is_kept_when_somebody_was_faster(stage: Stage) -> None:
    ravi, title = stage.ravi, "Boards for three"
    number = file(stage.ana, ESCALATE, title=title)
    arrives(ravi, title)
    opened(ravi, "decide:deny", f"digest:{number}")
    decide(stage.mei, ask(stage.mei, number), "approve", wording="Fine.")
    said = send(ravi, reason="Not with *this* voice.")
    assert "Not recorded" in said and "Not with *this* voice." in said
    stands(ravi, gone=title)


def test_a_decision_from_a_card_leaves_home_alone(stage: Stage) -> None:
    """Home shows it when it is opened: no call to Slack for who is not looking."""
    title = "Decided elsewhere"
    number = file(stage.ana, ESCALATE, title=title)
    arrives(stage.ravi, title)
    decide(stage.ravi, ask(stage.ravi, number), "approve", wording="Fine.")
    assert title in text_of(stage.ravi.at_home() or {})
    arrives(stage.ravi, gone=title)


def test_a_question_is_answered_at_home(stage: Stage) -> None:
    ana, ravi, title = stage.ana, stage.ravi, "Asked about"
    number = file(ana, ESCALATE, title=title)
    ravi.press(ask(ravi, number), "chase:ask")
    ravi.wait(ravi.modal)
    assert "is asked" in send(ravi, question="Is it read aloud?")
    arrives(ana, title, "answer to Ravi Menon")
    block = next(one for one in (ana.at_home() or {})["blocks"] if one["block_id"].startswith("answer:"))
    assert "Is it read aloud?" in text_of(opened(ana, "chase:answer", block["block_id"]))
    assert "Your answer stands in the thread" in send(ana, answer="No.")
    stands(ana, title, gone="answer to Ravi Menon")
    assert "Answer" not in labels(ana)


def test_an_answer_that_nobody_waits_for_any_more_goes(stage: Stage) -> None:
    ana, ravi, title = stage.ana, stage.ravi, "Asked about too late"
    number = file(ana, ESCALATE, title=title)
    ravi.press(ask(ravi, number), "chase:ask")
    ravi.wait(ravi.modal)
    send(ravi, question="Is it read aloud?")
    arrives(ana, title, "answer to Ravi Menon")
    block = next(one for one in (ana.at_home() or {})["blocks"] if one["block_id"].startswith("answer:"))
    opened(ana, "chase:answer", block["block_id"])
    decide(stage.mei, ask(stage.mei, number), "approve", wording="Fine.")
    assert "nobody waits for this answer any more" in send(ana, answer="No.")
    stands(ana, title, gone="answer to Ravi Menon")


def test_the_search_opens_from_home(stage: Stage) -> None:
    arrives(stage.theo, "Find a request")
    assert opened(stage.theo, "find:open")["type"] == "modal"
    stage.theo.close()


def test_a_contact_for_whom_nothing_waits_is_told_so(stage: Stage) -> None:
    assert stage.lucia.at_home() is None
    happen(stage, "U0LUCIA", tab="home")
    stands(stage.lucia, "Nothing waits for your decision.", "Nothing yet.")


def test_it_is_heard_when_slack_repeats_itself(stage: Stage) -> None:
    for _ in range(3):
        happen(stage, "U0OSKAR")
    stands(stage.oskar, "Waiting for you")


def test_a_press_on_a_card_opens_a_form_that_knows_no_home(stage: Stage) -> None:
    number = file(stage.ana, ESCALATE)
    form = press(stage.ravi, ask(stage.ravi, number), "approve")
    assert '"home":""' in form["private_metadata"]
    stage.ravi.close()
