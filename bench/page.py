"""docs/performance.md: its tables stand between marks and are made from what was measured."""

import re
from pathlib import Path

from bench.gates import targets
from bench.results import Results

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "performance.md"
KEPT = ROOT / "docs" / "performance.json"
_BETWEEN = re.compile(r"(<!-- bench: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(page: str, results: Results) -> str:
    """The page with the tables of every part that it has marks for."""
    return _BETWEEN.sub(lambda found: f"{found[1]}{_part(found[2], results)}{found[3]}", page)


def rewrite(results: Results) -> None:
    """Keep the results beside the page, and make its tables from them."""
    results.write(KEPT)
    PAGE.write_text(filled(PAGE.read_text("utf-8"), results), "utf-8")


def _part(name: str, results: Results) -> str:
    if name == "targets":
        return f"{targets(results).markdown()}\n"
    part = results.parts.get(name)
    if part is None:
        return "Not measured yet.\n"
    tables = "\n\n".join(table.markdown() for table in results.tables(name))
    return f"Measured {part['at']} on {part['machine']}.\n\n{tables}\n"
