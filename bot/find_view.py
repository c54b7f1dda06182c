"""What was found, as Block Kit: a private answer with pages, and a window to search in. Pure."""

from collections.abc import Iterator
from typing import Final

from bot.chase_parts import Said, linked
from bot.digest_parts import Entry
from bot.digest_view import short_day
from bot.find_query import LONGEST
from bot.form_blocks import aside, button, labelled, modal, text_input
from bot.markup import Block
from bot.rich_text import rich, typed
from bot.service.find import Found
from bot.tellings import standing

FORM: Final = "find:search"
WORDS: Final = "find_words"

NO_SEARCH: Final = (
    "Nothing can be searched here: the database of this app lacks what it takes. "
    "Tell whoever runs it that `clearance doctor` says more."
)

_EXPLAINED: Final = (
    "All words must be there; the last one may be a beginning. `status:pending`, `outcome:escalate`, "
    "`production:NIGHTFALL` and `from:ana` narrow it down, and `GEN-3` goes straight there."
)
_WHERE: Final = (
    "The search covers the title, description, vendor, tools with purpose and inputs, production, requester "
    "and consent reference of everything that you may see. Try fewer words, or others."
)
_NO_USE: Final = "If this was to describe a use, type `/genai-request` and write it into the form."
_BEHIND: Final = "_Not everything is in the index yet: ask again in a moment._"


def answer(found: Found) -> Said:
    """The private answer to the command, or to its *More*."""
    blocks = [*_blocks(found)]
    if not (found.entries or found.later):
        blocks.append(rich(_NO_USE))
    if found.before is not None:
        more = button("find:more", "More") | {"value": f"{found.before}:{found.text}"}
        blocks.append({"type": "actions", "block_id": "find:pages", "elements": [more]})
    return _heading(found), blocks


def parse_more(value: str | None) -> tuple[int, str] | None:
    """What a pressed *More* carries: below which number, and the words; None when it is none of ours."""
    number, colon, text = (value or "").partition(":")
    if not (colon and number.isascii() and number.isdigit() and len(number) < 10 and int(number)):
        return None
    return int(number), text


def window(found: Found | None = None, says: str = "") -> Block:
    """The window to search in, with what was found, or with the sentence why nothing was."""
    text = found.text if found else ""
    field = text_input(text, limit=LONGEST, placeholder="de-aging runway")
    blocks = [labelled(WORDS, "Words", field), aside("find_explained", _EXPLAINED)]
    if says:
        blocks.append(rich(says))
    elif found:
        blocks += [{"type": "divider"}, *_blocks(found), *_turn(found)]
    return modal("Find a request", blocks, submit="Search", close="Close", callback_id=FORM, memory=text)


def _turn(found: Found) -> Iterator[Block]:
    """The buttons to another page; the window itself knows the words."""
    turns = []
    if found.later:
        turns.append(button("find:first", "Newest"))
    if found.before is not None:
        turns.append(button("find:more", "More") | {"value": f"{found.before}:"})
    if turns:
        yield {"type": "actions", "block_id": "find:pages", "elements": turns}


def _heading(found: Found) -> str:
    if found.entries:
        return f"*{'Older requests' if found.later else 'Requests'} with “{typed(found.text)}”, newest first*"
    if found.later:
        return f"There are no older requests with “{typed(found.text)}”."
    return f"Nothing that you may see says “{typed(found.text)}”."


def _blocks(found: Found) -> Iterator[Block]:
    yield rich(_heading(found))
    for entry in found.entries:
        yield rich("\n".join(_lines(entry)))
    if not found.entries and not found.later:
        yield rich(" ".join(filter(None, [typed(found.hint), _WHERE])))
    if found.behind:
        yield rich(_BEHIND)


def _lines(entry: Entry) -> Iterator[str]:
    row = entry.story.row
    yield linked(row, entry.link)
    yield standing(entry.story)
    yield f"{typed(entry.production)} · filed by {typed(row.requester_name)}, {short_day(row.created_at)}"
