"""What was once let through or turned away wrongly, each as a story of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from bot.decision_modal import ForgedForm, pressed
from bot.form_memory import remembered
from bot.form_values import parse_date
from bot.payload import Misshapen, checked
from tests.flows.conftest import Stage, stage_of
from tests.hostile.siege import ZEBRA, Siege, besieged
from tests.studio import House, house, open_form


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    with besieged(tmp_path_factory.mktemp("siege")) as opened:
        yield opened


@pytest.fixture
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with house(tmp_path_factory.mktemp("house")) as built:
        built.start()
        yield stage_of(built)


def the(siege: Siege, kind: str, **wanted: Any) -> dict[str, Any]:
    """The first payload of that kind with these values."""
    fits = (each for name, each in siege.captured if name == kind and wanted.items() <= each.items())
    return deepcopy(next(fits))


def test_a_command_with_the_word_payload_in_it_is_heard(siege: Siege) -> None:
    """Bolt's own reading of a form turns such a body into nothing."""
    command = the(siege, "slash_commands") | {"text": "status payload"}
    siege.told.clear()
    assert siege.over_http("slash_commands", command) == 200
    assert "is not a request number" in siege.told[0]


def test_a_form_that_somebody_else_sent_tells_nothing_of_it(siege: Siege) -> None:
    sent = the(siege, "interactive", type="view_submission")
    assert ZEBRA in json.dumps(sent["view"]["state"])
    sent["user"] |= {"id": "U0THEO"}
    sent["view"]["state"]["values"]["title"]["title"]["value"] = "Mine"
    sent["view"]["state"]["values"]["description"]["description"]["value"] = "Mine"
    siege.told.clear()
    before = siege.tables()
    assert siege.over_http("interactive", sent) == 200
    assert "Somebody else sent this form" in siege.told[0] and ZEBRA not in siege.told[0]
    assert siege.tables() == before


def test_garbage_on_the_socket_is_not_acknowledged_and_ends_nothing(stage: Stage) -> None:
    built: House = stage.house
    link = built.workspace.link
    open_form(stage.ana)  # the bot is connected by then
    [connection] = link._connections
    garbage: list[Any] = [
        5,
        [],
        "x",
        None,
        {},
        {"type": "view_submission"},
        {"type": "block_actions", "user": 5},
    ]
    send = link.deliver

    async def after_garbage(kind: str, payload: dict[str, Any], *, answered: bool = True) -> dict[str, Any]:
        for number, each in enumerate(garbage):
            envelope = {"envelope_id": f"bad{number}", "type": "interactive", "payload": each}
            await connection.send(envelope)
        return dict(await send(kind, payload, answered=answered))

    link.deliver = after_garbage  # type: ignore[method-assign]
    assert open_form(stage.ana)["callback_id"] == "request_form"
    assert link._connections == [connection]


USER = {"id": "U0ANA", "team_id": "T0STUDIO"}
PRESS = {
    "type": "block_actions",
    "user": USER,
    "trigger_id": "1.2",
    "actions": [{"action_id": "a", "block_id": "b"}],
}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (5, "it is not an object with keys"),
        ({}, "it is not an object with keys"),
        ({"type": "dialog_submission"}, "its type is none that the app takes"),
        (PRESS | {"user": USER | {"id": "U1> <!channel"}}, "user.id is missing or malformed"),
        (PRESS | {"actions": []}, "actions is missing or malformed"),
        (PRESS | {"bot_access_token": "xoxb-other"}, "bot_access_token is missing or malformed"),
        (PRESS | {"response_url": "file:///etc/passwd"}, "response_url is missing or malformed"),
        (
            {"type": "view_submission", "user": USER, "view": {"id": "V1"}},
            "view.type is missing or malformed",
        ),
    ],
)
def test_a_refusal_names_the_key_and_quotes_nothing(body: object, says: str) -> None:
    with pytest.raises(Misshapen) as refusal:
        checked(body)
    assert str(refusal.value) == says


def test_a_key_sent_as_null_was_not_sent() -> None:
    assert checked(PRESS | {"view": None}) == PRESS


@pytest.mark.parametrize(
    "value", [None, "", ":", "²:1", "٣:1", "1:0", "0:1", f"{2**63}:1", "9" * 5000 + ":1", {}]
)
def test_a_forged_button_is_read_as_none_of_ours(value: object) -> None:
    assert pressed(f"{2**63 - 1}:1") == (2**63 - 1, 1)
    with pytest.raises(ForgedForm):
        pressed(value)


@pytest.mark.parametrize(
    "memory",
    [
        {"prefilled": ["nonsense"]},
        {"prefilled": ["title", "title"]},
        {"questioned": {"nonsense": {"declared": "no", "suggests": "yes", "quote": "x"}}},
        {"questioned": {"third_party_ip": {"declared": "x", "suggests": "yes", "quote": "x"}}},
        {"tools": 9},
    ],
)
def test_a_memory_that_we_would_not_write_is_forgotten(memory: dict[str, Any]) -> None:
    honest = {"prefilled": ["title", "step1_tool"], "tools": 8}
    honest |= {"questioned": {"third_party_ip": {"declared": "no", "suggests": "yes", "quote": "a logo"}}}
    assert remembered({"private_metadata": json.dumps(honest)}) is not None
    assert remembered({"private_metadata": json.dumps(memory)}) is None


@pytest.mark.parametrize("text", ["20260302", "2026-W10-1", "2026-3-2", "2026-03-02T00:00"])
def test_a_date_in_a_way_that_no_date_picker_writes_is_none(text: str) -> None:
    assert parse_date("2026-03-02") == date(2026, 3, 2)
    assert parse_date(text) is None
