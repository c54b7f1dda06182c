"""What the app says about an outcome: the same words in Slack and on the command line."""

from datetime import datetime, tzinfo

from policy.lifecycle import Status
from policy.verdict import Outcome

HEADLINE = {
    Outcome.CLEARED: "No approval needed, on your answers",
    Outcome.JUDGEMENT: "Your judgement, with your contact told",
    Outcome.ESCALATE: "Wait: your Netflix contact must answer first",
    Outcome.WRITTEN_APPROVAL: "Stop: written approval is needed first",
}

EMOJI = {
    Outcome.CLEARED: ":large_green_circle:",
    Outcome.JUDGEMENT: ":large_yellow_circle:",
    Outcome.ESCALATE: ":large_orange_circle:",
    Outcome.WRITTEN_APPROVAL: ":red_circle:",
}

# For the contact, who reads a card and did not give the answers.
ON_CARD = {
    Outcome.CLEARED: "No approval needed, on the requester's answers",
    Outcome.JUDGEMENT: "The requester's judgement",
    Outcome.ESCALATE: "Needs an answer before work proceeds",
    Outcome.WRITTEN_APPROVAL: "Needs written approval",
}

STATUS = {
    Status.RECORDED: ":memo: Recorded: nobody has to decide",
    Status.PENDING: ":hourglass_flowing_sand: Waiting",
    Status.APPROVED: ":white_check_mark: *Approved*",
    Status.DENIED: ":no_entry: *Denied*",
    Status.WITHDRAWN: ":leftwards_arrow_with_hook: Withdrawn",
    Status.SUPERSEDED: ":repeat: Superseded",
    Status.REVOKED: ":no_entry_sign: Revoked",
    Status.LAPSED: ":calendar: Lapsed",
}

MAY_NOT_FILE = (
    "You are not on the list of requesters of any production. Ask your production's coordinator "
    "or your Netflix contact to have you added to the directory."
)

OUTSIDE_SCOPE = (
    "Marketing, recaps and the like are outside the guidance's stated scope; "
    "this is judged like any other use."
)


def disclaimer(as_of: str) -> str:
    """Stands under every verdict. `as_of` is the book's version, a date."""
    return f"Not a rights clearance or legal advice; guidance as of {as_of}."


def when_there(at: datetime, zone: tzinfo) -> str:
    """A moment in words where only plain text is shown: "on 22 Nov 2026 at 15:51 (GMT)"."""
    there = at.astimezone(zone)
    return f"on {there.day} {there:%b %Y} at {there:%H:%M} ({there:%Z})"


def listed(words: list[str], last: str = "and") -> str:
    """["a", "b", "c"] -> "a, b and c"."""
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
