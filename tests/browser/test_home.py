"""Home in a real browser: filed from it, decided on it by keyboard, on a desk and a phone, light and dark."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Someone
from tests.studio import ESCALATE, House

pytestmark = pytest.mark.browser
People = Callable[..., Someone]
# Where to leave pictures for somebody to look at; nowhere in an ordinary run.
SHOTS = os.environ.get("CLEARANCE_SHOTS", "")


def shot(page: Page, name: str) -> None:
    """Keep a picture, when somebody wants to look."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def at_home(who: Someone) -> None:
    """Open the app's home from wherever they are."""
    who.go("C0NIGHTFALL")
    side = who.page.locator("nav#side")
    if not side.is_visible():
        who.page.get_by_role("button", name="Conversations and people").click()
    side.get_by_role("link", name="App home").click()
    expect(who.page.get_by_role("button", name="New request")).to_be_visible()


def test_filed_and_decided_at_home(someone: People, built: House) -> None:
    ana, ravi = someone("U0ANA"), someone("U0RAVI", 390, 844)
    at_home(ana)
    scroll = ana.page.locator("#scroll")
    expect(scroll).to_contain_text("May you use generative AI for this, and who has to say so?")
    shot(ana.page, "home-newcomer")
    scroll.get_by_role("button", name="New request").click()
    expect(ana.modal).to_be_visible()
    search = ana.modal.get_by_role("combobox", name="Which production")
    search.press_sequentially("night")
    expect(ana.modal.locator("li[role=option]")).to_have_count(1)
    search.press("Enter")
    expect(ana.modal.locator(".chip")).to_contain_text("Nightfall")
    ana.answer({**ESCALATE, "title": "Boards *for* <@U0OPS>", "needed_by": "2031-03-03"})
    ana.send()
    title = ana.modal.locator("#modal-title")
    expect(title).to_contain_text("GEN-")
    label = title.inner_text()
    ana.close()
    # The page itself hears of it: no reload. What was typed is shown as typed, and names nobody.
    expect(scroll).to_contain_text(f"{label} · Boards *for* <@U0OPS>")
    expect(scroll.locator(".mention")).to_have_count(0)
    shot(ana.page, "home-filed")

    decide_by_keyboard(ravi, label)

    ana.page.get_by_role("link", name="Messages", exact=True).click()
    expect(ana.page.locator("#scroll")).to_contain_text("is approved by @Ravi Menon")
    ana.page.get_by_role("link", name="Home", exact=True).click()
    expect(ana.page.locator("#scroll")).to_contain_text("Approved by Ravi Menon")


def decide_by_keyboard(ravi: Someone, label: str) -> None:
    """On a phone in the dark."""
    ravi.page.emulate_media(color_scheme="dark")
    at_home(ravi)
    expect(ravi.page.locator("#scroll")).to_contain_text("1 request waits for your decision.")
    shot(ravi.page, "home-waiting-phone-dark")
    sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert ravi.page.evaluate(sideways) == 0
    approve = ravi.page.get_by_role("button", name="Approve", exact=True)
    approve.focus()
    ravi.page.keyboard.press("Enter")
    expect(ravi.modal).to_contain_text("With this you sign: production.")
    ravi.send()
    expect(ravi.modal).to_contain_text(f"{label} is approved.")
    ravi.close()
    expect(ravi.page.locator("#scroll")).to_contain_text("Nothing waits for your decision.")
    expect(approve).to_have_count(0)


def test_what_another_decided_is_said_in_a_window(someone: People) -> None:
    ana, ravi, mei = someone("U0ANA"), someone("U0RAVI"), someone("U0MEI")
    label = ana.file({**ESCALATE, "title": "Boards for two"})
    ana.close()
    at_home(ravi)
    scroll = ravi.page.locator("#scroll")
    expect(scroll).to_contain_text(f"{label} · Boards for two")
    thread = mei.open_thread(label)
    mei.press(thread, "Deny")
    mei.modal.get_by_label("Why not?").fill("No.")
    mei.send()
    expect(mei.modal).to_contain_text(f"{label} is denied.")
    ravi.press(scroll, "Approve")
    expect(ravi.modal).to_contain_text(f"{label} is already denied by Mei Tanaka")
    shot(ravi.page, "home-refused")
    ravi.page.keyboard.press("Escape")
    expect(ravi.modal).to_have_count(0)
    expect(scroll).not_to_contain_text("Boards for two")
