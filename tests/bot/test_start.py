"""What a start loads, and what it need not."""

import subprocess
import sys

import holidays
import pytest

from bot.calendars import Countries


@pytest.mark.parametrize("words", [("--help",), ("triage", "--help"), ("policy", "--help"), ("db", "--help")])
def test_a_command_that_asks_no_database_does_not_wait_for_sqlalchemy(words: tuple[str, ...]) -> None:
    """It and Slack's client take most of a second, and whoever judges a file has no need of them."""
    script = (
        "import sys\nfrom bot.__main__ import main\n"
        f"main({list(words)!r}, standalone_mode=False)\n"
        "loaded = {'sqlalchemy', 'slack_bolt', 'slack_sdk'} & set(sys.modules)\n"
        "assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60, stdout=subprocess.DEVNULL)


def test_a_country_asked_for_alone_is_known_as_it_is_in_the_list_of_all() -> None:
    known = Countries()
    listed = set(known)
    assert {"GB", "GB-SCT", "UK", "US-CA"} <= listed
    assert all(code in known for code in listed)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    two = {first + second for first in letters for second in letters}
    assert {code for code in two if code in known} == {code for code in listed if len(code) == 2}
    assert {len(code.partition("-")[0]) for code in listed} == {2}


@pytest.mark.parametrize("code", ["GB-", "GB-XX", "gb", "GBR", "NYSE", "", "-", "é", "__", 44, None])
def test_what_is_no_code_of_the_directory_is_not_known(code: object) -> None:
    assert hasattr(holidays, "GBR")  # the library itself takes more than the directory does
    assert code not in Countries()
