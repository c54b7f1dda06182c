"""An approval that ran out, filed again: the form as it was answered, but for the date."""

from bot.form_fields import REQUEST_FIELDS, TOOL_FIELDS
from bot.modal import PRODUCTION, Draft
from storage.records import RequestRow

# Dates of the last time, and what is picked apart from the answers.
_ASKED_ANEW = frozenset({PRODUCTION, "needed_by", "use_started"})


def again(row: RequestRow, title: str) -> Draft:
    """The form with a request's answers; `title` is its production's."""
    values = {
        each.name: str(getattr(row.facts, each.name, None) or getattr(row, each.name, ""))
        for each in REQUEST_FIELDS
        if each.name not in _ASKED_ANEW
    }
    tools = tuple(
        {each.name: str(getattr(step, each.name)) for each in TOOL_FIELDS} for step in row.facts.steps
    )
    return Draft(
        origin_channel=row.origin_channel, production=(row.production, title), values=values, tools=tools
    )
