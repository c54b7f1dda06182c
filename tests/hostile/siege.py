"""A bot with requests in its register, reached over HTTP and as over Socket Mode, and what it let through."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from pydantic import SecretStr
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.app import Clearance
from bot.http import PATH, Front, serving
from bot.shipped import shipped
from bot.socket_mode import SocketMode
from storage import search
from tests.bot.slack_edge import refusal
from tests.flows.conftest import Stage, stage_of
from tests.studio import ESCALATE, TWO_TOPICS, ask, card, file, house, open_form, press

Json = dict[str, Any]

SECRET = "0123456789abcdef0123456789abcdef"
FORM = "application/x-www-form-urlencoded"
# Words that stand in nobody's mouth but the requesters': whoever may not see the request must not read them.
ZEBRA, LANTERN = "zebracrossing", "lanternfish"
MAY_FILE = {"NIGHTFALL": {"U0ANA", "U0THEO"}, "PAPERLANTERN": {"U0JUN"}}
# The contacts of a production may file too.
CONTACTS = {"U0RAVI", "U0MEI", "U0OSKAR"}
DECIDERS = {"U0RAVI", "U0MEI", "U0OSKAR", "U0LUCIA"}


def _readers() -> dict[str, set[str]]:
    return {ZEBRA: DECIDERS | {"U0ANA", "U0OPS"}, LANTERN: DECIDERS | {"U0JUN", "U0OPS"}}


@dataclass
class Siege:
    """`told` is everything that left the bot since the last attack: answers, views, private sentences."""

    clearance: Clearance
    database: Path
    url: str
    captured: list[tuple[str, Json]]
    http: httpx.Client
    watch: sqlite3.Connection
    may_see: dict[str, set[str]] = field(default_factory=_readers)
    told: list[str] = field(default_factory=list)
    records: list[logging.LogRecord] = field(default_factory=list)

    def over_http(self, kind: str, payload: Json) -> int:
        """As Slack sends it, with a good signature; returns the status."""
        if kind == "slash_commands":
            # A form knows only text; lone surrogates cannot be written in it.
            body = urlencode({key: _written(value) for key, value in payload.items()}, errors="replace")
        elif kind == "events_api":
            body = json.dumps(payload)
        else:
            body = urlencode({"payload": json.dumps(payload)})
        answer = self.post(body.encode(), "application/json" if kind == "events_api" else FORM)
        return answer.status_code

    def post(self, body: bytes, content_type: str = FORM, **changed: str) -> httpx.Response:
        """A body with its signature; `changed` replaces headers."""
        stamp = str(int(time.time()))
        mac = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={mac.hexdigest()}",
        } | {name.replace("_", "-"): value for name, value in changed.items()}
        answer = self.http.post(
            self.url + PATH, content=body, headers={k.encode(): v.encode() for k, v in headers.items()}
        )
        self.told.append(answer.text)
        return answer

    def over_socket(self, kind: str, payload: Json) -> None:
        """An envelope as the connection hands it on."""
        handler = _Unconnected(self.clearance.bolt, self.told)
        handler.handle(handler.client, SocketModeRequest(type=kind, envelope_id="1", payload=payload))

    def version(self) -> int:
        """Another number after every commit of the bot; what the search has to index, it then has."""
        while search.catch_up(self.clearance.desk.database):
            pass
        [version] = self.watch.execute("PRAGMA data_version").fetchone()
        return int(version)

    def tables(self) -> dict[str, str]:
        """Table -> a hash of all its rows; the index of the search, which follows them later, is left out."""
        with closing(sqlite3.connect(self.database)) as opened:
            names = opened.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
                " AND name <> 'to_index' AND name NOT GLOB 'search_[0-9]*' ORDER BY 1"
            )
            return {
                name: hashlib.sha256(
                    repr(opened.execute(f'SELECT * FROM "{name}"').fetchall()).encode()
                ).hexdigest()
                for (name,) in names.fetchall()
            }

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What stands in the register."""
        with closing(sqlite3.connect(self.database)) as opened:
            return opened.execute(query, values).fetchall()


class _Unconnected(SocketMode):
    """The handler without its connection; what it would send is kept."""

    def __init__(self, bolt: Any, told: list[str]) -> None:
        self.app, self.client = bolt, _Told(told)  # type: ignore[assignment]


@dataclass
class _Told:
    told: list[str]
    logger: logging.Logger = field(default_factory=lambda: logging.getLogger("slack_bolt.App"))

    def send_socket_mode_response(self, response: SocketModeResponse) -> None:
        self.told.append(json.dumps(response.to_dict()))


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


class _Kept(logging.Handler):
    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__(logging.DEBUG)
        self.records = records

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def besieged(folder: Path) -> Iterator[Siege]:
    """Three requests filed, forms of every kind seen on the way, and nothing left to deliver."""
    directory = shipped("directory.example.toml").read_text("utf-8")
    for code, people in MAY_FILE.items():
        head = f"[productions.{code}]\n"
        directory = directory.replace(head, f"{head}requesters = {json.dumps(sorted(people))}\n")
    with house(folder, directory=directory) as built, ExitStack() as stack:
        built.settings = built.settings.model_copy(update={"slack_signing_secret": SecretStr(SECRET)})
        captured = _capturing(built.workspace.link)
        clearance = built.start()
        _story(stage_of(built))
        _said_all(built.database)
        # From here on only payloads may change a row.
        clearance.scheduler.stop()
        clearance.delivery.stop()
        url = stack.enter_context(serving(Front(clearance.bolt, SECRET, str), "127.0.0.1", 0))
        http = stack.enter_context(httpx.Client(trust_env=False, verify=False, timeout=20))
        watch = stack.enter_context(closing(sqlite3.connect(built.database, check_same_thread=False)))
        siege = Siege(clearance, built.database, url, captured, http, watch)
        _watch_the_edge(clearance, siege.told, stack)
        kept = _Kept(siege.records)
        logging.root.addHandler(kept)
        stack.callback(logging.root.removeHandler, kept)
        yield siege


def _capturing(link: Any) -> list[tuple[str, Json]]:
    captured: list[tuple[str, Json]] = []
    send = link.deliver

    async def deliver(kind: str, payload: Json, *, answered: bool = True) -> Json:
        captured.append((kind, json.loads(json.dumps(payload))))
        return dict(await send(kind, payload, answered=answered))

    link.deliver = deliver
    return captured


def _story(stage: Stage) -> None:
    """GEN-1 waits on Nightfall, GEN-2 is recorded there, GEN-3 waits on Paper Lantern."""
    open_form(stage.ana, text="aged newspaper with <!channel>")
    stage.ana.choose("production", "night")
    stage.ana.click_in_modal("element", "background")
    stage.ana.click_in_modal("add_tool")
    stage.ana.close()
    first = file(stage.ana, ESCALATE, TWO_TOPICS, title=ZEBRA, description=f"{ZEBRA} at dusk")
    stage.ana.close()
    second = file(stage.theo, title="Mood boards")
    third = file(stage.jun, ESCALATE, code="PAPERLANTERN", title=LANTERN, description=f"{LANTERN} glow")
    press(stage.ravi, ask(stage.ravi, first), "approve")
    stage.ravi.fill({"conditions": "\n".join(f"Condition {n}" for n in range(21))})
    assert stage.ravi.submit()
    stage.ravi.close()
    press(stage.mei, ask(stage.mei, third, "PAPERLANTERN"), "deny")
    stage.mei.close()
    press(stage.ravi, card(stage.ravi, second), "call_in")
    stage.ravi.close()
    for who, text in ((stage.ana, "status"), (stage.jun, "help"), (stage.theo, "status GEN-2")):
        who.command("C0LANTERN" if who is stage.jun else "C0NIGHTFALL", f"/genai-request {text}")


def _said_all(database: Path) -> None:
    deadline = time.monotonic() + 10
    query = "SELECT count(*) FROM notices WHERE state NOT IN ('delivered', 'dropped', 'failed')"
    while time.monotonic() < deadline:
        with closing(sqlite3.connect(database)) as opened:
            if opened.execute(query).fetchone() == (0,):
                return
        time.sleep(0.02)
    raise AssertionError("there is still something to say")


def _watch_the_edge(clearance: Clearance, told: list[str], stack: ExitStack) -> None:
    """Views and private answers are kept, not sent: Slack would refuse forged triggers."""
    patch = pytest.MonkeyPatch()
    stack.callback(patch.undo)

    def view(**call: Any) -> None:
        told.append(json.dumps(call))
        raise refusal("expired_trigger_id")

    def answer(_: WebhookClient, body: Mapping[str, Any], *__: Any, **___: Any) -> WebhookResponse:
        told.append(json.dumps(body))
        return WebhookResponse(url="", status_code=200, body="ok", headers={})

    for method in ("views_open", "views_update"):
        patch.setattr(clearance.bolt.client, method, view)
    patch.setattr(WebhookClient, "send_dict", answer)
