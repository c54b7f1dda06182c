"""`/genai-request ...`: what was asked for, and the text as the person typed it."""

from dataclasses import dataclass
from typing import Literal

from bot.chase_command import AwaySaid, parse_away_words
from bot.service.lookup import parse_label
from bot.slack_text import as_typed

HELP = """*GenAI Clearance* answers: may we use generative AI for this, and who has to say so?

• `/genai-request` opens the form; it takes two minutes
• `/genai-request mood boards for the bunker` opens it with your text in the description
• `/genai-request status GEN-3` shows where a request stands; `/genai-request status` lists yours
• `/genai-request find de-aging runway` finds what says all of it; `status:pending`, `outcome:escalate`, \
`production:NIGHTFALL` and `from:ana` narrow it down; `/genai-request find` opens a window to search in
• `/genai-request digest` shows what waits for you, or what you filed that is still open
• `/genai-request help` shows this

If you decide requests:
• `/genai-request away until 2 Dec` or `away 24 Dec until 2 Jan to @mei` lets your backup, or whom you name, \
stand in; `/genai-request away` opens a form for it
• `/genai-request back` says that you are there again

The verdict comes at once, with the clauses it rests on. When somebody has to decide, the right Netflix \
contact is tagged in an approval thread, and you get a direct message when they have.
_Not a rights clearance or legal advice, and not affiliated with Netflix._"""


@dataclass(frozen=True)
class Command:
    """What the slash command asks for.

    `request` is the number of a status, None when it has none; `away` belongs to the verb away.
    """

    verb: Literal["open", "help", "status", "away", "back", "digest", "find"]
    text: str = ""
    request: int | None = None
    away: AwaySaid | None = None


def parse_command(text: str) -> Command:
    """The text after /genai-request, as Slack sends it with should_escape."""
    typed = as_typed(text).strip()
    word, _, rest = typed.partition(" ")
    if typed.lower() in ("help", "?"):
        return Command("help")
    # "back to the future" and "digest of the week" are descriptions.
    if typed.lower() == "back":
        return Command("back")
    if typed.lower() == "digest":
        return Command("digest")
    # With Slack's markup: a mention says who is meant, the name in it does not.
    if away := parse_away_words(text):
        return Command("away", typed, away=away)
    # "status of the mood boards" is a description; "status", "status GEN-3" and "status nonsense" are not.
    if word.lower() == "status" and len(rest.split()) <= 2:
        return Command("status", rest.strip(), parse_label(rest))
    if word.lower() == "find":
        number = parse_label(rest)
        return Command("find", rest.strip()) if number is None else Command("status", rest.strip(), number)
    return Command("open", typed)
