"""What the chasing messages are made of: how a request is called, what time is left, and their controls."""

from bot.form_blocks import button, option
from bot.markup import Block, clip, plain
from bot.messages import sections
from bot.rich_text import typed
from bot.service.lookup import Story
from policy.lifecycle import Status
from storage.records import RequestRow

Said = tuple[str, list[Block]]
"""What stands for a message in a notification, in our own markup for `as_text`; and its blocks."""

_NOTIFIED = 1500  # a notification shows a few lines; chat.update refuses 4,000 characters (Slack)


def said(text: str, *blocks: Block, quoted: str = "") -> Said:
    """A message of `text` and what is `quoted` below it, every character of both, then `blocks`."""
    return clip(text, _NOTIFIED), [*sections(f"{text}\n{quoted}" if quoted else text), *blocks]


def name(row: RequestRow) -> str:
    """GEN-42 and its title, in bold."""
    return f"*{row.label} · {typed(row.title)}*"


def linked(row: RequestRow, link: str) -> str:
    """The same as a link to its thread, when there is one."""
    return f"*<{link}|{row.label} · {typed(row.title)}>*" if link else name(row)


def open_thread(link: str) -> str:
    """A line with the link to the thread; "" in the thread itself."""
    return f"\n<{link}|Open the thread>" if link else ""


def pending(story: Story) -> bool:
    """Somebody still has to decide; a message delivered later must not ask for it."""
    return story.row.status == Status.PENDING


def snooze_menu(chase: int) -> Block:
    """When to be reminded again."""
    choices = {"later": "Later today", "tomorrow": "Tomorrow", "date": "On a date…"}
    return {
        "type": "static_select",
        "action_id": "chase:snooze",
        "placeholder": plain("Remind me…"),
        "options": [option(f"{value}:{chase}", text) for value, text in choices.items()],
    }


def away_button() -> Block:
    """Opens the form in which a contact says until when."""
    return button("chase:away", "I am away")


def answer_button(request: int, event: int) -> Block:
    """Opens the form for the answer; `event` is the audit event with the question."""
    pressed = button("chase:answer", "Answer") | {"value": f"{request}:{event}", "style": "primary"}
    return {"type": "actions", "block_id": f"answer:{request}:{event}", "elements": [pressed]}


def renew_button(request: int) -> Block:
    """Opens the request form with what was approved."""
    pressed = button("chase:renew", "File it again") | {"value": str(request), "style": "primary"}
    return {"type": "actions", "block_id": f"renew:{request}", "elements": [pressed]}


def counted(count: int) -> str:
    """1 day, 3 days."""
    return f"{count} day" if count == 1 else f"{count} days"
