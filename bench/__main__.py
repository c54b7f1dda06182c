"""`python -m bench [PART ...]`: measure, print tables, keep them as JSON, make the page."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from bench.acknowledging import acknowledging
from bench.delivering import delivering
from bench.footprint import footprint
from bench.gates import targets
from bench.growth import growth
from bench.judging import judging
from bench.page import ROOT, rewrite
from bench.places import Places, places
from bench.results import Results
from bench.scale import TINY, Scale
from bench.tables import Table

PARTS: dict[str, Callable[[Places, Scale], Iterator[Table]]] = {
    "acknowledging": acknowledging,
    "policy": judging,
    "growth": growth,
    "delivery": delivering,
    "footprint": footprint,
}
_JSON = ROOT / ".make" / "bench.json"


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)))
@click.option("--size", type=int, default=100_000, show_default=True, help="The largest register.")
@click.option(
    "--tiny", is_flag=True, help="As little as shows that everything runs; the figures mean nothing."
)
@click.option("--json", "path", type=click.Path(dir_okay=False, path_type=Path), default=_JSON)
@click.option("--page", is_flag=True, help="Make docs/performance.md from what was measured last.")
def main(parts: tuple[str, ...], size: int, tiny: bool, path: Path, page: bool) -> None:
    """Measure PARTS (all when none is named). With --page and no part, measure nothing."""
    logging.disable(logging.WARNING)
    results = Results.read(path)
    wanted = parts or (() if page else tuple(PARTS))
    if wanted:
        scale = TINY if tiny else Scale.up_to(size)
        with places(scale.databases) as where:
            for name in wanted:
                measure(name, where, scale, results)
                results.write(path)
        click.echo(targets(results).text())
    if page:
        rewrite(results)


def measure(name: str, where: Places, scale: Scale, results: Results) -> None:
    """Measure one part, printing each table as soon as it is there."""
    found = []
    for table in PARTS[name](where, scale):
        click.echo(table.text())
        found.append(table)
    results.keep(name, found)


if __name__ == "__main__":
    main()
