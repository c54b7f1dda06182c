"""What is said until a request is decided, and when an approval runs out: pure functions from stored rows.

Reminders, backups and expiry are our own addition. The guidance sets no response time and no end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from bot.chase_parts import (
    Said,
    answer_button,
    away_button,
    counted,
    linked,
    name,
    open_thread,
    pending,
    renew_button,
    said,
    snooze_menu,
)
from bot.form_blocks import aside
from bot.markup import Block
from bot.messages import begun, decide_buttons, decide_or_ask
from bot.rich_text import rich, typed
from bot.service.lookup import Story
from bot.tellings import day_of, moment, quote, standing, still_open
from bot.wording import listed
from policy.chasing import Urgency
from policy.lifecycle import Move
from policy.verdict import Outcome, Topic
from storage.chases import ChaseKind, ChaseRow

_MOST = 8  # requests in one message: more is no longer read
_FAR = datetime.max.replace(tzinfo=UTC)
_NO_DEADLINE = "Reminders are our own addition: the guidance sets no response time."
_NO_EXPIRY = "The end date was set with the approval. It is our own addition, not Netflix's rule."


@dataclass(frozen=True)
class Chased:
    """What a reminder says about one request and one person. All moments are aware UTC."""

    story: Story
    chase: ChaseRow
    topics: tuple[Topic, ...]  # what this person is waited for
    asked_at: datetime
    decide_by: datetime | None  # their last working moment before the needed-by day ends
    urgency: Urgency
    hours_left: float | None  # their working hours until then; None without a date
    outside_hours: bool  # it comes outside their working time, because the date would pass
    link: str  # of the thread; "" in the thread itself


def reminder(chased: Chased) -> Said:
    """Asks one person for their decision, in the thread of the card."""
    story, row = chased.story, chased.story.row
    if not pending(story):
        return said(standing(story))
    lines = [
        f":bell: <@{chased.chase.user}>: please {_verb(story)} {name(row)} ({_topics(chased)}).{begun(row)}",
        _time_left(chased),
        f"Asked {moment(chased.asked_at)}.{open_thread(chased.link)}",
    ]
    controls = (snooze_menu(chased.chase.id), away_button())
    return said(
        "\n".join(lines),
        decide_or_ask(row, f"chase:{chased.chase.id}", *controls),
        aside(f"why:{chased.chase.id}", _NO_DEADLINE),
    )


def reminders(chased: Sequence[Chased], more: int = 0) -> Said:
    """One direct message in place of several reminders; `more` wait besides those given."""
    ordered = sorted(chased, key=_most_urgent_first)
    shown, more = ordered[:_MOST], more + len(ordered[_MOST:])
    total = len(shown) + more
    count = "One request waits" if total == 1 else f"{total} requests wait"
    first = f":bell: *{count} for your decision.* The most urgent comes first."
    blocks: list[Block] = []
    for number, each in enumerate(shown):
        row = each.story.row
        title = f"{linked(row, each.link)} ({_topics(each)}){begun(row)}"
        controls = [*decide_buttons(row, Move.APPROVE, Move.DENY), snooze_menu(each.chase.id)]
        blocks += [
            rich(f"{title}\n{_time_left(each)}"),
            {"type": "actions", "block_id": f"chase:{number}:{each.chase.id}", "elements": controls},
        ]
    if more:
        waits = "1 more waits" if more == 1 else f"{more} more wait"
        blocks.append(rich(f"*{waits} for you.* `/genai-request digest` shows them all."))
    blocks += [
        {"type": "actions", "block_id": "chase:away", "elements": [away_button()]},
        aside("why", _NO_DEADLINE),
    ]
    return said(first, *blocks)


def pulled_in(
    story: Story,
    contact_name: str,
    backup_user: str,
    topics: Sequence[Topic],
    because: Literal["away", "no_answer", "date"],
    until: datetime | None,
) -> Said:
    """Asks the backup, in the thread. `until`: when the contact's absence ends, if they are away."""
    row, contact = story.row, typed(contact_name)
    if not pending(story):
        return said(standing(story))
    by = f" before {day_of(row.needed_by)} ends" if row.needed_by else ""
    reason = {
        "away": f"{contact} is away{f' until {moment(until)}' if until else ''}",
        "no_answer": f"{contact} has not answered yet",
        "date": f"the date it is needed by is near, and {contact} has not answered yet",
    }[because]
    asked = listed([topic.value for topic in topics])
    text = (
        f":raised_hand: <@{backup_user}>: please {_verb(story)} {name(row)} ({asked}){by}.{begun(row)}\n"
        f"You stand in, because {reason}. {contact} can still decide too; one of you is enough."
    )
    return said(text, decide_or_ask(row, f"backup:{row.id}"))


def nobody(story: Story, days_waiting: int) -> Said:
    """Tells the operators for which topics nobody is there; it comes again every day."""
    row, waiting = story.row, still_open(story)
    missing = [each.topic.value for each in waiting if not each.contact]
    alone = [f"{typed(one.contact_name)} ({one.topic})" for one in waiting if one.contact and not one.backup]
    reasons = [f"Nobody in the directory can decide {listed(missing)}."] if missing else []
    if alone:
        silent = "is away or does not answer" if len(alone) == 1 else "are away or do not answer"
        reasons.append(f"{listed(alone)} {silent}, and nobody stands in.")
    so_far = f"has waited for {counted(days_waiting)}" if days_waiting else "waits"
    return said(
        f":rotating_light: {name(row)} ({typed(row.production)}) {so_far}, and *somebody is missing*. "
        f"{' '.join(reasons)}\nName a contact or a backup in the directory, then restart. "
        "You are told again every day until somebody can decide."
    )


def snoozed(story: Story, by: str, until: datetime, link: str) -> Said:
    """Tells the requester that a contact, called `by`, asked to be reminded later."""
    return said(
        f":hourglass: {typed(by)} put {name(story.row)} off until {moment(until)}. "
        f"It still waits for a decision, and they are reminded then. "
        f"If that is too late for you, say so in the thread.{open_thread(link)}"
    )


def asked(story: Story, question: str, by: str, link: str, *, event: int) -> Said:
    """Asks the requester what a contact, called `by`, wants to know; `event` holds the question."""
    return _question(
        story, f":memo: {typed(by)} needs to know more to decide {name(story.row)}:", question, link, event
    )


def nudge(story: Story, question: str, by: str, days: int, link: str, *, event: int) -> Said:
    """Reminds the requester, gently, of a question asked `days` ago."""
    first = f":bell: {name(story.row)} still waits for your answer. {typed(by)} asked {counted(days)} ago:"
    return _question(story, first, question, link, event)


def _question(story: Story, first: str, question: str, link: str, event: int) -> Said:
    row = story.row
    if not pending(story):
        late = f"*No answer is needed any more.* {standing(story)}"
        return said(f"{first}\n{quote(question)}\n{late}{open_thread(link)}")
    return said(
        first,
        rich(f"It is not decided before you answer.{open_thread(link)}"),
        answer_button(row.id, event),
        quoted=quote(question),
    )


def asked_in_thread(story: Story, question: str, by_user: str) -> Said:
    """Shows in the thread what was asked."""
    row = story.row
    return said(
        f":memo: <@{by_user}> asked {typed(row.requester_name)} about {row.label}, "
        "and is not reminded until the answer comes:",
        quoted=quote(question),
    )


def answered(story: Story, question: str, answer: str, contact_user: str) -> Said:
    """Brings the answer to the contact who asked, in the thread."""
    row = story.row
    text = f":memo: <@{contact_user}>: {typed(row.requester_name)} answered about {name(row)}."
    words = f"*You asked:*\n{quote(question)}\n*The answer:*\n{quote(answer)}"
    if not pending(story):
        return said(text, quoted=f"{words}\nSince then: {standing(story)}.")
    return said(text, decide_or_ask(row, f"answered:{row.id}"), quoted=f"{words}\nIt waits for you again.")


def expiring(story: Story, ends: date, days: int, for_requester: bool, link: str) -> Said:
    """Says that an approval runs out in `days` days, at the end of the day `ends` at the production."""
    when = {0: "today", 1: "tomorrow"}.get(days, f"in {counted(days)}")
    on = (
        "If you go on with it after that, file it again now with `/genai-request`."
        if for_requester
        else "The requester is told too. If the use goes on after that, it has to be filed again."
    )
    text = (
        f":calendar: The approval of {name(story.row)} runs out {when}: it holds until {day_of(ends)} ends. "
        f"{on}{open_thread(link)}"
    )
    return said(text, aside("why", _NO_EXPIRY))


def lapsed(story: Story, ends: date, link: str, for_requester: bool) -> Said:
    """Says that an approval ran out."""
    first = f":calendar: The approval of {name(story.row)} *has run out*: it held until {day_of(ends)} ended."
    if not for_requester:
        text = f"{first} The requester is told, and can file it again. There is nothing for you to do now."
        return said(text + open_thread(link), aside("why", _NO_EXPIRY))
    text = f"{first} *Do not go on with it* before it is approved again.{open_thread(link)}"
    return said(text, renew_button(story.row.id), aside("why", _NO_EXPIRY))


def _verb(story: Story) -> str:
    written = story.row.outcome == Outcome.WRITTEN_APPROVAL
    return "approve in writing or deny" if written else "approve or deny"


def _topics(chased: Chased) -> str:
    topics = listed([topic.value for topic in chased.topics])
    return f"{topics}, standing in" if chased.chase.kind == ChaseKind.BACKUP else topics


def _most_urgent_first(chased: Chased) -> tuple[int, datetime, datetime, int]:
    rank = list(Urgency).index(chased.urgency)
    return rank, chased.decide_by or _FAR, chased.asked_at, chased.chase.id


def _time_left(chased: Chased) -> str:
    """The date, how it stands, and why this comes now if it comes at an odd hour."""
    needed_by = chased.story.row.needed_by
    if needed_by is None:
        return "No date was given."
    day = day_of(needed_by)
    if chased.urgency == Urgency.OVERDUE:
        told = f":rotating_light: *Overdue:* needed by {day}, and {_hours(0)} before it ends."
    else:
        told = ":warning: *At risk:* needed" if chased.urgency == Urgency.AT_RISK else "Needed"
        told += f" by {day}."
        left = _hours(chased.hours_left or 0)
        by = (
            f"Decide by {moment(chased.decide_by)}: {left}."
            if chased.decide_by
            else f"{left} before it ends."
        )
        told = f"{told} {by[0].upper()}{by[1:]}"
    if chased.outside_hours:
        told += f"\n_This comes outside your working hours: otherwise {day} would pass before you are back._"
    return told


def _hours(left: float) -> str:
    if left <= 0:
        return "none of your working hours is left"
    if left < 1:
        return "less than one of your working hours is left"
    whole = round(left)
    return f"about {whole} of your working hours {'is' if whole == 1 else 'are'} left"
