"""`clearance policy`: the commands that read, print and compare books."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from policy.faults import Invalid


@click.group()
def policy() -> None:
    """Read the rulebooks, print them for counsel, and see what a change would do.

    BOOK, OLD and NEW are the id of a shipped book ("netflix-genai", "netflix-genai-2025-11-11") or the path
    of a file that ends in .toml.
    """


@policy.command()
@click.argument("name", required=False, metavar="[CLAUSE|RULE]")
@click.option("--book", "books", multiple=True, metavar="BOOK", help="May be repeated.")
def show(name: str | None, books: tuple[str, ...]) -> None:
    """Show a clause or a rule; without a name, everything a book holds."""
    from bot.policy_command import show as answer

    _say(lambda: answer(name, books))


@policy.command()
@click.option("--format", "form", type=click.Choice(["markdown", "html"]), default="markdown")
@click.option("--book", default="netflix-genai", metavar="BOOK", show_default=True)
def table(form: str, book: str) -> None:
    """Print a whole book for counsel: clauses, rules in plain words, outcomes, who signs."""
    from bot.policy_command import table as answer

    _say(lambda: answer(form, book))


@policy.command()
@click.argument("old")
@click.argument("new")
@click.option("--requests", metavar="FILE", help="Past requests to judge by both: TOML, JSON or JSON Lines.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def diff(old: str, new: str, requests: str | None, form: str) -> None:
    """Compare two books: what is written, which uses are judged differently, which past requests.

    Every use of one tool is counted, none is sampled. Exit status 0 when nothing differs, 1 when something
    does, 2 when a file cannot be used.
    """
    from bot.policy_command import diff as answer

    _say(lambda: answer(old, new, requests, form))


@policy.command()
@click.argument("books", nargs=-1, metavar="[BOOK...]")
@click.option("--cases", multiple=True, metavar="FILE", help="Golden cases of one BOOK; may be repeated.")
def check(books: tuple[str, ...], cases: tuple[str, ...]) -> None:
    """Prove rulebooks over the whole fact space: nothing is sampled.

    Totality, monotonicity, floors, principles, no dead or needless part, every clause cited, golden cases,
    and whether mutants of the book are found out. A failure prints a request file that can be judged by hand.
    Exit status 0 when everything holds, 1 when something does not, 2 when a book cannot be read.
    """
    from bot.policy_check import check as prove

    _say(lambda: prove(books, cases))


@policy.command("text-report")
@click.argument("corpora", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option("--details", is_flag=True, help="List every miss and every false alarm.")
def text_report(corpora: tuple[Path, ...], details: bool) -> None:
    """Measure how much of what requests state is read from their text, and how often the reading errs.

    FILE is a labelled corpus in JSON Lines, such as those in tests/policy/text. Without any: what was
    measured when the weights of words were learned, each stranger's requests read by what the others taught.
    """
    from bot.text_report import strangers_report
    from bot.text_report import text_report as measure

    _say(lambda: (measure(list(corpora), details) if corpora else strangers_report(), 0))


def _say(answer: Callable[[], tuple[str, int]]) -> None:
    try:
        text, status = answer()
    except Invalid as error:
        for fault in error.faults:
            click.echo(f"clearance: {fault}", err=True)
        sys.exit(2)
    click.echo(text)
    sys.exit(status)
