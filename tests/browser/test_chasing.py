"""Chased in a real browser: a day passes, the reminder, put off, the backup, approved from the digest."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Someone
from tests.studio import ESCALATE, House, house

pytestmark = pytest.mark.browser
People = Callable[..., Someone]
# Where to leave pictures for somebody to look at; nowhere in an ordinary run.
SHOTS = os.environ.get("CLEARANCE_SHOTS", "")


@pytest.fixture
def built(tmp_path: Path) -> Iterator[House]:
    """The demo's people; the clock begins on a Monday at ten in London and is moved on the page."""
    with house(tmp_path) as one:
        clock = one.workspace.clock
        begins = datetime(2026, 11, 23, 10, tzinfo=UTC)
        clock.movable = True
        clock.ahead = begins - datetime.now(UTC)
        one.clock = clock
        one.start()
        one.workspace.moved.append(lambda _now: _catch_up(one))
        yield one


@pytest.fixture
def someone(browser: Browser, built: House) -> Iterator[People]:
    contexts = []

    def come(user: str, width: int = 1280, height: int = 900) -> Someone:
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        return Someone(context.new_page(), built.running.url, user)

    yield come
    for context in contexts:
        context.close()


def _catch_up(one: House) -> None:
    if one.clearance is not None:
        one.clearance.scheduler.now()
        one.clearance.delivery.wake()


def shot(page: Page, name: str) -> None:
    """Keep a picture, when somebody wants to look."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def test_a_request_is_chased_until_it_is_decided(someone: People, built: House) -> None:
    ana, ravi, mei = someone("U0ANA"), someone("U0RAVI"), someone("U0MEI", 390, 844)
    label = ana.file({**ESCALATE, "needed_by": "2026-12-04"})
    ana.close()

    # The same time on the next working day.
    ravi.go("C0NIGHTAPPR")
    ravi.page.get_by_role("button", name="+1 working day").click()
    thread = ravi.open_thread(label)
    reminder = thread.locator("li.message", has_text="Reminders are our own addition")
    expect(reminder).to_have_count(1)
    expect(reminder).to_contain_text(f"@Ravi Menon: please approve or deny {label}")
    expect(reminder).to_contain_text("of your working hours are left")
    reminder.scroll_into_view_if_needed()
    shot(ravi.page, "reminder-desktop")

    reminder.get_by_role("combobox").select_option(label="Tomorrow")
    expect(
        ravi.page.get_by_text(f"You are reminded of {label} again on 25 Nov 2026 at 09:00")
    ).to_be_visible()
    shot(ravi.page, "snoozed-desktop")
    expect(ana.dm().locator("li.message", has_text="put").last).to_contain_text(f"Ravi Menon put {label}")
    shot(ana.page, "requester-desktop")

    # He does not answer: Mei is asked beside him, and her digest comes in her morning.
    ravi.page.get_by_role("button", name="+1 working day").click()
    thread = mei.open_thread(label)
    expect(thread).to_contain_text("You stand in, because Ravi Menon has not answered yet")
    shot(mei.page, "backup-phone")
    sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert mei.page.evaluate(sideways) == 0
    built.person("U0MEI").advance(hours=14)
    approve_from_the_digest(mei, label)
    expect(ana.dm()).to_contain_text("is approved by @Mei Tanaka")


def approve_from_the_digest(mei: Someone, label: str) -> None:
    """On a phone the conversations are behind a button."""
    mei.go("C0NIGHTAPPR")
    mei.page.get_by_role("button", name="Conversations and people").click()
    digest = mei.dm().locator("li.message", has_text=label).last
    expect(digest).to_be_visible()
    shot(mei.page, "digest-phone")
    mei.press(digest, "Approve")
    expect(mei.modal).to_contain_text("With this you sign: production.")
    shot(mei.page, "approve-phone")
    mei.send()
    expect(mei.modal).to_contain_text(f"{label} is approved.")
    mei.close()
