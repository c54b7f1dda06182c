"""The form and its own text: answers read from the command, and questions where the text says more."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.form_blocks import labelled, text_input
from bot.form_fields import FIELDS, REQUEST_FIELDS, TOOL_FIELDS, Values, always, block_id
from bot.form_memory import Question
from bot.markup import Block, clip
from bot.rich_text import rich, typed
from bot.submission import Submission
from bot.wording import listed
from policy import text
from policy.facts import Facts, Step, Use
from policy.verdict import TextFinding
from policy.vocabulary import UNSURE, VOCABULARY

LOOK = ":mag: *Your text says more than your answers.* Please look at the questions marked :mag: below."
_FILLED_IN = ":sparkles: *From your text we filled in* the answers below. Change what is wrong."
SAY_WHY = "Please say in a few words why your answer holds, or change it above."
_REASON = 300
# Slack keeps 3,000 characters with a view; more than this many questions at once help nobody.
_MOST_QUESTIONS = 8
_QUOTE = 120
_DESCRIPTION = 3000
# Asked only beside certain answers, so a reason typed there could be hidden by another answer.
_MAY_BE_HIDDEN = frozenset(each.name for each in REQUEST_FIELDS if each.shown is not always)
_IN_FORM = {each.name: place for place, each in enumerate(FIELDS)}


def answers_in(typed: str) -> tuple[dict[str, str], dict[str, str]]:
    """What the command's text answers with certainty: for the request, and for its first tool."""
    found = text.prefill(typed) if typed else {}
    names = {each.name for each in REQUEST_FIELDS}
    tool = {
        fact.removeprefix("steps[1]."): answer
        for fact, answer in found.items()
        if fact.startswith("steps[1].")
    }
    tool_names = {each.name for each in TOOL_FIELDS}
    return (
        {name: answer for name, answer in found.items() if name in names},
        {name: answer for name, answer in tool.items() if name in tool_names},
    )


def prefilled_note(fields: Sequence[str], values: Values, tools: Sequence[Values]) -> str:
    """Which answers came from the text, each with its words; what the person has changed is theirs alone.

    "" when there is none.
    """
    if not fields:
        return ""
    described = values.get("description", "")[:_DESCRIPTION]
    found = text.read(Use(description=described, facts=Facts(steps=(Step(),))))
    quotes = {(each.fact.removeprefix("steps[1]."), each.answer): each.quote for each in found}
    said = []
    for name in sorted(fields, key=lambda each: _IN_FORM[each.removeprefix("step1_")]):
        plain = name.removeprefix("step1_")
        answer = (tools[0] if name.startswith("step1_") else values).get(plain, "")
        if plain == "tool" and answer and answer in described:
            said.append(f"• Tool: *{typed(answer)}*")
        elif quoted := quotes.get((plain, answer)):
            fact = VOCABULARY[plain]
            said.append(f"• {fact.question} *{fact.label(answer)}*, from “{typed(quoted)}”")
    return "\n".join([_FILLED_IN, *said]) if said else ""


def to_ask(use: Use, asked: Mapping[str, Question]) -> dict[str, Question]:
    """The contradictions that the form has not come back with yet; none for what is not generative."""
    if use.not_generative:
        return {}
    found = {
        each.fact: Question(declared=each.declared, suggests=each.suggests, quote=clip(each.quote, _QUOTE))
        for each in sorted(text.contradictions(use), key=_place)
        if each.fact not in asked and _has_a_question(use, each.fact)
    }
    return dict(list(found.items())[: _MOST_QUESTIONS - len(asked)])


def _place(found: TextFinding) -> tuple[int, str]:
    """Where the form asks for the fact: questions come from top to bottom."""
    return _IN_FORM.get(found.fact.rpartition(".")[2], 0), found.fact


def _has_a_question(use: Use, fact: str) -> bool:
    """Hidden questions are asked once they are shown; a step's own material has none in the form."""
    name = fact.rpartition(".")[2]
    if fact.startswith("steps["):
        return name in {each.name for each in TOOL_FIELDS}
    shown = use.facts.answers()
    return any(each.name == name and each.shown(shown) for each in REQUEST_FIELDS)


def question(fact: str, block: str, asked: Mapping[str, Question]) -> Iterator[Block]:
    """At its field: what was said, the words against it, and room for a reason."""
    found = asked.get(fact)
    if found is None:
        return
    vocabulary = VOCABULARY[fact.rpartition(".")[2]]
    said, suggests = vocabulary.label(found.declared), vocabulary.label(found.suggests)
    leads = _leading(fact, asked)
    keep = "keep it and say why" if leads == fact else f"keep it for the reason you give at “{_asks(leads)}”"
    yield rich(
        f":mag: You said *{said}*; your text says “{typed(found.quote)}”, which reads like *{suggests}*. "
        f"Change the answer, or {keep}: it then counts as not sure.",
        f"asked_{block}",
    )
    if leads != fact:
        return
    together = any(other != fact and _leading(other, asked) == fact for other in asked)
    yield labelled(
        keep_block(fact, asked),
        "If you keep your answer: why?",
        text_input(limit=_REASON, placeholder="e.g. The voice is a stock one, Marta only reads along"),
        hint=_FOR_ALL if together else "Your contact reads this beside the words of your text.",
        optional=True,
    )


_FOR_ALL = (
    "One reason for every answer these words touch. Your contact reads it beside the words of your text."
)


def _asks(fact: str) -> str:
    return VOCABULARY[fact.rpartition(".")[2]].question


def _leading(fact: str, asked: Mapping[str, Question]) -> str:
    """The question at which the reason is typed: one for all answers that the same words contradict."""
    same = [each for each, question in asked.items() if question.quote == asked[fact].quote]
    return min(same, key=lambda each: each in _MAY_BE_HIDDEN)  # the first of them that stays on screen


def keep_block(fact: str, asked: Mapping[str, Question]) -> str:
    """The block in which the reason for a kept answer is typed."""
    leads = _leading(fact, asked)
    step = re.fullmatch(r"steps\[(\d+)\]\.(\w+)", leads)
    return "keep_" + (block_id(step[2], int(step[1])) if step else leads)


def without_reason(use: Use, asked: Mapping[str, Question], reasons: Mapping[str, str]) -> list[str]:
    """The facts whose answer was kept although the text says more, and nobody has said why."""
    return [each.fact for each in _still(use, asked) if not reasons.get(each.fact)]


def kept(filed: Submission, asked: Mapping[str, Question], reasons: Mapping[str, str]) -> Submission:
    """Kept answers are judged as unsure, and the contact sees both; changed ones speak for themselves."""
    still = [each.model_copy(update={"reason": reasons[each.fact]}) for each in _still(filed.use, asked)]
    if not still:
        return filed
    facts = filed.use.facts
    for each in still:
        facts = _unsure(facts, each.fact)
    questions = [VOCABULARY[each.fact.rpartition(".")[2]].question for each in still]
    note = f"Your text says more than your answer to {listed([f'“{one}”' for one in questions])}"
    return replace(
        filed,
        use=filed.use.model_copy(update={"facts": facts}),
        notes=(*filed.notes, f"{note}; kept with your reason, it counts as not sure."),
        text_findings=tuple(still),
    )


def _still(use: Use, asked: Mapping[str, Question]) -> list[TextFinding]:
    """What was asked about and has not been changed since."""
    if use.not_generative or not asked:
        return []
    return [
        TextFinding(fact=each.fact, declared=each.declared, suggests=each.suggests, quote=each.quote)
        for each in text.contradictions(use)
        if each.fact in asked and asked[each.fact].declared == each.declared
    ]


def _unsure(facts: Facts, fact: str) -> Facts:
    step = re.fullmatch(r"steps\[(\d+)\]\.(\w+)", fact)
    if not step:
        return facts.model_copy(update={fact: UNSURE})
    at = int(step[1]) - 1
    changed = facts.steps[at].model_copy(update={step[2]: UNSURE})
    return facts.model_copy(update={"steps": (*facts.steps[:at], changed, *facts.steps[at + 1 :])})
