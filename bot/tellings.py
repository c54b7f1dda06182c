"""What is said about where a request stands and what somebody pressed: mrkdwn, typed parts escaped."""

from datetime import date, datetime

from bot.markup import escape
from bot.service.lookup import Story
from bot.wording import EMOJI, HEADLINE, STATUS, listed
from policy.directory import Directory
from policy.lifecycle import Move, Status
from policy.verdict import Outcome
from storage.records import DecisionRow, RequestRow, SignOffRow
from storage.tables import SignOffState

_NOBODY = "nobody in the directory"


def standing(story: Story) -> str:
    """Where a request stands, in one line: "Waiting for Ravi Menon (production)"."""
    row = story.row
    if row.status == Status.PENDING:
        called = f"Called in by {escape(row.called_in_by)}. " if row.called_in_by else ""
        return f":hourglass_flowing_sand: {called}Waiting for {waiting_for(story)}"
    if row.status == Status.RECORDED:
        return STATUS[Status.RECORDED]
    if not story.decisions:
        return STATUS[row.status]
    last = story.decisions[-1]
    deciders = approvals(story) if row.status == Status.APPROVED else [last]
    names = listed(list(dict.fromkeys(escape(one.by_name) for one in deciders)))
    return f"{STATUS[row.status]} by {names}, {moment(last.at)}"


def waiting_for(story: Story, nobody: str = _NOBODY) -> str:
    """Who is waited for, with their topics, each person once: "Ravi Menon (production and legal)"."""
    people: dict[str, list[str]] = {}
    for each in still_open(story):
        people.setdefault(escape(each.contact_name) or nobody, []).append(each.topic.value)
    return listed([f"{name} ({listed(topics)})" for name, topics in people.items()])


def still_open(story: Story) -> list[SignOffRow]:
    """The topics that nobody has decided."""
    return [each for each in story.sign_offs if each.state == SignOffState.OPEN]


def approvals(story: Story) -> list[DecisionRow]:
    """Every press of Approve, in order."""
    return [one for one in story.decisions if one.action == Move.APPROVE]


def topics_of(decision: DecisionRow) -> str:
    """What a press signed: "talent and legal"."""
    return listed([topic.value for topic in decision.topics])


def decided(story: Story, decision: DecisionRow) -> str:
    """What somebody pressed, for the thread; told late, it says what became of it since."""
    row, by = story.row, f"<@{decision.by_user}>"
    if decision.action == Move.CALL_IN:
        first = f":raised_hand: {by} called in {row.label}: work stops until it is decided."
    elif decision.action == Move.DENY:
        first = f":no_entry: {by} denied {row.label} ({topics_of(decision)})."
    elif _completes(story, decision):
        first = f":white_check_mark: {by} approved {row.label} ({topics_of(decision)})."
    else:
        first = f":white_check_mark: {by} signed {row.label} ({topics_of(decision)})."
        if row.status == Status.PENDING:
            first += f"\nStill waiting for {waiting_for(story)}."
    return "\n".join([first, *terms(decision)])


def told(story: Story, decision: DecisionRow, link: str) -> str:
    """What somebody pressed, for the requester's direct message."""
    row, by = story.row, f"<@{decision.by_user}>"
    name = f"*{row.label} · {escape(row.title)}*"
    said = terms(decision)
    if decision.action == Move.CALL_IN:
        first = f":raised_hand: {by} called in {name}. *Stop work on it* until it is decided."
    elif decision.action == Move.DENY:
        first = f":no_entry: {name} is *denied* by {by}. Do not go ahead."
    elif _completes(story, decision):
        all_by = listed(list(dict.fromkeys(f"<@{one.by_user}>" for one in approvals(story))))
        first = f":white_check_mark: {name} is *approved* by {all_by}."
        first += " It covers what you described, nothing more."
        said = _all_terms(story)
    else:
        first = f":memo: {by} signed {name} ({topics_of(decision)})."
        if row.status == Status.PENDING:
            first += f" *Keep waiting* for {waiting_for(story)}."
    # Slack was away for a while: the next message says it too, but this one must not mislead until then.
    since = [] if _is_last(story, decision) else [f"Since then: {standing(story)}."]
    return "\n".join([first, *since, *said, *_link(link)])


def terms(decision: DecisionRow) -> list[str]:
    """The words of a decision: wording, conditions, validity, reason."""
    lines = []
    if decision.wording:
        lines.append(f"*Approval:*\n{quote(decision.wording)}")
    if decision.conditions:
        lines.append("*Conditions:*\n" + "\n".join(f"• {escape(one)}" for one in decision.conditions))
    if decision.valid_until:
        lines.append(f"*Valid until:* {day_of(decision.valid_until)} (our own addition, not Netflix's rule)")
    if decision.reason:
        lines.append(f"*Reason:*\n{quote(decision.reason)}")
    return lines


def receipt(story: Story, directory: Directory, link: str) -> str:
    """What was recorded, for the requester's direct message."""
    row = story.row
    name = f"*{row.label} · {escape(row.title)}*"
    first = f"{EMOJI[row.outcome]} {name}: {HEADLINE[row.outcome]}."
    return "\n".join([first, today(story, directory), *_link(link)])


# Something that has begun is never answered with "go ahead".
_BEGUN = {
    "yes": " You said it has already started: your contact sees that.",
    "aired": " You said it has already aired: your contact sees that.",
}


def today(story: Story, directory: Directory) -> str:
    """What the verdict means for today's work."""
    row = story.row
    contact = _contact(row, directory)
    begun = _BEGUN.get(row.use_started, "")
    if row.status == Status.RECORDED and row.outcome == Outcome.CLEARED:
        go = "" if begun else " You can go ahead."
        return f"No approval is needed, on your answers; {contact} is being told.{go}{begun}"
    if row.status == Status.RECORDED:
        free = "" if begun else " Nobody has to approve it first."
        return f"It rests on your judgement; {contact} is being told and may call it in.{free}{begun}"
    if row.status != Status.PENDING:
        return standing(story)
    waiting = waiting_for(story, "somebody the operators name")
    verb = "approved in writing" if row.outcome == Outcome.WRITTEN_APPROVAL else "answered"
    stop = "*Stop what has started*" if begun else "*Stop*"
    have = "has" if len({each.contact_name for each in still_open(story)}) == 1 else "have"
    return f"{stop} until {waiting} {have} {verb}.{begun}"


def quote(text: str) -> str:
    """Typed text as a quotation."""
    return "\n".join(f"> {line}" for line in escape(text).splitlines())


def day_of(day: date) -> str:
    """3 Mar 2026."""
    return f"{day.day} {day:%b %Y}"


def moment(at: datetime) -> str:
    """A moment that Slack shows in each reader's own time."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{at:%d %b %Y %H:%M} UTC>"


def _is_last(story: Story, decision: DecisionRow) -> bool:
    return decision.id == story.decisions[-1].id


def _completes(story: Story, decision: DecisionRow) -> bool:
    """This press is the one that approved the whole."""
    return story.row.status == Status.APPROVED and _is_last(story, decision)


def _all_terms(story: Story) -> list[str]:
    """An approval of several topics is the sum of what each contact wrote, and says who wrote what."""
    signed = approvals(story)
    if len(signed) == 1:
        return terms(signed[0])
    lines = []
    for one in signed:
        words = terms(one)
        lines += [f"*{escape(one.by_name)} ({topics_of(one)})*", *words] if words else []
    return lines


def _link(link: str) -> list[str]:
    return [f"<{link}|Open the thread>"] if link else []


def _contact(row: RequestRow, directory: Directory) -> str:
    production = directory.find(row.production)
    return escape(directory.contacts[production.contact].name) if production else "your contact"
