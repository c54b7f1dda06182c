"""Every small change of a rule: what the economy of a book tries out, and what its tests have to notice."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from policy.proof.meaning import Meaning
from policy.rulebook import DERIVED, Rule, Rulebook
from policy.verdict import Outcome
from policy.vocabulary import VOCABULARY

Table = Mapping[str, Any]


class Edit(NamedTuple):
    """One change of one rule, in words; `changed` is None where the rule is gone."""

    rule: str
    says: str
    changed: Rule | None


def edits(rule: Rule, meaning: Meaning) -> Iterator[Edit]:
    """All of them: each makes a book that may be wrong."""
    yield Edit(rule.id, "the rule is dropped", None)
    yield from narrowings(rule)
    yield from _widened_exceptions(rule)
    if rule.outcome > Outcome.CLEARED:
        lower = tuple(Outcome)[rule.outcome.rank - 1]
        outcomes = {"outcome": lower, "unsure": min(rule.unsure, lower)}
        yield _edit(rule, f"its outcome is {lower}", **outcomes)
    if rule.unsure > Outcome.CLEARED and meaning.doubts:
        lower = tuple(Outcome)[rule.unsure.rank - 1]
        yield _edit(rule, f"in doubt it is {lower}", unsure=lower)
    for topic in rule.topics:
        topics = tuple(other for other in rule.topics if other != topic)
        yield _edit(rule, f"{topic} does not sign", topics=topics)


def narrowings(rule: Rule) -> Iterator[Edit]:
    """Each fact, listed answer, alternative and exception left out: none of them may be needless."""
    alternatives = rule.when.get("any", [])
    shared = {name: given for name, given in rule.when.items() if name != "any"}
    for says, table in _without_one(shared):
        if table or (alternatives and all(alternatives)):
            yield _edit(rule, says, when={**table, **({"any": alternatives} if alternatives else {})})
    for number, alternative in enumerate(alternatives):
        rest = [*alternatives[:number], *alternatives[number + 1 :]]
        if rest:
            says = f"its alternative {number + 1} is left out"
            yield _edit(rule, says, when={**shared, "any": rest})
        for says, table in _without_one(alternative):
            if table or shared:
                changed = [*alternatives[:number], table, *alternatives[number + 1 :]]
                yield _edit(rule, f"{says}, alternative {number + 1}", when={**shared, "any": changed})
    yield from _narrowed_exceptions(rule)


def _narrowed_exceptions(rule: Rule) -> Iterator[Edit]:
    if not rule.exception:
        return
    yield _edit(rule, "its exception is left out", unless={})
    cited = rule.unless["clauses"]
    for says, table in _without_one({name: rule.unless[name] for name in rule.exception}):
        if table:
            yield _edit(rule, f"{says} in its exception", unless={**table, "clauses": cited})


def _widened_exceptions(rule: Rule) -> Iterator[Edit]:
    """One more answer lifts the rule."""
    words = {name: fact.answers for name, fact in VOCABULARY.items()} | dict(DERIVED)
    for name, lifting in rule.exception.items():
        for answer in words[name]:
            if answer not in lifting:
                wider = {**rule.unless, name: sorted(lifting | {answer})}
                yield _edit(rule, f'"{answer}" of {name} lifts it too', unless=wider)


def _without_one(table: Table) -> Iterator[tuple[str, dict[str, Any]]]:
    """The table without one fact, or without one of the answers listed for it."""
    for name, given in table.items():
        yield f"{name} does not matter", {other: table[other] for other in table if other != name}
        if isinstance(given, list) and len(given) > 1:
            for answer in given:
                rest = [other for other in given if other != answer]
                yield f'"{answer}" of {name} is left out', {**table, name: rest}


def _edit(rule: Rule, says: str, **changes: Any) -> Edit:
    # Built anew: a copy would keep what the old rule has worked out about itself.
    written = {name: getattr(rule, name) for name in Rule.model_fields}
    return Edit(rule.id, says, Rule.model_validate(written | changes))


def book_of(book: Rulebook, rules: tuple[Rule, ...]) -> Rulebook:
    """The same book with other rules, and the same name."""
    return Rulebook(
        heading=book.heading, clauses=book.clauses, duties=book.duties, rules=rules, identity=book.identity
    )
