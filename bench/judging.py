"""Part 2, policy: decisions a second, the pieces of one, the proof, and the same rules in engines."""

import json
import random
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter

from bench import engines
from bench.places import Places
from bench.scale import Scale
from bench.tables import Cell, Column, Table, spread
from bench.timing import by_turns, each, ratio
from bot.shipped import shipped
from policy.advice import advise
from policy.facts import Facts, Step, Use
from policy.library import books_on
from policy.proof.cases import read_cases
from policy.proof.check import prove
from policy.proof.promises import promises_for
from policy.rulebook import Rulebook
from policy.text import contradictions
from policy.triage import triage
from policy.vocabulary import UNSURE, VOCABULARY

_DAY = date(2026, 1, 1)
_SEED = 20251111
ROOT = Path(__file__).parent.parent


def judging(places: Places, scale: Scale) -> Iterator[Table]:
    """Triage and advice, the whole proof, and other engines on the same rules."""
    del places
    books = books_on(_DAY)
    yield _pieces(books, list(islice(cycle(_examples()), scale.decisions)), scale)
    yield _proof(books[0], scale)
    yield _engines(books[0], list(some_uses(scale.decisions)), scale)


def _examples() -> Iterator[Use]:
    """What real people asked, in short."""
    for line in (ROOT / "tests" / "policy" / "cases.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        yield Use.model_validate({name: value for name, value in case.items() if name in Use.model_fields})


def some_uses(count: int, unsure: float = 0.1) -> Iterator[Use]:
    """Uses drawn evenly over all answers, a tenth of them unsure, one to three tools; always the same."""
    draw = random.Random(_SEED)

    def answer(name: str) -> str:
        return UNSURE if draw.random() < unsure else draw.choice(VOCABULARY[name].answers)

    whole = [name for name in VOCABULARY if name in Facts.model_fields]
    for _ in range(count):
        steps = [
            Step.model_validate(
                {name: answer(name) for name in ("environment", "stores_or_trains")}
                | {"tool": "Midjourney", "purpose": "mood boards"}
            )
            for _ in range(draw.choice((1, 1, 1, 2, 3)))
        ]
        facts = Facts.model_validate({name: answer(name) for name in whole} | {"steps": steps})
        yield Use(title="Mood boards for the bunker", description="Forty quick images.", facts=facts)


def _pieces(books: Sequence[Rulebook], uses: Sequence[Use], scale: Scale) -> Table:
    columns = (
        *(Column("piece"), Column("median", "us"), Column("p99", "us"), Column("a second", "rate")),
        Column("x triage", "ratio"),
    )
    table = Table(
        "policy",
        "Judging one use",
        columns,
        notes=(
            "The examples of tests/policy/cases.jsonl again and again, 5 findings each. Triage gives the "
            "verdict with all findings, duties, topics and open questions. Beside them, uses drawn "
            "evenly over all answers, a tenth of them unsure, one to three tools: riskier than anybody's.",
        ),
    )
    verdicts = [triage(use, books) for use in uses]
    drawn = list(some_uses(len(uses)))
    # Words that were not read before, as everybody's: what was read last is kept.
    unread = [use.model_copy(update={"title": f"{use.title} {at}"}) for at, use in enumerate(uses)]
    size = max(1, len(uses) // scale.turns)

    places = range(len(uses))
    measured = by_turns(
        {
            "triage": each(lambda at: triage(uses[at], books), places, size),
            "triage of uses drawn at random: 16 findings": each(
                lambda at: triage(drawn[at], books), places, size
            ),
            "advice: what would clear this": each(
                lambda at: advise(uses[at], books, verdicts[at]), places, size
            ),
            "the free text against the answers": each(lambda at: contradictions(unread[at]), places, size),
        },
        scale.turns,
    )
    for name, series in measured.items():
        cells: list[Cell] = [name, series.median, series.p99, 1 / series.median]
        table.rows.append([*cells, spread(ratio(series, measured["triage"]))])
    return table


def _proof(book: Rulebook, scale: Scale) -> Table:
    """Every property over the whole fact space, and the wrong books that the cases must notice."""
    columns = (Column("what"), Column("seconds", "s"))
    table = Table("proof", "Proving the whole book over its whole fact space", columns)
    files = [shipped(f"tests/policy/{name}") for name in ("golden.toml", "golden_proof.toml")]
    cases = [case for file in files for case in read_cases(file.read_text("utf-8"), file.name)]
    ways = {"every property": (), "every property and every wrong book": cases if scale.whole else ()}
    for name, these in ways.items():
        began = perf_counter()
        found = list(prove(book, promises_for(book.identity.id), these))
        assert all(proven.ok for proven in found), [one.name for one in found if not one.ok]
        table.rows.append([name, perf_counter() - began])
    return table


def _engines(book: Rulebook, uses: Sequence[Use], scale: Scale) -> Table:
    columns = (
        *(Column("engine"), Column("inputs"), Column("median", "us"), Column("p99", "us")),
        *(Column("a second", "rate"), Column("x ours", "ratio")),
    )
    table = Table(
        "engines",
        "The same rules in other engines",
        columns,
        notes=(
            "Whole-use rules on the same answers; each engine gives the ids of the rules that hold or "
            "cannot be decided, and nothing more: no findings in words, no open questions. Ours is "
            "timed at that too, by the conditions alone, and with the whole triage.",
        ),
    )
    answers = [engines.answers_of(use) for use in uses[: max(20, len(uses) // 20)]]
    contestants = engines.contestants(book)
    for name, judge in contestants.engines.items():
        disagreements = sum(judge(one) != contestants.ours(one) for one in answers)
        assert not disagreements, f"{name} disagrees on {disagreements} of {len(answers)} inputs"
    size = max(1, len(answers) // scale.turns)

    sides = {
        "ours, the conditions alone": each(contestants.ours, answers, size),
        "ours, the whole triage": each(lambda use: triage(use, (book,)), uses[: len(answers)], size),
        **{name: each(judge, answers, size) for name, judge in contestants.engines.items()},
    }
    measured = by_turns(sides, scale.turns)
    first = measured["ours, the conditions alone"]
    for name, series in measured.items():
        agreed = f"agrees on {len(answers):,}"
        times = [series.median, series.p99, 1 / series.median]
        table.rows.append([name, agreed, *times, spread(ratio(series, first))])
    for name in contestants.absent:
        table.rows.append([f"{name} (NOT INSTALLED: make bench-engines)", "", None, None, None, None])
    return table
