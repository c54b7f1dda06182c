"""`clearance register find WORDS`: everything in the register that says them, for counsel and operators."""

import json
from collections.abc import Mapping

from bot.database_command import Answer, asked
from bot.find_query import Asked, NotSearched, parse, shortened
from bot.form_values import clean
from bot.service.lookup import parse_label
from bot.settings import Settings
from policy.directory import parse_directory
from policy.faults import Invalid, printable
from storage import requests, search
from storage.database import Database
from storage.records import RequestRow


def find_requests(settings: Settings, words: str, limit: int, *, as_json: bool = False) -> Answer:
    """The newest `limit` requests with all the words; 1 when there is none."""
    titles = _titles(settings)
    try:
        text = shortened(clean(words))
        number = parse_label(text)
        question = Asked(()) if number is not None else parse(text, titles, titles)
    except NotSearched as why:
        return Answer(str(why), 2)
    return asked(settings.database_url, lambda database: _answer(database, question, number, limit, as_json))


def _titles(settings: Settings) -> Mapping[str, str]:
    """Code -> title of the productions; none when the directory cannot be read: the register can."""
    try:
        text = settings.directory.read_text(encoding="utf-8")
        found = parse_directory(text, str(settings.directory), known_countries=None)
    except (OSError, UnicodeDecodeError, Invalid):
        return {}
    return {code: each.title for code, each in found.productions.items()}


def _answer(database: Database, question: Asked, number: int | None, limit: int, as_json: bool) -> Answer:
    while number is None and search.catch_up(database):
        pass
    with database.reading() as tx:
        ids = [number] if number is not None else search.find(tx, question.query, limit)
        rows = sorted(requests.those(tx, ids), key=lambda row: -row.id)
    if not rows:
        nothing = f"Nothing in the register says that. {question.hint or 'Try fewer words, or others.'}"
        if number is not None:
            nothing = f"There is no GEN-{number} in the register."
        return Answer("" if as_json else nothing, 1)
    return Answer("\n".join(map(_as_json if as_json else _line, rows)))


def _line(row: RequestRow) -> str:
    filed = f"{row.created_at:%Y-%m-%d}, {row.requester_name}"
    return printable(f"{row.label}  {row.production}  {row.title} ({row.outcome}, {row.status}; {filed})")


def _as_json(row: RequestRow) -> str:
    return json.dumps(
        {
            "id": row.id,
            "label": row.label,
            "production": row.production,
            "title": row.title,
            "outcome": row.outcome,
            "status": row.status,
            "requester": row.requester_name,
            "created_at": row.created_at.isoformat(),
        },
        ensure_ascii=False,
    )
