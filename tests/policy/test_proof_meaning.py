"""The proof speaks of what triage does: the same evaluator, scopes and maximum, on random whole uses."""

from itertools import chain, product
from random import Random
from typing import Any

import pytest

from policy.conditions import any_holds, holds
from policy.facts import Use
from policy.proof.edits import book_of, edits
from policy.proof.meaning import BookMeaning, meaning_of
from policy.proof.space import STATED, UNSTATED, Space, use_at
from policy.rulebook import DERIVED, PER_STEP, STEP_ONLY, Rulebook, parse_book
from policy.triage import triage
from policy.verdict import Outcome, Verdict
from policy.vocabulary import VOCABULARY
from tests.policy.test_promises import STUDIO_BOOK
from tests.policy.uses import ONLY_OF_A_STEP, OWN_IF_STATED, WHOLE, shelf

USES = 20_000
SAFE = {"element": "reference", "likeness_of": "nobody"}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return shelf()[0]


@pytest.fixture(scope="module")
def meaning(book: Rulebook) -> BookMeaning:
    return BookMeaning(book, Space())


def an_answer(name: str, random: Random, often_safe: float) -> str:
    answers = VOCABULARY[name].answers
    return SAFE.get(name, answers[0]) if random.random() < often_safe else random.choice(answers)


def any_use(random: Random) -> Use:
    """Uses from nearly safe ones to wild ones, so that no outcome is rare."""
    often_safe = random.choice([0.3, 0.8, 0.95])
    facts: dict[str, Any] = {name: an_answer(name, random, often_safe) for name in WHOLE}
    facts["steps"] = [
        {name: an_answer(name, random, often_safe) for name in ONLY_OF_A_STEP}
        | {name: an_answer(name, random, often_safe) for name in OWN_IF_STATED if random.random() < 0.3}
        for _ in range(random.choice([1, 1, 2, 3]))
    ]
    return Use.model_validate({"vendor": random.choice(["", "", "Studio"]), "facts": facts})


def cells_of(use: Use) -> list[dict[str, str]]:
    """One cell for each step: the request, and that step alone, of however many."""
    whole = {name: getattr(use.facts, name) for name in WHOLE}
    whole["vendor"] = DERIVED["vendor"][bool(use.vendor)]
    whole["workflow"] = DERIVED["workflow"][len(use.facts.steps) > 1]
    return [
        whole
        | {name: getattr(step, name) for name in STEP_ONLY & PER_STEP}
        | {STATED + name: getattr(step, name) or UNSTATED for name in OWN_IF_STATED}
        for step in use.facts.steps
    ]


def test_every_rule_and_every_edit_of_one_means_what_triages_evaluator_says(
    book: Rulebook, meaning: BookMeaning
) -> None:
    """Not sampled: each rule under every combination of the answers it looks at."""
    every = [(rule.id, rule) for rule in book.rules]
    every += [
        (edit.rule, edit.changed)
        for rule in book.rules
        for edit in edits(rule, meaning.rules[rule.id])
        if edit.changed and (edit.changed.when, edit.changed.unless) != (rule.when, rule.unless)
    ]
    space = meaning.space
    for name, rule in every:
        means = meaning_of(rule, book, space)
        looked_at = sorted(rule.names)
        for given in product(*(space.answers[fact] for fact in looked_at)):
            answers = {fact: (fact, answer) for fact, answer in zip(looked_at, given, strict=True)}
            held = any_holds(rule.alternatives, answers).truth
            if rule.exception and holds(rule.exception, answers).truth:
                held = False
            numbers = [0] * len(space.names)
            for fact, answer in zip(looked_at, given, strict=True):
                numbers[space.level[fact]] = space.answers[fact].index(answer)
            at = space.diagrams.at
            assert (at(means.fires, numbers), at(means.doubts, numbers)) == (held is True, held is None), name


def test_on_random_uses_of_any_number_of_steps_the_proof_sees_what_triage_finds(
    book: Rulebook, meaning: BookMeaning
) -> None:
    random, space = Random(11), meaning.space
    seen = set()
    for _ in range(USES):
        use = any_use(random)
        verdict = triage(use, [book])
        cells = cells_of(use)
        assert verdict.outcome == max(space.rank_at(meaning.outcome, cell) for cell in cells)
        numbers = [[answers.index(cell[place]) for place, answers in space.answers.items()] for cell in cells]
        at = space.diagrams.at
        fired, doubted = set(), set()
        for rule in book.rules:
            means = meaning.rules[rule.id]
            if any(at(means.fires, cell) for cell in numbers):
                fired.add(rule.id)
            if rule.unsure > Outcome.CLEARED and any(at(means.doubts, cell) for cell in numbers):
                doubted.add(rule.id)
        found = [finding for finding in verdict.findings if finding.rule != book.heading.cleared.rule]
        assert fired == {finding.rule for finding in found if not finding.undecided}
        assert doubted == {finding.rule for finding in found if finding.undecided}
        seen.add(verdict.outcome)
    assert seen == set(Outcome)


def test_what_the_proof_says_a_verdict_says_is_what_it_says(book: Rulebook, meaning: BookMeaning) -> None:
    random, space = Random(12), meaning.space
    for _ in range(1_000):
        use = any_use(random)
        cells = cells_of(use)
        verdict = triage(use, [book])
        always = {("duty", duty) for duty in book.heading.always}
        if verdict.outcome == Outcome.CLEARED:
            always |= {("clause", clause) for clause in book.heading.cleared.clauses}
        said = {
            word
            for word, where in meaning.says.items()
            if any(space.rank_at(where, cell) > Outcome.CLEARED for cell in cells)
        }
        assert said | always == words_of(verdict)


def words_of(verdict: Verdict) -> set[tuple[str, str]]:
    cited = chain.from_iterable(finding.clauses for finding in verdict.findings)
    return {
        *(("clause", clause) for clause in cited),
        *(("duty", duty.clause) for duty in verdict.duties),
        *(("topic", topic.value) for topic in verdict.topics),
    }


def test_every_cell_is_a_use_and_the_use_is_that_cell(meaning: BookMeaning) -> None:
    random = Random(13)
    for _ in range(500):
        cell = {place: random.choice(answers) for place, answers in meaning.space.answers.items()}
        assert all(found == cell for found in cells_of(use_at(cell)))


def test_of_several_books_and_steps_the_strictest_holds(book: Rulebook, meaning: BookMeaning) -> None:
    """One step of one book is what is proven; this is why that is enough."""
    studio = parse_book(STUDIO_BOOK, "studio.toml")
    other = BookMeaning(studio, meaning.space)
    random = Random(14)
    for _ in range(1_000):
        use = any_use(random)
        at = meaning.space.rank_at
        parts = [at(one.outcome, cell) for one in (meaning, other) for cell in cells_of(use)]
        assert triage(use, [book, studio]).outcome == max(parts)


def test_a_rule_beside_the_rest_of_its_book_is_judged_like_the_rule_within_it(
    book: Rulebook, meaning: BookMeaning
) -> None:
    """The wrong books are judged that way, for speed."""
    random = Random(15)
    every = [edit for rule in book.rules for edit in edits(rule, meaning.rules[rule.id])]
    for edit in random.sample(every, 60):
        others = [rule for rule in book.rules if rule.id != edit.rule]
        changed = [edit.changed] if edit.changed else []
        place = [rule.id for rule in book.rules].index(edit.rule)
        within = book_of(book, (*others[:place], *changed, *others[place:]))
        beside = [book_of(book, tuple(others)), book_of(book, tuple(changed))]
        for _ in range(15):
            use = any_use(random)
            one, two = triage(use, [within]), triage(use, beside)
            assert (one.outcome, one.topics, one.open_questions) == (
                two.outcome,
                two.topics,
                two.open_questions,
            )
            assert words_of(one) == words_of(two)
