"""Slack over HTTP: signed requests reach Bolt, everything else gets a short answer and no trace."""

import hashlib
import hmac
import http.client
import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult

from bot.http import PATH, Front, serving
from bot.in_hand import InHand

SECRET = "0123456789abcdef0123456789abcdef"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(Front(_small_app(), SECRET, lambda: ""), "127.0.0.1", 0) as url:
        yield url


def _small_app() -> App:
    bolt = App(
        signing_secret=SECRET,
        process_before_response=True,
        authorize=lambda: AuthorizeResult(
            enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_id="B1", bot_user_id="U1"
        ),
    )

    @bolt.command("/genai-request")
    def answer(ack: Ack) -> None:
        ack("heard")

    return bolt


@contextmanager
def _connection(address: str) -> Iterator[http.client.HTTPConnection]:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        yield connection
    finally:
        connection.close()


def _post(address: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    with _connection(address) as connection:
        connection.request("POST", PATH, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def _signed(body: bytes, content_type: str = FORM) -> dict[str, str]:
    stamp = str(int(time.time()))
    # Slack's own verifier signs text only; a stranger may sign anything.
    basis = b"v0:" + stamp.encode() + b":" + body
    signature = "v0=" + hmac.new(SECRET.encode(), basis, hashlib.sha256).hexdigest()
    return {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature,
    }


def test_a_signed_command_is_answered(address: str) -> None:
    body = b"command=%2Fgenai-request&text=help&team_id=T1&user_id=U1&channel_id=C1&trigger_id=1"
    assert _post(address, body, _signed(body)) == (200, "heard")


def test_a_wrong_signature_is_refused_and_its_body_is_not_logged(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    body = b"command=%2Fgenai-request&text=the+secret+plot"
    with caplog.at_level(logging.DEBUG):
        status, says = _post(address, body, _signed(body) | {"X-Slack-Signature": "v0=" + "0" * 64})
    assert status == 401
    assert "signature" in says
    assert "secret plot" not in caplog.text and "secret+plot" not in caplog.text


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"X-Slack-Request-Timestamp": "yesterday"}, 401),
        ({"X-Slack-Request-Timestamp": "1"}, 401),
        ({"X-Slack-Request-Timestamp": ""}, 401),
        ({"X-Slack-Signature": "v0=\xe9\xe9"}, 401),
        ({"X-Slack-Signature": ""}, 401),
    ],
)
def test_broken_signature_headers_are_refused(address: str, changed: dict[str, str], status: int) -> None:
    body = b"command=%2Fgenai-request"
    assert _post(address, body, _signed(body) | changed)[0] == status


@pytest.mark.parametrize("payload", ["{", "[1]", "null", "", "[" * 100_000, '"text"'])
def test_a_payload_that_is_not_what_slack_sends_is_a_bad_request(address: str, payload: str) -> None:
    body = f"payload={quote(payload) or '%20'}".encode()
    assert _post(address, body, _signed(body))[0] == 400


def test_a_body_that_is_not_text_is_a_bad_request(address: str) -> None:
    body = b"payload=\xff\xfe"
    assert _post(address, body, _signed(body))[0] == 400


def test_a_body_that_is_too_large_is_refused_unread(address: str) -> None:
    with _connection(address) as connection:
        connection.putrequest("POST", PATH)
        connection.putheader("Content-Length", "3000000")
        connection.endheaders()
        assert connection.getresponse().status == 413


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=300), content_type=st.sampled_from([FORM, "application/json", "text/plain"]))
def test_no_signed_garbage_makes_the_app_stumble(address: str, raw: bytes, content_type: str) -> None:
    assert _post(address, raw, _signed(raw, content_type))[0] in (200, 400, 404)


def test_the_slack_handshake_for_events_is_answered(address: str) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    status, says = _post(address, body, _signed(body, "application/json"))
    assert (status, "abc" in says) == (200, True)


def test_health_and_readiness_are_told_apart() -> None:
    trouble = ["The database is out of reach."]
    with serving(Front(_small_app(), SECRET, lambda: trouble[0]), "127.0.0.1", 0) as url:
        assert _get(url, "/healthz") == (200, "alive")
        assert _get(url, "/readyz") == (503, "The database is out of reach.")
        trouble[0] = ""
        assert _get(url, "/readyz") == (200, "ready")
        assert _get(url, "/")[0] == 404
        assert _get(url, PATH)[0] == 405


def _get(address: str, path: str) -> tuple[int, str]:
    with _connection(address) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_a_click_is_in_hand_until_it_is_answered() -> None:
    in_hand, calm = InHand(), list[bool]()
    bolt = _small_app()

    @bolt.command("/slow")
    def answer(ack: Ack) -> None:
        calm.append(in_hand.give_way())  # as delivery asks, in the middle of a click
        ack("heard")

    command = b"command=%2Fslow&text=&user_id=U1&team_id=T1&channel_id=C1&trigger_id=1.1"
    with serving(Front(bolt, SECRET, lambda: "", in_hand), "127.0.0.1", 0) as url:
        assert _post(url, command, _signed(command)) == (200, "heard")
    assert calm == [False]
    assert in_hand.give_way()
