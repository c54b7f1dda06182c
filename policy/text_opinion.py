"""What patterns found and what words weigh, made one: a doubtful finding is dropped, a plain one added."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

from policy.text_reading import Reading, Statement
from policy.text_risk import risk
from policy.text_weights import Weights, features

Page = tuple[str, int, Reading]  # where a text stands, of which step (0: none), the text as read
Found = tuple[str, int, Statement]

# The fields in which people tell what they do. Names of tools and vendors are no sentences.
_TELLING = frozenset(["title", "description", "purpose", "inputs"])
# Where people may talk of anything, so that a finding can be doubted; a step's fields always speak of a use.
_DOUBTED = frozenset(["title", "description"])
# Without anybody's likeness there is nobody whose consent could be missing.
_SOMEBODY = frozenset(["talent_likeness", "likeness_of", "performance_change"])
# The risky answer of facts that have one; of the others it is yes.
_PLAIN = {"consent": "no", "environment": "consumer"}


def second_opinion(
    pages: Sequence[Page], found: Sequence[Found], weights: Weights, sure: bool = False
) -> Iterator[Found]:
    """`found` without what the words speak against, then what they state and no pattern knows.

    Only what raises a risk is weighed, and only English: the patterns of other languages stand alone.
    `sure`: only what is more likely stated than not.
    """
    told = [page for page in pages if page[0].rpartition(".")[2] in _TELLING]
    tokens = [each for *_, page in told for each in features(page.page.tokens, page.scopes.silenced("en"))]
    if not weights.knows(tokens):
        yield from found
        return
    risky = [entry for entry in found if risk(entry[2].fact, entry[2].answer) > 0]
    weighed = [
        entry
        for entry in risky
        if entry[0] in _DOUBTED and entry[2].fact in weights.facts and entry[2].pattern.startswith("en-")
    ]
    stated = weights.weigh(tokens, frozenset(said.fact for *_, said in weighed), sure)
    if _SOMEBODY.isdisjoint(stated) and _SOMEBODY.isdisjoint(said.fact for *_, said in risky):
        stated.pop("consent", None)
    dropped = {id(entry) for entry in weighed if entry[2].fact not in stated}
    yield from (entry for entry in found if id(entry) not in dropped)
    # Nothing is filled in against what the text says itself ("an invented voice"); asked about it may be.
    raised = {said.fact for *_, said in (found if sure else risky)}
    new = [fact for fact in stated if fact not in raised]
    for fact, telling in weights.telling(tokens, new).items() if new else ():
        yield _where_it_says_so(told, telling, fact, stated[fact] or _PLAIN.get(fact, "yes"))


def _where_it_says_so(told: Sequence[Page], telling: Sequence[float], fact: str, answer: str) -> Found:
    """The statement with the words that weigh most, as a quote, and where they stand."""
    ends = accumulate(len(page.page.tokens) for *_, page in told)
    best: tuple[float, Found] | None = None
    for end, (where, step, page) in zip(ends, told, strict=True):
        weight, said = page.telling(telling[end - len(page.page.tokens) : end], fact, answer)
        if said and (best is None or weight > best[0]):
            best = weight, (where, step, said)
    assert best is not None  # there are words, or nothing would be stated
    return best[1]
