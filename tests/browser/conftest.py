"""A chromium, one house, and people who use the page as people do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.person import Answer
from tests.studio import SAFE, House, house


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demo's people with an empty register."""
    with house(tmp_path_factory.mktemp("house")) as one:
        one.start()
        yield one


class Someone:
    """A person at their own browser window."""

    def __init__(self, page: Page, base: str, user: str) -> None:
        self.page, self._base, self._user = page, base, user
        page.set_default_timeout(5000)

    def go(self, channel: str) -> None:
        """Open a channel."""
        self.page.goto(f"{self._base}as/{self._user}/{channel}", wait_until="domcontentloaded")

    @property
    def modal(self) -> Locator:
        """The open form."""
        return self.page.locator("dialog#modal[open]")

    @property
    def thread(self) -> Locator:
        """The open thread."""
        return self.page.locator("aside#thread")

    def command(self, text: str) -> None:
        """Type a slash command and send it."""
        self.page.locator("#box").fill(text)
        self.page.locator("#composer .send").click()

    def answer(self, differing: Mapping[str, Answer]) -> None:
        """Answer every question of the form: safely, but for what differs."""
        answers: dict[str, Answer] = {**SAFE, **differing}
        for name, value in answers.items():
            control = self.modal.locator(f'[name="{name}|{name}"]')
            if control.evaluate("one => one.tagName") != "SELECT":
                control.fill(str(value))
            elif control.get_attribute("data-dispatch"):
                with self.page.expect_response(re.compile(r"/action$")):
                    control.select_option(str(value))
            else:
                control.select_option(str(value))
        consent = self.modal.locator('[name="consent|consent"]')
        if "consent" not in answers and consent.count():
            with self.page.expect_response(re.compile(r"/action$")):
                consent.select_option("not_needed")

    def send(self) -> None:
        """Press the form's own button."""
        self.modal.locator("footer .primary").click()

    def file(self, differing: Mapping[str, Answer] | None = None) -> str:
        """Fill the form in and send it; returns "GEN-3", with the verdict still open."""
        self.go("C0NIGHTFALL")
        self.command("/genai-request")
        expect(self.modal).to_be_visible()
        self.answer(differing or {})
        self.send()
        title = self.modal.locator("#modal-title")
        expect(title).to_have_text(re.compile(r"^GEN-\d+$"))
        return title.inner_text()

    def close(self) -> None:
        """Close the form."""
        self.modal.locator("footer button", has_text="Close").click()
        expect(self.modal).to_have_count(0)

    def card(self, label: str) -> Locator:
        """The card of a request in the channel that is open."""
        header = self.page.locator("h3.header", has_text=re.compile(rf"^{label} "))
        return self.page.locator("#scroll li.message").filter(has=header)

    def open_thread(self, label: str) -> Locator:
        """Follow the card's replies."""
        self.go("C0NIGHTAPPR")
        self.card(label).locator(".replies a").click()
        expect(self.thread).to_contain_text(label)
        return self.thread

    def press(self, place: Locator, button: str) -> None:
        """Press a button of a message."""
        place.get_by_role("button", name=button, exact=True).click()

    def dm(self) -> Locator:
        """What the app told this person, newest last."""
        self.page.locator("nav#side").get_by_role("link", name="GenAI Clearance").first.click()
        return self.page.locator("#scroll")


@pytest.fixture
def someone(browser: Browser, built: House) -> Iterator[Callable[..., Someone]]:
    """Bring somebody to the workspace, each in a window of their own."""
    contexts = []

    def come(user: str, width: int = 1280, height: int = 900) -> Someone:
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        return Someone(context.new_page(), built.running.url, user)

    yield come
    for context in contexts:
        context.close()
    # A story that failed half-way leaves its forms open at the workspace: the next one begins without.
    built.workspace.views.stacks.clear()
