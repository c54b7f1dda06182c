"""The request form, declared: FIELDS drives both building and parsing it. A new field is one entry here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from policy.vocabulary import UNSURE, VOCABULARY

Values = Mapping[str, str]
"""What the form shows, by field name; dates as YYYY-MM-DD, "" for nothing."""

# 8 tools make 81 of the 100 blocks a modal may hold (Slack): room for fields to come.
MAX_TOOLS = 8


@dataclass(frozen=True)
class Group:
    """A part of the form: its header and one sentence below it."""

    name: str
    header: str
    sentence: str
    per_tool: bool = False


def always(_: Values) -> bool:
    """The field is shown whatever was answered."""
    return True


@dataclass(frozen=True)
class Field:
    """One input of the form.

    `name` is the name in Use, Facts, Step or Submission that takes the answer. `options` are (value, text)
    pairs, `initial` is what an untouched field says. A field that decides what else is shown `dispatches`.
    """

    group: Group
    name: str
    kind: Literal["production", "text", "lines", "date", "choice"]
    label: str
    hint: str = ""
    placeholder: str = ""
    limit: int = 300
    blank: str = ""  # what to say when it is left empty; "" when it may be
    options: tuple[tuple[str, str], ...] = ()
    initial: str = ""
    dispatches: bool = False
    shown: Callable[[Values], bool] = always

    @cached_property
    def values(self) -> frozenset[str]:
        """The values among which a choice is made."""
        return frozenset(value for value, _ in self.options)


def fact(
    group: Group, name: str, *, dispatches: bool = False, shown: Callable[[Values], bool] = always
) -> Field:
    """The question for one fact; "Not sure" comes last and is what an untouched one says."""
    asked = VOCABULARY[name]
    answers = [answer for answer in asked.answers if answer != UNSURE]
    options = tuple((answer, asked.label(answer)) for answer in (*answers, UNSURE))
    return Field(
        group,
        name,
        "choice",
        asked.question,
        asked.hint,
        options=options,
        initial=UNSURE,
        dispatches=dispatches,
        shown=shown,
    )


def is_background(values: Values) -> bool:
    """Only a background element can pass by without the story using it (M2, F3)."""
    return values.get("element") == "background"


def touches_somebody(values: Values) -> bool:
    """Somebody's likeness or performance is, or may be, touched: unsure counts."""
    return (
        values.get("talent_likeness", UNSURE) != "no"
        or values.get("likeness_of", UNSURE) not in ("nobody", "synthetic")
        or values.get("performance_change", UNSURE) != "none"
    )


def has_consent(values: Values) -> bool:
    """There is something to give the reference of."""
    return touches_somebody(values) and values.get("consent") == "yes"


PLANNING = Group(
    "planning",
    "What are you planning?",
    "Two minutes are enough. Answer what you know: *Not sure* is a fine answer, somebody then checks.",
)
MAKING = Group(
    "making",
    "What is being made?",
    "A mood board and a delivered shot are judged very differently.",
)
PEOPLE = Group(
    "people",
    "Who is in it?",
    "Faces, voices and performances need the most care.",
)
INPUTS = Group(
    "inputs",
    "What goes into the tools?",
    "Prompts, uploads, references and training all count.",
)
OTHERS = Group(
    "others",
    "What could it do to others?",
    "To the people whose work it touches, and to the people who watch it.",
)
TOOLS = Group(
    "tools",
    "Which tools?",
    "In the order you use them. If you have not picked one yet, leave its name empty.",
    per_tool=True,
)
NOT_GENERATIVE = Group(
    "otherwise",
    "Not generative AI at all?",
    "Some tools only search, sort or clean up. If you say why, this is recorded on your judgement: "
    "your Netflix contact is told, reads your reason and may call it in.",
)

FIELDS: tuple[Field, ...] = (
    Field(
        PLANNING,
        "production",
        "production",
        "Which production is it for?",
        placeholder="Type a few letters of its title",
        blank="Choose the production this is for.",
    ),
    Field(
        PLANNING,
        "title",
        "text",
        "Give it a short title",
        placeholder="e.g. Old newspaper on the kitchen wall, ep 4",
        limit=100,
        blank="Give it a title, so that people can tell it from the next one.",
    ),
    Field(
        PLANNING,
        "description",
        "lines",
        "What do you want to do?",
        "What goes in, what comes out and where it will be seen. No personal details, please.",
        limit=3000,
        blank="Tell us in a sentence or two what you want to do.",
    ),
    Field(
        PLANNING,
        "needed_by",
        "date",
        "By when do you need it?",
        "The shoot, the lock or the delivery, whichever comes first.",
        placeholder="Pick a date",
        dispatches=True,
    ),
    Field(
        PLANNING,
        "use_started",
        "choice",
        "Has it started already?",
        "If it has, just say so: people then look at it sooner.",
        options=(
            ("no", "No, not yet"),
            ("yes", "Yes, it has started"),
            ("aired", "Yes, and it has aired"),
        ),
        initial="no",
    ),
    Field(
        PLANNING,
        "context",
        "choice",
        "What is it for?",
        options=(
            ("production", "The film or series itself"),
            ("marketing", "Marketing or publicity"),
            ("recap", "A recap or a catch-up"),
            ("other", "Something else"),
        ),
        initial="production",
    ),
    Field(
        PLANNING,
        "vendor",
        "text",
        "Is a vendor doing it?",
        "Leave it empty if your own team does it.",
        placeholder="Name of the company",
    ),
    fact(MAKING, "element", dispatches=True),
    fact(MAKING, "story_relevant", shown=is_background),
    fact(MAKING, "output_final"),
    fact(PEOPLE, "talent_likeness", dispatches=True),
    fact(PEOPLE, "likeness_of", dispatches=True),
    fact(PEOPLE, "performance_change", dispatches=True),
    fact(PEOPLE, "consent", dispatches=True, shown=touches_somebody),
    Field(
        PEOPLE,
        "consent_reference",
        "text",
        "Where is that consent written down?",
        "Which document, who signed it and what it covers. Left empty, the answer above counts as not sure.",
        placeholder="e.g. Replica rider, signed 2 March by Ana Duarte, her voice in season 2",
        shown=has_consent,
    ),
    fact(PEOPLE, "model_reuse"),
    fact(INPUTS, "netflix_material"),
    fact(INPUTS, "personal_data"),
    fact(INPUTS, "protected_references"),
    fact(INPUTS, "third_party_ip"),
    fact(INPUTS, "unowned_training"),
    fact(OTHERS, "union_work"),
    fact(OTHERS, "could_mislead"),
    Field(TOOLS, "tool", "text", "Tool {number}", placeholder="Name and version, if you know them"),
    Field(
        TOOLS,
        "purpose",
        "text",
        "What does it do for you?",
        placeholder="e.g. Turns the sketch into a texture",
    ),
    Field(
        TOOLS, "inputs", "text", "What goes into it?", placeholder="Files and material, by name if you can"
    ),
    fact(TOOLS, "environment"),
    fact(TOOLS, "stores_or_trains"),
    Field(
        NOT_GENERATIVE,
        "not_generative",
        "lines",
        "Why is it not generative AI?",
        "Leave it empty when it is, or when you are not sure.",
        limit=3000,
    ),
)

REQUEST_FIELDS = tuple(field for field in FIELDS if not field.group.per_tool)
TOOL_FIELDS = tuple(field for field in FIELDS if field.group.per_tool)


def block_id(field: str, tool: int | None = None) -> str:
    """The block_id, and action_id, of a field: `title`, or `step2_environment` of the second tool."""
    return field if tool is None else f"step{tool}_{field}"


_SOMEBODY = ("performer", "minor", "background_actor", "contributor", "public_figure", "deceased")
_CONTRADICTIONS: Mapping[str, tuple[str, str]] = {
    "somebody": (
        "You say nobody real can be recognised, and you name somebody whose likeness or voice it is.",
        "You named somebody, though you said nobody real can be recognised: it is judged as real.",
    ),
    "nobody": (
        "You say somebody real can be recognised, and that the likeness is nobody's.",
        "You said somebody real can be recognised, though the likeness is nobody's: it is judged as real.",
    ),
    "performance": (
        "You say a performance is altered or cloned, and that nobody real is in it.",
        "You said a performance is altered or cloned, though nobody real is in it: it is judged as changed.",
    ),
}


def contradiction(values: Values) -> str:
    """Which two answers do not go together (READINGS A13), "" when all do."""
    recognisable, whose = values.get("talent_likeness"), values.get("likeness_of")
    if recognisable == "no" and whose in _SOMEBODY:
        return "somebody"
    if recognisable == "yes" and whose in ("nobody", "synthetic"):
        return "nobody"
    changed = values.get("performance_change") in ("altered", "replica")
    return "performance" if changed and recognisable == "no" and whose == "nobody" else ""


def pointed_out(name: str) -> str:
    """What is wrong with a contradiction, for the person who is still filling the form in."""
    return _CONTRADICTIONS[name][0]


def stricter_reading(name: str) -> str:
    """How a contradiction that stayed is judged."""
    return _CONTRADICTIONS[name][1]
