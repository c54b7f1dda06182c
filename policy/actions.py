"""What a requester can do about a verdict, as data: the answers it changes and what it asks of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from policy.vocabulary import VOCABULARY


@dataclass(frozen=True)
class Change:
    """A declared answer that the action makes another one; an unsure answer is never changed.

    `follows`: the fact only comes along; it is no reason to take the action.
    """

    fact: str
    declared: tuple[str, ...]
    becomes: str
    follows: bool = False


@dataclass(frozen=True)
class Action:
    """One thing to do. `says` completes "If you ...".

    `effort`: 1 a choice in the prompt or the upload, 2 another way of working, 3 it takes somebody else,
    4 another piece of work. `only` says where the action makes sense. An action that is `harder_than`
    another is not offered where the other one leads as far.
    """

    name: str
    says: str
    effort: int
    changes: tuple[Change, ...]
    only: Mapping[str, tuple[str, ...]] | None = None
    harder_than: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """A fact that settles by itself once the actions have made the others so."""

    change: Change
    once: Mapping[str, tuple[str, ...]]


def _says(fact: str) -> str:
    says = VOCABULARY[fact].action
    assert says, f"{fact} is a fact of honesty: nothing but another idea changes it"
    return says


_YES = ("yes",)
_SOMEBODY = ("crew", "background_actor", "contributor", "performer", "minor", "public_figure", "deceased")

# Where two actions answer one fact, the later one stands. No action calls a key element background, and none
# touches could_mislead, union_work or third_party_ip.
ACTIONS = (
    Action("references", _says("protected_references"), 1, (Change("protected_references", _YES, "no"),)),
    Action("material", _says("netflix_material"), 1, (Change("netflix_material", _YES, "no"),)),
    Action("data", _says("personal_data"), 1, (Change("personal_data", _YES, "no"),)),
    Action("replace", _says("output_final"), 2, (Change("output_final", _YES, "no"),)),
    Action(
        "incidental",
        _says("story_relevant"),
        2,
        (Change("story_relevant", _YES, "no"),),
        only={"element": ("background",)},
    ),
    Action("model", _says("model_reuse"), 2, (Change("model_reuse", _YES, "no"),)),
    Action(
        "storing",
        _says("stores_or_trains"),
        2,
        (Change("stores_or_trains", _YES, "no"),),
        only={"environment": ("netflix", "enterprise", "unsure")},  # on a consumer tier it is another tier
    ),
    Action(
        "enterprise",
        _says("environment"),
        2,
        (
            Change("environment", ("consumer",), "enterprise"),
            Change("stores_or_trains", _YES, "no", follows=True),
        ),
    ),
    Action(
        "netflix",
        "use a tool under a Netflix enterprise agreement (your contact knows which)",  # K1
        3,
        (
            Change("environment", ("enterprise", "consumer"), "netflix"),
            Change("stores_or_trains", _YES, "no", follows=True),
        ),
        harder_than=("enterprise", "storing"),
    ),
    Action("consent", _says("consent"), 3, (Change("consent", ("no", "not_needed"), "yes"),)),
    Action(
        "performance",
        _says("performance_change"),
        3,
        (Change("performance_change", ("cosmetic", "as_scripted", "altered", "replica"), "none"),),
    ),
    Action(
        "likeness",
        _says("talent_likeness"),
        3,
        (
            Change("talent_likeness", _YES, "no"),
            Change("likeness_of", _SOMEBODY, "nobody"),
            # A replica is nothing but the likeness; what is done to a recorded performance stays done.
            Change("performance_change", ("replica",), "none", follows=True),
        ),
    ),
    Action("training", _says("unowned_training"), 3, (Change("unowned_training", _YES, "no"),)),
    Action(
        "idea",
        _says("element"),
        4,
        (
            Change("element", ("background", "key_element"), "reference"),
            Change("output_final", _YES, "no", follows=True),
        ),
        only={"output_final": ("no", "yes")},  # what may end up in the final is no idea
        harder_than=("replace",),
    ),
)

LINKS = (
    Link(
        Change("consent", ("no",), "not_needed"),
        once={
            "talent_likeness": ("no",),
            "likeness_of": ("nobody", "synthetic"),
            "performance_change": ("none", "cosmetic"),
        },
    ),
)
