"""The verdict as the requester's form turns into it: outcome, today's work, reasons, duties, who decides."""

from collections.abc import Iterator, Sequence

from bot.markup import Block, clip, escape, mrkdwn, plain
from bot.messages import bullet
from bot.reasons import reasons
from bot.service.lookup import Story
from bot.tellings import still_open, today
from bot.wording import EMOJI, HEADLINE, OUTSIDE_SCOPE, disclaimer, listed
from policy.directory import Directory
from policy.verdict import Verdict
from policy.vocabulary import VOCABULARY

_SECTION = 2900  # a section holds 3,000 characters (Slack)


def verdict_view(
    story: Story, directory: Directory, notes: Sequence[str] = (), clearing: Sequence[str] = ()
) -> Block:
    """A modal without inputs: it answers, and Close is the only way on.

    `notes` say how answers were read, `clearing` what would clear this.
    """
    row = story.row
    blocks = [
        _section(f"{EMOJI[row.outcome]} *{HEADLINE[row.outcome]}*\n{today(story, directory)}"),
        _context(f"*{row.label}* · {escape(row.title)} · {escape(_title(row.production, directory))}"),
        {"type": "divider"},
        *_listing("How we read your answers", [f"• {escape(note)}" for note in notes]),
        *_listing("Why", [bullet(reason) for reason in reasons(row.verdict)]),
        *_listing("Find out: the answer could change this", list(_open_questions(row.verdict))),
        *_listing("What would clear this", [f"• {escape(way)}" for way in clearing]),
        *_listing("What goes with it", [f"• {escape(d.text)} `{d.clause}`" for d in row.verdict.duties]),
        *_listing("Who decides", _deciders(story)),
        {"type": "divider"},
        _context(_small_print(row.verdict)),
    ]
    return {
        "type": "modal",
        "callback_id": "verdict",
        "title": plain(clip(row.label, 24)),
        "close": plain("Close"),
        "blocks": blocks,
    }


def _listing(heading: str, lines: list[str]) -> Iterator[Block]:
    """Lines under a heading, in as many sections as Slack's limit asks for: nothing is cut silently."""
    if not lines:
        return
    text = f"*{heading}*"
    for line in lines:
        if len(text) + len(line) + 1 > _SECTION:
            yield _section(text)
            text = ""
        text = f"{text}\n{line}" if text else line
    yield _section(text)


def _open_questions(verdict: Verdict) -> Iterator[str]:
    for name in verdict.open_questions:
        step = f"*Tool {name[6 : name.index(']')]}:* " if name.startswith("steps[") else ""
        yield f"• {step}{VOCABULARY[name.rpartition('.')[2]].question}"


def _deciders(story: Story) -> list[str]:
    people: dict[str, list[str]] = {}
    for each in still_open(story):
        people.setdefault(each.contact_name or "Somebody the operators name", []).append(each.topic.value)
    return [f"• {escape(name)} ({listed(topics)})" for name, topics in people.items()]


def _title(code: str, directory: Directory) -> str:
    production = directory.find(code)
    return production.title if production else code


def _small_print(verdict: Verdict) -> str:
    scope = f"{OUTSIDE_SCOPE} " if verdict.outside_scope else ""
    return f"{scope}{disclaimer(verdict.rulebooks[0].version)} Clearance is not affiliated with Netflix."


def _section(text: str) -> Block:
    return {"type": "section", "text": mrkdwn(clip(text, 3000))}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(clip(text, 2000))]}
