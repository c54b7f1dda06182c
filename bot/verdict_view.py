"""The verdict as the requester's form turns into it: outcome, today's work, reasons, duties, who decides."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from bot.answers import changing_nothing
from bot.markup import Block, clip, escape, mrkdwn, plain
from bot.messages import bullet
from bot.reasons import find_out, reasons, why
from bot.rich_text import rich, typed
from bot.service.lookup import Story
from bot.tellings import decide_by, still_open, today
from bot.wording import EMOJI, HEADLINE, OUTSIDE_SCOPE, disclaimer, listed
from policy.directory import Directory
from policy.verdict import Verdict

FIND_OUT = "Find out: the answer could change this"
CHANGES_NOTHING = "Not known either, though it changes nothing now"
_SECTION = 2900  # a section holds 3,000 characters (Slack)


def verdict_view(
    story: Story,
    directory: Directory,
    notes: Sequence[str] = (),
    clearing: Sequence[str] = (),
    guidance: Mapping[str, str] = MappingProxyType({}),
) -> Block:
    """A modal without inputs: it answers, and Close is the only way on.

    `notes` say how answers were read, `clearing` what would clear this; `guidance` is title -> address of
    what the clauses are from.
    """
    row = story.row
    said = reasons(row.verdict)
    blocks = [
        _section(f"{EMOJI[row.outcome]} *{HEADLINE[row.outcome]}*\n{today(story, directory)}"),
        _named(f"{row.label} · {row.title} · {directory.title_of(row.production)}"),
        {"type": "divider"},
        *_listing("How we read your answers", [f"• {typed(note)}" for note in notes]),
        *_listing("Why", [bullet(reason) for reason in why(row.verdict, said)]),
        *_listing(FIND_OUT, [bullet(question) for question in find_out(row.verdict, said)]),
        *_listing(CHANGES_NOTHING, changing_nothing(row.verdict, said)),
        *_listing("What would clear this", [f"• {typed(way)}" for way in clearing]),
        *_listing("What goes with it", [f"• {typed(d.text)} `{d.clause}`" for d in row.verdict.duties]),
        *_listing("Who decides", [*_deciders(story), *([left] if (left := decide_by(story)) else [])]),
        {"type": "divider"},
        *_legend(row.verdict, guidance),
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


def _legend(verdict: Verdict, guidance: Mapping[str, str]) -> Iterator[Block]:
    """What the codes behind each reason are, at their first sight."""
    codes = [clause for finding in verdict.findings for clause in finding.clauses]
    if codes and guidance:
        pages = listed([f"<{escape(address)}|{escape(title)}>" for title, address in guidance.items()])
        yield _context(f"Codes such as `{codes[0]}` are clauses of {pages}, in our numbering.")


def _deciders(story: Story) -> list[str]:
    people: dict[str, list[str]] = {}
    for each in still_open(story):
        people.setdefault(each.contact_name or "Somebody the operators name", []).append(each.topic.value)
    return [f"• {typed(name)} ({listed(topics)})" for name, topics in people.items()]


def _small_print(verdict: Verdict) -> str:
    scope = f"{OUTSIDE_SCOPE} " if verdict.outside_scope else ""
    return f"{scope}{disclaimer(verdict.rulebooks[0].version)} Clearance is not affiliated with Netflix."


def _section(text: str) -> Block:
    return rich(clip(text, 3000))


def _named(text: str) -> Block:
    return {"type": "context", "elements": [plain(clip(text, 2000))]}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(clip(text, 2000))]}
