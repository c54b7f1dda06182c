"""Finding a request for a person: what they may not see does not exist for them."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from bot.service.deadline import Deadline, most_pressing
from bot.service.desk import Desk, Who
from bot.service.refusals import NoSuchRequest
from policy.people import Person
from policy.verdict import Topic
from storage import chases, requests
from storage.chases import ChaseRow, ChaseState
from storage.records import DecisionRow, RequestRow, SignOffRow


@dataclass(frozen=True)
class Story:
    """A request with its sign-offs, decisions and open chases, read in one view of the rows."""

    row: RequestRow
    sign_offs: list[SignOffRow]
    decisions: list[DecisionRow]
    chases: tuple[ChaseRow, ...] = ()
    deadline: Deadline | None = None  # of whoever has the least time; None without a date


def parse_label(text: str) -> int | None:
    """ "GEN-3", "gen 3", "#3" or "3" -> 3; None when it is no request number."""
    found = re.fullmatch(r"(?:gen[\s-]*|#)?(\d{1,9})", text.strip().lower())
    return int(found[1]) if found else None


def story(desk: Desk, request_id: int, who: Who) -> Story:
    """A request as it stands, or NoSuchRequest."""
    with desk.database.reading() as tx:
        desk = desk.as_of(tx)
        return timed_story(tx, desk, find(tx, desk, request_id, who.person))


def read_story(tx: Connection, row: RequestRow) -> Story:
    """Everything about one request."""
    return Story(row, requests.sign_offs(tx, row.id), requests.decisions(tx, row.id), _chased(tx, row))


def read_stories(tx: Connection, rows: Sequence[RequestRow]) -> list[Story]:
    """Everything about several requests, in their order and in three questions, however many there are."""
    ids = [row.id for row in rows]
    topics, decided, chased = defaultdict(list), defaultdict(list), defaultdict(list)
    for topic in requests.sign_offs_of(tx, ids):
        topics[topic.request_id].append(topic)
    for decision in requests.decisions_of(tx, ids):
        decided[decision.request_id].append(decision)
    for chase in chases.of_several(tx, ids):
        if chase.state == ChaseState.OPEN:
            chased[chase.request_id].append(chase)
    return [Story(row, topics[row.id], decided[row.id], tuple(chased[row.id])) for row in rows]


def _chased(tx: Connection, row: RequestRow) -> tuple[ChaseRow, ...]:
    return tuple(one for one in chases.of(tx, row.id) if one.state == ChaseState.OPEN)


def timed_story(tx: Connection, desk: Desk, row: RequestRow) -> Story:
    """Everything about one request, and how it stands against its date."""
    found = read_story(tx, row)
    return replace(found, deadline=most_pressing(tx, desk, row, found.sign_offs))


def day_at(desk: Desk, request_id: int) -> date:
    """Which day it is where a request's production is; UTC's for a request that does not exist."""
    with desk.database.reading() as tx:
        row = requests.get(tx, request_id)
    return desk.today(row.production if row else "")


def mine(desk: Desk, who: Who, limit: int = 10) -> tuple[list[Story], list[Story]]:
    """What a person filed, newest first, and what waits for them, oldest first."""
    with desk.database.reading() as tx:
        filed = requests.filed_by(tx, who.team, who.user, limit)
        waiting = requests.waiting_for(tx, who.team, who.user, limit)
        stories = read_stories(tx, [*filed, *waiting])
    return stories[: len(filed)], stories[len(filed) :]


def find(tx: Connection, desk: Desk, request_id: int, person: Person, channel: str = "") -> RequestRow:
    """The request, if there is one that this person may see; unknown and not-theirs read alike.

    Somebody who stands in its approvals `channel` sees it there.
    """
    row = requests.get(tx, request_id)
    if row is None or not (channel == row.approvals_channel or _may_see(tx, desk, row, person)):
        raise NoSuchRequest(f"GEN-{request_id}")
    return row


def sees(desk: Desk, story: Story, person: Person) -> bool:
    """Whether a person may see a request that was read."""
    return _is_for(desk, story.row, story.sign_offs, person)


def _may_see(tx: Connection, desk: Desk, row: RequestRow, person: Person) -> bool:
    return _is_for(desk, row, requests.sign_offs(tx, row.id), person)


def _is_for(desk: Desk, row: RequestRow, opened: Sequence[SignOffRow], person: Person) -> bool:
    requester = Person(row.requester_team, row.requester_user)
    topics: list[Topic] = [each.topic for each in opened]
    return desk.authority.may_see(row.production, topics, requester, person) or desk.authority.may_call_in(
        row.production, person
    )
