"""Part 1, acknowledging: how long a person waits for the answer, against bare Bolt on the same server."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count

from bench.deeds import BUTTON, FORM, STATUS, SUBMISSION, Deed
from bench.places import Places
from bench.scale import Scale
from bench.serving import Side
from bench.sides import Running, all_running
from bench.slack import Slack, slack
from bench.stages import stages
from bench.tables import Cell, Column, Table, spread
from bench.timing import Series, Turn, by_turns, ratio

OURS = ("SQLite NORMAL", "SQLite FULL", "PostgreSQL")
DOCUMENTED = ("default Bolt + ORM, SQLite", "default Bolt + ORM, PostgreSQL")
_BARE = "bare Bolt"
_COLUMNS = (
    Column("deed"),
    Column("clients", "count"),
    Column("side"),
    Column("median", "ms"),
    Column("p99", "ms"),
    Column("p99 / own median", "ratio"),
    Column("x bare (spread)", "ratio"),
    Column("refused", "count"),
)
_NOTES = (
    "Ours is the whole app with its delivery at work. Bare Bolt has one listener that answers the same "
    "payload at once; where the deed opens a form, it makes the same call to Slack.",
    "Default Bolt + ORM acknowledges after its listener too, but with Bolt's default settings, SQLAlchemy's "
    "defaults and a session of the ORM: same reading of the text, verdict, advice and rows, but no hash "
    "chain and no delivery.",
    "Refused: the database did not answer within 1.5 s, and the form said so.",
    "PostgreSQL waits for the disk (fsync on), on a socket of this machine. A request has 39 kB as a form.",
)


@dataclass(frozen=True)
class _Asked:
    """A deed and how it is repeated: deeds in a turn, at most so many at once."""

    deed: Deed
    clients: int
    each: int


def acknowledging(places: Places, scale: Scale) -> Iterator[Table]:
    """HTTP under the production server, Socket Mode, and what the number of listeners costs."""
    with slack() as stand_in:
        for socket in (False, True) if scale.whole else (False,):
            yield _transport(places, scale, stand_in, socket)
        yield _listeners(places, scale, stand_in)
        yield stages(places, scale, stand_in)


def _transport(places: Places, scale: Scale, stand_in: Slack, socket: bool) -> Table:
    way, title = ("socket", "Socket Mode") if socket else ("http", "HTTP, cheroot with 8 threads")
    table = Table(f"ack_{way}", f"Acknowledging over {title}", _COLUMNS, notes=_NOTES)
    with ExitStack() as stack:
        sides = _sides(places, scale, stand_in, socket)
        started = all_running(sides, stand_in, stack)
        numbers = count(2)
        for side in started.values():
            # The request that the button is about: GEN-1.
            side.ask(SUBMISSION, [1], 1)
        for asked in _asked(scale, socket):
            bare = Side("bare", stand_in.api_url, str(places.folder()), "", socket, deed=asked.deed.name)
            with ExitStack() as inner:
                bare_side = all_running({_BARE: bare}, stand_in, inner)[_BARE]
                sides_now = {_BARE: bare_side, **started}
                before = {name: side.refused for name, side in sides_now.items()}
                turns: dict[str, Turn] = {
                    name: _turn(side, asked, numbers) for name, side in sides_now.items() if _can(name, asked)
                }
                measured = by_turns(turns, scale.turns)
            stand_in.links.pop("xapp-side", None)
            for name, series in measured.items():
                refused = sides_now[name].refused - before[name]
                table.rows.append([*_row(asked, name, series, measured[_BARE]), refused])
    return table


def _sides(places: Places, scale: Scale, stand_in: Slack, socket: bool) -> dict[str, Side]:
    def side(app: str, kind: str, synchronous: str, token: str) -> Side:
        url, database = places.ready(kind)
        database.close()
        folder = str(places.folder())
        return Side(app, stand_in.api_url, folder, url, socket, synchronous, SUBMISSION.name, token)

    if not scale.whole:
        return {OURS[0]: side("ours", "SQLite", "NORMAL", "normal")}
    return {
        OURS[0]: side("ours", "SQLite", "NORMAL", "normal"),
        OURS[1]: side("ours", "SQLite", "FULL", "full"),
        OURS[2]: side("ours", "PostgreSQL", "FULL", "postgres"),
        DOCUMENTED[0]: side("documented", "SQLite", "FULL", "plain"),
        DOCUMENTED[1]: side("documented", "PostgreSQL", "FULL", "plainpg"),
    }


def _asked(scale: Scale, socket: bool) -> Iterator[_Asked]:
    yield _Asked(SUBMISSION, 1, scale.deeds)
    if not scale.whole:
        return
    yield _Asked(SUBMISSION, 8, scale.deeds * 4)
    for deed in (STATUS, BUTTON, FORM):
        yield _Asked(deed, 1, scale.deeds)
        if not socket:
            yield _Asked(deed, 8, scale.deeds * 4)


def _can(name: str, asked: _Asked) -> bool:
    """Eight at once on SQLite's defaults end in "database is locked"."""
    return not (name == DOCUMENTED[0] and asked.clients > 1)


def _turn(side: Running, asked: _Asked, numbers: Iterator[int]) -> Turn:
    return lambda: side.ask(asked.deed, [next(numbers) for _ in range(asked.each)], asked.clients)


def _row(asked: _Asked, name: str, series: Series, bare: Series) -> list[Cell]:
    return [
        asked.deed.name,
        asked.clients,
        name,
        series.median,
        series.p99,
        series.p99 / series.median,
        spread(ratio(series, bare)),
    ]


def _listeners(places: Places, scale: Scale, stand_in: Slack) -> Table:
    """The last of all listeners against the only one: what Bolt's search costs."""
    columns = (Column("listeners"), Column("median", "ms"), Column("p99", "ms"), Column("x one", "ratio"))
    table = Table("listeners", "One listener behind all the real ones", columns)
    sides = {
        "one": Side("alone", stand_in.api_url, str(places.folder()), places.url("SQLite")),
        "all": Side("crowded", stand_in.api_url, str(places.folder()), places.url("SQLite")),
    }
    probe = Deed("probe", lambda number: BUTTON.payload(number) | {"actions": [_PROBE]}, "interactive")
    with ExitStack() as stack:
        started = all_running(sides, stand_in, stack)
        numbers = count(1)
        turns = {
            name: _turn(side, _Asked(probe, 1, scale.deeds * 2), numbers) for name, side in started.items()
        }
        measured = by_turns(turns, scale.turns)
    for name, series in measured.items():
        table.rows.append([name, series.median, series.p99, spread(ratio(series, measured["one"]))])
    return table


_PROBE = {"type": "button", "action_id": "probe", "block_id": "probe", "value": "1", "action_ts": "1.1"}
