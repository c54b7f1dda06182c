"""Where the time of one submission goes: its stages, each timed in its turn in one process."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from urllib.parse import parse_qsl

from bench.apps import app_on, filed_form
from bench.deeds import SUBMISSION, filled_form
from bench.places import Places
from bench.scale import Scale
from bench.slack import TEAM, Slack
from bench.tables import Cell, Column, Table, spread
from bench.timing import by_turns, ratio, timed
from bot import modal
from bot.app import Clearance
from bot.service.clearing import what_would_clear
from bot.service.desk import Who
from bot.service.submit import submit
from bot.verdict_view import verdict_view
from policy.text import contradictions
from policy.triage import triage
from storage import requests

_ANA = Who(TEAM, "U0ANA", "ana")


def stages(places: Places, scale: Scale, stand_in: Slack) -> Table:
    """The stages of a submission beside the one that bare Bolt has too: reading what Slack sent."""
    columns = (Column("stage"), Column("median", "us"), Column("p99", "us"), Column("x decoding", "ratio"))
    table = Table(
        "stages",
        "Where the time of one submission goes",
        columns,
        notes=(
            "On SQLite FULL, each stage in its turn, in one process, without a server. Decoding the form is "
            "what bare Bolt does too; the transaction writes the request, its topics, chases, three notices "
            "and the audit event, and gives the story that the form shows.",
        ),
    )
    with ExitStack() as stack:
        clearance = app_on(places.url("SQLite"), places.folder(), stand_in, stack)
        work = _stages(clearance)
        measured = by_turns({name: timed(piece) for name, piece in work.items()}, scale.turns * scale.deeds)
    decoding = next(iter(measured.values()))
    for name, series in measured.items():
        row: list[Cell] = [name, series.median, series.p99]
        table.rows.append([*row, spread(ratio(series, decoding))])
    return table


def _stages(clearance: Clearance) -> dict[str, Callable[[], object]]:
    desk, numbers = clearance.desk, count(1)
    body, view = SUBMISSION.body(1).decode(), filled_form()
    filed = filed_form(desk)
    production = desk.authority.directory.production(filed.production)
    recorded = submit(desk, filed, _ANA, "V0", ())

    def read_back() -> object:
        with desk.database.reading() as tx:
            return requests.get(tx, recorded.row.id)

    return {
        "decoding the form that Slack sends": lambda: json.loads(dict(parse_qsl(body))["payload"]),
        "reading the answers": lambda: modal.parse(view, today=desk.today),
        # Words that were not read before, as everybody's: what was read last is kept.
        "holding the text against the answers": lambda: contradictions(
            filed.use.model_copy(update={"description": f"{filed.use.description} {next(numbers)}"})
        ),
        "triage": lambda: triage(filed.use, desk.books(production)),
        "the transaction, triage included": lambda: submit(desk, filed, _ANA, f"V{next(numbers)}", ()),
        "reading one request back": read_back,
        "what would clear it": lambda: what_would_clear(desk, recorded.row),
        "the verdict as a form": lambda: json.dumps(
            verdict_view(recorded, desk.authority.directory, filed.notes, [])
        ),
    }
