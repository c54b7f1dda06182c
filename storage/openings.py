"""What a new request brings: its topics, what is said first and who is chased, written and known at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from storage import chases, notices
from storage.chases import ChaseRow, NewChase
from storage.inserts import insert_together
from storage.records import NewSignOff, SignOffRow
from storage.written import opened, opened_rows

__all__ = ["begin"]


def begin(
    tx: Connection,
    request_id: int,
    topics: Sequence[NewSignOff],
    said: Iterable[tuple[str, str, str]],
    chased: Sequence[NewChase],
    now: datetime,
) -> tuple[list[SignOffRow], list[ChaseRow]]:
    """Write what a request of this transaction begins with; returns its topics and chases as they stand.

    `said`: (key, kind, recipient) of each notice. The rows returned are those that a reading would give.
    """
    topic_ids, _, chase_ids = insert_together(
        tx,
        opened_rows(request_id, topics),
        notices.first_rows(request_id, said, now),
        chases.begun_rows(chased),
    )
    return opened(request_id, topics, topic_ids), chases.begun(chased, chase_ids)
