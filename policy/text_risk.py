"""How far the text may move an answer: the order of risk where the vocabulary's own does not say."""

from collections.abc import Mapping
from types import MappingProxyType

from policy.vocabulary import UNSURE, VOCABULARY

_CHANGES = ("none", "cosmetic", "as_scripted", UNSURE, "altered", "replica")
# Safe to risky where the vocabulary's own order does not say how far the text may move an answer: an open
# question lies below what the text states; two answers of one rank are never exchanged.
_RISK: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "performance_change": {answer: rank for rank, answer in enumerate(_CHANGES)},
        "environment": {a: n for n, a in enumerate(["netflix", "enterprise", "unsure", "consumer"])},
        "likeness_of": {"nobody": 0, "synthetic": 0, UNSURE: 1, "crew": 1}
        | dict.fromkeys(
            ["background_actor", "contributor", "performer", "minor", "public_figure", "deceased"], 2
        ),
    }
)
# Whose likeness, when the text names several: the one to worry about most.
WHOSE = (
    "deceased",
    "public_figure",
    "minor",
    "contributor",
    "background_actor",
    "performer",
    "crew",
    "synthetic",
)


def risk(fact: str, answer: str) -> int:
    """How risky an answer is, as far as the text may move it; `fact` may be a step's."""
    name = fact.rpartition(".")[2]
    ranks = _RISK.get(name)
    return ranks[answer] if ranks else VOCABULARY[name].answers.index(answer)
