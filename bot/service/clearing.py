"""For the requester alone, beside the verdict: what would clear it, and where the guidance is."""

from bot.advice_lines import as_lines
from bot.service.desk import Desk
from policy.advice import advise, advise_asking
from policy.facts import Use
from storage.records import RequestRow


def what_would_clear(desk: Desk, row: RequestRow) -> list[str]:
    """Sentences on the smallest changes that would lower the outcome; none for a production that is gone."""
    production = desk.authority.directory.find(row.production)
    if production is None:
        return []
    use = Use(vendor=row.vendor, context=row.context, not_generative=row.not_generative, facts=row.facts)
    books = desk.books(production)
    known = advise(use, books, row.verdict)
    return as_lines(known, row.verdict, advise_asking(use, books, row.verdict, known))


def guidance(desk: Desk, row: RequestRow) -> dict[str, str]:
    """Title -> public address of each book that judged the request; empty for a production that is gone."""
    production = desk.authority.directory.find(row.production)
    books = desk.books(production) if production else ()
    return {book.heading.title: book.heading.source for book in books}
