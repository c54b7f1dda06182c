"""The story in a real browser: four outcomes, two topics, a refusal, a double decision, a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Someone
from tests.studio import ESCALATE, JUDGEMENT, WRITTEN

pytestmark = pytest.mark.browser
People = Callable[..., Someone]


def test_cleared(someone: People) -> None:
    ana, ravi = someone("U0ANA"), someone("U0RAVI")
    label = ana.file({"title": "Mood boards"})
    expect(ana.modal).to_contain_text("No approval needed, on your answers")
    expect(ana.modal).to_contain_text("You can go ahead.")
    ana.close()

    ravi.go("C0NIGHTAPPR")
    card = ravi.card(label)
    expect(card).to_contain_text("Mood boards")
    expect(card.get_by_role("button")).to_have_text(["Call in"])
    expect(card.locator(".replies")).to_have_count(0)


def test_judgement_and_a_call_in(someone: People) -> None:
    ana, ravi = someone("U0ANA"), someone("U0RAVI")
    label = ana.file(JUDGEMENT)
    expect(ana.modal).to_contain_text("Your judgement, with your contact told")
    ana.close()

    thread = ravi.open_thread(label)
    expect(thread).to_contain_text("@Ravi Menon For your information")
    expect(thread).to_contain_text("It only sorts our rushes by take.")
    ravi.press(thread, "Call in")
    ravi.modal.get_by_label("Why do you want to look at it?").fill("It reads like a model.")
    ravi.send()
    expect(ravi.modal).to_contain_text(f"{label} is called in.")
    ravi.close()
    expect(thread.get_by_role("button", name="Approve", exact=True)).to_be_visible()
    expect(thread.get_by_role("button", name="Call in")).to_have_count(0)

    expect(ana.dm()).to_contain_text("Stop work on it")


def test_escalate_and_an_approval_with_conditions(someone: People) -> None:
    ana, ravi = someone("U0ANA"), someone("U0RAVI")
    label = ana.file(ESCALATE)
    expect(ana.modal).to_contain_text("Wait: your Netflix contact must answer first")
    expect(ana.modal).to_contain_text("Stop until Ravi Menon (production) has answered.")
    ana.close()

    thread = ravi.open_thread(label)
    expect(thread).to_contain_text(f"@Ravi Menon (production): please approve or deny {label}")
    ravi.press(thread, "Approve")
    ravi.modal.get_by_label("On what conditions?").fill("Previs only\nNo faces")
    ravi.modal.get_by_label("Until when does it hold?").fill("2031-03-03")
    ravi.send()
    expect(ravi.modal).to_contain_text(f"{label} is approved.")
    ravi.close()
    # The page itself hears of it: no reload.
    expect(thread.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    expect(ravi.card(label)).to_contain_text("Approved by Ravi Menon")

    told = ana.dm().locator("li.message", has_text=f"{label} ").last
    for words in ("is approved by @Ravi Menon", "Previs only", "No faces", "3 Mar 2031"):
        expect(told).to_contain_text(words)
    told.get_by_role("link", name="Open the thread").click()
    expect(ana.thread).to_contain_text(label)


def test_written_approval_by_two_contacts(someone: People) -> None:
    ana, ravi, oskar = someone("U0ANA"), someone("U0RAVI"), someone("U0OSKAR")
    label = ana.file(WRITTEN)
    expect(ana.modal).to_contain_text("Stop: written approval is needed first")
    ana.close()

    thread = ravi.open_thread(label)
    ravi.press(thread, "Approve")
    expect(ravi.modal).to_contain_text("It then still waits for legal (Oskar Lindqvist).")
    ravi.send()
    expect(ravi.modal.get_by_role("alert")).to_be_visible()  # a written approval needs its words
    ravi.modal.get_by_label("What do you approve?").fill("The aged newspaper, as described.")
    ravi.send()
    expect(ravi.modal).to_contain_text("It still waits for Oskar Lindqvist (legal).")
    ravi.close()
    expect(ravi.card(label)).to_contain_text("Waiting for Oskar Lindqvist (legal)")

    thread = oskar.open_thread(label)
    expect(thread).to_contain_text("Signed so far: Ravi Menon (production)")
    oskar.press(thread, "Approve")
    oskar.modal.get_by_label("What do you approve?").fill("The clipping, with its licence.")
    oskar.send()
    expect(oskar.modal).to_contain_text(f"{label} is approved.")
    oskar.close()
    expect(oskar.card(label)).to_contain_text("Approved by Ravi Menon and Oskar Lindqvist")
    told = ana.dm().locator("li.message", has_text=f"{label} ").last
    expect(told).to_contain_text("The aged newspaper, as described.")
    expect(told).to_contain_text("The clipping, with its licence.")


def test_somebody_else_is_refused_in_private(someone: People) -> None:
    ana, theo, ravi = someone("U0ANA"), someone("U0THEO"), someone("U0RAVI")
    label = ana.file(ESCALATE)
    ana.close()
    thread = theo.open_thread(label)
    theo.press(thread, "Deny")
    sentence = f"Only Ravi Menon or Mei Tanaka can decide {label}."
    expect(theo.page.get_by_text(sentence)).to_be_visible()
    expect(theo.page.get_by_text("Only visible to you")).to_be_visible()
    ravi.open_thread(label)
    expect(ravi.page.get_by_text(sentence)).to_have_count(0)


def test_a_second_decision_hears_of_the_first(someone: People) -> None:
    ana, ravi, mei = someone("U0ANA"), someone("U0RAVI"), someone("U0MEI")
    label = ana.file(ESCALATE)
    ana.close()
    for contact, button in ((ravi, "Approve"), (mei, "Deny")):
        contact.press(contact.open_thread(label), button)
        expect(contact.modal).to_be_visible()
    ravi.send()
    expect(ravi.modal).to_contain_text(f"{label} is approved.")
    ravi.close()
    mei.modal.get_by_label("Why not?").fill("Not like this.")
    mei.send()
    expect(mei.modal).to_contain_text(f"{label} is already approved by Ravi Menon on")
    mei.close()
    expect(mei.card(label)).to_contain_text("Approved by Ravi Menon")


def test_on_a_phone(someone: People) -> None:
    ana, ravi = (someone(user, 390, 844) for user in ("U0ANA", "U0RAVI"))
    label = ana.file(ESCALATE)
    for window in (ana, ravi):
        if window is ravi:
            thread = ravi.open_thread(label)
            ravi.press(thread, "Approve")
            expect(ravi.modal).to_contain_text("With this you sign: production.")
        sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert window.page.evaluate(sideways) == 0
        box = window.modal.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390
    ravi.send()
    expect(ravi.modal).to_contain_text(f"{label} is approved.")
