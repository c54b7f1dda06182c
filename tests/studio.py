"""The whole house for a story: the real bot, the yard, and the people of the demo's scene."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app import Clearance, Clock, assemble, start, utc_now
from bot.pace import unhurried
from bot.settings import Settings, load_settings
from bot.shipped import shipped
from bot.workspace import RunningWorkspace, Scene, Workspace, serve
from tests.person import Answer, Json, Person, text_of

CHANNEL = {"NIGHTFALL": "C0NIGHTFALL", "PAPERLANTERN": "C0LANTERN"}
APPROVALS = {"NIGHTFALL": "C0NIGHTAPPR", "PAPERLANTERN": "C0APPROVALS"}

# Everything answered, nothing risky: cleared. Each story says what differs.
SAFE: Mapping[str, Answer] = {
    "title": "Mood boards for the bunker",
    "description": "Forty quick images to find the light.",
    "element": "reference",
    "output_final": "no",
    "talent_likeness": "no",
    "likeness_of": "nobody",
    "performance_change": "none",
    "model_reuse": "no",
    "netflix_material": "no",
    "personal_data": "no",
    "protected_references": "no",
    "third_party_ip": "no",
    "unowned_training": "no",
    "union_work": "no",
    "could_mislead": "no",
    "step1_tool": "Midjourney",
    "step1_environment": "netflix",
    "step1_stores_or_trains": "no",
}
# Judgement: nobody asked, the contact hears why it is said not to be generative.
JUDGEMENT: Mapping[str, Answer] = {"not_generative": "It only sorts our rushes by take."}
# Escalate, production only (Ravi, or Mei for him); and with security (Oskar) beside.
ESCALATE: Mapping[str, Answer] = {"output_final": "unsure"}
TWO_TOPICS: Mapping[str, Answer] = {"netflix_material": "yes"}
# Written approval: production and legal.
WRITTEN: Mapping[str, Answer] = {"third_party_ip": "yes"}


def scene() -> Scene:
    """The people and channels of the demo."""
    return Scene.load(Path(__file__).parent.parent / "bot" / "demo" / "scene.toml")


@dataclass
class House:
    """A running workspace with a bot that can be stopped and started again on the same register."""

    running: RunningWorkspace
    workspace: Workspace
    folder: Path
    settings: Settings
    stack: ExitStack
    clock: Clock = utc_now
    clearance: Clearance | None = None

    def start(self) -> Clearance:
        """Start the bot."""
        self._bot = ExitStack()
        try:
            self.clearance = assemble(self.settings, self._bot, self.clock, unhurried())
            start(self.clearance, self.settings, self._bot)
        except BaseException:
            self._bot.close()
            raise
        return self.clearance

    def stop(self) -> None:
        """Stop the bot as SIGTERM does."""
        if self.clearance is not None:
            self.clearance = None
            # Its Socket Mode client would sit in a blocking read for seconds: Slack hangs up first.
            self.running.hang_up()
            self._bot.close()

    def person(self, user: str) -> Person:
        """Somebody at the workspace, for as long as the house stands."""
        return self.stack.enter_context(Person(self.running, user))

    @property
    def database(self) -> Path:
        """The register's file."""
        return self.folder / "clearance.db"

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Somebody else holds the database."""
        with closing(sqlite3.connect(self.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                other.execute("ROLLBACK")

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What stands in the register."""
        with closing(sqlite3.connect(self.database)) as other:
            return other.execute(query, values).fetchall()


@contextmanager
def house(
    folder: Path,
    *,
    directory: str | None = None,
    where: Scene | None = None,
    edge: Callable[[str], str] = str,
) -> Iterator[House]:
    """A workspace with a bot that is not started yet. `edge` may put something before Slack's API."""
    with ExitStack() as stack:
        workspace = Workspace(shipped("manifest.yml"), where or scene())
        running = stack.enter_context(serve(workspace))
        path = folder / "directory.toml"
        path.write_text(directory or shipped("directory.example.toml").read_text("utf-8"), "utf-8")
        settings = load_settings(
            {
                "SLACK_BOT_TOKEN": workspace.bot_token,
                "SLACK_APP_TOKEN": workspace.app_token,
                "CLEARANCE_SLACK_API_URL": edge(running.api_url),
                "CLEARANCE_DATABASE_URL": f"sqlite:///{folder / 'clearance.db'}",
                "CLEARANCE_DIRECTORY": str(path),
            },
            env_file=None,
        )
        built = House(running, workspace, folder, settings, stack)
        try:
            yield built
        finally:
            built.stop()


# What people do


def open_form(who: Person, code: str = "NIGHTFALL", text: str = "") -> Json:
    """Type the command in a production's channel; returns the form."""
    who.command(CHANNEL[code], f"/genai-request {text}".strip())
    return who.wait(who.modal)


def answer(who: Person, *differing: Mapping[str, Answer], **more: Answer) -> None:
    """Answer every question of the open form: safely, but for what differs."""
    answers: dict[str, Answer] = {
        **SAFE,
        **{name: value for each in differing for name, value in each.items()},
    }
    answers |= more
    for name in ("element", "talent_likeness", "likeness_of", "performance_change", "consent"):
        if name in answers and answers[name] != SAFE.get(name):
            _pick(who, name, str(answers[name]))
    if "consent" not in answers and _asks(who, "consent"):
        # Asked as long as somebody might be in it: untouched it would count as not sure.
        answers["consent"] = "not_needed"
    who.fill(answers)


def file(who: Person, *differing: Mapping[str, Answer], code: str = "NIGHTFALL", **more: Answer) -> int:
    """Open the form, answer it and send it; returns the number of the request."""
    open_form(who, code)
    answer(who, *differing, **more)
    errors = who.submit()
    assert errors == {}, errors
    return number_in(who)


def number_in(who: Person) -> int:
    """The number in the title of the verdict that is open."""
    view = who.wait(who.modal)
    label = str(view["title"]["text"])
    assert label.startswith("GEN-"), text_of(view)[:400]
    return int(label.removeprefix("GEN-"))


def _pick(who: Person, name: str, value: str) -> None:
    before = who.wait(who.modal)
    who.click_in_modal(name, value)
    changes = {"element": value == "background", "consent": value == "yes"}.get(name, False)
    if changes:
        who.wait(lambda: who.modal() != before)


def _asks(who: Person, name: str) -> bool:
    return any(block["block_id"] == name for block in who.wait(who.modal)["blocks"])


def key_of(message: Mapping[str, Any]) -> str:
    """What the bot calls this message."""
    return str(((message.get("metadata") or {}).get("event_payload") or {}).get("key", ""))


def of_kind(messages: list[Json], number: int, kind: str) -> list[Json]:
    """The bot's messages of one kind about one request."""
    return [one for one in messages if key_of(one).startswith(f"{number}:{kind}:")]


def card(who: Person, number: int, code: str = "NIGHTFALL") -> Json:
    """The card of a request in its approvals channel."""
    return who.wait(lambda: of_kind(who.messages(APPROVALS[code]), number, "card"))[0]


def thread(who: Person, number: int, code: str = "NIGHTFALL") -> list[Json]:
    """The replies in the card's thread."""
    return who.replies(APPROVALS[code], card(who, number, code)["ts"])


def ask(who: Person, number: int, code: str = "NIGHTFALL") -> Json:
    """The message in the thread that tags the contacts."""
    return who.wait(lambda: of_kind(thread(who, number, code), number, "ask"))[0]


def direct(who: Person, number: int, kind: str) -> list[str]:
    """What the app told a person about a request."""
    return [text_of(one) for one in of_kind(who.dms(), number, kind)]


def hears(who: Person, number: int, kind: str = "told", count: int = 1) -> str:
    """Wait for the nth direct message of a kind; returns it."""
    return who.wait(lambda: said if len(said := direct(who, number, kind)) >= count else None)[count - 1]


def buttons(message: Mapping[str, Any]) -> list[str]:
    """The labels of a message's buttons."""
    return [
        str(element["text"]["text"])
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def shows(look: Callable[[], Json], *words: str, who: Person, gone: str = "") -> Json:
    """Wait until a message says all the words, and no longer `gone`."""

    def said() -> Json | None:
        message = look()
        text = text_of(message)
        return message if all(word in text for word in words) and not (gone and gone in text) else None

    return who.wait(said)


def press(who: Person, message: Mapping[str, Any], move: str) -> Json:
    """Press a decision's button; returns the form that opens."""
    before = who.modal()
    who.press(message, f"decide:{move}")
    return who.wait(lambda: view if (view := who.modal()) and view != before else None)


def refused(who: Person, message: Mapping[str, Any], move: str, channel: str = "C0NIGHTAPPR") -> str:
    """Press a button that is not this person's to press; returns the one private sentence."""
    before, open_before = who.ephemerals(channel), who.modal()
    who.press(message, f"decide:{move}")
    said = who.wait(lambda: who.ephemerals(channel)[len(before) :])
    assert len(said) == 1, said
    assert who.modal() == open_before
    return said[0]


def decide(who: Person, message: Mapping[str, Any], move: str, **words: str) -> str:
    """Press, fill in the form and send it; returns what the form then says."""
    press(who, message, move)
    return send(who, **words)


def send(who: Person, **words: str) -> str:
    """Fill in the open decision form and send it; returns what it then says, and closes it."""
    who.fill(dict(words))
    errors = who.submit()
    assert errors == {}, errors
    said = text_of(who.wait(who.modal))
    who.close()
    return said
