"""The doctor asks Slack; Slack is a small real server on loopback."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.scopes import NEEDED_SCOPES
from tests.bot.installation import installation, told


class Slack:
    """The three questions the doctor asks, answered over HTTP from these dicts."""

    def __init__(self) -> None:
        self.auth: dict[str, Any] = {"ok": True, "team": "Studio", "team_id": "T0HOME", "user": "clearance"}
        self.scopes: str | None = ",".join(NEEDED_SCOPES)
        self.channels: dict[str, dict[str, Any]] = {
            channel: {"name": channel.lower(), "is_member": True, "is_private": True}
            for channel in ("C0APPROVALS", "C0NIGHTAPPR", "C0OPS")
        }
        self.people: dict[str, dict[str, Any]] = {
            user: {"team_id": "T0HOME", "tz": "Europe/London"}
            for user in ("U0RAVI", "U0MEI", "U0OSKAR", "U0LUCIA", "U0OPS")
        }
        self.raw: bytes | None = None
        self.asked: list[str] = []

    def answer(self, method: str, arguments: dict[str, str]) -> dict[str, Any]:
        self.asked.append(method)
        if method == "auth.test":
            return self.auth
        key = {"conversations.info": "channel", "users.info": "user"}[method]
        found = {**self.channels, **self.people}.get(arguments[key])
        return {"ok": True, key: found} if found else {"ok": False, "error": f"{key}_not_found"}


def _handler(slack: Slack) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            url = urlsplit(self.path)
            arguments = {key: values[0] for key, values in parse_qs(f"{url.query}&{body}").items()}
            answer = slack.answer(url.path.rpartition("/")[2], arguments)
            self.send_response(200)
            if slack.scopes is not None:
                self.send_header("X-OAuth-Scopes", slack.scopes)
            self.end_headers()
            self.wfile.write(slack.raw or json.dumps(answer).encode())

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests quiet."""

    return Handler


@pytest.fixture
def slack() -> Slack:
    return Slack()


@pytest.fixture
def api_url(slack: Slack) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(slack)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/api/"
        server.shutdown()
        thread.join()


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return installation(tmp_path)


@pytest.fixture
def asked(environ: dict[str, str], api_url: str) -> Callable[[], str]:
    """What the doctor says after asking Slack."""
    return lambda: told({**environ, "CLEARANCE_SLACK_API_URL": api_url}, connect=True)


def test_slack_knows_everybody_and_everything(asked: Callable[[], str]) -> None:
    says = asked()
    assert "FIX" not in says
    assert "ok    slack: connected to Studio as clearance" in says
    assert f"ok    scopes: all {len(NEEDED_SCOPES)} were granted" in says
    assert "ok    approvals channel: #c0approvals can be reached" in says
    assert "ok    approvals channel: #c0nightappr can be reached" in says
    assert "ok    operators channel: #c0ops can be reached" in says
    assert "ok    people: contacts: 4, operators: 1; all exist" in says


def test_a_token_slack_does_not_know(slack: Slack, asked: Callable[[], str]) -> None:
    slack.auth = {"ok": False, "error": "invalid_auth"}
    assert "FIX   slack: Slack does not know this token; copy the bot token again" in asked()
    assert slack.asked == ["auth.test"]


def test_an_answer_we_have_no_words_for_is_repeated(slack: Slack, asked: Callable[[], str]) -> None:
    slack.auth = {"ok": False, "error": "team_access_not_granted"}
    assert "FIX   slack: Slack answered team_access_not_granted" in asked()


def test_scopes_not_granted_and_not_needed(slack: Slack, asked: Callable[[], str]) -> None:
    slack.scopes = ",".join([*NEEDED_SCOPES, "files:read"]).replace("im:write,", "")
    says = asked()
    assert "FIX   scopes: im:write was not granted: it opens direct messages" in says
    assert "warn  scopes: files:read was granted and is not needed" in says


def test_a_stand_in_that_lists_no_scopes_is_not_blamed(slack: Slack, asked: Callable[[], str]) -> None:
    slack.scopes = None
    assert "scopes" not in asked()


def test_channels_that_cannot_be_used(slack: Slack, asked: Callable[[], str]) -> None:
    del slack.channels["C0APPROVALS"]
    slack.channels["C0NIGHTAPPR"]["is_member"] = False
    slack.channels["C0OPS"]["is_archived"] = True
    says = asked()
    assert "FIX   approvals channel: C0APPROVALS: Slack knows no such channel" in says
    assert (
        "FIX   approvals channel: the app is not in #c0nightappr; type /invite @GenAI Clearance there" in says
    )
    assert "FIX   operators channel: #c0ops is archived" in says


def test_public_and_shared_approvals_channels_are_warned_of(slack: Slack, asked: Callable[[], str]) -> None:
    slack.channels["C0APPROVALS"]["is_private"] = False
    slack.channels["C0NIGHTAPPR"]["is_ext_shared"] = True
    says = asked()
    assert "FIX" not in says
    assert "warn  approvals channel: #c0approvals is public: everybody can read its requests" in says
    assert "warn  approvals channel: #c0nightappr is shared: people of other workspaces" in says


def test_people_who_left_never_were_or_are_no_people(slack: Slack, asked: Callable[[], str]) -> None:
    slack.people["U0RAVI"]["deleted"] = True
    slack.people["U0MEI"]["is_bot"] = True
    del slack.people["U0OSKAR"]
    del slack.people["U0OPS"]
    says = asked()
    assert "FIX   contact: ravi (U0RAVI) has left the workspace (deactivated); correct the directory" in says
    assert "FIX   contact: mei (U0MEI) is a bot" in says
    assert "FIX   contact: oskar (U0OSKAR): Slack knows no such person" in says
    assert "FIX   operator: U0OPS: Slack knows no such person" in says


def test_a_contact_of_another_workspace_is_told_their_team(slack: Slack, asked: Callable[[], str]) -> None:
    slack.people["U0RAVI"]["team_id"] = "T0VENDOR"
    assert (
        'warn  contact: ravi belongs to the workspace T0VENDOR, not T0HOME; write team = "T0VENDOR"'
        in asked()
    )


def test_a_contact_without_any_time_zone_is_told(
    environ: dict[str, str], slack: Slack, asked: Callable[[], str]
) -> None:
    path = Path(environ["CLEARANCE_DIRECTORY"])
    text = path.read_text(encoding="utf-8").replace('timezone = "Europe/Stockholm"\n', "")
    path.write_text(text, encoding="utf-8")
    assert "time zone" not in asked(), "Slack knows it"
    slack.people["U0OSKAR"]["tz"] = ""
    assert "warn  contact: oskar has no time zone, here or in Slack" in asked()


def test_a_scope_missing_for_one_question_is_named(slack: Slack, asked: Callable[[], str]) -> None:
    slack.auth = {"ok": False, "error": "missing_scope", "needed": "users:read"}
    assert "FIX   slack: the app lacks the scope users:read" in asked()


def test_slack_out_of_reach_is_a_sentence_not_a_stack_trace(environ: dict[str, str]) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening: refuses
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/api/"
        says = told({**environ, "CLEARANCE_SLACK_API_URL": url}, connect=True)
    assert f"FIX   slack: {url} cannot be reached: Connection refused; check the network" in says


def test_something_else_answers_in_slacks_place(slack: Slack, asked: Callable[[], str]) -> None:
    slack.raw = b"<html>Please sign in to the hotel's network</html>"
    says = asked()
    assert "cannot be reached: what answers there is not Slack" in says
    assert "html" not in says
