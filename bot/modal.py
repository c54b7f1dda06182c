"""The request form: what it shows, and what it shows after somebody picked something in it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import Any

from bot import text_check
from bot.form_blocks import (
    aside,
    button,
    date_input,
    header,
    labelled,
    modal,
    section,
    select,
    text_input,
    type_ahead,
)
from bot.form_fields import (
    FIELDS,
    MAX_TOOLS,
    REQUEST_FIELDS,
    TOOL_FIELDS,
    Field,
    Values,
    block_id,
    contradiction,
    pointed_out,
)
from bot.form_memory import Memory, Question, remembered
from bot.form_values import FormValues, clean, parse_date
from bot.markup import Block, clip
from bot.production_search import production_options
from bot.rich_text import rich
from bot.submission import FieldErrors, Submission, field_errors, parse, production_error

__all__ = [
    "REDRAWING_ACTIONS",
    "Draft",
    "FieldErrors",
    "Submission",
    "build",
    "field_errors",
    "look_again",
    "opened",
    "parse",
    "production_error",
    "production_options",
    "read",
    "redraw",
]

CALLBACK_ID = "request_form"
PRODUCTION = "production"
ADD_TOOL = "add_tool"
REMOVE_TOOL = "remove_tool"
REDRAWING_ACTIONS: frozenset[str] = frozenset(
    {ADD_TOOL, REMOVE_TOOL, *(each.name for each in FIELDS if each.dispatches)}
)
_CUT = ":scissors: What you typed after the command was too long for this field: its end is missing."


@dataclass(frozen=True)
class Draft:
    """What the form shows. `values` and `tools` are answers by field name, hidden ones kept among them."""

    origin_channel: str = ""
    production: tuple[str, str] | None = None  # code and title
    values: Values = field(default_factory=dict)
    tools: tuple[Values, ...] = ({},)
    cut: bool = False  # the command's text did not fit
    prefilled: tuple[str, ...] = ()  # the fields that the command's text answered
    questioned: Mapping[str, Question] = field(default_factory=dict)  # fact -> what the text says
    time_left: str = ""  # how much of the contact's working time is left before the date


TimeLeft = Callable[[str, date], str]
"""A sentence about the working time that a production's contact has before a date; "" for none."""


def opened(origin_channel: str, text: str, production: tuple[str, str] | None) -> Draft:
    """The form after the command: `text`, already unescaped, becomes the description."""
    typed = clean(text, lines=True)
    described = next(each for each in REQUEST_FIELDS if each.name == "description")
    values, tool = text_check.answers_in(typed)
    return Draft(
        origin_channel=origin_channel,
        production=production,
        values={"description": clip(typed, described.limit), **values},
        tools=(tool,),
        cut=len(typed) > described.limit,
        prefilled=(*values, *(block_id(name, 1) for name in tool)),
    )


def build(draft: Draft) -> Block:
    """The view. Answers it cannot show (unknown, too long) are shown as untouched or cut."""
    wrong = contradiction(draft.values)
    memory = Memory(
        channel=draft.origin_channel,
        tools=len(draft.tools),
        cut=draft.cut,
        pointed_out=wrong,
        prefilled=draft.prefilled,
        questioned=dict(draft.questioned),
        kept=_hidden(draft.values),
    )
    return modal(
        "GenAI request",
        list(_blocks(draft, wrong)),
        submit="Check and send",
        callback_id=CALLBACK_ID,
        memory=memory.model_dump_json(),
    )


def redraw(
    view: Mapping[str, Any], action_id: str, time_left: TimeLeft = lambda _code, _day: ""
) -> Draft | None:
    """What the form must show after `action_id`; None when it need not change, or cannot be read.

    Update with the view's `hash`, so that a slower redraw never undoes a later one.
    """
    memory = remembered(view)
    if memory is None:
        return None
    count = memory.tools + {ADD_TOOL: 1, REMOVE_TOOL: -1}.get(action_id, 0)
    draft = drafted(view, memory, count)
    day = parse_date(draft.values.get("needed_by", ""))
    if draft.production and day:
        draft = replace(draft, time_left=time_left(draft.production[0], day))
    if not 1 <= count <= MAX_TOOLS or _layout(build(draft)) == _layout(view):
        return None
    return draft


def drafted(view: Mapping[str, Any], memory: Memory, tools: int) -> Draft:
    """What a view shows, with what was typed into it."""
    form = FormValues(view)
    return Draft(
        origin_channel=memory.channel,
        production=_picked(form),
        values={**memory.kept, **_answers(form, REQUEST_FIELDS, None)},
        tools=tuple(_answers(form, TOOL_FIELDS, number) for number in range(1, tools + 1)),
        cut=memory.cut,
        prefilled=memory.prefilled,
        questioned=memory.questioned,
    )


def read(view: Mapping[str, Any], *, today: Callable[[str], date | None]) -> Submission | Draft | FieldErrors:
    """What a sent form says: a submission, the form again with questions about its text, or its errors."""
    filed = parse(view, today=today)
    return look_again(view, filed) if isinstance(filed, Submission) else filed


def look_again(view: Mapping[str, Any], filed: Submission) -> Submission | Draft | FieldErrors:
    """Hold what is filed against its own text: as it is, with questions to answer, or with one unanswered.

    Each contradiction comes back once, at its question. An answer kept with a reason is judged as unsure.
    """
    memory = remembered(view)
    if memory is None:  # parse has refused such a view
        return filed
    asked = text_check.to_ask(filed.use, memory.questioned)
    if asked:
        draft = drafted(view, memory, memory.tools)
        return replace(draft, questioned={**memory.questioned, **asked})
    form = FormValues(view)
    reasons = {
        fact: clean(form.get(text_check.keep_block(fact, memory.questioned)) or "")
        for fact in memory.questioned
    }
    missing = text_check.without_reason(filed.use, memory.questioned, reasons)
    if missing:
        return {text_check.keep_block(fact, memory.questioned): text_check.SAY_WHY for fact in missing}
    return text_check.kept(filed, memory.questioned, reasons)


def _blocks(draft: Draft, wrong: str) -> Iterator[Block]:
    if draft.questioned:
        yield section("text_check", text_check.LOOK)
    for group, fields in groupby(FIELDS, key=lambda each: each.group):
        yield header(f"{group.name}_header", group.header)
        yield aside(f"{group.name}_sentence", group.sentence)
        if group.per_tool:
            yield from _tools(draft, tuple(fields))
            continue
        for each in fields:
            if each.shown(draft.values):
                yield _input(each, draft.values, draft.production)
                yield from text_check.question(each.name, each.name, draft.questioned)
            if each.name == "needed_by" and draft.time_left:
                # The id carries the day: another day is another layout, and is drawn.
                yield rich(draft.time_left, f"time_left_{draft.values['needed_by']}")
            if each.name == "description" and draft.cut:
                yield aside("description_cut", _CUT)
            if each.name == "description" and (note := _prefilled(draft)):
                yield rich(note, "prefilled")
            if each.name == "performance_change" and wrong:
                yield _warning(wrong)


def _prefilled(draft: Draft) -> str:
    return text_check.prefilled_note(draft.prefilled, draft.values, draft.tools)


def _warning(wrong: str) -> Block:
    # The id carries the contradiction: another one is another layout, and is drawn.
    text = f":warning: {pointed_out(wrong)} Is one of them off? If both stay, the stricter one counts."
    return section(f"contradiction_{wrong}", text)


def _tools(draft: Draft, fields: tuple[Field, ...]) -> Iterator[Block]:
    for number, values in enumerate(draft.tools, start=1):
        if number > 1:
            yield {"type": "divider", "block_id": f"step{number}_divider"}
        for each in fields:
            yield _input(each, values, None, number)
            fact = f"steps[{number}].{each.name}"
            yield from text_check.question(fact, block_id(each.name, number), draft.questioned)
    buttons = []
    if len(draft.tools) < MAX_TOOLS:
        buttons.append(button(ADD_TOOL, "Add another tool"))
    else:
        yield aside("tools_full", f"{MAX_TOOLS} is all one form holds. Send the rest as a second request.")
    if len(draft.tools) > 1:
        buttons.append(button(REMOVE_TOOL, "Remove the last one"))
    yield {"type": "actions", "block_id": "tools_buttons", "elements": buttons}


def _input(each: Field, values: Values, production: tuple[str, str] | None, tool: int | None = None) -> Block:
    block = labelled(
        block_id(each.name, tool),
        each.label.replace("{number}", str(tool)),
        _element(each, values.get(each.name, ""), production),
        hint=each.hint,
        optional=not (each.blank or each.options),
    )
    return block | {"dispatch_action": True} if each.dispatches else block


def _element(each: Field, value: str, production: tuple[str, str] | None) -> Block:
    if each.kind == "production":
        return type_ahead(production, each.placeholder)
    if each.kind == "date":
        day = parse_date(value)
        return date_input(day.isoformat() if day else "", each.placeholder)
    if each.kind == "choice":
        known = dict(each.options)
        return select(each.options, value if value in known else each.initial)
    return text_input(value, lines=each.kind == "lines", limit=each.limit, placeholder=each.placeholder)


def _hidden(values: Values) -> dict[str, str]:
    """Answers to questions not shown now, so that they are there when the question comes back."""
    hidden = (each for each in REQUEST_FIELDS if each.name in values and not each.shown(values))
    return {each.name: clip(clean(values[each.name]), each.limit) for each in hidden if _fits(each, values)}


def _fits(each: Field, values: Values) -> bool:
    return not each.options or values[each.name] in dict(each.options)


def _answers(form: FormValues, fields: Iterable[Field], tool: int | None) -> dict[str, str]:
    found = ((each, form.get(block_id(each.name, tool))) for each in fields)
    return {each.name: clean(value, lines=each.kind == "lines") for each, value in found if value is not None}


def _picked(form: FormValues) -> tuple[str, str] | None:
    code, title = form.get(PRODUCTION), clean(form.option_title(PRODUCTION))
    return (code, title) if code and title else None


def _layout(view: Mapping[str, Any]) -> list[str]:
    blocks = view.get("blocks")
    listed = blocks if isinstance(blocks, list) else []
    return [str(each.get("block_id")) for each in listed if isinstance(each, Mapping)]
