"""The numbers in docs/text-reading.md are those the corpora give today."""

from pathlib import Path

from bot.text_report import strangers_report, text_report

HERE = Path(__file__).parent
CORPORA = [*sorted(HERE.glob("*.jsonl")), *sorted((HERE / "sealed").glob("*.jsonl"))]
DOCS = Path(__file__).parents[3] / "docs" / "text-reading.md"


def test_the_table_in_the_docs_is_the_measured_one() -> None:
    assert published("measured") == text_report(CORPORA).strip()


def test_the_table_of_strangers_is_what_was_measured_when_the_weights_were_learned() -> None:
    assert published("strangers") == strangers_report().strip()


def published(name: str) -> str:
    return DOCS.read_text("utf-8").partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0].strip()
