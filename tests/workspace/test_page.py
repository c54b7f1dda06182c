"""The page in a real browser: the one story that needs one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.workspace import RunningWorkspace, Workspace, serve
from tests.workspace.conftest import SCENE, Stage

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    tab = browser.new_page(viewport={"width": 1280, "height": 800})
    tab.set_default_timeout(5000)
    faults: list[str] = []
    tab.on("pageerror", lambda fault: faults.append(str(fault)))
    yield tab
    tab.close()
    assert faults == []


def test_from_command_to_verdict(stage: Stage, page: Page) -> None:
    page.goto(f"{stage.running.url}as/U0RAVI/C0SHOW")
    page.get_by_text("Switch").click()
    page.get_by_role("link", name="Ana Ruiz Coordinator").click()
    expect(page.locator("details.acting summary")).to_contain_text("Ana Ruiz")

    box = page.get_by_label("Message show")
    box.press_sequentially("/as")
    expect(page.get_by_role("option")).to_contain_text("[form | card]")
    box.press("Enter")
    expect(box).to_have_value("/ask ")
    expect(page.locator("#usage")).to_contain_text("/ask [form | card]")
    box.press_sequentially("form")
    box.press("Enter")

    form = page.get_by_role("dialog", name="A form")
    form.get_by_label("Title").fill("bad")
    search = form.get_by_role("combobox", name="Tool")
    search.press_sequentially("r")
    expect(form.locator("li[role=option]")).to_have_count(2)
    search.press("ArrowDown")
    search.press("Enter")
    expect(form.locator(".chip")).to_contain_text("Runway")
    form.get_by_label("Final").select_option("yes")
    expect(form.get_by_label("Why")).to_be_visible()
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_text("Not that.")).to_be_visible()
    expect(form.get_by_label("Title")).to_have_value("bad")
    expect(form.get_by_label("Title")).to_be_focused()
    form.get_by_label("Title").fill("better")
    form.get_by_role("button", name="Send").click()
    expect(page.get_by_role("dialog", name="A note")).to_contain_text("done: better")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_button_asks_first_and_threads_open(stage: Stage, page: Page) -> None:
    stage.ana.command("C0SHOW", "/ask card")
    stage.ana.wait(lambda: stage.ana.messages("C0SHOW"))
    page.goto(f"{stage.running.url}as/U0RAVI/C0SHOW")
    draft = page.get_by_label("Message show")
    draft.fill("half a sentence")
    page.get_by_role("button", name="Deny").click()
    page.get_by_role("dialog", name="Deny it?").get_by_role("button", name="Back").click()
    assert not any(body.get("type") == "block_actions" for body in stage.app.heard)
    page.get_by_role("button", name="Deny").click()
    page.get_by_role("dialog", name="Deny it?").get_by_role("button", name="Deny").click()
    expect(page.get_by_text("decided")).to_be_visible()
    expect(page.get_by_text("Only visible to you")).to_be_visible()
    expect(draft).to_have_value("half a sentence")
    page.get_by_role("link", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    expect(thread).to_contain_text("by @Ravi Menon")
    thread.get_by_label("Reply").fill("noted")
    thread.get_by_label("Reply").press("Enter")
    expect(thread).to_contain_text("2 replies")


def test_it_fits_a_phone(stage: Stage, page: Page) -> None:
    stage.ana.command("C0SHOW", "/ask card")
    (message,) = stage.ana.wait(lambda: stage.ana.messages("C0SHOW"))
    page.set_viewport_size({"width": 360, "height": 740})
    for place in ("C0SHOW", f"C0SHOW?thread={message['ts']}", "home"):
        page.goto(f"{stage.running.url}as/U0ANA/{place}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto(f"{stage.running.url}as/U0ANA/C0SHOW")
    expect(page.get_by_role("link", name="others")).to_be_hidden()
    page.get_by_role("button", name="Conversations and people").click()
    page.get_by_role("link", name="others").click()
    expect(page.get_by_role("heading", name="others")).to_be_visible()


@pytest.fixture
def movable(manifest: Path) -> Iterator[RunningWorkspace]:
    with serve(Workspace(manifest, SCENE, movable_clock=True)) as running:
        yield running


def test_the_clock_is_moved_by_keyboard_and_on_a_phone(movable: RunningWorkspace, page: Page) -> None:
    page.goto(f"{movable.url}as/U0RAVI/C0SHOW")
    bench = page.get_by_role("region", name="Demo clock")
    expect(bench).to_contain_text("London")
    hour = bench.get_by_role("button", name="+1 hour")
    hour.focus()
    page.keyboard.press("Enter")
    expect(bench).to_contain_text("1 h ahead")
    expect(hour).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(bench).to_contain_text("day")
    page.set_viewport_size({"width": 360, "height": 640})
    expect(bench).to_be_hidden()
    page.get_by_role("button", name="Conversations and people").click()
    expect(hour).to_be_in_viewport(ratio=1)
    before = bench.locator("#bench-hour").inner_text()
    hour.click()
    expect(bench.locator("#bench-hour")).not_to_have_text(before)
    expect(bench).to_be_visible()
