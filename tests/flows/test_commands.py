"""`/genai-request ...`: private answers, and the text that opens the form."""

from datetime import timedelta

from tests.flows.conftest import Stage
from tests.person import Person, text_of
from tests.studio import ESCALATE, TWO_TOPICS, ask, decide, file, hears, open_form


def answered(who: Person, text: str, channel: str = "C0NIGHTFALL") -> str:
    """Type the command; returns what only this person sees."""
    before = len(who.ephemerals(channel))
    who.command(channel, f"/genai-request {text}")
    [said] = who.wait(lambda: who.ephemerals(channel)[before:])
    return said


def described(who: Person, text: str) -> str:
    """Open the form with a text; returns what stands in its description."""
    open_form(who, text=text)
    value = who.typed()["description"]["description"]["value"]
    who.close()
    return str(value or "")


def test_help(stage: Stage) -> None:
    said = answered(stage.ana, "help")
    assert "`/genai-request status GEN-3`" in said
    assert stage.ana.modal() is None
    # Only for whoever asked.
    assert stage.ravi.ephemerals("C0NIGHTFALL") == []


def test_status_of_one_request(stage: Stage) -> None:
    ana, ravi = stage.ana, stage.ravi
    number = file(ana, ESCALATE, title="The lantern glow")
    ana.close()
    said = answered(ana, f"status GEN-{number}")
    assert f"GEN-{number} · The lantern glow" in said
    assert "Waiting for Ravi Menon (production)" in said
    assert "*Stop* until" in said and "*Find out: the answer could change this*" in said
    decide(ravi, ask(ravi, number), "deny", reason="Too early.")
    for way in (f"status {number}", f"STATUS gen-{number}", f"status #{number}"):
        said = answered(ana, way)
        assert "*Denied* by Ravi Menon" in said and "> Too early." in said
    # The contact did not ask: nobody tells them what "you" said or should stop.
    theirs = answered(ravi, f"status GEN-{number}")
    assert f"GEN-{number}" in theirs and "*Stop*" not in theirs


def test_a_contacts_slack_status_is_shown_as_a_hint(stage: Stage) -> None:
    number = file(stage.ana, ESCALATE)
    assert "Slack status" not in answered(stage.ana, f"status GEN-{number}")
    assert stage.house.clearance is not None
    stage.house.clearance.desk.calendars.statuses = {"ravi": "On a *boat* until Monday"}
    said = answered(stage.ana, f"status GEN-{number}")
    assert "The Slack status of Ravi Menon is “On a *boat* until Monday”: a hint" in said
    assert "Waiting for Ravi Menon (production)" in said
    assert "do-not-disturb" not in said
    soon = stage.house.clearance.desk.clock() + timedelta(hours=1)
    stage.house.clearance.desk.calendars.resting = {"ravi": soon, "mei": soon}
    said = answered(stage.ana, f"status GEN-{number}")
    assert "Ravi Menon has do-not-disturb on in Slack until" in said and "Mei" not in said


def test_status_of_a_denied_request_says_whose_words_are_whose(stage: Stage) -> None:
    ana, ravi, oskar = stage.ana, stage.ravi, stage.oskar
    number = file(ana, TWO_TOPICS)
    ana.close()
    decide(ravi, ask(ravi, number), "approve", wording="Fine for previs.")
    hears(ana, number)
    decide(oskar, ask(oskar, number), "deny", reason="Not with our material.")
    said = answered(ana, f"status GEN-{number}")
    assert "written approval is needed first" not in said and "must answer first" not in said
    signed, denied = (
        said.index("Ravi Menon signed (production)"),
        said.index("Oskar Lindqvist denied (security)"),
    )
    assert signed < said.index("> Fine for previs.") < denied < said.index("> Not with our material.")


def test_status_lists_what_is_mine_and_what_waits_for_me(stage: Stage) -> None:
    ana, ravi, theo = stage.ana, stage.ravi, stage.theo
    number = file(ana, ESCALATE, title="For the list")
    ana.close()
    assert (
        f"*GEN-{number}* For the list: :hourglass_flowing_sand: Waiting for Ravi Menon (production)"
        in answered(ana, "status")
    )
    assert "*Filed by you*" in answered(ana, "status")
    said = answered(ravi, "status")
    assert "*Waiting for you*" in said and f"GEN-{number}" in said
    assert answered(theo, "status").startswith("You have filed nothing yet.")


def test_a_request_that_is_not_there_and_one_that_is_not_theirs_read_alike(stage: Stage) -> None:
    number = file(stage.jun, ESCALATE, code="PAPERLANTERN")
    unknown, foreign = answered(stage.theo, "status GEN-999"), answered(stage.theo, f"status GEN-{number}")
    assert unknown.startswith("There is no GEN-999 that you can see.")
    assert foreign == unknown.replace("GEN-999", f"GEN-{number}")
    assert "Mei" in answered(stage.mei, f"status GEN-{number}", "C0LANTERN")


def test_status_nonsense(stage: Stage) -> None:
    said = answered(stage.ana, "status nonsense")
    assert '"nonsense" is not a request number' in said
    # Slack's own markup in a wrong number is shown, not obeyed: a mention would be no text.
    assert '"<!channel>" is not a request number' in answered(stage.ana, "status <!channel>")


def test_text_opens_the_form_with_it(stage: Stage) -> None:
    assert described(stage.ana, "mood boards for the bunker, Midjourney team plan") == (
        "mood boards for the bunker, Midjourney team plan"
    )
    assert described(stage.ana, "status quo of the mood boards") == "status quo of the mood boards"


def test_text_is_shown_as_it_was_typed(stage: Stage) -> None:
    typed = "a <b> & c, ask @ravi in #nightfall, see https://example.com/x?a=1&b=2 🎬 مرحبا"
    assert described(stage.ana, typed) == typed


def test_text_that_is_too_long_is_cut_and_that_is_said(stage: Stage) -> None:
    form = open_form(stage.ana, text="x" * 3500)
    assert "its end is missing" in text_of(form)
    value = stage.ana.typed()["description"]["description"]["value"]
    assert len(value) == 3000
    stage.ana.close()


def test_a_decision_closes_the_wait(stage: Stage) -> None:
    number = file(stage.ana, ESCALATE)
    decide(stage.ravi, ask(stage.ravi, number), "approve")
    hears(stage.ana, number)
    assert f"GEN-{number}*" not in answered(stage.ravi, "status")
