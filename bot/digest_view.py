"""The digests as Block Kit: what to decide first, what was decided, and how to see the rest. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.chase_parts import Said, linked
from bot.digest_parts import MINE, Digest, Entry, Page, Part, Section
from bot.form_blocks import aside
from bot.markup import Block, plain
from bot.messages import begun, decide_buttons, sections
from bot.rich_text import rich, typed
from bot.service.ranking import Rank
from bot.tellings import approvals, day_of, moment, standing, still_open
from bot.wording import ON_CARD, listed
from policy.chasing import Urgency
from policy.lifecycle import Move
from storage.chases import ChaseKind, ChaseState

OUT_OF_DATE = "This list is no longer there. `/genai-request digest` shows how things stand now."
NOTHING = "Nothing waits for your decision, and nothing that you filed is open."


def channel_digest(digest: Digest) -> Said:
    """What a channel is told: what needs a decision, what was decided and cleared, the register's head."""
    covers = "This is the first digest here."
    if digest.covers:
        covers = f"This covers everything since the last digest, {moment(digest.covers)}."
    summary = _summary(digest.parts)
    blocks: list[Block] = [
        {"type": "header", "text": plain(digest.heading)},
        rich(f"*{summary}*\n{covers}"),
    ]
    for part in digest.parts:
        blocks += _list(part) if part.entries else []
    events = digest.head.partition(":")[0]
    register = (
        f"Register: {events} {'event' if events == '1' else 'events'}, head `{digest.head}`. "
        "Kept here, outside the database, it shows later that nothing was cut off."
    )
    blocks += [*_more(digest.parts), aside("register", register)]
    return f"{digest.heading}: {summary}", blocks


def personal_digest(digest: Digest) -> Said:
    """What waits for one person, first things first, with the buttons."""
    [part] = digest.parts
    first = what_waits(part)
    return first, [rich(f"*{first}*"), *with_buttons(part), *_more(digest.parts)]


def filed_digest(digest: Digest) -> Said:
    """What somebody filed that is still open, for somebody for whom nothing waits."""
    [part] = digest.parts
    first = f"Nothing waits for your decision. Of what you filed, {part.total} {_are(part.total)} still open"
    return f"{first}.", [*sections(f"*{first}:*\n{_lines(part)}"), *_more(digest.parts)]


def what_waits(part: Part) -> str:
    """How much waits for one person, and how it presses."""
    return f"{_waiting(part)} for your decision{_marks(part)}.{_order(part)}"


def next_page(part: Part) -> Said:
    """The next entries of a list."""
    if not part.entries:
        return OUT_OF_DATE, [rich(OUT_OF_DATE)]
    first, last = part.page.start + 1, part.page.start + len(part.entries)
    heading = f"{_TITLES[part.page.section]}: {first} to {last} of {part.total}"
    if part.page.place == MINE:
        return heading, [rich(f"*{heading}*"), *with_buttons(part), *_more([part])]
    return heading, [*sections(f"*{heading}*\n{_lines(part)}"), *_more([part])]


_TITLES = {
    Section.OPEN: "Needs a decision",
    Section.DECIDED: "Decided",
    Section.CLEARED: "Cleared: nobody has to decide, and every use is shared",
}


def _summary(parts: Sequence[Part]) -> str:
    said = []
    for part in parts:
        if part.page.section == Section.OPEN:
            said.append(f"{part.total or 'Nothing'} {_need(part.total)} a decision{_marks(part)}")
        else:
            said.append(f"{part.total or 'none'} {part.page.section}")
    return ", ".join(said)


def _need(count: int) -> str:
    return "need" if count > 1 else "needs"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _waiting(part: Part) -> str:
    return "1 request waits" if part.total == 1 else f"{part.total} requests wait"


def _marks(part: Part) -> str:
    found = {"overdue": part.overdue, "at risk": part.at_risk}
    said = [f"{count} {what}" for what, count in found.items() if count]
    return f" ({', '.join(said)})" if said else ""


def _order(part: Part) -> str:
    return " The most urgent comes first." if part.total > 1 else ""


def _list(part: Part) -> list[Block]:
    title = f"*{_TITLES[part.page.section]} ({part.total})*"
    more = [f"_and {part.rest} more_"] if part.rest else []
    return sections("\n".join([title, _lines(part), *more]))


def _lines(part: Part) -> str:
    line = {Section.OPEN: _open, Section.DECIDED: _decided, Section.CLEARED: _cleared}[part.page.section]
    return "\n".join(f"• {line(each)}" for each in part.entries)


def _open(entry: Entry) -> str:
    row, rank = entry.story.row, entry.rank
    assert rank is not None  # whatever is open was ranked
    since = f"since {short_day(rank.since)}"
    return f"{_mark(rank)}{_named(entry)}: waits for {_who(entry)} {since}{_by(rank)}.{begun(row)}"


def _decided(entry: Entry) -> str:
    given = approvals(entry.story)
    ends = [one.valid_until for one in given if one.valid_until]
    words = ["with conditions"] if any(one.conditions for one in given) else []
    words += [f"until {day_of(min(ends))}"] if ends else []
    return f"{_named(entry)}: {standing(entry.story)}{f' ({listed(words)})' if words else ''}"


def _cleared(entry: Entry) -> str:
    row = entry.story.row
    tools = listed([typed(step.tool) for step in row.facts.steps if step.tool][:3])
    with_what = f" with {tools}" if tools else ""
    return f"{_named(entry)}{with_what}, filed by {typed(row.requester_name)} {short_day(row.created_at)}"


def _named(entry: Entry) -> str:
    production = f" ({typed(entry.production)})" if entry.production else ""
    return f"{linked(entry.story.row, entry.link)}{production}"


_MARKS = {
    Urgency.OVERDUE: ":rotating_light: *Overdue* ",
    Urgency.AT_RISK: ":warning: *At risk* ",
    Urgency.FINE: "",
}


def _mark(rank: Rank) -> str:
    return _MARKS[rank.urgency]


def _by(rank: Rank) -> str:
    if rank.decide_by is None:
        return ""
    late = rank.urgency == Urgency.OVERDUE
    return f"; {'it was to be decided' if late else 'decide'} by {moment(rank.decide_by)}"


def _who(entry: Entry) -> str:
    """Everybody who is waited for, with what for: "Ravi Menon or Mei Tanaka (production and legal)"."""
    still = [one for one in entry.chases if one.state == ChaseState.OPEN]
    chased = {(one.kind, one.contact) for one in still}
    asked = any(one.kind == ChaseKind.REQUESTER for one in still)
    silent = {one.contact for one in entry.chases if one.kind == ChaseKind.CONTACT and one.escalated_at}
    people: dict[str, list[str]] = {}
    for each in still_open(entry.story):
        first = typed(each.contact_name) if (ChaseKind.CONTACT, each.contact) in chased else ""
        beside = each.contact in silent and (ChaseKind.BACKUP, each.backup) in chased
        names = [one for one in (first, typed(each.backup_name) if beside else "") if one]
        if names or not asked:
            name = listed(names, "or") or typed(each.contact_name) or "nobody in the directory"
            people.setdefault(name, []).append(each.topic.value)
    said = [f"{name} ({listed(topics)})" for name, topics in people.items()]
    answer = [f"an answer from {typed(entry.story.row.requester_name)}"] if asked else []
    return listed([*said, *answer])


def with_buttons(part: Part) -> Iterator[Block]:
    """What waits for one person: two blocks a request, the second with Approve and Deny."""
    for entry in part.entries:
        row, rank = entry.story.row, entry.rank
        assert rank is not None  # whatever is open was ranked
        about = [ON_CARD[row.outcome], *([typed(entry.production)] if entry.production else [])]
        lines = [
            f"{_mark(rank)}{linked(row, entry.link)}{begun(row)}",
            f"{' · '.join(about)} · from {typed(row.requester_name)}, waiting since {short_day(rank.since)}",
            *_standing_in(entry),
            *_time(rank),
        ]
        yield rich("\n".join(lines))
        yield {
            "type": "actions",
            "block_id": f"digest:{row.id}",
            "elements": decide_buttons(row, Move.APPROVE, Move.DENY),
        }


def _standing_in(entry: Entry) -> Iterator[str]:
    if entry.stands_in_for:
        yield f"You stand in for {listed([typed(name) for name in entry.stands_in_for])}"


def _time(rank: Rank) -> Iterator[str]:
    if rank.decide_by:
        said = _by(rank).removeprefix("; ")
        left = f": {_hours(rank.hours_left or 0)}" if rank.urgency != Urgency.OVERDUE else ""
        yield f"{said[0].upper()}{said[1:]}{left}"
    if rank.snoozed_until:
        yield f"You put it off until {moment(rank.snoozed_until)}"


def _hours(left: float) -> str:
    if left < 1:
        return "less than one of your working hours is left"
    return f"{round(left)} of your working hours {'is' if round(left) == 1 else 'are'} left"


def _more(parts: Sequence[Part]) -> list[Block]:
    """A button for each list that goes on."""
    buttons = []
    for part in parts:
        if part.rest:
            page = part.page
            goes_on = Page(page.section, page.place, page.start + len(part.entries), page.since, page.until)
            label = f"More {_LABELS[page.section]} ({part.rest})"
            buttons.append(
                {
                    "type": "button",
                    "action_id": f"digest:{page.section}",
                    "text": plain(label),
                    "value": goes_on.value,
                }
            )
    return [{"type": "actions", "block_id": "digest:more", "elements": buttons}] if buttons else []


_LABELS = {Section.OPEN: "to decide", Section.DECIDED: "decided", Section.CLEARED: "cleared"}


def short_day(at: datetime) -> str:
    """A day that Slack shows in each reader's own time."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}}|{at:%d %b %Y}>"
