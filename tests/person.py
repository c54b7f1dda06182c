"""A person at the local workspace: does over HTTP what the page does, so stories need no browser."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Self, TypeVar

import httpx
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.workspace import RunningWorkspace
from tests.reading import text_of as text_of

Json = dict[str, Any]
T = TypeVar("T")
Answer = str | list[str] | None


class Person:
    """One acting person; close it, or use it as a context manager."""

    def __init__(self, running: RunningWorkspace, user: str) -> None:
        self.user = user
        address = f"{running.url}as/{user}/"
        # Plain http on loopback: reading the system's certificates would take longer than most tests.
        self._http = httpx.Client(base_url=address, timeout=15, trust_env=False, verify=False)
        self._typed: dict[str, Answer] = {}
        self._view: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Close the connection to the workspace."""
        self._http.close()

    # Talking

    def command(self, channel: str, text: str) -> None:
        """Type a slash command; returns when the app acknowledged it or failed to."""
        self.say(channel, text)

    def say(self, channel: str, text: str, thread_ts: str | None = None) -> None:
        """Type a message, in a thread when its timestamp is given."""
        self._post(f"{channel}/say", {"text": text, "thread_ts": thread_ts or ""})

    def messages(self, channel: str) -> list[Json]:
        """The main list of a channel, oldest first, this person's ephemerals included."""
        return [one for one in self._all(channel) if _top_level(one)]

    def replies(self, channel: str, ts: str) -> list[Json]:
        """Replies of a thread, without its first message."""
        return [one for one in self._all(channel) if one["thread_ts"] == ts and one["ts"] != ts]

    def dms(self) -> list[Json]:
        """The direct message between this person and the app, threads included."""
        return self._all(self._state()["app_dm"])

    def ephemerals(self, channel: str) -> list[str]:
        """Everything only this person sees in a channel; blocks are shown in place of the text."""
        mine = (one for one in self._all(channel) if one["ephemeral"])
        return [text_of({"blocks": one["blocks"]} if one.get("blocks") else one) for one in mine]

    def press(self, message: Mapping[str, Any], action_id: str, value: str | None = None) -> None:
        """Press a button of a message, or pick an option; `action_id` may be its beginning."""
        present = self._find(message)
        held = [(block, element) for block, element in _controls(present["blocks"])]
        exact = [one for one in held if one[1]["action_id"] == action_id]
        match = exact or [one for one in held if one[1]["action_id"].startswith(action_id)]
        if not match:
            offered = ", ".join(element["action_id"] for _, element in held) or "none"
            raise AssertionError(f"no control {action_id!r} in this message; it has: {offered}")
        block, element = match[0]
        fields = {"channel": present["channel"], "ts": present["ts"], "value": value or ""}
        self._post("press", fields | {"block_id": block["block_id"], "action_id": element["action_id"]})

    def notice(self) -> str | None:
        """The last failure Slack itself showed, gone with the person's next deed."""
        notice: str | None = self._state()["notice"]
        return notice

    # Forms

    def modal(self) -> Json | None:
        """The top view as the app sent it."""
        shown = self._state()["modal"]
        return shown["view"] if shown else None

    def typed(self) -> Json:
        """What stands in the form now: `view.state.values` with the remembered answers in it."""
        self._post(f"view/{self._open()['id']}/keep", self._form())
        values: Json = self._open()["payload"]["state"]["values"]
        return values

    def errors(self) -> dict[str, str]:
        """Errors shown at fields of the present form."""
        return dict(self._open()["errors"])

    def fill(self, answers: Mapping[str, Answer] | None = None, **more: Answer) -> None:
        """Answer fields by block id or "block_id|action_id"; remembered until the form goes."""
        shown = self._open()
        for name, answer in {**(answers or {}), **more}.items():
            self._typed[self._control(shown["view"], name)] = answer

    def choose(self, block_id: str, query: str) -> list[Json]:
        """Type into an external select; returns the options the app offers, groups flattened."""
        shown = self._open()
        block, action = self._control(shown["view"], block_id).split("|", 1)
        fields = {"view": shown["id"], "block_id": block, "action_id": action, "query": query}
        listed = self._post("options", self._form() | fields)["options"]
        return [option for one in listed for option in one.get("options", [one])]

    def submit(self) -> dict[str, str]:
        """Send the form; returns errors by block id, {} when it was taken."""
        shown = self._open()
        answer = self._post(f"view/{shown['id']}/submit", self._form())
        return dict(answer["errors"])

    def click_in_modal(self, action_id: str, value: str | None = None) -> None:
        """Press or pick something in the form; everything typed so far goes along."""
        shown = self._open()
        for block, element in _controls(shown["view"]["blocks"]):
            if (
                element["action_id"] == action_id
                or f"{block['block_id']}|{element['action_id']}" == action_id
            ):
                address = {"~block_id": block["block_id"], "~action_id": element["action_id"]}
                chosen = {"~value": value} if value is not None else {}
                if value is not None:
                    self._typed.pop(f"{block['block_id']}|{element['action_id']}", None)
                self._post(f"view/{shown['id']}/action", self._form() | address | chosen)
                return
        raise AssertionError(f"no control {action_id!r} in the form:\n{self.picture()}")

    def close(self, everything: bool = False) -> None:
        """Cancel the form."""
        shown = self._open()
        self._post(f"view/{shown['id']}/close", {"everything": "yes" if everything else ""})

    def home(self) -> Json | None:
        """Open the app's home; returns what the app has published by then."""
        self._http.get("home").raise_for_status()
        return self.at_home()

    def at_home(self) -> Json | None:
        """The app's home as it stands, without opening it once more."""
        shown = self._state()["home"]
        return shown["view"] if shown else None

    def press_at_home(self, action_id: str, block_id: str = "") -> None:
        """Press a button of the home: the first of that name, or the one in a block."""
        shown = self._state()["home"]
        for block, element in _controls(shown["view"]["blocks"]):
            if element["action_id"] == action_id and block_id in ("", block["block_id"]):
                address = {"~block_id": block["block_id"], "~action_id": action_id}
                self._post(f"view/{shown['id']}/action", address)
                return
        raise AssertionError(f"no control {action_id!r} at home:\n{text_of(shown['view'])}")

    # Reading

    def get(self, link: str) -> str:
        """The page that a link leads this person to."""
        answer = self._http.get(link, headers={"Referer": f"{self._http.base_url}"}, follow_redirects=True)
        answer.raise_for_status()
        return answer.text

    # Time

    def advance(self, hours: float = 1) -> datetime:
        """Move the workspace's clock, as "+1 hour" does; returns its new time, heard by all who listen."""
        return self._moved({"hours": hours})

    def advance_working_day(self) -> datetime:
        """Press "+1 working day": the same time on the next working day where this person is."""
        return self._moved({"working_day": "yes"})

    def _moved(self, by: Mapping[str, Any]) -> datetime:
        return datetime.fromisoformat(self._post("clock", by)["now"])

    # Waiting

    def wait(self, what: Callable[[], T | None], seconds: float = 5) -> T:
        """Ask until the answer is truthy; else fail with a picture of the workspace."""
        deadline = time.monotonic() + seconds
        while True:
            answer = what()
            if answer:
                return answer
            if time.monotonic() > deadline:
                raise AssertionError(f"still {answer!r} after {seconds} s\n{self.picture()}")
            time.sleep(0.02)

    def _state(self) -> Json:
        answer = self._http.get("state.json")
        answer.raise_for_status()
        state: Json = answer.json()
        return state

    def _post(self, path: str, fields: Mapping[str, Any]) -> Json:
        answer = self._http.post(path, data=dict(fields))
        if answer.is_error:
            raise AssertionError(f"{path}: {answer.status_code} {answer.text}")
        told: Json = answer.json()
        return told

    def _all(self, channel: str) -> list[Json]:
        for where in self._state()["conversations"]:
            if channel in (where["id"], where["name"]):
                return list(where["messages"])
        raise AssertionError(f"{self.user} is not in {channel}")

    def _find(self, message: Mapping[str, Any]) -> Json:
        for one in self._all(str(message["channel"])):
            if one["ts"] == message["ts"]:
                return one
        raise AssertionError(f"the message {message['ts']} is gone\n{self.picture()}")

    def _open(self) -> Json:
        shown: Json | None = self._state()["modal"]
        if shown is None:
            raise AssertionError(f"no form is open\n{self.picture()}")
        if shown["id"] != self._view:
            # Another form: what was remembered belonged to the one before.
            self._view, self._typed = shown["id"], {}
        return shown

    def _control(self, view: Json, name: str) -> str:
        for block, element in _controls(view["blocks"]):
            address = f"{block['block_id']}|{element['action_id']}"
            if name in (block["block_id"], address):
                return address
        raise AssertionError(f"no field {name!r} in the form:\n{text_of(view)}")

    def _form(self) -> dict[str, Any]:
        view = self._open()["view"]
        present = {
            f"{block['block_id']}|{element['action_id']}" for block, element in _controls(view["blocks"])
        }
        answers = {name: given for name, given in self._typed.items() if name in present}
        fields: dict[str, Any] = {"~": list(answers)}
        return fields | {name: "" if given is None else given for name, given in answers.items()}

    def picture(self) -> str:
        """What they have before them, for whoever reads a failure."""
        state = self._state()
        lines = [f"as {self.user}; app connections: {state['connected']}; notice: {state['notice']}"]
        for where in state["conversations"]:
            for one in where["messages"][-8:]:
                mark = "(only you) " if one["ephemeral"] else ""
                indent = "    " if not _top_level(one) else "  "
                lines.append(f"{indent}{where['name']} {one['user']}: {mark}{text_of(one)[:160]}")
        if state["modal"]:
            shown = state["modal"]
            lines.append(
                f"  form: {text_of(shown['view'])[:400]} errors={shown['errors']} {shown['trouble']}"
            )
        return "\n".join(lines)


def stop_listening(running: RunningWorkspace, handler: SocketModeHandler) -> None:
    """Close a Socket Mode handler in milliseconds; its own close() blocks for up to 4 s in its reads."""
    client = handler.client
    client.auto_reconnect_enabled = False
    running.hang_up()
    deadline = time.monotonic() + 5
    while client.is_connected() and time.monotonic() < deadline:
        time.sleep(0.002)
    # Its queue is read with a second's patience: nothing in it ends the wait, `closed` the loop.
    client.closed = True
    client.message_queue.put(None)
    handler.close()  # type: ignore[no-untyped-call]


def _controls(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    for block in blocks:
        for element in [block.get("element"), block.get("accessory"), *(block.get("elements") or [])]:
            if isinstance(element, dict) and "action_id" in element:
                yield block, element


def _top_level(message: Json) -> bool:
    return message["thread_ts"] in (None, message["ts"]) or bool(message["broadcast"])
