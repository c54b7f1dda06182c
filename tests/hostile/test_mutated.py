"""Thousands of spoilt payloads: no failure, no trace, no change that was not somebody's to make, no leak.

HOSTILE is how many (3,000), SEED which. A failure names the payload; the same seed makes it again.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any

import pytest

from tests.hostile.mutate import JUNK, spoilt
from tests.hostile.siege import CONTACTS, DECIDERS, MAY_FILE, Json, Siege, besieged

pytestmark = pytest.mark.long

COUNT = int(os.environ.get("HOSTILE", "3000"))
SEED = os.environ.get("SEED", "1")


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    with besieged(tmp_path_factory.mktemp("siege")) as opened:
        yield opened


@pytest.fixture
def held(siege: Siege) -> Iterator[Siege]:
    """Nothing is logged in this test but sentences."""
    siege.records.clear()
    siege.told.clear()
    yield siege
    for record in siege.records:
        assert record.levelno <= logging.WARNING and not record.exc_info, record.getMessage()
        assert "Traceback" not in record.getMessage()


def test_every_kind_of_payload_was_seen(siege: Siege) -> None:
    seen = {(kind, payload.get("type")) for kind, payload in siege.captured}
    assert seen >= {
        ("slash_commands", None),
        ("interactive", "block_actions"),
        ("interactive", "view_submission"),
        ("interactive", "block_suggestion"),
    }


def test_mutated_payloads_over_http(held: Siege) -> None:
    def send(kind: str, payload: Json) -> None:
        assert held.over_http(kind, payload) in (200, 400, 404, 413)

    attack(held, f"http {SEED}", COUNT * 2 // 3, send)


def test_mutated_payloads_over_socket_mode(held: Siege) -> None:
    def send(kind: str, payload: Json) -> None:
        held.over_socket(kind, payload)

    attack(held, f"socket {SEED}", COUNT // 3, send)


def attack(siege: Siege, seed: str, count: int, send: Callable[[str, Json], None]) -> None:
    """`count` payloads; the first that does harm is shown with its number, which makes it again."""
    captured = [*siege.captured, *_armed(siege.captured), *_others()]
    before, known = siege.version(), _newest(siege)
    for number in range(count):
        kind, payload = spoilt(captured, Random(f"{seed} {number}"))
        siege.told.clear()
        try:
            send(kind, payload)
            _no_leak(siege, payload)
            if siege.version() != before:
                _rightful(siege, payload, known)
                before, known = siege.version(), _newest(siege)
        except Exception as error:
            error.add_note(f"payload {number} of {seed!r}: {kind} {json.dumps(payload)[:3000]}")
            raise


def _armed(captured: list[tuple[str, Json]]) -> Iterator[tuple[str, Json]]:
    """Forms that would do what they ask for: a decision that is in order, a request that is a new one."""
    for kind, payload in captured:
        if payload.get("type") != "view_submission":
            continue
        armed = deepcopy(payload)
        values = armed["view"]["state"]["values"]
        if "conditions" in values:
            values["conditions"]["conditions"]["value"] = "Replace the logo"
        else:
            armed["view"]["root_view_id"] = f"V{len(values)}NEW"
        yield kind, armed


def _others() -> list[tuple[str, Json]]:
    """What Slack sends besides: the handshake, an event, a look at the certificate."""
    event = {"type": "app_mention", "user": "U0ANA", "channel": "C0NIGHTFALL", "text": "hi", "ts": "1.2"}
    home = {"type": "app_home_opened", "user": "U0ANA", "channel": "D0ANA", "tab": "home", "event_ts": "1.2"}
    team = {"team_id": "T0STUDIO", "authorizations": [{"team_id": "T0STUDIO", "user_id": "U0CLEARANCE"}]}
    return [
        ("events_api", {"type": "url_verification", "challenge": "abc", "token": "t"}),
        ("events_api", {"type": "event_callback", "event": event, "event_id": "Ev1", **team}),
        ("events_api", {"type": "event_callback", "event": home, "event_id": "Ev2", **team}),
        ("slash_commands", {"ssl_check": "1", "token": "t"}),
    ]


def _newest(siege: Siege) -> tuple[int, int, int]:
    [row] = siege.rows(
        "SELECT (SELECT count(*) FROM requests), (SELECT count(*) FROM decisions),"
        " (SELECT count(*) FROM audit_events)"
    )
    return row[0], row[1], row[2]


def _actor(payload: Json) -> tuple[Any, Any]:
    user, team = payload["user"], payload.get("team")
    return user.get("team_id") or (team.get("id") if isinstance(team, dict) else None), user.get("id")


def _rightful(siege: Siege, payload: Json, known: tuple[int, int, int]) -> None:
    """What was added is the deed of whom Slack named, who may do it; nothing else changed."""
    requests, decisions, events = known
    actor = _actor(payload)
    filed = siege.rows(
        "SELECT production, requester_team, requester_user FROM requests WHERE id > ?", requests
    )
    for production, *who in filed:
        assert tuple(who) == actor and who[1] in MAY_FILE[production] | CONTACTS
        # The words may now stand in a request of their own.
        for readers in siege.may_see.values():
            readers.add(who[1])
    taken = siege.rows(
        "SELECT by_team, by_user, requester_user FROM decisions JOIN requests ON requests.id = request_id"
        " WHERE decisions.id > ?",
        decisions,
    )
    for team, user, requester in taken:
        assert (team, user) == actor and user in DECIDERS - {requester}
    acted = siege.rows("SELECT actor_team, actor_user FROM event_contents WHERE seq > ?", events)
    assert set(acted) <= {actor} and len(filed) + len(taken) <= len(acted) <= 1
    assert actor[0] == "T0STUDIO"
    if not filed:
        # A question, an absence, a reminder put off: the deeds of whoever decides, and of nobody else.
        assert actor[1] in DECIDERS


def _no_leak(siege: Siege, payload: Json) -> None:
    """Nobody reads of a request that is not theirs to see, unless they brought the words along."""
    team, user = (payload.get("team_id"), payload.get("user_id"))
    if isinstance(payload.get("user"), dict):
        team, user = _actor(payload)
    told, brought = "".join(siege.told), json.dumps(payload)
    for words, people in siege.may_see.items():
        if words in told and words not in brought:
            assert team == "T0STUDIO" and user in people
    assert "Traceback" not in told


def test_what_is_no_payload_at_all(held: Siege) -> None:
    before = held.tables()
    for junk in JUNK:
        assert held.post(json.dumps(junk).encode(), "application/json").status_code in (200, 400)
        held.over_socket("interactive", junk if isinstance(junk, dict) else {"payload": junk})
    assert held.tables() == before


def test_signatures_and_times_that_are_not_slacks(held: Siege) -> None:
    before, luck = held.tables(), Random(SEED)
    for _ in range(150):
        kind, payload = luck.choice([each for each in held.captured if each[0] == "interactive"])
        body = f"payload={json.dumps(payload)}".encode()
        name = luck.choice(["X_Slack_Signature", "X_Slack_Request_Timestamp"])
        texts = ["", "v0=", "v0=" + "0" * 64, "v1=abc", "-1", "0", "1e9", "nan", "9" * 300, "²", "<script>"]
        wrong = luck.choice(texts)
        assert held.post(body, **{name: wrong}).status_code == 401, (kind, name, wrong)
    assert held.tables() == before
