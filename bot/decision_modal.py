"""The forms of a decision: approve, deny, call in; and the small view that only tells."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from bot.form_blocks import date_input, labelled, modal, section, text_input
from bot.form_values import FormValues, clean, in_words, parse_date, wrong_year
from bot.markup import Block, clip, plain
from bot.rich_text import rich, typed
from bot.submission import FieldErrors
from bot.wording import listed
from policy.facts import Strict
from policy.lifecycle import Move
from policy.verdict import Outcome, Topic

CALLBACK_PREFIX = "decide:"
_LIMIT = 3000  # what a text input holds (Slack)
_MOST_CONDITIONS = 20
_CONDITION = 300
# A dash before a digit is a minus; an asterisk or number needs a space, else it is part of the words.
_BULLET = re.compile(r"^(?:[•‣◦▪·–—]\s*|-(?!\d)\s*|\*\s+|\d{1,2}[.)]\s+)+")


class ForgedForm(ValueError):
    """This form could not be read, so nothing was recorded. Please open it again from the request."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class Target(Strict):
    """What a decision form decides: the request as its presser saw it. Carried in private_metadata."""

    # The largest number the database's integers hold.
    request: Annotated[int, Field(ge=1, lt=2**63)]
    revision: Annotated[int, Field(ge=1, lt=2**31)]
    action: Literal["approve", "deny", "call_in"]
    written: bool = False  # a written approval: its wording is required
    home: str = ""  # where the Home stood from which the form was opened


@dataclass(frozen=True)
class DecisionForm:
    """What a person wrote in a decision form."""

    request: int
    revision: int
    action: Move
    wording: str = ""
    conditions: tuple[str, ...] = ()
    valid_until: date | None = None
    reason: str = ""


def approve_view(
    label: str,
    title: str,
    outcome: Outcome,
    topics: Sequence[Topic],
    others_open: Mapping[Topic, str],
    answers: Sequence[str] = (),
    *,
    request: int,
    revision: int,
) -> Block:
    """The approval form: `topics` are what this press signs, `others_open` who else must still sign what.

    `answers` are the lines on what the requester answered: nobody approves what they did not see.
    """
    written = outcome == Outcome.WRITTEN_APPROVAL
    blocks = [
        *_what(label, title, answers),
        rich(_signs(topics, others_open), "signs"),
        _wording(written),
        labelled(
            "conditions",
            "On what conditions?",
            text_input(lines=True, placeholder="e.g. Replace the logo before delivery"),
            hint=f"One a line, at most {_MOST_CONDITIONS}. The requester gets them word for word.",
            optional=True,
        ),
        labelled(
            "valid_until",
            "Until when does it hold?",
            date_input(placeholder="Pick a date"),
            hint="The guidance sets no end; this is yours to set. Left empty, it holds for this use.",
            optional=True,
        ),
    ]
    target = Target(request=request, revision=revision, action="approve", written=written)
    return _form(f"Approve {label}", blocks, "Approve", target)


def deny_view(label: str, title: str, answers: Sequence[str] = (), *, request: int, revision: int) -> Block:
    """The form for a no, with its reason."""
    reason = labelled(
        "reason",
        "Why not?",
        text_input(
            lines=True, placeholder="e.g. The voice is still recognisable. With a stock voice, ask again."
        ),
        hint="The requester reads this word for word. Say what would change your answer, if anything would.",
    )
    target = Target(request=request, revision=revision, action="deny")
    return _form(f"Deny {label}", [*_what(label, title, answers), reason], "Deny", target)


def call_in_view(
    label: str, title: str, answers: Sequence[str] = (), *, request: int, revision: int
) -> Block:
    """The form that takes a recorded use back until it is decided."""
    stop = (
        ":octagonal_sign: *Work on it stops.* The requester is told at once, and it waits for your decision."
    )
    reason = labelled(
        "reason",
        "Why do you want to look at it?",
        text_input(
            lines=True, placeholder="e.g. The poster is read aloud in scene 12, so it is part of the story."
        ),
        hint="The requester reads this word for word.",
    )
    blocks = [*_what(label, title, answers), section("stop", stop), reason]
    target = Target(request=request, revision=revision, action="call_in")
    return _form(f"Call in {label}", blocks, "Call it in", target)


def told_view(title: str, sentence: str, words: Mapping[str, str] = MappingProxyType({})) -> Block:
    """A small view that says one thing; `sentence` is shown as it is.

    `words`: what somebody wrote in the form that this replaces, by field name, to be copied from here.
    """
    said = {"type": "section", "block_id": "told", "text": plain(clip(sentence, _LIMIT) or "…")}
    kept = [_kept(name, text) for name, text in words.items()]
    return modal(title, [said, *kept], close="Close")


def written(view: Mapping[str, Any]) -> dict[str, str]:
    """What somebody wrote in a form about a request, by field name; empty fields left out."""
    form = FormValues(view)
    found = {name: clean(form.get(name) or "", lines=True) for name in _WRITTEN}
    return {name: text for name, text in found.items() if text}


_WRITTEN = {
    "wording": "What you wrote as your approval:",
    "conditions": "Your conditions:",
    "valid_until": "Until when:",
    "reason": "What you wrote as your reason:",
    "question": "Your question:",
    "answer": "Your answer:",
}


def _kept(name: str, text: str) -> Block:
    """Preformatted: shown as typed, and selected as a whole."""
    heading = {"type": "text", "text": _WRITTEN[name], "style": {"bold": True}}
    words = {"type": "text", "text": clip(text, _LIMIT)}
    elements = [
        {"type": "rich_text_section", "elements": [heading]},
        {"type": "rich_text_preformatted", "elements": [words]},
    ]
    return {"type": "rich_text", "block_id": f"kept_{name}", "elements": elements}


def target(view: Mapping[str, Any]) -> Target:
    """Which request, revision and action a sent decision form is about, or ForgedForm."""
    try:
        found = Target.model_validate_json(str(view.get("private_metadata")), strict=True)
    except ValidationError:
        raise ForgedForm from None
    if view.get("callback_id") != CALLBACK_PREFIX + found.action:
        raise ForgedForm
    return found


def pressed(value: object) -> tuple[int, int]:
    """Request and revision that a decision's button carries ("7:1"), or ForgedForm."""
    request, _, revision = str(value).partition(":")
    if not all(re.fullmatch("[0-9]{1,20}", each) for each in (request, revision)):
        raise ForgedForm
    try:
        found = Target(request=int(request), revision=int(revision), action="approve")
    except ValidationError:
        raise ForgedForm from None
    return found.request, found.revision


def parse_decision(view: Mapping[str, Any], today: date) -> DecisionForm | FieldErrors:
    """Read a sent decision form, or raise ForgedForm. `today` is the day at the production.

    The service knows the outcome and must itself refuse a written approval without wording.
    """
    about = target(view)
    form = FormValues(view)
    wording, reason = (clean(form.get(name) or "", lines=True) for name in ("wording", "reason"))
    conditions = _conditions(form.get("conditions") or "")
    until = clean(form.get("valid_until") or "")
    errors: dict[str, str | None] = {}
    if about.action == "approve":
        errors["wording"] = _too_long(wording) or _missing_wording(about, wording)
        errors["conditions"] = _conditions_error(conditions)
        errors["valid_until"] = _until_error(until, today)
    else:
        errors["reason"] = _too_long(reason) or (None if reason else "Please give your reason.")
    if found := {block: sentence for block, sentence in errors.items() if sentence}:
        return found
    move = Move(about.action)
    if move is not Move.APPROVE:
        return DecisionForm(about.request, about.revision, move, reason=reason)
    return DecisionForm(about.request, about.revision, move, wording, conditions, parse_date(until))


def _form(title: str, blocks: list[Block], submit: str, about: Target) -> Block:
    callback_id = CALLBACK_PREFIX + about.action
    return modal(title, blocks, submit=submit, callback_id=callback_id, memory=about.model_dump_json())


def _what(label: str, title: str, answers: Sequence[str]) -> Iterator[Block]:
    yield rich(f"*{label}*  {typed(clip(title, 300))}", "what")
    if answers:
        yield rich(clip("\n".join(answers), _LIMIT), "answers")


def _signs(topics: Sequence[Topic], others_open: Mapping[Topic, str]) -> str:
    signed = f"With this you sign: {listed([f'*{topic}*' for topic in topics])}."
    if not others_open:
        return f"{signed} Nobody else has to sign: it is then approved."
    waiting = listed([f"*{topic}* ({typed(clip(name, 80))})" for topic, name in others_open.items()])
    return f"{signed} It then still waits for {waiting}."


def _wording(written: bool) -> Block:
    hint = (
        "A written approval is needed here: this text is the record."
        if written
        else "The requester gets it word for word."
    )
    return labelled(
        "wording",
        "What do you approve?",
        text_input(
            lines=True, placeholder="e.g. The aged newspaper in episode 4, as described, seen in passing."
        ),
        hint=hint,
        optional=not written,
    )


def _conditions(text: str) -> tuple[str, ...]:
    lines = (_BULLET.sub("", clean(line)).strip() for line in clean(text, lines=True).split("\n"))
    return tuple(line for line in lines if line)


def _too_long(text: str) -> str | None:
    if len(text) <= _LIMIT:
        return None
    return f"This is {len(text):,} characters long and {_LIMIT:,} fit. Please shorten it."


def _missing_wording(about: Target, wording: str) -> str | None:
    return "Please write down what you approve." if about.written and not wording else None


def _conditions_error(conditions: Sequence[str]) -> str | None:
    if len(conditions) > _MOST_CONDITIONS:
        return f"These are {len(conditions)} conditions and {_MOST_CONDITIONS} fit. Please combine some."
    for number, condition in enumerate(conditions, start=1):
        if len(condition) > _CONDITION:
            return f"Condition {number} is {len(condition):,} characters long and {_CONDITION} fit."
    return None


def _until_error(text: str, today: date) -> str | None:
    if not text:
        return None
    day = parse_date(text)
    if day is None:
        return "That is not a date we can read. Please pick it from the calendar."
    if day < today:
        return f"{in_words(day)} has passed: it is {in_words(today)} at the production. Pick today or later."
    return wrong_year(day, today)
