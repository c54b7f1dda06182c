"""`/genai-request ...`: what was asked for, and the text as the person typed it."""

import re
from dataclasses import dataclass
from typing import Literal

from bot.service.lookup import parse_label

HELP = """*GenAI Clearance* answers: may we use generative AI for this, and who has to say so?

• `/genai-request` opens the form; it takes two minutes
• `/genai-request mood boards for the bunker` opens it with your text in the description
• `/genai-request status GEN-3` shows where a request stands; `/genai-request status` lists yours
• `/genai-request help` shows this

The verdict comes at once, with the clauses it rests on. When somebody has to decide, the right Netflix \
contact is tagged in an approval thread, and you get a direct message when they have.
_Not a rights clearance or legal advice, and not affiliated with Netflix._"""


@dataclass(frozen=True)
class Command:
    """What the slash command asks for. `request` is the number of a status, None when it has none."""

    verb: Literal["open", "help", "status"]
    text: str = ""
    request: int | None = None


def parse_command(text: str) -> Command:
    """The text after /genai-request, as Slack sends it with should_escape."""
    typed = as_typed(text).strip()
    word, _, rest = typed.partition(" ")
    if typed.lower() in ("help", "?"):
        return Command("help")
    # "status of the mood boards" is a description; "status", "status GEN-3" and "status nonsense" are not.
    if word.lower() == "status" and len(rest.split()) <= 2:
        return Command("status", rest.strip(), parse_label(rest))
    return Command("open", typed)


_MARKUP = re.compile(r"<(?:([@#!])([^<>|]+)|((?:https?|mailto|tel):[^<>|]+))(?:\|([^<>]*))?>")


def as_typed(text: str) -> str:
    """`<@U1|ana>` -> @ana, `&lt;` -> <: the form shows what was typed, not Slack's markup."""
    shown = _MARKUP.sub(_shown, text)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _shown(found: re.Match[str]) -> str:
    sign, target, address, label = found.groups()
    if address:
        return str(address)
    if sign == "!":
        return label or f"@{target.partition('^')[0]}"
    return f"{sign}{label or target}"
