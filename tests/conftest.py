"""What all tests share: a browser is needed where it is promised, and asked for loudly elsewhere."""

import os
import shutil
import warnings

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


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
