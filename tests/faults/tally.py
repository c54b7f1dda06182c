"""After the storm: what was lost, doubled, is left waiting, or shows something else than the truth."""

from __future__ import annotations

from collections import Counter
from dataclasses import astuple, dataclass, field

from bot import messages
from bot.service.lookup import read_story
from bot.workspace.conversations import Message
from policy.verdict import Outcome
from storage import requests
from storage.verification import verify
from tests.faults.telling import Tale
from tests.person import text_of
from tests.studio import key_of


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


def taken(tale: Tale) -> Tally:
    """Compare what people were told, what is stored, and what stands in Slack."""
    tally = Tally()
    _actions(tale, tally)
    _messages(tale, tally)
    _truth(tale, tally)
    waiting = tale.house.rows("SELECT key, state, error FROM notices WHERE state <> 'delivered'")
    tally.stuck += [f"{key} is {state}: {error}" for key, state, error in waiting]
    return tally


def _actions(tale: Tale, tally: Tally) -> None:
    """Whoever read that it was recorded finds it there, once."""
    stored = Counter(number for (number,) in tale.house.rows("SELECT id FROM requests"))
    tally.lost += [f"GEN-{number} was filed" for number in tale.filed if number not in stored]
    tally.doubled += [f"GEN-{number} was not filed by a person" for number in stored - Counter(tale.filed)]
    decided = Counter(tale.house.rows("SELECT request_id, by_user FROM decisions"))
    tally.lost += [f"{user} decided GEN-{number}" for number, user in tale.won if not decided[number, user]]
    tally.doubled += [f"{one} decided {count} times" for one, count in decided.items() if count > 1]


def _messages(tale: Tale, tally: Tally) -> None:
    """Every notice stands in Slack once, and every request and decision has its notices."""
    stands = Counter(key for key, _ in _standing(tale))
    said = [key for (key,) in tale.house.rows("SELECT key FROM notices WHERE kind NOT LIKE 'refresh%'")]
    tally.lost += [f"{key} does not stand in Slack" for key in said if not stands[key]]
    tally.doubled += [f"{key} stands {count} times" for key, count in stands.items() if count > 1]
    ought = {f"{number}:{kind}:" for number in tale.filed for kind in ("card", "receipt")}
    ought |= {f"{number}:ask:" for (number,) in _rows_above_cleared(tale)}
    for number, _ in tale.won:
        ought |= {f"{number}:decided:", f"{number}:told:"}
    tally.lost += [f"{one} was never said" for one in ought if not any(key.startswith(one) for key in said)]


def _rows_above_cleared(tale: Tale) -> list[tuple[int]]:
    return tale.house.rows("SELECT id FROM requests WHERE outcome <> ?", Outcome.CLEARED.value)


def _truth(tale: Tale, tally: Tally) -> None:
    """The card and the question show the request as it is now, and the register's chain holds."""
    clearance = tale.house.clearance
    assert clearance is not None
    shown = dict(_standing(tale))
    with clearance.desk.database.reading() as tx:
        tally.wrong += [f"the register: {verify(tx).says}"] if verify(tx).says.find("holds") < 0 else []
        for number in tale.filed:
            row = requests.get(tx, number)
            if row is None:
                continue
            ought = messages.card(read_story(tx, row), clearance.desk.authority.directory)
            card = shown.get(f"{number}:card:{row.approvals_channel}:first")
            if card is None or text_of({"blocks": card.blocks}) != text_of({"blocks": ought}):
                tally.wrong.append(f"the card of GEN-{number} does not show that it is {row.status}")


def _standing(tale: Tale) -> list[tuple[str, Message]]:
    places = tale.house.workspace.conversations.values()
    found = [(key_of({"metadata": one.metadata}), one) for place in places for one in place.messages]
    return [(key, one) for key, one in found if key]
