"""After the storm: what was lost, doubled, is left waiting, or shows something else than the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, text

from bot import messages, tellings
from bot.markup import Block
from bot.service.lookup import Story, read_story
from bot.workspace import Workspace
from bot.workspace.conversations import Message
from policy.directory import Directory
from policy.lifecycle import Status
from policy.verdict import Outcome
from storage import requests
from storage.database import Database
from storage.tables import SignOffState
from storage.verification import verify
from tests.person import text_of
from tests.studio import key_of

TOLD = ("card", "ask", "decided", "receipt", "told")
"""The kinds of notice that every story has."""


@dataclass
class Tally:
    """Every fault of the bot's own, in words."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Nothing went wrong."""
        return not any(astuple(self))

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    def __str__(self) -> str:
        counts = vars(self).items()
        return ", ".join(f"{name} {len(found)}" for name, found in counts)


@dataclass
class Records:
    """What Slack shows, what is stored, what people were told: `filed` numbers, (number, person) `won`."""

    workspace: Workspace
    database: Database
    directory: Directory
    filed: list[int] = field(default_factory=list)
    won: list[tuple[int, str]] = field(default_factory=list)
    # Who pressed and heard nothing, because the bot died: their decision is stored once or not at all.
    unheard: set[tuple[int, str]] = field(default_factory=set)

    def count(self, query: str) -> int:
        """What a query counts."""
        with self.database.reading() as tx:
            return int(tx.scalar(text(query)) or 0)

    def standing(self) -> list[tuple[str, Message]]:
        """Every message of the bot's that has a key."""
        places = self.workspace.conversations.values()
        found = [(key_of({"metadata": one.metadata}), one) for place in places for one in place.messages]
        return [(key, one) for key, one in found if key]


def taken(records: Records) -> Tally:
    """Compare what people were told, what is stored, and what stands in Slack."""
    tally = Tally()
    with records.database.reading() as tx:
        _actions(records, tx, tally)
        _messages(records, tx, tally)
        _truth(records, tx, tally)
        # What is not true or wanted any more by the time it could be said is dropped, and nothing of a story.
        waiting = _rows(
            tx,
            "SELECT key, state, error FROM notices WHERE state <> 'delivered' AND NOT (state = 'dropped' "
            f"AND kind NOT IN {TOLD})",
        )
        tally.stuck += [f"{key} is {state}: {error}" for key, state, error in waiting]
    return tally


def _rows(tx: Connection, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in tx.execute(text(query))]


def _actions(records: Records, tx: Connection, tally: Tally) -> None:
    """Whoever read that it was recorded finds it there, once."""
    stored = Counter(number for (number,) in _rows(tx, "SELECT id FROM requests"))
    tally.lost += [f"GEN-{number} was filed" for number in records.filed if number not in stored]
    tally.doubled += [f"GEN-{number} was not filed by a person" for number in stored - Counter(records.filed)]
    decided = Counter(_rows(tx, "SELECT request_id, by_user FROM decisions"))
    tally.lost += [
        f"{user} decided GEN-{number}" for number, user in records.won if not decided[number, user]
    ]
    tally.doubled += [f"{one} decided {count} times" for one, count in decided.items() if count > 1]
    strangers = decided.keys() - set(records.won) - records.unheard
    tally.wrong += [f"{user} did not hear that they decided GEN-{number}" for number, user in strangers]


def _messages(records: Records, tx: Connection, tally: Tally) -> None:
    """Every notice stands in Slack once, and every request and decision has its notices."""
    stands = Counter(key for key, _ in records.standing())
    said = [
        key
        for (key,) in _rows(
            tx, "SELECT key FROM notices WHERE kind NOT LIKE 'refresh%' AND state = 'delivered'"
        )
    ]
    tally.lost += [f"{key} does not stand in Slack" for key in said if not stands[key]]
    tally.doubled += [f"{key} stands {count} times" for key, count in stands.items() if count > 1]
    ought = {f"{number}:{kind}:" for number in records.filed for kind in ("card", "receipt")}
    above = f"SELECT id FROM requests WHERE outcome <> '{Outcome.CLEARED.value}'"
    ought |= {f"{number}:ask:" for (number,) in _rows(tx, above)}
    for number, _ in records.won:
        ought |= {f"{number}:decided:", f"{number}:told:"}
    tally.lost += [f"{one} was never said" for one in ought if not any(key.startswith(one) for key in said)]


def _truth(records: Records, tx: Connection, tally: Tally) -> None:
    """What is shown is what is stored, and the register's chain holds."""
    found = verify(tx)
    tally.wrong += [] if found.intact else [f"the register: {found.says}"]
    shown = dict(records.standing())
    for number in records.filed:
        row = requests.get(tx, number)
        if row is None:
            continue
        story = read_story(tx, row)
        present = {key: one for key, one in shown.items() if key.startswith(f"{number}:")}
        for says in _untrue(story, records.directory, present):
            tally.wrong.append(f"{says} of GEN-{number}, which is {row.status}")


def _untrue(story: Story, directory: Directory, shown: Mapping[str, Message]) -> Iterator[str]:
    """What differs: the card and the question show the end; what was told once, a moment of the story."""
    for key, message in shown.items():
        kind, occurrence = key.split(":")[1], key.split(":")[3]
        says = _plain(message.blocks)
        if kind == "card" and says != _plain(messages.card(story, directory)):
            yield "the card"
        if kind == "ask" and not _asks(story, message, says):
            yield "the question in the thread"
        if kind == "receipt" and not any(
            _tells(message, tellings.receipt(then, directory, "")) for then in _moments(story)
        ):
            yield "the receipt"
        if kind in ("decided", "told") and not _tells_decision(story, kind, occurrence, message):
            yield f"what is said ({key})"


def _tells_decision(story: Story, kind: str, occurrence: str, message: Message) -> bool:
    """Told as it stood then, or later, after other decisions."""
    decision = next(one for one in story.decisions if str(one.id) == occurrence)
    since = [then for then in _moments(story) if decision in then.decisions]
    if kind == "decided":
        return any(_tells(message, tellings.decided(then, decision)) for then in since)
    return any(_tells(message, tellings.told(then, decision, "")) for then in since)


def _tells(message: Message, ought: str) -> bool:
    """It says so; a link to the thread may follow."""
    return _plain(message.blocks).startswith(_plain(messages.sections(ought)))


def _asks(story: Story, message: Message, says: str) -> bool:
    """The question, whoever it tells of a use that nobody decides."""
    teller = message.text.partition(" ")[0] if story.row.status == Status.RECORDED else ""
    return says == _plain(messages.ask(story, teller))


def _moments(story: Story) -> Iterator[Story]:
    """The story as it stood after each of its decisions, and before them."""
    for count in range(len(story.decisions)):
        before = story.decisions[:count]
        signed = {one.id for one in before}
        yield replace(
            story,
            row=replace(story.row, status=Status.PENDING),
            sign_offs=[
                one if one.decision_id in signed else replace(one, state=SignOffState.OPEN, decision_id=None)
                for one in story.sign_offs
            ],
            decisions=before,
        )
    yield story


def _plain(blocks: list[Block] | list[dict[str, Any]]) -> str:
    return text_of({"blocks": blocks})
