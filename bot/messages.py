"""The card of a request and the message in its thread, as Block Kit: pure functions from stored rows."""

from collections.abc import Iterator

from bot.answers import on_card
from bot.markup import Block, clip, escape, mrkdwn, plain
from bot.reasons import Reason, find_out, why
from bot.rich_text import rich, typed
from bot.service.lookup import Story
from bot.tellings import approvals, day_of, moment, quote, standing, still_open, topics_of
from bot.wording import EMOJI, ON_CARD, OUTSIDE_SCOPE, disclaimer, listed
from policy.directory import Directory
from policy.facts import Step
from policy.lifecycle import Move, Status
from policy.verdict import Outcome, Verdict
from policy.vocabulary import VOCABULARY
from storage.records import RequestRow

# A section holds 3,000 characters (Slack); a card that is judged at a glance holds fewer.
_CARD_TEXT = 600
_CARD_REASONS = 4
_TOOL_TEXT = 120
_SECTION = 2900
_MOST_BLOCKS = 50  # in a message (Slack)
_CUT = "_This is too long for one message. The rest is in the thread, and in the register._"


def card(story: Story, directory: Directory) -> list[Block]:
    """The card in the approvals channel: what, for whom, by when, why, and where it stands."""
    row = story.row
    blocks = [
        {"type": "header", "text": plain(clip(f"{row.label} · {row.title}", 150))},
        _section(_headline(story)),
        _section("\n".join(_about(story, directory))),
        # plain_text: asterisks, links and backticks are shown as they were typed.
        {"type": "section", "text": plain(clip(row.description, _CARD_TEXT))},
        _section("\n".join(on_card(row))),
        *_why(row.verdict),
        *_text_says_more(row.verdict),
    ]
    if row.outcome == Outcome.CLEARED and row.status == Status.RECORDED:
        blocks.append(_actions(row, Move.CALL_IN))
    return [*blocks, _context(_small_print(row.verdict))]


def _headline(story: Story) -> str:
    """What matters now comes first: the verdict until somebody acts on it, then what they did."""
    row = story.row
    verdict = f"{EMOJI[row.outcome]} *{ON_CARD[row.outcome]}*{begun(row)}"
    if row.status == Status.RECORDED or (row.status == Status.PENDING and not row.called_in_by):
        return f"{verdict}\n{standing(story)}"
    return f"{standing(story)}\nThe verdict was: {ON_CARD[row.outcome]}.{begun(row)}"


def ask(story: Story, tell: str) -> list[Block]:
    """The message in the thread: who is asked (or told: `tell`), with the buttons while they apply."""
    row = story.row
    blocks = [_section(ask_text(story, tell))]
    if rest := why(row.verdict)[_CARD_REASONS:]:
        blocks += sections(f"*More reasons, as told to the requester*\n{_bullets(rest)}")
    if unknown := find_out(row.verdict):
        blocks += sections(f"*Not known yet, and it could change this*\n{_bullets(unknown)}")
    if row.not_generative:
        blocks.append(_section(f"*Said not to be generative AI, because:*\n{quote(row.not_generative)}"))
    if row.status == Status.PENDING:
        blocks.append(decide_or_ask(row, f"decide:{row.id}"))
    elif row.status == Status.RECORDED:
        blocks.append(_actions(row, Move.CALL_IN))
    return blocks


def ask_text(story: Story, tell: str) -> str:
    """Who is waited for, each person once, and what for."""
    row = story.row
    if row.status == Status.RECORDED:
        return (
            f"{tell} For your information: {row.label} rests on the requester's judgement.{begun(row)} "
            "Nobody has to approve it; call it in if you want to decide."
        )
    if row.status != Status.PENDING:
        return standing(story)
    by = f" before {day_of(row.needed_by)}" if row.needed_by else ""
    what = "approve in writing or deny" if row.outcome == Outcome.WRITTEN_APPROVAL else "approve or deny"
    tagged = _tagged(story)
    missing = [each.topic.value for each in still_open(story) if not each.contact_user]
    nobody = f"Nobody in the directory can decide it for {listed(missing)}. The operators have been told."
    lines = [f"{tagged}: please {what} *{row.label}*{by}.{begun(row)}"] if tagged else []
    return "\n".join([*lines, *([nobody] if missing else []), *_signed_so_far(story)])


def retag(story: Story) -> str:
    """After the directory changed: who is asked now, where the buttons are."""
    if story.row.status != Status.PENDING:
        return standing(story)
    asked = _tagged(story)
    if not asked:
        return f"The directory has changed: nobody in it can decide {story.row.label}. The operators know."
    return f"The directory has changed. {asked}: {story.row.label} now waits for you, see above."


def _about(story: Story, directory: Directory) -> Iterator[str]:
    row = story.row
    yield f"*Production:* {typed(directory.title_of(row.production))}"
    yield f"*Requester:* <@{row.requester_user}>"
    yield f"*Needed by:* {day_of(row.needed_by) if row.needed_by else 'no date given'}{_decide_by(story)}"
    tools = [_tool(step) for step in row.facts.steps]
    if len(tools) == 1:
        yield f"*Tool:* {tools[0]}"
    else:
        yield "*Tools:* " + " · ".join(f"{n}. {tool}" for n, tool in enumerate(tools, 1))
    if row.vendor:
        yield f"*Vendor:* {typed(row.vendor)}"
    if row.consent_reference:
        yield f"*Consent:* {typed(row.consent_reference)}"
    if row.context != "production":
        yield f"*For:* {row.context} (outside the guidance's stated scope)"


def _decide_by(story: Story) -> str:
    """The last working moment of whoever has the least time."""
    if story.deadline is None:
        return ""
    last = story.deadline.decide_by
    return (
        f" · decide by {moment(last)}"
        if last
        else f" · *no working time is left* for {typed(story.deadline.name)}"
    )


_WHERE = {
    "netflix": "Netflix tool",
    "enterprise": "enterprise",
    "consumer": "consumer",
    "unsure": "not sure where",
}


def _tool(step: Step) -> str:
    """Which tool, where it runs, what it is for and what goes in."""
    said = [step.purpose, f"with {step.inputs}" if step.inputs else ""]
    about = ", ".join(typed(clip(each, _TOOL_TEXT)) for each in said if each)
    return f"{typed(step.tool) or 'Unnamed tool'} ({_WHERE[step.environment]}){f': {about}' if about else ''}"


def _why(verdict: Verdict) -> Iterator[Block]:
    """The first reasons. They speak to the requester and a contact reads them: say whose words they are."""
    found = why(verdict)
    more = len(found) - _CARD_REASONS
    tail = f"\n_and {more} more in the thread_" if more > 0 else ""
    if found:
        said = f"*Why, as told to the requester*\n{_bullets(found[:_CARD_REASONS])}"
        yield _section(clip(said, _SECTION) + tail)


def _text_says_more(verdict: Verdict) -> Iterator[Block]:
    """Both what was answered and what the text says, once for each reason for keeping the answers."""
    if not verdict.text_findings:
        return
    kept: dict[tuple[str, str], list[str]] = {}
    for found in verdict.text_findings:
        fact = VOCABULARY[found.fact.rpartition(".")[2]]
        answered = f"{fact.question} *{fact.label(found.declared)}*"
        kept.setdefault((found.quote, found.reason), []).append(answered)
    lines = ["*The text says more than the answers*"]
    for (quoted, reason), answers in kept.items():
        lines.append(
            f"• The text says “{typed(quoted)}”. Answered: {' · '.join(answers)}. "
            f"Kept because: {typed(reason)}"
        )
    yield _section(clip("\n".join(lines), _SECTION))


def _bullets(found: list[Reason]) -> str:
    return "\n".join(bullet(reason) for reason in found)


def bullet(reason: Reason) -> str:
    """One reason as a line, with where it applies and its clauses."""
    where = f"*{reason.where}:* " if reason.where else ""
    return f"• {where}{typed(reason.text)} `{', '.join(reason.clauses)}`"


def _tagged(story: Story) -> str:
    """Whoever is waited for, each person once with all their topics."""
    people: dict[str, list[str]] = {}
    for each in still_open(story):
        people.setdefault(each.contact_user, []).append(each.topic.value)
    return ", ".join(f"<@{user}> ({listed(topics)})" for user, topics in people.items() if user)


_BEGUN = {
    "no": "",
    "yes": " :warning: *It has already started.*",
    "aired": " :warning: *It has already aired.*",
}


def begun(row: RequestRow) -> str:
    """That the use has started or aired already, as the end of a line; "" when it has not."""
    return _BEGUN[row.use_started]


def _signed_so_far(story: Story) -> list[str]:
    signed = [f"{typed(one.by_name)} ({topics_of(one)})" for one in approvals(story)]
    return [f":white_check_mark: Signed so far: {listed(signed)}"] if signed else []


def _small_print(verdict: Verdict) -> str:
    scope = f"{OUTSIDE_SCOPE} " if verdict.outside_scope else ""
    books = ", ".join(f"{book.id} {book.version}" for book in verdict.rulebooks)
    return f"{scope}{disclaimer(verdict.rulebooks[0].version)} Judged by {books}."


def _section(text: str) -> Block:
    return rich(clip(text, 3000))


def _context(text: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(clip(text, 2000))]}


_BUTTON = {
    Move.APPROVE: ("Approve", "primary"),
    Move.DENY: ("Deny", "danger"),
    Move.CALL_IN: ("Call in", ""),
}


def _actions(row: RequestRow, *moves: Move) -> Block:
    return {"type": "actions", "block_id": f"decide:{row.id}", "elements": decide_buttons(row, *moves)}


def decide_or_ask(row: RequestRow, block_id: str, *more: Block) -> Block:
    """Approve, deny and ask for details, all about the request as it stands; then `more`."""
    about = f"{row.id}:{row.revision}"
    ask_more = {
        "type": "button",
        "action_id": "chase:ask",
        "text": plain("Ask for details"),
        "value": about,
    }
    deciding = decide_buttons(row, Move.APPROVE, Move.DENY)
    return {"type": "actions", "block_id": block_id, "elements": [*deciding, ask_more, *more]}


def decide_buttons(row: RequestRow, *moves: Move) -> list[Block]:
    """Buttons that carry what their presser saw: the request and its revision."""
    buttons = []
    for move in moves:
        text, style = _BUTTON[move]
        button = {
            "type": "button",
            "action_id": f"decide:{move.value}",
            "text": plain(text),
            "value": f"{row.id}:{row.revision}",
        }
        buttons.append(button | ({"style": style} if style else {}))
    return buttons


def fallback(story: Story) -> str:
    """What a notification shows in place of the card."""
    row = story.row
    return f"{row.label} · {escape(row.title)}: {ON_CARD[row.outcome]}"


def sections(text: str) -> list[Block]:
    """A text in as many blocks as a section's limit asks for, cut between lines."""
    found, rest = [], text
    while len(rest) > _SECTION:
        cut = rest.rfind("\n", 1, _SECTION)
        cut = cut if cut > 0 else _SECTION
        found.append(_section(rest[:cut]))
        line = rest[rest.rfind("\n", 0, cut) + 1 :]
        in_quote = line.startswith("> ") and rest[cut] != "\n"
        rest = ("> " if in_quote else "") + rest[cut:].lstrip("\n")
    found.append(_section(rest))
    return found if len(found) <= _MOST_BLOCKS else [*found[: _MOST_BLOCKS - 1], _section(_CUT)]
