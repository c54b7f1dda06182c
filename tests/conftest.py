"""What all tests share: a browser is needed where it is promised, and asked for loudly elsewhere."""

import os
import shutil
import warnings
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# A browser that looks nothing up by itself: the machine may have no network.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a chromium; under CI its absence is a failure."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found:
        return found
    missing = f"no browser on the PATH ({', '.join(BROWSERS)}): the stories in a real browser did NOT run"
    if os.environ.get("CI"):
        pytest.fail(missing)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.warn(missing, stacklevel=1)
    pytest.skip(missing)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for every test of a process: playwright refuses a second one beside it."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS])
        yield opened
        opened.close()
