"""`clearance demo`, `run` and `doctor` as processes of their own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from urllib.request import ProxyHandler, build_opener

import pytest

from bot.shipped import shipped
from tests.studio import House, house

pytestmark = pytest.mark.process

READY_SECONDS = 10
STOP_SECONDS = 8


def environment(**settings: str) -> dict[str, str]:
    """This process's environment without a setting of Clearance, but for those given."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "CLEARANCE_"))
    }
    return kept | settings


def clearance(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    command = [sys.executable, "-m", "bot", *words]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(PYTHONPATH=str(shipped("manifest.yml").parent), **settings),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@contextmanager
def started(folder: Path, *words: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on; its standard error joins its output."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        env=environment(PYTHONPATH=str(shipped("manifest.yml").parent), PYTHONUNBUFFERED="1", **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def line_with(process: subprocess.Popen[str], words: str) -> str:
    """The first line that says so, within the time a person waits."""
    assert process.stdout is not None
    said = ""
    watchdog = Timer(READY_SECONDS, process.kill)
    watchdog.start()
    try:
        for line in process.stdout:
            said += line
            if words in line:
                return line
    finally:
        watchdog.cancel()
    raise AssertionError(f"no line with {words!r} in {READY_SECONDS} s:\n{said}")


def ended(process: subprocess.Popen[str], how: signal.Signals) -> str:
    """Send the signal; returns the rest of what the process said, after a good end."""
    process.send_signal(how)
    rest, _ = process.communicate(timeout=STOP_SECONDS)
    assert process.returncode == 0, rest
    assert "Traceback" not in rest and "Error" not in rest, rest
    return rest


def configured(built: House) -> Mapping[str, str]:
    """The settings with which a process reaches the workspace."""
    return {
        "SLACK_BOT_TOKEN": built.workspace.bot_token,
        "SLACK_APP_TOKEN": built.workspace.app_token,
        "CLEARANCE_SLACK_API_URL": built.running.api_url,
        "CLEARANCE_DATABASE_URL": f"sqlite:///{built.database}",
        "CLEARANCE_DIRECTORY": str(built.folder / "directory.toml"),
    }


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_demo_is_ready_soon_and_ends_well(tmp_path: Path, how: signal.Signals) -> None:
    with started(tmp_path, "demo") as process:
        line = line_with(process, "http://")
        address = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert address, line
        with build_opener(ProxyHandler({})).open(address[0], timeout=5) as page:
            assert b"Harbour Street Pictures" in page.read()
        ended(process, how)
    assert list(tmp_path.iterdir()) == []  # nothing is kept


def test_demo_says_when_its_port_is_taken(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        port = built.running.url.rsplit(":", 1)[1].strip("/")
        said = clearance(tmp_path, "demo", "--port", port)
    assert said.returncode == 1
    assert f"port {port} cannot be used" in said.stderr and "Traceback" not in said.stderr


def test_run_with_nothing_configured(tmp_path: Path) -> None:
    said = clearance(tmp_path, "run")
    assert said.returncode == 2
    lines = said.stderr.splitlines()
    assert len(lines) == 2 and all(one.startswith("clearance: ") for one in lines), said.stderr
    assert "SLACK_BOT_TOKEN is not set" in lines[0] and "SLACK_APP_TOKEN is not set" in lines[1]


def test_run_with_a_signing_secret_alone(tmp_path: Path) -> None:
    said = clearance(tmp_path, "run", SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET="a" * 32)
    assert said.returncode == 2
    assert "SLACK_APP_TOKEN is not set" in said.stderr and "Traceback" not in said.stderr


def test_run_against_a_slack(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        settings = dict(configured(built))

        for name, wrong in (("SLACK_BOT_TOKEN", "xoxb-wrong"), ("SLACK_APP_TOKEN", "xapp-wrong")):
            said = clearance(tmp_path, "run", **(settings | {name: wrong}))
            assert said.returncode == 2, said.stderr
            last = said.stderr.splitlines()[-1]
            assert "Slack refused the tokens: invalid_auth." in last and "clearance doctor" in last
            assert "Traceback" not in said.stderr

        nowhere = {"CLEARANCE_SLACK_API_URL": "http://127.0.0.1:1/api/"}
        with started(tmp_path, "run", **(settings | nowhere)) as process:
            assert "It is asked again and again" in line_with(process, "Slack cannot be reached")
            ended(process, signal.SIGTERM)

        with started(tmp_path, "run", **settings) as process:
            line_with(process, "Clearance is running.")
            second = clearance(tmp_path, "run", **settings)
            assert second.returncode == 2
            assert f"Its process is {process.pid}: stop it first." in second.stderr
            ended(process, signal.SIGTERM)


def test_doctor_finds_a_good_installation_well(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        said = clearance(tmp_path, "doctor", **configured(built))
    assert said.returncode == 0, said.stdout + said.stderr
    assert "Traceback" not in said.stderr
    assert [line for line in said.stdout.splitlines() if re.search(r"\b(bad|wrong|mend)\b", line)] == []


def test_doctor_with_nothing_configured(tmp_path: Path) -> None:
    said = clearance(tmp_path, "doctor", "--offline")
    assert said.returncode == 1
    assert "SLACK_BOT_TOKEN" in said.stdout and "Traceback" not in said.stderr


def test_run_over_http_serves_and_stops(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        settings = {**configured(built), "SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": "0" * 32}
        with started(tmp_path, "run", "--http", "--port", "0", **settings) as process:
            said = line_with(process, "Clearance is running at ")
            found = re.search(r"(http://\S+)/slack/events", said)
            assert found, said
            with build_opener(ProxyHandler({})).open(f"{found[1]}/readyz", timeout=5) as answer:
                assert answer.read() == b"ready"
            ended(process, signal.SIGTERM)


def test_run_over_http_wants_the_signing_secret(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        said = clearance(tmp_path, "run", "--http", **configured(built))
    assert said.returncode == 2
    assert "SLACK_SIGNING_SECRET is not set" in said.stderr and "Traceback" not in said.stderr
