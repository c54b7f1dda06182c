"""Nothing stands in a book for nothing: no dead or redundant rule, needless condition or silent clause."""

from collections.abc import Iterator, Mapping

from policy.proof.diagram import WITHOUT
from policy.proof.edits import Edit, narrowings
from policy.proof.findings import Failure, shown
from policy.proof.meaning import SILENCE, BookMeaning, Meaning, Word, meaning_of

OUTCOME = "by the outcome"
_KINDS = ("clause", "topic", "duty")
_WAYS = {"clause": "by what they cite", "topic": "by who signs", "duty": "by their duties"}


def idle_rules(book: BookMeaning) -> Iterator[Failure]:
    """Rules that never fire, and rules without which every verdict would be the same."""
    for rule in book.book.rules:
        meaning = book.rules[rule.id]
        if not meaning.fires:
            held = book.space.example(book.space.where(rule.alternatives))
            says = f"rule {rule.id} never fires"
            yield shown(
                f"{says}: its exception lifts it wherever it holds" if held else says, [held] if held else []
            )
        elif book.changes(rule.id, SILENCE) == (False, []):
            cell = book.space.example(meaning.fires)
            says = f"rule {rule.id} is redundant: wherever it fires, others say everything it says"
            yield shown(says, [cell] if cell else [])


def ways_of_earning(book: BookMeaning) -> Mapping[str, list[str]]:
    """How each rule earns its place: way -> rules, with the words that only they bring somewhere."""
    ways: dict[str, list[str]] = {}
    for rule in book.rules:
        outcome, words = book.changes(rule, SILENCE)
        if outcome:
            ways.setdefault(OUTCOME, []).append(rule)
        elif words:
            kind = min((kind for kind, _ in words), key=_KINDS.index)
            brought = " ".join(word for other, word in words if other == kind)
            ways.setdefault(_WAYS[kind], []).append(f"{rule} ({brought})")
    return ways


def tried(book: BookMeaning) -> list[Edit]:
    """Every condition, answer, alternative and exception of the book, left out once."""
    return [edit for rule in book.book.rules for edit in narrowings(rule)]


def needless_conditions(book: BookMeaning, attempts: list[Edit]) -> Iterator[Failure]:
    """Parts of rules without which every verdict would be the same."""
    for edit in attempts:
        if edit.changed is None:
            continue
        changed = meaning_of(edit.changed, book.book, book.space)
        if book.changes(edit.rule, changed) == (False, []):
            says = f"rule {edit.rule}: if {edit.says}, every verdict stays the same"
            cell = _telling(book, book.rules[edit.rule], changed)
            yield shown(says, [cell] if cell else [])


def _telling(book: BookMeaning, before: Meaning, after: Meaning) -> dict[str, str] | None:
    """A cell where the two rules differ though no verdict does; if none does, one where the rule fires."""
    for one, other in ((after, before), (before, after)):
        cell = book.space.example(book.space.diagrams.combine(WITHOUT, one.fires, other.fires))
        if cell:
            return cell
    return book.space.example(before.fires)


def silent_clauses(book: BookMeaning) -> Iterator[Failure]:
    """Clauses that no verdict ever cites nor brings as a duty, and duties that nothing brings."""
    for clause in unspoken(book, book.says):
        yield Failure(f"clause {clause} is cited by no verdict and travels with none as a duty")
    for duty in book.book.duties:
        if ("duty", duty) not in book.says and duty not in book.book.heading.always:
            yield Failure(f"duty {duty} travels with no verdict")


def unspoken(book: BookMeaning, says: Mapping[Word, int]) -> set[str]:
    """The clauses of the book that are in none of its verdicts if its rules say this and no more."""
    heading = book.book.heading
    spoken = {word for (kind, word), where in says.items() if where and kind != "topic"}
    spoken.update(heading.always)
    if book.space.diagrams.counts(book.outcome)[0]:
        spoken.update(heading.cleared.clauses)
    return set(book.book.clauses) - spoken
