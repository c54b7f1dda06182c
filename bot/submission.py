"""What a sent request form says: a Submission, or what is wrong at which field."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, cast

from bot.form_fields import (
    REQUEST_FIELDS,
    TOOL_FIELDS,
    Field,
    block_id,
    contradiction,
    pointed_out,
    stricter_reading,
    touches_somebody,
)
from bot.form_memory import Memory, remembered
from bot.form_values import FormValues, clean, in_words, parse_date, wrong_year
from policy.facts import Facts, Step, Use, UseStarted
from policy.verdict import TextFinding

FieldErrors = dict[str, str]
"""A sentence for each block_id, as `response_action: errors` wants it."""

Stated = dict[str, str]

UNREADABLE = (
    "This form could not be read and nothing was recorded. "
    "Please close it and start again with /genai-request; copy your text first."
)
NO_REFERENCE = "You said that consent is in writing but not where, so it counts as not sure."
_CODE = re.compile(r"[A-Z0-9_-]{1,40}")
_ABOUT = tuple(each.name for each in REQUEST_FIELDS if each.name in Use.model_fields)
_JUDGED = tuple(each.name for each in REQUEST_FIELDS if each.name in Facts.model_fields)
_UNTOUCHED = Step()


@dataclass(frozen=True)
class Submission:
    """What somebody asked for. `notes` say how an answer was read; show them with the verdict."""

    production: str
    use: Use
    use_started: UseStarted
    consent_reference: str = ""
    origin_channel: str = ""
    notes: tuple[str, ...] = ()
    text_findings: tuple[TextFinding, ...] = ()


def parse(view: Mapping[str, Any], *, today: Callable[[str], date | None]) -> Submission | FieldErrors:
    """Read a sent form; everything in it may be forged.

    `today` says which day it is at a production; None when it does not know that code.
    """
    memory = remembered(view)
    if memory is None:
        return production_error(UNREADABLE)
    form = FormValues(view)
    asked, errors = _read(form, None)
    tools = []
    for number in range(1, memory.tools + 1):
        step, wrong = _read(form, number)
        tools.append(step)
        errors |= wrong
    errors |= _needed_by_error(asked, errors, today) | _contradiction_error(asked, memory)
    return errors or _submission(asked, tools, memory)


def production_error(sentence: str) -> FieldErrors:
    """What is wrong with the production, or with the form as a whole."""
    return field_errors({"production": sentence})


def field_errors(sentences: Mapping[str, str]) -> FieldErrors:
    """Sentences by field name (`needed_by`, `steps[2].environment`) turned into sentences by block id."""
    return {_block_of(name): sentence for name, sentence in sentences.items()}


def _block_of(name: str) -> str:
    step = re.fullmatch(r"steps\[(\d+)\]\.(\w+)", name)
    return block_id(step[2], int(step[1])) if step else block_id(name)


def _read(form: FormValues, tool: int | None) -> tuple[Stated, FieldErrors]:
    """All answers by field name, and what is wrong with those that were asked.

    What was asked follows from the answers: a form sent before its redraw arrived is read alike.
    """
    stated: Stated = {}
    errors: FieldErrors = {}
    for each, block in _placed(tool):
        # A question stands below the answers that decide whether it is asked (FIELDS).
        if not each.shown(stated):
            stated[each.name] = "not_needed" if each.name == "consent" else each.initial
            continue
        value = stated[each.name] = _stated(form, each, block)
        if fault := _fault(each, value):
            errors[block] = fault
    return stated, errors


@cache  # one entry for the request and one for each tool
def _placed(tool: int | None) -> tuple[tuple[Field, str], ...]:
    """The fields of the request (None) or of one tool, each with its block_id."""
    fields = REQUEST_FIELDS if tool is None else TOOL_FIELDS
    return tuple((each, block_id(each.name, tool)) for each in fields)


def _stated(form: FormValues, each: Field, block: str) -> str:
    given = form.get(block)
    return each.initial if given is None else clean(given, lines=each.kind == "lines")


def _fault(each: Field, value: str) -> str | None:
    if each.options:
        return None if value in each.values else "That answer is not one we know. Please choose again."
    if not value:
        return each.blank or None
    if each.kind == "production":
        known = bool(_CODE.fullmatch(value))
        return None if known else "That production is not one we know. Please choose it from the list."
    if each.kind == "date":
        return (
            None if parse_date(value) else "That is not a date we can read. Please pick it from the calendar."
        )
    if len(value) > each.limit:
        return f"This is {len(value):,} characters long and {each.limit:,} fit. Please shorten it."
    return None


def _needed_by_error(asked: Stated, errors: FieldErrors, today: Callable[[str], date | None]) -> FieldErrors:
    day = parse_date(asked["needed_by"])
    if day is None or "production" in errors:
        return {}
    there = today(asked["production"])
    if there is None:
        return {}
    if slip := wrong_year(day, there):
        return field_errors({"needed_by": slip})
    if day >= there or asked["use_started"] != "no":
        return {}
    sentence = (
        f"{in_words(day)} has passed: it is {in_words(there)} at the production. Please pick a later day"
    )
    return field_errors({"needed_by": f"{sentence}, or say above that it has started."})


def _contradiction_error(asked: Stated, memory: Memory) -> FieldErrors:
    """A contradiction the form has not warned of. Warned of, it may stay: the rules read it strictly (A13).

    The warning comes with the redraw after either answer, and "Not sure" is a way out: nobody is trapped.
    A forged "already warned" gains nothing.
    """
    wrong = contradiction(asked)
    if not wrong or wrong == memory.pointed_out or asked["not_generative"]:
        return {}
    sentence = f"{pointed_out(wrong)} Please change the one that is off, or choose Not sure."
    return field_errors({"likeness_of": sentence})


def _submission(asked: Stated, tools: list[Stated], memory: Memory) -> Submission:
    notes = list(_notes(asked))
    if NO_REFERENCE in notes:
        asked = asked | {"consent": "unsure"}
    facts = Facts.model_validate({name: asked[name] for name in _JUDGED} | {"steps": _steps(tools)})
    about = {name: asked[name] for name in _ABOUT}
    use = Use.model_validate(about | {"needed_by": asked["needed_by"] or None, "facts": facts})
    return Submission(
        production=asked["production"],
        use=use,
        use_started=cast(UseStarted, asked["use_started"]),
        consent_reference=asked["consent_reference"],
        origin_channel=memory.channel,
        notes=tuple(notes),
    )


def _notes(asked: Stated) -> Iterator[str]:
    if touches_somebody(asked) and asked["consent"] == "yes" and not asked["consent_reference"]:
        yield NO_REFERENCE
    if not asked["not_generative"] and (wrong := contradiction(asked)):
        yield stricter_reading(wrong)


def _steps(tools: list[Stated]) -> list[Step]:
    """The first tool always, and every further one in which anything was answered."""
    first, *further = (Step.model_validate(each) for each in tools)
    return [first, *(step for step in further if step != _UNTOUCHED)]
