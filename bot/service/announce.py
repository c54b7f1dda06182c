"""Which notices a verb leaves behind: composed here, rendered when they are delivered."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.service.desk import Desk
from policy.directory import Directory
from policy.verdict import Outcome, Topic
from storage import notices
from storage.notices import NoticeRow
from storage.records import RequestRow


class Kind(StrEnum):
    """What a notice says; delivery has one renderer for each."""

    CARD = "card"  # the card in the approvals channel
    ASK = "ask"  # in its thread: who must decide, with the buttons
    REFRESH_CARD = "refresh_card"
    REFRESH_ASK = "refresh_ask"
    RETAG = "retag"  # in the thread: who is asked now that the directory changed
    DECIDED = "decided"  # in the thread: what somebody pressed
    RECEIPT = "receipt"  # to the requester: what was recorded
    TOLD = "told"  # to the requester: what somebody pressed
    REMINDER = "reminder"  # in the thread: somebody is still waited for
    REMINDERS = "reminders"  # to a contact: several that wait, in one message
    BACKUP = "backup"  # in the thread: the backup is asked beside the contact
    SNOOZED = "snoozed"  # to the requester: a contact looks at it later
    QUESTION = "question"  # in the thread: a contact asked for details
    ASKED = "asked"  # to the requester: the same, to be answered
    NUDGE = "nudge"  # to the requester: an answer is still waited for
    ANSWERED = "answered"  # in the thread: what the requester answered
    EXPIRING = "expiring"  # to whoever approved or asked: the approval runs out soon
    LAPSED = "lapsed"  # to the same: it has run out
    DIGEST = "digest"  # in an approvals channel, each working day: what waits and what was decided
    PERSONAL = "personal"  # to a contact, each working day: what waits for them
    UNASSIGNED = "unassigned"  # to the operators: nobody can sign
    NOBODY = "nobody"  # to the operators, each day: still nobody can sign
    UNDELIVERED = "undelivered"  # to the operators: something cannot be said
    UNREACHABLE = "unreachable"  # to the operators: a contact has no working account


_FIRST = "first"  # the occurrence of what is said once


def first_said(desk: Desk, row: RequestRow, unassigned: Sequence[Topic]) -> list[tuple[str, str, str]]:
    """A card; a thread that tags the contacts unless the use is simply cleared; a receipt.

    As (key, kind, recipient) of each notice.
    """
    said = [(Kind.CARD, row.approvals_channel)]
    if row.outcome > Outcome.CLEARED:
        said.append((Kind.ASK, row.approvals_channel))
    said.append((Kind.RECEIPT, row.requester_user))
    if unassigned:
        said += [(Kind.UNASSIGNED, recipient) for recipient in dict.fromkeys(operators(desk))]
    return [(notices.key(row.id, kind.value, to, _FIRST), kind.value, to) for kind, to in said]


def announce_decision(tx: Connection, row: RequestRow, decision_id: int, now: datetime) -> None:
    """The card and the thread show the new state; the thread and the requester hear who pressed what."""
    about = {"decision": decision_id}
    say(tx, row, Kind.REFRESH_CARD, row.approvals_channel, now, decision_id, about)
    # A cleared use had no thread until somebody called it in.
    asks = row.outcome > Outcome.CLEARED or row.called_in_by
    if asks:
        say(tx, row, Kind.REFRESH_ASK, row.approvals_channel, now, decision_id, about)
    say(tx, row, Kind.DECIDED, row.approvals_channel, now, decision_id, about)
    say(tx, row, Kind.TOLD, row.requester_user, now, decision_id, about)


def announce_reassignment(tx: Connection, row: RequestRow, event: int, now: datetime) -> None:
    """The card and the buttons show who is asked now; a reply tags them, since an edit reaches nobody."""
    for kind in (Kind.REFRESH_CARD, Kind.REFRESH_ASK, Kind.RETAG):
        say(tx, row, kind, row.approvals_channel, now, f"event-{event}")


def announce_call_in(tx: Connection, row: RequestRow, decision_id: int, now: datetime) -> None:
    """As a decision; a cleared use gets its thread now."""
    if row.outcome == Outcome.CLEARED:
        say(tx, row, Kind.ASK, row.approvals_channel, now, decision_id)
    announce_decision(tx, row, decision_id, now)


def announce_lapse(tx: Connection, row: RequestRow, people: Mapping[str, datetime], now: datetime) -> None:
    """The card and the thread show it; whoever approved or asked hears it, each at their moment."""
    occurrence = f"revision-{row.revision}"
    say(tx, row, Kind.REFRESH_CARD, row.approvals_channel, now, f"lapsed-{occurrence}")
    say(tx, row, Kind.REFRESH_ASK, row.approvals_channel, now, f"lapsed-{occurrence}")
    for person, due_at in people.items():
        key = notices.key(row.id, Kind.LAPSED.value, person, occurrence)
        notices.enqueue(tx, key, Kind.LAPSED.value, person, row.id, {}, due_at, now)


def say(
    tx: Connection,
    row: RequestRow,
    kind: Kind,
    recipient: str,
    now: datetime,
    occurrence: str | int = _FIRST,
    payload: Mapping[str, int] | None = None,
) -> None:
    """Keep one notice about a request; the key makes saying it twice impossible."""
    key = notices.key(row.id, kind.value, recipient, occurrence)
    notices.enqueue(tx, key, kind.value, recipient, row.id, payload or {}, now, now)


def operators(desk: Desk) -> list[str]:
    """Where operators are told: their channel, else each of them."""
    directory = desk.authority.directory
    return [directory.operators_channel] if directory.operators_channel else list(directory.operators)


def announce_unreachable(desk: Desk, contacts: Sequence[str]) -> None:
    """The operators hear of each contact that Slack does not know, once a day at most."""
    now = desk.clock()
    with desk.database.transaction() as tx:
        for contact in contacts:
            for recipient in operators(desk):
                key = notices.key(None, Kind.UNREACHABLE, recipient, f"{contact}:{now.date()}")
                about = {"contact": contact}
                notices.enqueue(tx, key, Kind.UNREACHABLE, recipient, None, about, now, now)
    desk.wake()


def announce_undelivered(
    tx: Connection, directory: Directory, notice: NoticeRow, error: str, now: datetime
) -> None:
    """The operators hear once about a request and a place that cannot be told."""
    channel = directory.operators_channel
    # What cannot be said in the operators' channel is said to each of them.
    heard_in = [channel] if channel and channel != notice.recipient else list(directory.operators)
    for recipient in heard_in:
        if recipient == notice.recipient:
            continue
        key = notices.key(notice.request_id, Kind.UNDELIVERED, recipient, notice.recipient)
        # Under no request: it must not wait in line behind the very notice it is about.
        about = {"notice": notice.id, "error": error}
        notices.enqueue(tx, key, Kind.UNDELIVERED, recipient, None, about, now, now)
