"""What would clear a request: for its requester alone, never on the contact's card."""

from bot.advice_lines import as_lines
from bot.service.desk import Desk
from policy.advice import advise
from policy.facts import Use
from storage.records import RequestRow


def what_would_clear(desk: Desk, row: RequestRow) -> list[str]:
    """Sentences on the smallest changes that would lower the outcome; none for a production that is gone."""
    production = desk.authority.directory.find(row.production)
    if production is None:
        return []
    use = Use(vendor=row.vendor, context=row.context, not_generative=row.not_generative, facts=row.facts)
    return as_lines(advise(use, desk.books(production), row.verdict), row.verdict)
