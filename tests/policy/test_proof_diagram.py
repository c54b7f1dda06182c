"""Decision diagrams against the plain enumeration of everything, on spaces small enough for it."""

from collections import Counter
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from policy.proof.diagram import BELOW, BOTH, DIFFER, LARGER, RANKS, SMALLER, WITHOUT, Diagrams

WIDTHS = (2, 3, 2, 3)
CELLS = list(product(*map(range, WIDTHS)))
Table = dict[tuple[int, ...], int]

tables = st.lists(st.integers(0, 3), min_size=len(CELLS), max_size=len(CELLS)).map(
    lambda values: dict(zip(CELLS, values, strict=True))
)


def diagram(diagrams: Diagrams, table: Table, *begun: int) -> int:
    level = len(begun)
    if level == len(WIDTHS):
        return table[begun]
    children = tuple(diagram(diagrams, table, *begun, answer) for answer in range(WIDTHS[level]))
    return diagrams.node(level, children)


@settings(max_examples=50, deadline=None)
@given(one=tables, other=tables)
def test_whatever_is_combined_is_combined_in_every_cell(one: Table, other: Table) -> None:
    diagrams = Diagrams(WIDTHS)
    left, right = diagram(diagrams, one), diagram(diagrams, other)
    for operation in (LARGER, SMALLER, BELOW, BOTH, WITHOUT, DIFFER):
        found = diagrams.combine(operation, left, right)
        assert all(diagrams.at(found, cell) == operation.table[one[cell]][other[cell]] for cell in CELLS)
    chosen = diagrams.chosen(diagrams.mapped((0, 0, 1, 1), left), left, right)
    assert all(diagrams.at(chosen, cell) == (one[cell] if one[cell] > 1 else other[cell]) for cell in CELLS)


@settings(max_examples=50, deadline=None)
@given(table=tables)
def test_equal_functions_are_one_number_and_every_cell_is_counted(table: Table) -> None:
    diagrams = Diagrams(WIDTHS)
    function = diagram(diagrams, table)
    assert diagrams.combine(LARGER, function, function) == function
    assert diagrams.combine(DIFFER, function, diagrams.mapped((0, 1, 2, 3), function)) == 0
    counted = Counter(table.values())
    assert diagrams.counts(function) == tuple(counted[value] for value in range(RANKS))


@settings(max_examples=50, deadline=None)
@given(table=tables, level=st.integers(0, 3), data=st.data())
def test_a_fixed_answer_holds_everywhere(table: Table, level: int, data: st.DataObject) -> None:
    diagrams = Diagrams(WIDTHS)
    answer = data.draw(st.integers(0, WIDTHS[level] - 1))
    fixed = diagrams.fixed(diagram(diagrams, table), level, answer)
    for cell in CELLS:
        assert diagrams.at(fixed, cell) == table[(*cell[:level], answer, *cell[level + 1 :])]


@settings(max_examples=50, deadline=None)
@given(table=tables)
def test_the_example_is_the_cheapest_cell_there_is(table: Table) -> None:
    diagrams = Diagrams(WIDTHS)
    costs = [[7 * answer + level for answer in range(width)] for level, width in enumerate(WIDTHS)]
    costs = [[cost if answer else 0 for answer, cost in enumerate(row)] for row in costs]
    found = diagrams.cheapest(diagrams.mapped((0, 0, 0, 1), diagram(diagrams, table)), costs)
    dear = {cell: sum(costs[level][answer] for level, answer in enumerate(cell)) for cell in CELLS}
    wanted = [dear[cell] for cell in CELLS if table[cell] == 3]
    assert (found.cost if found else None) == min(wanted, default=None)
    if found:
        assert table[tuple(found.answers.get(level, 0) for level in range(len(WIDTHS)))] == 3
