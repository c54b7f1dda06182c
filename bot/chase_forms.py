"""The forms of chasing: away, snooze, ask for details, answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.chase_carried import Answering, Asking, Snoozing, of, remembered
from bot.form_blocks import date_input, labelled, modal, option, text_input
from bot.form_values import FormValues, clean, in_words, parse_date, wrong_year
from bot.markup import Block, clip, plain
from bot.messages import sections
from bot.rich_text import rich, typed
from bot.submission import FieldErrors
from bot.tellings import moment, quote

AWAY, SNOOZE, ASK, ANSWER = "chase:away", "chase:snooze", "chase:ask", "chase:answer"
"""The callback ids, each also the action id of the control that opens the form."""

_LIMIT = 3000  # what a text input holds (Slack)
_MOST_OPTIONS = 100  # of a select, and of each group in it (Slack)


@dataclass(frozen=True)
class AwayForm:
    """Away from `begins` to `until`, both included; `stand_in` is a contact's key, "" for their backup."""

    begins: date
    until: date
    stand_in: str = ""


@dataclass(frozen=True)
class SnoozeForm:
    """A chase that rests until a day."""

    chase: int
    day: date


@dataclass(frozen=True)
class AskForm:
    """A question to the requester, about a request as the asker saw it."""

    request: int
    revision: int
    question: str


@dataclass(frozen=True)
class AnswerForm:
    """The answer to the question that the audit event `event` holds."""

    request: int
    event: int
    answer: str


def away_view(others: Sequence[tuple[str, str]], today: date) -> Block:
    """Since when, until when, and who stands in: one of `others`, each a contact's key and name.

    `today` is the day where the contact is.
    """
    what = (
        "Until you are back, whoever stands in is asked in your place and nobody reminds you. "
        "You can still decide everything. `/genai-request back` ends it."
    )
    blocks = [
        rich(what, "what"),
        labelled(
            "from",
            "Your first day away",
            date_input(today.isoformat(), "Today"),
            hint="Left empty, it is today.",
            optional=True,
        ),
        labelled("until", "Your last day away", date_input(placeholder="Pick a date")),
    ]
    if others:
        hint = "Left empty, it is your backup."
        blocks.append(labelled("stand_in", "Who stands in?", _people(others), hint=hint, optional=True))
    return modal("I am away", blocks, submit="Set", callback_id=AWAY)


def snooze_view(label: str, title: str, chase: int, latest: datetime | None) -> Block:
    """On which day to be reminded again. `latest`: how far the needed-by date lets it."""
    limit = (
        f"The date it is needed by allows {moment(latest)} at the latest."
        if latest
        else "It has no date to keep to."
    )
    blocks = [
        _what(label, title, f"You are reminded when your working day begins. {limit}"),
        labelled(
            "day",
            "Remind me on",
            date_input(placeholder="Pick a date"),
            hint="The requester sees until when you put it off.",
        ),
    ]
    return modal(
        f"Snooze {label}",
        blocks,
        submit="Snooze",
        callback_id=SNOOZE,
        memory=Snoozing(chase=chase).model_dump_json(),
    )


def ask_view(label: str, title: str, request: int, revision: int) -> Block:
    """What the contact needs to know before they decide."""
    blocks = [
        _what(
            label, title, "The requester is asked and reminded; you hear from us when the answer is there."
        ),
        labelled(
            "question",
            "What do you need to know?",
            text_input(lines=True, placeholder="e.g. Is the newspaper read aloud, or only seen in passing?"),
            hint="The requester reads this word for word. It also stands in the thread.",
        ),
    ]
    return modal(
        f"Ask about {label}",
        blocks,
        submit="Ask",
        callback_id=ASK,
        memory=Asking(request=request, revision=revision).model_dump_json(),
    )


def answer_view(label: str, title: str, question: str, by: str, request: int, event: int) -> Block:
    """The requester's answer to the `question` that a contact, called `by`, asked."""
    blocks = [
        _what(label, title, f"{typed(by)} asks:"),
        *sections(quote(question)),
        labelled(
            "answer",
            "Your answer",
            text_input(lines=True, placeholder="e.g. Only seen in passing, for about a second."),
            hint="They read this word for word, in the thread. It does not change the request itself.",
        ),
    ]
    return modal(
        f"Answer on {label}",
        blocks,
        submit="Send",
        callback_id=ANSWER,
        memory=Answering(request=request, event=event).model_dump_json(),
    )


def parse_away(view: Mapping[str, Any], today: date) -> AwayForm | FieldErrors:
    """Read a sent away form. `today` is the day where the contact is; the service checks who stands in."""
    of(view, AWAY)
    form = FormValues(view)
    first, last = (clean(form.get(name) or "") for name in ("from", "until"))
    wrong = {
        "from": _day_error(first, today) if first else None,
        "until": _day_error(last, today) if last else "Please pick your last day away.",
    }
    errors = {field: sentence for field, sentence in wrong.items() if sentence}
    begins, until = parse_date(first) or today, parse_date(last) or today
    if not errors and until < begins:
        errors = {
            "until": f"That is before {in_words(begins)}, your first day away. Please pick a later day."
        }
    return errors or AwayForm(begins, until, clean(form.get("stand_in") or ""))


def parse_snooze(view: Mapping[str, Any], today: date) -> SnoozeForm | FieldErrors:
    """Read a sent snooze form, or raise ForgedForm. The service knows how far the date allows it."""
    about = remembered(view, SNOOZE, Snoozing)
    day = clean(FormValues(view).get("day") or "")
    error = _day_error(day, today) if day else "Please pick a day."
    if not error and parse_date(day) == today:
        error = "That is today. Please pick a later day, or choose Later today on the reminder."
    return {"day": error} if error else SnoozeForm(about.chase, date.fromisoformat(day))


def parse_ask(view: Mapping[str, Any]) -> AskForm | FieldErrors:
    """Read a sent question, or raise ForgedForm."""
    about = remembered(view, ASK, Asking)
    question = _words(view, "question")
    error = _text_error(question, "Please write what you need to know.")
    return {"question": error} if error else AskForm(about.request, about.revision, question)


def parse_answer(view: Mapping[str, Any]) -> AnswerForm | FieldErrors:
    """Read a sent answer, or raise ForgedForm."""
    about = remembered(view, ANSWER, Answering)
    answer = _words(view, "answer")
    error = _text_error(answer, "Please write your answer.")
    return {"answer": error} if error else AnswerForm(about.request, about.event, answer)


def _what(label: str, title: str, then: str) -> Block:
    return rich(f"*{label}*  {typed(title)}\n{then}", "what")


def _people(others: Sequence[tuple[str, str]]) -> Block:
    """A select holds 100 options; more people stand in groups of 100, none is left out."""
    options = [option(key, name) for key, name in others]
    element: Block = {"type": "static_select", "placeholder": plain("Your backup")}
    if len(options) <= _MOST_OPTIONS:
        return element | {"options": options}
    groups = [options[start : start + _MOST_OPTIONS] for start in range(0, len(options), _MOST_OPTIONS)]
    return element | {"option_groups": [{"label": plain(_range(each)), "options": each} for each in groups]}


def _range(options: list[Block]) -> str:
    first, last = (clip(options[end]["text"]["text"], 30) for end in (0, -1))
    return f"{first} to {last}"


def _words(view: Mapping[str, Any], name: str) -> str:
    return clean(FormValues(view).get(name) or "", lines=True)


def _text_error(text: str, missing: str) -> str | None:
    if len(text) > _LIMIT:
        return f"This is {len(text):,} characters long and {_LIMIT:,} fit. Please shorten it."
    return None if text else missing


def _day_error(text: str, today: date) -> str | None:
    day = parse_date(text)
    if day is None:
        return "That is not a date we can read. Please pick it from the calendar."
    if day < today:
        return f"{in_words(day)} has passed: it is {in_words(today)} where you are. Pick today or later."
    return wrong_year(day, today)
