"""The app's Home as Block Kit: what to do, what waits, where everything stands. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from bot.chase_parts import answer_button, linked, renew_button
from bot.digest_parts import WITH_BUTTONS, Entry, Part
from bot.digest_view import short_day, what_waits, with_buttons
from bot.form_blocks import aside, button, header
from bot.home_parts import Hands, Home, Spot
from bot.markup import Block, clip
from bot.messages import sections
from bot.rich_text import rich, typed
from bot.tellings import day_of, moment, standing, still_open
from bot.wording import EMOJI, MAY_NOT_FILE, disclaimer, listed
from policy.lifecycle import Status
from storage.chases import ChaseKind
from storage.notices import NoticeRow

_TITLE = 150  # the form takes 100; a view holds 250 KB (Slack)
_AWAY = "The database does not answer just now; nothing is lost, so please look again in a moment."

_QUESTION = "*May you use generative AI for this, and who has to say so?*"
_WELCOME = f"""{_QUESTION}
• *New request* asks what you plan, in plain words; “not sure” is a fine answer
• The verdict comes at once, with the clauses of the guidance it rests on and what would clear the idea
• When somebody has to decide, the right contact is asked and reminded, and you see here where it stands"""
_NOTHING_FILED = "Nothing yet. *New request* asks what you plan, and the verdict comes at once."
_NOTHING_WAITS = "Nothing waits for your decision. You are told in a direct message when something does."


def home_view(home: Home, says: str = "") -> Block:
    """The view for `views.publish`; `says`: one sentence that found no other place."""
    blocks = [
        *([rich(f":warning: {says}", "says")] if says else []),
        *_ways_in(home),
        *(_waiting(home) if home.decides or home.waiting.total else ()),
        *_filed(home),
        *_hands(home.hands),
        {"type": "divider"},
        aside("as_of", f"{disclaimer(listed(list(home.versions)))} What you see is from {moment(home.at)}."),
    ]
    return _view(blocks, home.spot)


def away_view(spot: Spot, at: datetime) -> Block:
    """The Home while the database does not answer."""
    again = {"type": "actions", "block_id": "again", "elements": [_turn("home:again", "Look again", spot)]}
    return _view([rich(_AWAY, "away"), again, aside("as_of", f"What you see is from {moment(at)}.")], spot)


def _view(blocks: list[Block], spot: Spot) -> Block:
    return {"type": "home", "private_metadata": spot.value, "blocks": blocks}


def _ways_in(home: Home) -> Iterator[Block]:
    new = button("home:new", "New request") | {"style": "primary"}
    find = button("find:open", "Find a request")
    elements = [new, find] if home.may_file else [find]
    yield {"type": "actions", "block_id": "ways_in", "elements": elements}
    if not home.may_file:
        question = "" if home.decides or home.filed else f"{_QUESTION}\n"
        yield rich(question + MAY_NOT_FILE, "may_not_file")


def _waiting(home: Home) -> Iterator[Block]:
    part, spot = home.waiting, home.spot
    yield header("waiting", "Waiting for you")
    if not part.total:
        yield rich(_NOTHING_WAITS, "nothing_waits")
        return
    at = f" {_range(part)}" if part.page.start or part.rest else ""
    yield rich(f"*{what_waits(part)}*{at}", "what_waits")
    yield from with_buttons(replace(part, entries=tuple(map(_short, part.entries))))
    back, on = part.page.start - WITH_BUTTONS, part.page.start + len(part.entries)
    yield from _turns(
        "waiting",
        [("back", "Back", replace(spot, waiting=max(0, back)))] if part.page.start else [],
        [("more", f"More ({part.rest})", replace(spot, waiting=on))] if part.rest else [],
    )


def _filed(home: Home) -> Iterator[Block]:
    spot = home.spot
    if not home.filed and not spot.filed:
        if home.decides and home.may_file:
            yield header("filed", "Filed by you")
            yield rich(_NOTHING_FILED, "nothing_filed")
        elif home.may_file:
            yield rich(_WELCOME, "welcome")
        return
    yield header("filed", "Filed by you")
    for entry in home.filed:
        yield from _one_filed(_short(entry))
    yield from _turns(
        "filed",
        [("newest", "Newest", replace(spot, filed=0))] if spot.filed else [],
        [("more", "More", replace(spot, filed=home.filed[-1].story.row.id))] if home.older else [],
    )


def _one_filed(entry: Entry) -> Iterator[Block]:
    row = entry.story.row
    about = [typed(entry.production), f"filed {short_day(row.created_at)}"]
    about += [f"needed by {day_of(row.needed_by)}"] if row.needed_by else []
    lines = [
        f"{EMOJI[row.outcome]} {linked(row, entry.link)}",
        standing(entry.story),
        " · ".join(about),
    ]
    yield rich("\n".join(lines), f"filed:{row.id}")
    asked = (one.about for one in entry.story.chases if one.kind == ChaseKind.REQUESTER)
    if (question := next(asked, None)) is not None:
        yield answer_button(row.id, question)
    elif row.status == Status.LAPSED:
        yield renew_button(row.id)


def _hands(hands: Hands) -> Iterator[Block]:
    """For operators, and only when something does not mend itself."""
    lines = []
    if hands.failures:
        one = hands.failures == 1
        lines.append(f"*{hands.failures} {'message' if one else 'messages'} could not be posted*")
        lines += [f"• {_failure(each)}" for each in hands.failed]
        lines += _and_more(hands.failures - len(hands.failed))
        lines.append(
            "Mend the cause, then run `clearance notices retry`; `clearance notices list` shows all."
        )
    if hands.orphans:
        needs = "request has" if hands.orphans == 1 else "requests have"
        lines.append(f"*{hands.orphans} {needs} nobody who can decide*")
        lines += [f"• {_orphan(_short(each))}" for each in hands.unassigned]
        lines += _and_more(hands.orphans - len(hands.unassigned))
        lines.append("Name a backup or another contact in the directory, then restart.")
    if lines:
        yield header("hands", "Needs a hand")
        yield from sections("\n".join(lines))


def _failure(notice: NoticeRow) -> str:
    about = f" about GEN-{notice.request_id}" if notice.request_id is not None else ""
    said = clip(notice.error, _TITLE)
    return f"{typed(notice.kind)} to {typed(notice.recipient)}{about}: {typed(said) or 'no reason given'}"


def _orphan(entry: Entry) -> str:
    topics = listed([each.topic.value for each in still_open(entry.story) if not each.contact_user])
    return f"{linked(entry.story.row, entry.link)} ({typed(entry.production)}): {topics}"


def _and_more(count: int) -> list[str]:
    return [f"_and {count} more_"] if count else []


def _short(entry: Entry) -> Entry:
    """A title as long as one can read here."""
    row = replace(entry.story.row, title=clip(entry.story.row.title, _TITLE))
    return replace(entry, story=replace(entry.story, row=row))


def _range(part: Part) -> str:
    return f"{part.page.start + 1} to {part.page.start + len(part.entries)} of {part.total}."


def _turns(name: str, *ways: list[tuple[str, str, Spot]]) -> Iterator[Block]:
    """A button for each way in which a list goes on: its own name, its label, and where it leads."""
    elements = [_turn(f"home:{name}:{way}", label, spot) for each in ways for way, label, spot in each]
    if elements:
        yield {"type": "actions", "block_id": f"turn:{name}", "elements": elements}


def _turn(action_id: str, label: str, spot: Spot) -> Block:
    return button(action_id, label) | {"value": spot.value}
