"""Private answers: where a request stands, what is mine, what my press did."""

from bot.decision_modal import DecisionForm
from bot.markup import escape
from bot.messages import bullet
from bot.reasons import reasons
from bot.service.lookup import Story
from bot.tellings import standing, terms, today, topics_of, waiting_for
from bot.wording import EMOJI, HEADLINE, disclaimer
from policy.directory import Directory
from policy.lifecycle import Move, Status
from storage.records import RequestRow


def status(story: Story, directory: Directory) -> str:
    """One request for somebody who may see it: outcome, standing, reasons, decisions."""
    row = story.row
    lines = [f"{EMOJI[row.outcome]} *{row.label} · {escape(row.title)}*"]
    if row.status in (Status.PENDING, Status.RECORDED):
        lines += [f"{HEADLINE[row.outcome]}. {standing(story)}", today(story, directory)]
    else:
        # What was needed is past: where it stands comes first.
        lines.append(standing(story))
    for decision in story.decisions:
        said = terms(decision)
        if said:
            lines += [f"{escape(decision.by_name)} {_DID[decision.action]} ({topics_of(decision)}):", *said]
    lines += ["*Why*", *(bullet(reason) for reason in reasons(row.verdict))]
    return "\n".join([*lines, f"_{disclaimer(row.verdict.rulebooks[0].version)}_"])


_DID = {
    Move.APPROVE: "signed",
    Move.DENY: "denied",
    Move.CALL_IN: "called it in",
    Move.WITHDRAW: "withdrew it",
}


def my_requests(filed: list[RequestRow], waiting: list[RequestRow]) -> str:
    """What somebody filed and what waits for them."""
    lines = []
    if waiting:
        lines += ["*Waiting for you*", *map(_line, waiting)]
    if filed:
        lines += ["*Filed by you*", *map(_line, filed)]
    return "\n".join(lines) or "You have filed nothing yet. `/genai-request` opens the form."


def _line(row: RequestRow) -> str:
    return f"• {EMOJI[row.outcome]} *{row.label}* {escape(row.title)}: {row.status.value}"


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
