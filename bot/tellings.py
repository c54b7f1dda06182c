"""What is said about where a request stands and what somebody pressed: our own markup, for `rich`."""

from datetime import date, datetime

from bot.rich_text import typed
from bot.service.deadline import Deadline
from bot.service.lookup import Story
from bot.service.refusals import AlreadyDecided
from bot.wording import EMOJI, HEADLINE, STATUS, listed
from policy.directory import Directory
from policy.lifecycle import Move, Status
from policy.verdict import Outcome
from storage.chases import ChaseKind
from storage.records import DecisionRow, RequestRow, SignOffRow
from storage.tables import SignOffState

_NOBODY = "nobody in the directory"


def standing(story: Story) -> str:
    """Where a request stands, in one line: "Waiting for Ravi Menon (production)"."""
    row = story.row
    if row.status == Status.PENDING:
        called = f"Called in by {typed(row.called_in_by)}. " if row.called_in_by else ""
        return f":hourglass_flowing_sand: {called}Waiting for {waiting_for(story)}{_put_off(story)}"
    if row.status == Status.RECORDED:
        return STATUS[Status.RECORDED]
    if not story.decisions:
        return STATUS[row.status]
    if row.status == Status.LAPSED:
        # The last to decide did not end it: the day did that they set.
        return f"{STATUS[row.status]}: what {listed(_names(approvals(story)))} approved has run out"
    last = story.decisions[-1]
    deciders = approvals(story) if row.status == Status.APPROVED else [last]
    return f"{STATUS[row.status]} by {listed(_names(deciders))}, {moment(last.at)}"


def _names(decisions: list[DecisionRow]) -> list[str]:
    return list(dict.fromkeys(typed(one.by_name) for one in decisions))


def waiting_for(story: Story, nobody: str = _NOBODY) -> str:
    """Who is waited for, with their topics, each person once: "Ravi Menon or Mei Tanaka (legal)"."""
    question = next((one for one in story.chases if one.kind == ChaseKind.REQUESTER), None)
    asked = [
        each for each in still_open(story) if question and question.contact in (each.contact, each.backup)
    ]
    people: dict[str, list[str]] = {}
    for each in still_open(story):
        if each not in asked:
            people.setdefault(_signs(story, each) or nobody, []).append(each.topic.value)
    waited = [f"{name} ({listed(topics)})" for name, topics in people.items()]
    if question:
        by = next((each for each in asked if each.contact == question.contact), None)
        name = by.contact_name if by else next((each.backup_name for each in asked), "a contact")
        waited = [f"{typed(story.row.requester_name)}'s answer to {typed(name)}", *waited]
    return listed(waited)


def _signs(story: Story, each: SignOffRow) -> str:
    """The contact, and the backup once they were pulled in."""
    pulled_in = any(one.kind == ChaseKind.BACKUP and one.contact == each.backup for one in story.chases)
    return listed([typed(each.contact_name), *([typed(each.backup_name)] if pulled_in else [])], "or")


def _put_off(story: Story) -> str:
    """Until when a contact put it off, while that lasts."""
    until = [
        one.snoozed_until
        for one in story.chases
        if one.snoozed_until and (one.reminded_at is None or one.reminded_at < one.snoozed_until)
    ]
    return f", who looks at it again {moment(min(until))}" if until else ""


def decide_by(story: Story) -> str:
    """The working time that is left before the needed-by date; "" when there is nothing to say."""
    if story.deadline is None or story.row.needed_by is None:
        return ""
    return before_date(story.deadline, story.row.needed_by)


def before_date(left: Deadline, day: date) -> str:
    """ "Ravi Menon has about 6 working hours before 2 Dec 2026 ends." """
    if left.decide_by is None or left.hours_left <= 0:
        return f":warning: {typed(left.name)} has no working time left before {day_of(day)} ends."
    return f"{typed(left.name)} has {hours(left.hours_left)} before {day_of(day)} ends."


def hours(left: float) -> str:
    """Working hours in words: "about 6 working hours"."""
    if left < 1:
        return "less than one working hour"
    return f"about {round(left)} working {'hour' if round(left) == 1 else 'hours'}"


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
    name = f"*{row.label} · {typed(row.title)}*"
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
        lines.append("*Conditions:*\n" + "\n".join(f"• {typed(one)}" for one in decision.conditions))
    if decision.valid_until:
        lines.append(f"*Valid until:* {day_of(decision.valid_until)} (our own addition, not Netflix's rule)")
    if decision.reason:
        lines.append(f"*Reason:*\n{quote(decision.reason)}")
    return lines


def receipt(story: Story, directory: Directory, link: str) -> str:
    """What was recorded, for the requester's direct message."""
    row = story.row
    name = f"*{row.label} · {typed(row.title)}*"
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
    return "\n".join(f"> {line}" for line in typed(text).splitlines())


def day_of(day: date) -> str:
    """3 Mar 2026."""
    return f"{day.day} {day:%b %Y}"


def moment(at: datetime) -> str:
    """A moment that Slack shows in each reader's own time."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{at:%d %b %Y %H:%M} UTC>"


def in_private(refusal: Exception) -> str:
    """A refusal as a private message, with its moment in the reader's own time."""
    if isinstance(refusal, AlreadyDecided) and refusal.at:
        return f"{typed(refusal.sentence)}, {moment(refusal.at)}."
    return typed(str(refusal))


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
        lines += [f"*{typed(one.by_name)} ({topics_of(one)})*", *words] if words else []
    return lines


def _link(link: str) -> list[str]:
    return [f"<{link}|Open the thread>"] if link else []


def _contact(row: RequestRow, directory: Directory) -> str:
    production = directory.find(row.production)
    return typed(directory.contacts[production.contact].name) if production else "your contact"
