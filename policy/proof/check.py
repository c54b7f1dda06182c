"""The whole proof of one book: every property over every cell, the golden cases, and the wrong books."""

from collections.abc import Iterator, Sequence

from policy.proof.cases import Case, misjudged
from policy.proof.economy import (
    OUTCOME,
    idle_rules,
    needless_conditions,
    silent_clauses,
    tried,
    ways_of_earning,
)
from policy.proof.findings import Failure, Proven, shown
from policy.proof.meaning import BookMeaning
from policy.proof.mutants import tally
from policy.proof.promises import Promises
from policy.proof.properties import Properties
from policy.proof.signing import unsigned
from policy.proof.space import Space, request_file
from policy.rulebook import Rulebook
from policy.verdict import Outcome


def prove(book: Rulebook, promises: Promises, cases: Sequence[Case]) -> Iterator[Proven]:
    """Every property of the book, one after the other; the wrong books only if all others hold."""
    space = Space()
    meaning = BookMeaning(book, space)
    properties = Properties(space, promises)
    sound = True
    for proven in (
        *_of_all_cells(meaning, properties),
        *_of_the_text(meaning, promises),
        _judged(book, cases),
    ):
        sound = sound and proven.ok
        yield proven
    if not cases:
        yield Proven("mutants", "not tried: there are no golden cases for this book")
    elif sound:
        yield _mutants(meaning, properties, cases)
    else:
        yield Proven("mutants", "not tried: first mend the above, or every wrong book would seem noticed")


def _of_all_cells(meaning: BookMeaning, properties: Properties) -> Iterator[Proven]:
    outcome, promises = meaning.outcome, properties.promises
    yield _total(meaning)
    steps = f"{len(properties.steps_up)} steps from an answer to a riskier one, each in every context"
    yield Proven("monotone", steps, tuple(properties.falling(outcome)))
    doubt = f"unsure in {len(properties.doubtful)} places, each in every context"
    exceptions = f"; {len(promises.doubt)} readings say otherwise" if promises.doubt else ""
    yield Proven("doubt", doubt + exceptions, tuple(properties.misread_doubts(outcome)))
    if not promises.floor and not promises.principle:
        yield Proven("floors", f'nothing is promised for a book with the id "{promises.book}"')
        return
    yield Proven("floors", f"{len(promises.floor)} floors", tuple(properties.below_floors(outcome)))
    met = (
        f"{len(promises.principle)} principles; cleared exactly where all are met and no floor asks for more"
    )
    failures = (*properties.unprincipled(outcome), *properties.not_as_cleared(outcome))
    yield Proven("principles", met, failures)


def _total(meaning: BookMeaning) -> Proven:
    counts = meaning.space.diagrams.counts(meaning.outcome)
    listed = ", ".join(f"{count:,} {outcome}" for count, outcome in zip(counts, Outcome, strict=True))
    missing = meaning.space.cells - sum(counts)
    failures = (Failure(f"{missing:,} cells get no verdict"),) if missing else ()
    return Proven("total", f"{meaning.space.cells:,} cells: {listed}", failures)


def _of_the_text(meaning: BookMeaning, promises: Promises) -> Iterator[Proven]:
    book = meaning.book
    ways = ways_of_earning(meaning)
    earned = ", ".join(f"{len(rules)} {way}" for way, rules in ways.items())
    notes = tuple(f"{way}: {', '.join(rules)}" for way, rules in ways.items() if way != OUTCOME)
    earn = f"{len(book.rules)} rules, of which count {earned}"
    yield Proven("rules", earn, tuple(idle_rules(meaning)), notes)
    attempts = tried(meaning)
    kept = {(keep.rule, keep.part) for keep in promises.kept}
    needless = tuple(
        needless_conditions(meaning, [one for one in attempts if (one.rule, one.says) not in kept])
    )
    looked_at = f"{len(attempts)} conditions, answers and exceptions, each left out once"
    yield Proven("conditions", looked_at + (f"; {len(kept)} kept for a reason" if kept else ""), needless)
    cited = sum(len(rule.clauses) + len(rule.duties) for rule in book.rules)
    clauses = f"{len(book.clauses)} clauses, {cited} citations and duties"
    yield Proven("clauses", clauses, tuple(silent_clauses(meaning)))
    if promises.signs:
        yield Proven(
            "signing", f"{len(promises.signs)} lines of who signs what", tuple(unsigned(book, promises))
        )


def _judged(book: Rulebook, cases: Sequence[Case]) -> Proven:
    failures = [
        Failure(
            f"case {case.told.id} ({case.source}) {wrong}",
            (request_file(case.use, [f"case {case.told.id} {wrong}", case.told.story]),),
        )
        for case in cases
        if (wrong := misjudged(case, [book]))
    ]
    return Proven("cases", f"{len(cases)} golden cases", tuple(failures))


def _mutants(meaning: BookMeaning, properties: Properties, cases: Sequence[Case]) -> Proven:
    found = tally(meaning, properties, cases)
    killed = found.by_property + found.by_case
    noticed = f"{killed} of {killed + len(found.survivors)} wrong books noticed"
    by = f"{found.by_property} by a property, {found.by_case} by a case"
    same = f"; {len(found.same)} more are no different" if found.same else ""
    failures = (
        shown(f"rule {survivor.edit.rule}: nothing notices if {survivor.edit.says}", survivor.cells)
        for survivor in found.survivors
    )
    return Proven("mutants", f"{noticed}: {by}{same}", tuple(failures))
