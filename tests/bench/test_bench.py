"""Every part of the benchmark runs, and the page shows what was measured and nothing else."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.__main__ import PARTS, main
from bench.gates import targets
from bench.page import KEPT, PAGE, filled
from bench.places import Places, places
from bench.results import Results
from bench.scale import TINY
from bench.tables import Column, Table
from bench.timing import by_turns, ratio, timed

# What each part must have a table of.
TABLES = {
    "acknowledging": {"ack_http", "listeners", "stages"},
    "policy": {"policy", "proof", "engines"},
    "growth": {"growth", "pages", "verification", "start"},
    "delivery": {"delivery", "card"},
    "footprint": {"memory", "installed"},
}


@pytest.fixture(scope="module")
def where() -> Iterator[Places]:
    """Room for databases."""
    with places(TINY.databases) as found:
        yield found


@pytest.mark.process
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("part", PARTS)
def test_a_part_measures_and_prints_its_tables(where: Places, part: str) -> None:
    tables = list(PARTS[part](where, TINY))
    assert {table.key for table in tables} == TABLES[part]
    for table in tables:
        assert table.rows, table.key
        assert table.title in table.text()
        assert table.text().count("\n") >= len(table.rows) + 3
        assert Table.of_json(json.loads(json.dumps(table.as_json()))).markdown() == table.markdown()


def test_both_sides_take_turns_and_the_first_one_changes() -> None:
    order: list[str] = []
    sides = {name: timed(lambda name=name: order.append(name)) for name in ("ours", "bare")}  # type: ignore[misc]
    found = by_turns(sides, turns=4, warm=0)
    assert order == ["ours", "bare", "bare", "ours", "ours", "bare", "bare", "ours"]
    assert {name: len(series.turns) for name, series in found.items()} == {"ours": 4, "bare": 4}
    own = ratio(found["ours"], found["ours"])
    assert (own.value, own.low, own.high) == (1.0, 1.0, 1.0)


def test_a_part_that_is_measured_again_takes_the_place_of_what_it_was(tmp_path: Path) -> None:
    kept = tmp_path / "bench.json"
    results = Results.read(kept)
    for seconds in (0.1, 0.2):
        table = Table("proof", "Proof", (Column("what"), Column("seconds", "s")), [["all", seconds]])
        results.keep("policy", [table])
        results.write(kept)
    found = Results.read(kept).find("proof", what="all")
    assert found == {"what": "all", "seconds": 0.2}


def test_what_is_worse_than_its_target_is_said_to_be() -> None:
    columns = (Column("piece"), Column("median", "us"))
    for seconds, says in ((9e-6, "stretch met"), (40e-6, "met"), (60e-6, "NOT MET")):
        results = Results()
        results.keep("policy", [Table("policy", "", columns, [["triage", seconds]])])
        [row] = [row for row in targets(results).rows if "one triage" in str(row[0])]
        assert row[-1] == says
    assert {row[-1] for row in targets(Results()).rows} == {"not measured"}


def test_the_tables_of_the_page_are_made_from_what_was_measured() -> None:
    page = PAGE.read_text("utf-8")
    assert set(re.findall(r"<!-- bench: (\w+) -->", page)) == {*PARTS, "targets"}
    assert filled(page, Results.read(KEPT)) == page, "run: python -m bench --page"


def test_an_unknown_part_is_refused_in_one_sentence() -> None:
    told = CliRunner().invoke(main, ["speed"])
    assert told.exit_code == 2
    assert "'speed' is not one of 'acknowledging', 'policy'" in told.output
