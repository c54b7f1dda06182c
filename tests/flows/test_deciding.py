"""Approve, deny, call in: what the contact writes, what card, thread and requester then show."""

from tests.flows.conftest import Stage
from tests.person import Json, Person, text_of
from tests.studio import (
    ESCALATE,
    JUDGEMENT,
    TWO_TOPICS,
    WRITTEN,
    ask,
    buttons,
    card,
    decide,
    direct,
    file,
    hears,
    of_kind,
    press,
    send,
    shows,
    thread,
)

WORDS = "The newspaper prop in episode 4, as described."


def decisions(who: Person, number: int, code: str = "NIGHTFALL") -> list[str]:
    """What the thread says was pressed."""
    return [text_of(one) for one in of_kind(thread(who, number, code), number, "decided")]


def test_approve_with_conditions_reaches_everybody(stage: Stage) -> None:
    ana, ravi = stage.ana, stage.ravi
    number = file(ana, ESCALATE, title="Old newspaper")
    said = decide(
        ravi,
        ask(ravi, number),
        "approve",
        wording=WORDS,
        conditions="- Replace the logo before delivery\n\n2. No faces",
        valid_until="2031-03-03",
    )
    assert f"GEN-{number} is approved" in said

    shown = shows(lambda: card(ravi, number), "*Approved* by Ravi Menon", who=ravi)
    assert buttons(shown) == []
    asked = shows(lambda: ask(ravi, number), "*Approved*", who=ravi, gone="please")
    assert buttons(asked) == []
    [posted] = ravi.wait(lambda: decisions(ravi, number))
    for words in (
        f"<@U0RAVI> approved GEN-{number} (production)",
        f"> {WORDS}",
        "• Replace the logo before delivery\n• No faces",
        "3 Mar 2031",
        "not Netflix's rule",
    ):
        assert words in posted

    told = hears(ana, number)
    for words in (
        "*approved* by <@U0RAVI>",
        f"> {WORDS}",
        "• Replace the logo before delivery",
        "3 Mar 2031",
    ):
        assert words in told
    assert link_works(ana, told, number)


def link_works(who: Person, told: str, number: int) -> bool:
    """The link in a direct message opens the thread, for the person who got it."""
    link = told.partition("<http")[2].partition("|")[0]
    page = who.get(f"http{link}")
    return f"GEN-{number}" in page and "Thread" in page


def test_a_written_approval_needs_its_words(stage: Stage) -> None:
    ravi = stage.ravi
    number = file(stage.ana, WRITTEN)
    press(ravi, ask(ravi, number), "approve")
    assert set(ravi.submit()) == {"wording"}
    assert ravi.modal() is not None
    send(ravi, wording=WORDS)
    assert hears(stage.ana, number).startswith(":memo:")


def test_no_words_are_needed_where_nothing_written_is(stage: Stage) -> None:
    ravi = stage.ravi
    number = file(stage.ana, ESCALATE)
    assert "is approved" in decide(ravi, ask(ravi, number), "approve")


def test_faults_in_the_approve_form_stand_at_their_field(stage: Stage) -> None:
    ravi = stage.ravi
    number = file(stage.ana, ESCALATE)
    press(ravi, ask(ravi, number), "approve")
    ravi.fill(conditions="\n".join(f"Condition {n}" for n in range(21)), valid_until="2020-01-01")
    errors = ravi.submit()
    assert set(errors) == {"conditions", "valid_until"}
    assert "has passed" in errors["valid_until"]
    ravi.close()


def test_deny_gives_the_reason(stage: Stage) -> None:
    ana, ravi = stage.ana, stage.ravi
    number = file(ana, WRITTEN)
    press(ravi, ask(ravi, number), "deny")
    assert set(ravi.submit()) == {"reason"}
    assert f"GEN-{number} is denied" in send(ravi, reason="The studio owns that logo.\nAsk them first.")

    shown = shows(lambda: card(ravi, number), "*Denied* by Ravi Menon", who=ravi, gone="Waiting")
    assert buttons(shown) == []
    assert buttons(shows(lambda: ask(ravi, number), "*Denied*", who=ravi)) == []
    [posted] = ravi.wait(lambda: decisions(ravi, number))
    assert "> The studio owns that logo.\n> Ask them first." in posted
    told = hears(ana, number)
    assert "*denied* by <@U0RAVI>" in told and "Do not go ahead." in told
    assert "> The studio owns that logo." in told


def test_each_contact_signs_their_topic_and_the_last_one_approves(stage: Stage) -> None:
    ana, ravi, oskar = stage.ana, stage.ravi, stage.oskar
    number = file(ana, TWO_TOPICS)
    form = text_of(press(ravi, ask(ravi, number), "approve"))
    assert "With this you sign: *production*." in form
    assert "It then still waits for *security* (Oskar Lindqvist)." in form
    said = send(ravi, wording="Fine for production.", conditions="Previs only")
    assert "It still waits for Oskar Lindqvist (security)." in said

    half = shows(
        lambda: ask(ravi, number), "<@U0OSKAR> (security)", "Signed so far", who=ravi, gone="<@U0RAVI>"
    )
    assert "Signed so far: Ravi Menon (production)" in text_of(half)
    assert buttons(half) == ["Approve", "Deny", "Ask for details"]
    shows(lambda: card(ravi, number), "Waiting for Oskar Lindqvist (security)", who=ravi)
    first = hears(ana, number)
    assert "*Keep waiting* for Oskar Lindqvist (security)" in first and "Previs only" in first

    form = text_of(press(oskar, ask(oskar, number), "approve"))
    assert "Nobody else has to sign: it is then approved." in form
    assert "is approved" in send(oskar, wording="Fine for security.", conditions="Netflix tools only")
    shown = shows(lambda: card(ravi, number), "*Approved* by Ravi Menon and Oskar Lindqvist", who=ravi)
    assert buttons(shown) == []
    assert buttons(shows(lambda: ask(ravi, number), "*Approved*", who=ravi, gone="please")) == []
    told = hears(ana, number, count=2)
    # The whole approval in one message, and who wrote which part.
    assert told.index("Ravi Menon (production)") < told.index("Previs only") < told.index("Oskar Lindqvist")
    assert "Netflix tools only" in told and "*approved* by <@U0RAVI> and <@U0OSKAR>" in told
    assert len(ravi.wait(lambda: decisions(ravi, number))) == 2


def test_one_press_signs_every_topic_its_presser_holds(stage: Stage) -> None:
    jun, mei = stage.jun, stage.mei
    talent = {"talent_likeness": "yes", "likeness_of": "performer", "consent": "no"}
    number = file(jun, talent, code="PAPERLANTERN")
    form = text_of(press(mei, ask(mei, number, "PAPERLANTERN"), "approve"))
    assert "*production* and *talent*" in form and "Nobody else has to sign" in form
    assert "is approved" in send(mei, wording=WORDS)
    assert "(production and talent)" in mei.wait(lambda: decisions(mei, number, "PAPERLANTERN"))[0]
    assert "*approved*" in hears(jun, number)


def test_one_no_denies_the_whole(stage: Stage) -> None:
    ana, ravi, oskar = stage.ana, stage.ravi, stage.oskar
    number = file(ana, TWO_TOPICS)
    decide(ravi, ask(ravi, number), "approve", wording="Fine.")
    hears(ana, number)
    decide(oskar, ask(oskar, number), "deny", reason="Not with our material.")
    shown = shows(lambda: card(ravi, number), "*Denied* by Oskar Lindqvist", who=ravi)
    assert buttons(shown) == []
    assert "*denied* by <@U0OSKAR>" in hears(ana, number, count=2)


def test_the_backup_can_sign(stage: Stage) -> None:
    number = file(stage.ana, TWO_TOPICS)
    decide(stage.lucia, ask(stage.lucia, number), "approve", wording="For Oskar.")
    shows(lambda: ask(stage.ravi, number), "Signed so far: Lucía Ferrer (security)", who=stage.ravi)
    assert "is approved" in decide(stage.mei, ask(stage.mei, number), "approve", wording="For Ravi.")
    shows(lambda: card(stage.ravi, number), "*Approved* by Lucía Ferrer and Mei Tanaka", who=stage.ravi)


def call_in(who: Person, message: Json, reason: str) -> str:
    """Press Call in and say why."""
    return decide(who, message, "call_in", reason=reason)


def test_call_in_of_a_cleared_use_opens_a_thread_that_can_be_decided(stage: Stage) -> None:
    ana, ravi = stage.ana, stage.ravi
    number = file(ana)
    hears(ana, number, "receipt")
    press(ravi, card(ravi, number), "call_in")
    assert set(ravi.submit()) == {"reason"}
    assert "is called in" in send(ravi, reason="Read aloud in scene 12.")

    shown = shows(lambda: card(ravi, number), "Called in by Ravi Menon", "Waiting for Ravi Menon", who=ravi)
    assert buttons(shown) == []
    asked = ask(ravi, number)
    assert "<@U0RAVI> (production): please approve or deny" in text_of(asked)
    assert buttons(asked) == ["Approve", "Deny", "Ask for details"]
    told = hears(ana, number)
    assert "*Stop work on it*" in told and "> Read aloud in scene 12." in told

    decide(ravi, ask(ravi, number), "approve", conditions="Keep it unread")
    shows(lambda: card(ravi, number), "*Approved* by Ravi Menon", who=ravi)
    told = hears(ana, number, count=2)
    assert "*approved*" in told and "Keep it unread" in told


def test_call_in_of_a_judgement_waits_for_whoever_called(stage: Stage) -> None:
    ana, oskar, ravi = stage.ana, stage.oskar, stage.ravi
    number = file(ana, JUDGEMENT)
    call_in(oskar, ask(oskar, number), "It smells of a model.")
    asked = shows(lambda: ask(oskar, number), "<@U0OSKAR> (legal)", who=oskar)
    assert buttons(asked) == ["Approve", "Deny", "Ask for details"]
    assert "It smells of a model." in hears(ana, number)
    decide(oskar, asked, "deny", reason="It is one.")
    shows(lambda: card(ravi, number), "*Denied* by Oskar Lindqvist", who=ravi)
    assert "> It is one." in hears(ana, number, count=2)
    assert len(direct(ana, number, "told")) == 2
