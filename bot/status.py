"""Private answers: where a request stands, what is mine, what my press did."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from bot.answers import changing_nothing
from bot.decision_modal import DecisionForm
from bot.messages import bullet
from bot.reasons import find_out, why
from bot.rich_text import typed
from bot.service.lookup import Story
from bot.tellings import decide_by, moment, standing, still_open, terms, today, topics_of, waiting_for
from bot.verdict_view import CHANGES_NOTHING, FIND_OUT
from bot.wording import EMOJI, HEADLINE, ON_CARD, disclaimer
from policy.directory import Directory
from policy.lifecycle import Move, Status
from policy.people import Person


def status(
    story: Story,
    directory: Directory,
    reader: Person,
    statuses: Mapping[str, str] = MappingProxyType({}),
    resting: Mapping[str, datetime] = MappingProxyType({}),
) -> str:
    """One request for somebody who may see it: outcome, standing, reasons, decisions.

    Only its requester is spoken to as "you". `statuses`: what contacts typed as their status in Slack,
    `resting`: until when their do-not-disturb is on.
    """
    row = story.row
    theirs = reader == Person(row.requester_team, row.requester_user)
    lines = [f"{EMOJI[row.outcome]} *{row.label} · {typed(row.title)}*"]
    if row.status in (Status.PENDING, Status.RECORDED):
        headline = HEADLINE[row.outcome] if theirs else ON_CARD[row.outcome]
        lines += [f"{headline}. {standing(story)}", *([today(story, directory)] if theirs else [])]
        lines += [left] if (left := decide_by(story)) else []
        lines += _hints(story, statuses, resting)
    else:
        # What was needed is past: where it stands comes first.
        lines.append(standing(story))
    for decision in story.decisions:
        said = terms(decision)
        if said:
            lines += [f"{typed(decision.by_name)} {_DID[decision.action]} ({topics_of(decision)}):", *said]
    for heading, found in (
        ("Why" if theirs else "Why, as told to the requester", why(row.verdict)),
        (FIND_OUT, find_out(row.verdict)),
    ):
        lines += [f"*{heading}*", *map(bullet, found)] if found else []
    if rest := changing_nothing(row.verdict):
        lines += [f"*{CHANGES_NOTHING}*", *rest]
    return "\n".join([*lines, f"_{disclaimer(row.verdict.rulebooks[0].version)}_"])


def _hints(story: Story, statuses: Mapping[str, str], resting: Mapping[str, datetime]) -> list[str]:
    """The Slack status and do-not-disturb of who is waited for: hints, which move nothing."""
    lines = []
    for key, name in dict.fromkeys((one.contact, one.contact_name) for one in still_open(story)):
        if key in statuses:
            said = f"The Slack status of {typed(name)} is “{typed(statuses[key])}”"
            lines.append(f"_{said}: a hint, it changes nothing here._")
        if key in resting:
            said = f"{typed(name)} has do-not-disturb on in Slack until {moment(resting[key])}"
            lines.append(f"_{said}: a hint, it changes nothing here._")
    return lines


_DID = {
    Move.APPROVE: "signed",
    Move.DENY: "denied",
    Move.CALL_IN: "called it in",
    Move.WITHDRAW: "withdrew it",
}


def my_requests(filed: list[Story], waiting: list[Story]) -> str:
    """What somebody filed and what waits for them."""
    lines = []
    if waiting:
        lines += ["*Waiting for you*", *map(_line, waiting)]
    if filed:
        lines += ["*Filed by you*", *map(_line, filed)]
    return "\n".join(lines) or "You have filed nothing yet. `/genai-request` opens the form."


def _line(story: Story) -> str:
    row = story.row
    return f"• {EMOJI[row.outcome]} *{row.label}* {typed(row.title)}: {standing(story)}"


def after_decision(story: Story, form: DecisionForm) -> str:
    """What a press did, for whoever pressed."""
    row = story.row
    if form.action == Move.CALL_IN:
        return f"{row.label} is called in. The requester is told to stop, and it waits for your decision."
    if row.status == Status.DENIED:
        return f"{row.label} is denied. The requester is told, with your reason."
    if row.status == Status.APPROVED:
        return f"{row.label} is approved. The requester is told, with your words and conditions."
    return f"Your part of {row.label} is signed. It still waits for {waiting_for(story)}."
