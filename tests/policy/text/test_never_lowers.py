"""Whatever was declared and whatever the text says, the stricter reading never judges more mildly."""

import random

from bot.text_report import read_corpus
from policy.facts import Facts, Step, Use
from policy.rulebook import PER_STEP, STEP_ONLY, load_books
from policy.text import strict
from policy.triage import triage
from policy.vocabulary import VOCABULARY
from tests.policy.text.test_measured import CORPORA


def declared_at_random(dice: random.Random, description: str) -> Use:
    answers = {name: dice.choice(fact.answers) for name, fact in VOCABULARY.items() if name not in STEP_ONLY}
    steps = tuple(
        Step(
            tool=dice.choice(["", "Runway", "upscaler"]),
            **{n: dice.choice(VOCABULARY[n].answers) for n in names},
        )
        for names in dice.choices([sorted(PER_STEP & STEP_ONLY), sorted(PER_STEP)], k=dice.randint(1, 3))
    )
    return Use(description=description, facts=Facts.model_validate(answers | {"steps": steps}))


def test_the_stricter_reading_never_lowers_the_outcome() -> None:
    dice, books = random.Random(7), load_books()
    rows = [row for path in CORPORA for row in read_corpus(path) if row.states]
    for row in rows:
        use = declared_at_random(dice, row.description)
        stricter, _ = strict(use)
        assert triage(stricter, books).outcome >= triage(use, books).outcome, row.id
