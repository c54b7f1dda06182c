"""kill -9 at every step from the click to the message: nothing accepted is lost, nothing is said twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.workspace import Fault
from bot.workspace.faults import HISTORIES
from tests.person import text_of
from tests.processes import launcher
from tests.processes.office import Office, thorough
from tests.studio import APPROVALS, ESCALATE, answer, ask, file, key_of, number_in, open_form, press

pytestmark = pytest.mark.process

NIGHT = APPROVALS["NIGHTFALL"]
POST = "chat.postMessage"
HANGS = Fault(kind="slow", seconds=5)
# How much is stored when the bot dies before anybody heard of it: nothing until the commit.
UNHEARD = {launcher.ARRIVED: 0, launcher.INSIDE: 0, launcher.COMMITTED: 1}
# Where the rest happens is seen at Slack's end of the wire.
ACKED, POSTED, SEARCHING = "acked", "posted", "searching"
# Each step is told of one of the two ways in; of the other one by `make faults`.
SUBMISSIONS = ("arrived", "answered receipt", "searching card") if thorough() else ()
DECISIONS = ("inside", "committed", ACKED, "claimed refresh_card", "posted told") if thorough() else ()
OUTSIDE = {"card": NIGHT, "ask": NIGHT, "decided": NIGHT, "receipt": "U0ANA", "told": "U0ANA"}


@pytest.mark.parametrize("step", ["inside", "committed", ACKED, "claimed card", "posted ask", *SUBMISSIONS])
def test_a_submission_survives(office: Office, step: str) -> None:
    ana, before = office.people.ana, stored(office, "requests")
    open_form(ana)
    answer(ana, ESCALATE)
    dead = arm(office, step)
    if step in UNHEARD:
        with office.impatient():
            ana.submit()
        dead(0)
        assert "Try again?" in str(ana.notice()) and stored(office, "requests") == before + UNHEARD[step]
        office.bot.start()
    assert ana.submit() == {}
    number = number_in(ana)
    if step not in UNHEARD:
        dead(number)
        office.bot.start()
    office.filed.append(number)
    ana.close()
    assert stored(office, "requests") == before + 1
    office.all_is_well()


@pytest.mark.parametrize("step", ["arrived", "answered decided", "searching told", *DECISIONS])
def test_a_decision_survives(office: Office, step: str) -> None:
    ravi, number = office.people.ravi, file(office.people.ana, ESCALATE)
    office.filed.append(number)
    office.settled()
    press(ravi, ask(ravi, number), "approve")
    ravi.fill(wording="Fine.")
    before, dead = stored(office, "decisions"), arm(office, step)
    if step in UNHEARD:
        with office.impatient():
            ravi.submit()
        dead(number)
        assert "Try again?" in str(ravi.notice()) and stored(office, "decisions") == before + UNHEARD[step]
        office.bot.start()
    assert ravi.submit() == {}
    said = text_of(ravi.wait(ravi.modal))
    # By this press, or already by the one before.
    assert f"GEN-{number} is approved" in said or f"Your approval of GEN-{number} was recorded" in said
    if step not in UNHEARD:
        dead(number)
        office.bot.start()
    office.won.append((number, ravi.user))
    ravi.close(everything=True)
    assert stored(office, "decisions") == before + 1
    office.all_is_well()


def arm(office: Office, step: str) -> Callable[[int], object]:
    """Let the bot die at that step about the next request; returns what waits until it is dead."""
    name, _, kind = step.partition(" ")
    faults = office.house.workspace.faults
    if name == ACKED:
        return _dies_when_acknowledged(office)
    if name == POSTED:
        # It stands in Slack, and the answer is still on its way.
        faults.plan(POST, HANGS, channel=OUTSIDE[kind])
        return lambda number: _killed_once(office, lambda: stands(office, number, kind))
    if name == SEARCHING:
        faults.plan(POST, "drop_after", channel=OUTSIDE[kind])
        faults.plan("conversations.*", HANGS, after=int(OUTSIDE[kind] != NIGHT))
        looked = [f"{each}: slow" for each in HISTORIES]
        before = sum(faults.tally[each] for each in looked)
        return lambda _: _killed_once(office, lambda: sum(faults.tally[each] for each in looked) > before)
    office.dies_at(step)
    return lambda _: office.bot.died()


def _killed_once(office: Office, true: Callable[[], object]) -> None:
    office.bot.until(true)
    office.bot.kill()


def _dies_when_acknowledged(office: Office) -> Callable[[int], object]:
    """The acknowledgement reached Slack, and nothing that comes after it happened."""
    link = office.house.workspace.link
    deliver = link.deliver

    async def once(*given: Any, **named: Any) -> dict[str, Any]:
        link.deliver = deliver  # type: ignore[method-assign]
        told = await deliver(*given, **named)
        office.bot.kill()
        return told

    link.deliver = once  # type: ignore[method-assign]
    return lambda _: office.bot.died()


def stands(office: Office, number: int, kind: str) -> bool:
    """A message of this kind about the request can be read in Slack."""
    places = office.house.workspace.conversations.values()
    keys = [key_of({"metadata": one.metadata}) for place in places for one in place.messages]
    return any(key.startswith(f"{number}:{kind}:") for key in keys)


def stored(office: Office, table: str) -> int:
    """How many rows a table has."""
    return int(office.rows(f"SELECT count(*) FROM {table}")[0][0])
