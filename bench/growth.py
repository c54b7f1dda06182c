"""Part 3, growth: the same work on registers of different sizes, all sizes by turns; and how it grows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import count
from math import log
from pathlib import Path
from time import perf_counter

from sqlalchemy import Connection, event, update

from bench.apps import app_on, filed_form
from bench.deeds import APPROVALS, SUBMISSION
from bench.filler import fill
from bench.places import Places
from bench.scale import Scale
from bench.sides import started
from bench.slack import TEAM, Slack, slack
from bench.tables import Cell, Column, Table, spread
from bench.timing import Series, Turn, by_turns, ratio, timed
from bot.app import Clearance
from bot.home_view import home_view
from bot.service.chase import chase
from bot.service.desk import Who
from bot.service.digest import digest_now
from bot.service.find import PAGE, find
from bot.service.home import home
from bot.service.lookup import mine, story
from bot.service.submit import submit
from storage import notices, requests, search
from storage.time_tables import CHASES, ChaseState
from storage.verification import verify

_ANA, _RAVI = Who(TEAM, "U0ANA", "ana"), Who(TEAM, "U0RAVI", "ravi")
_PAGE = 20


@dataclass
class Register:
    """One register with the app on it."""

    kind: str
    size: int
    url: str
    folder: str
    clearance: Clearance
    numbers: Iterator[int]

    def submit(self) -> None:
        """File one more request."""
        filed = filed_form(self.clearance.desk)
        submit(self.clearance.desk, filed, _ANA, f"V{next(self.numbers)}", ())

    def page(self, before: int | None) -> None:
        """Read one page of the register."""
        with self.clearance.desk.database.reading() as tx:
            assert requests.latest(tx, _PAGE, before_id=before)

    def search(self, words: str, least: int, deeds: int) -> Turn:
        """Look for words, as the contact of a production; before it, untimed, all that waits is indexed."""
        desk = self.clearance.desk

        def look() -> None:
            assert len(find(desk, _RAVI, words).entries) >= least

        def turn() -> Sequence[float]:
            while search.catch_up(desk.database):
                pass
            return timed(look, deeds)()

        return turn

    def claim(self) -> None:
        """Look what has to be said next, as delivery does."""
        with self.clearance.desk.database.reading() as tx:
            assert notices.next_due(tx)

    def due(self, when_due: bool) -> Turn:
        """A tick; before it, untimed, every open chase is made due, or none."""
        desk = self.clearance.desk

        def turn() -> Sequence[float]:
            with desk.database.transaction() as tx:
                still_open = update(CHASES).where(CHASES.c.state == ChaseState.OPEN)
                tx.execute(still_open.values(due_at=desk.clock() if when_due else None))
            began = perf_counter()
            chase(desk)
            return [perf_counter() - began]

        return turn


def growth(places: Places, scale: Scale) -> Iterator[Table]:
    """The work at every size, what grows how, the chain's verification, and the start."""
    with slack() as stand_in, ExitStack() as stack:
        registers = sorted(
            _registers(places, scale, stand_in, stack), key=lambda one: scale.databases.index(one.kind)
        )
        measured = {name: _by_size(registers, turn_of, scale) for name, turn_of in _work(scale).items()}
        yield _sizes(measured, scale)
        yield _pages(registers, scale)
        yield _verification(registers)
    with slack() as stand_in:
        yield _start(registers, stand_in, scale)


def _registers(places: Places, scale: Scale, stand_in: Slack, stack: ExitStack) -> Iterator[Register]:
    for size in scale.sizes:
        ready = {kind: places.ready(kind) for kind in scale.databases}
        fill([database for _, database in ready.values()], size)
        for kind, (url, database) in ready.items():
            database.close()
            folder = places.folder()
            clearance = app_on(url, folder, stand_in, stack)
            register = Register(kind, size, url, str(folder), clearance, count(1))
            for _ in range(scale.waiting):
                register.submit()
            yield register


def _work(scale: Scale) -> Mapping[str, Callable[[Register], Turn]]:
    def repeated(work: Callable[[Register], object], times: int = scale.deeds) -> Callable[[Register], Turn]:
        return lambda register: timed(partial(work, register), times)

    return {
        "submission, to the commit": repeated(Register.submit),
        "tick, nothing due": lambda register: register.due(False),
        "tick, all that waits is due": lambda register: register.due(True),
        "digest of the channel": repeated(lambda r: digest_now(r.clearance.desk, _RAVI, APPROVALS), 1),
        "mine": repeated(lambda r: mine(r.clearance.desk, _ANA)),
        "Home of the contact": repeated(lambda r: home_view(home(r.clearance.desk, _RAVI, ()))),
        # What every request says; and what one of the past says.
        "search": lambda r: r.search("boards images", min(PAGE, scale.waiting), scale.deeds),
        "search, rare word": lambda r: r.search(
            f"{max(1, r.size // 2)} production:NIGHTFALL", min(1, r.size), scale.deeds
        ),
        "status of one request": repeated(lambda r: story(r.clearance.desk, r.size + 1, _ANA)),
        "first page of the register": repeated(lambda r: r.page(None)),
        "deep page of the register": repeated(lambda r: r.page(max(_PAGE, r.size // 10) + 1)),
        "what to deliver next": repeated(Register.claim),
    }


def _by_size(
    registers: Sequence[Register], turn_of: Callable[[Register], Turn], scale: Scale
) -> dict[tuple[str, int], Series]:
    """Every size of both databases by turns."""
    named = {f"{one.kind} {one.size}": one for one in registers}
    series = by_turns({name: turn_of(one) for name, one in named.items()}, scale.turns)
    return {(named[name].kind, named[name].size): found for name, found in series.items()}


Measured = Mapping[str, Mapping[tuple[str, int], Series]]


def _sizes(measured: Measured, scale: Scale) -> Table:
    columns = [Column("work"), Column("database"), *(Column(f"{size:,}", "ms") for size in scale.sizes)]
    columns += [Column("p99 at the largest", "ms"), Column("largest x empty", "ratio")]
    table = Table(
        "growth",
        "The same work at every size of the register",
        (*columns, Column("exponent", "ratio")),
        notes=(
            f"Medians; the head of a column is the number of past requests. {scale.waiting} more wait at "
            "every size. The exponent is that of growth from the smallest size that is not 0 to the largest: "
            "0 is flat, 1 is in proportion.",
        ),
    )
    for name, found in measured.items():
        for kind in scale.databases:
            series = [found[kind, size] for size in scale.sizes]
            row: list[Cell] = [name, kind, *(one.median for one in series), series[-1].p99]
            table.rows.append([*row, spread(ratio(series[-1], series[0])), _exponent(scale.sizes, series)])
    return table


def _exponent(sizes: Sequence[int], series: Sequence[Series]) -> float | None:
    """How the time grows: as the size to the power of this."""
    known = [(size, one.median) for size, one in zip(sizes, series, strict=True) if size]
    if len(known) < 2:
        return None
    (small, fast), *_, (large, slow) = known
    return log(slow / fast) / log(large / small)


def _pages(registers: Sequence[Register], scale: Scale) -> Table:
    """Both pages by turns: above, one was measured after the other, and a machine drifts meanwhile."""
    columns = [Column("at the largest size"), Column("database"), Column("first", "ms"), Column("deep", "ms")]
    table = Table("pages", "A deep page against the first", (*columns, Column("ratio (spread)", "ratio")))
    for one in registers:
        if one.size == scale.sizes[-1]:
            places = {"first": None, "deep": max(_PAGE, one.size // 10) + 1}
            sides = {name: timed(partial(one.page, before), scale.deeds) for name, before in places.items()}
            found = by_turns(sides, scale.turns)
            first, deep = found["first"], found["deep"]
            row: list[Cell] = ["deep page / first page", one.kind, first.median, deep.median]
            table.rows.append([*row, spread(ratio(deep, first))])
    return table


def _verification(registers: Sequence[Register]) -> Table:
    columns = (Column("database"), Column("requests", "count"), Column("events", "count"))
    of_chain = (Column("the chain", "s"), Column("events a second", "rate"))
    of_all = (Column("the whole register", "s"), Column("rows a second", "rate"))
    table = Table(
        "verification",
        "Verifying the chain, and the whole register",
        (*columns, *of_chain, *of_all),
        notes=(
            "The chain: every event is hashed again with its contents. The whole register: the chain, and "
            "every request and decision with all its seals; a row is an event with its contents, a request "
            "or a decision. Both are of one and the same verification.",
        ),
    )
    for one in registers:
        with one.clearance.desk.database.reading() as tx:
            chain, whole, events = _verified(tx)
            rows = tx.exec_driver_sql(
                "SELECT (SELECT count(*) FROM requests) + (SELECT count(*) FROM decisions)"
            ).scalar_one()
        rates = [chain, events / chain, whole, (events + rows) / whole]
        table.rows.append([one.kind, one.size, events, *rates])
    return table


def _verified(tx: Connection) -> tuple[float, float, int]:
    """The seconds that the chain took, those of the whole register, and how many events it has."""
    asked: list[float] = []

    def heard(*_: object) -> None:
        asked.append(perf_counter())

    event.listen(tx, "before_cursor_execute", heard)
    found = verify(tx)
    event.remove(tx, "before_cursor_execute", heard)
    assert found.intact, found.says
    # The first question is for the chain, the second for the requests.
    return asked[1] - asked[0], perf_counter() - asked[0], found.count


def _start(registers: Sequence[Register], stand_in: Slack, scale: Scale) -> Table:
    """From the start of the command, as a user gives it, to its first acknowledged submission."""
    columns = (Column("database"), Column("requests", "count"), Column("median", "s"), Column("p99", "s"))
    table = Table("start", "Process start to the first acknowledged submission", columns)
    numbers = count(1)

    def start(register: Register) -> Sequence[float]:
        began = perf_counter()
        with started(register.url, Path(register.folder), stand_in) as command:
            command.ask(SUBMISSION, [10**6 + next(numbers)], 1)
            return [perf_counter() - began]

    chosen = registers if scale.whole else registers[:1]
    turns = {f"{one.kind} {one.size}": partial(start, one) for one in chosen}
    measured = by_turns(turns, max(1, scale.turns // 4), warm=int(scale.whole))
    for one, series in zip(chosen, measured.values(), strict=True):
        table.rows.append([one.kind, one.size, series.median, series.p99])
    return table
