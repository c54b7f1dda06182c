"""The numbers in docs/text-reading.md are those the corpora give today."""

from pathlib import Path

from bot.text_report import text_report

CORPORA = sorted(Path(__file__).parent.glob("*.jsonl"))
DOCS = Path(__file__).parents[3] / "docs" / "text-reading.md"


def test_the_table_in_the_docs_is_the_measured_one() -> None:
    published = DOCS.read_text("utf-8").partition("<!-- measured -->")[2].partition("<!-- /measured -->")[0]
    assert published.strip() == text_report(CORPORA).strip()
