"""What people do at Home, and how the app hears of it."""

from __future__ import annotations

from typing import Any

from slack_bolt.request import BoltRequest

from bot.service.desk import Who
from bot.service.submit import submit
from bot.submission import Submission
from tests.flows.conftest import Stage
from tests.flows.week import ANA
from tests.person import Json, Person, text_of
from tests.policy.uses import a_use


def arrives(who: Person, *words: str, gone: str = "") -> str:
    """Open Home and wait until it says that."""
    who.home()
    return stands(who, *words, gone=gone)


def stands(who: Person, *words: str, gone: str = "") -> str:
    """Wait, without opening it again, until Home says all of that, and no longer `gone`."""

    def said() -> str:
        text = text_of(who.at_home() or {})
        return text if text and all(one in text for one in words) and not (gone and gone in text) else ""

    return who.wait(said)


def labels(who: Person) -> list[str]:
    """The buttons of Home."""
    blocks = (who.at_home() or {})["blocks"]
    return [
        one["text"]["text"] for block in blocks if block["type"] == "actions" for one in block["elements"]
    ]


def opened(who: Person, action_id: str, block_id: str = "") -> Json:
    """Press a button of Home; returns the window that opens."""
    before = who.modal()
    who.press_at_home(action_id, block_id)
    return who.wait(lambda: view if (view := who.modal()) and view != before else None)


def told(who: Person, action_id: str, block_id: str = "") -> str:
    """Press a button of Home; returns what the small window then says, and closes it."""
    said = text_of(opened(who, action_id, block_id))
    who.close()
    return said


def happen(stage: Stage, user: str, team: str = "T0STUDIO", tab: str = "home", **more: Any) -> None:
    """The app hears that somebody opened it."""
    clearance = stage.house.clearance
    assert clearance is not None
    event = {"type": "app_home_opened", "user": user, "channel": "D0X", "tab": tab, "event_ts": "1.1", **more}
    body = {"type": "event_callback", "team_id": team, "event_id": "Ev1", "event": event}
    assert clearance.bolt.dispatch(BoltRequest(mode="socket_mode", body=body)).status == 200


def pressed_at_home(stage: Stage, user: str, trigger: str, action_id: str, value: str = "") -> None:
    """The app hears of a press on a Home as it once was."""
    clearance = stage.house.clearance
    assert clearance is not None
    view = {"id": "V0OLD", "type": "home", "callback_id": "", "hash": "1.a", "private_metadata": "0:0"}
    action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value}
    body = {
        "type": "block_actions",
        "user": {"id": user, "team_id": "T0STUDIO", "username": user.lower()},
        "team": {"id": "T0STUDIO"},
        "container": {"type": "view", "view_id": "V0OLD"},
        "trigger_id": trigger,
        "view": view,
        "actions": [action],
    }
    assert clearance.bolt.dispatch(BoltRequest(mode="socket_mode", body=body)).status == 200


def fill(stage: Stage, count: int, who: Who = ANA) -> None:
    clearance = stage.house.clearance
    assert clearance is not None
    for number in range(count):
        use = a_use(
            beside={"title": f"Number {number + 1}.", "description": "A poster."}, output_final="unsure"
        )
        submit(clearance.desk, Submission("NIGHTFALL", use, "no"), who, f"V{number}", ())
