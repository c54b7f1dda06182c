"""No hot query reads the register through: what each database plans to do, at 100,000 requests."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, text

from bench import indexing
from bench.filler import fill
from bench.slack import TEAM
from policy.lifecycle import Status
from policy.verdict import Topic
from storage import absences, chases, digests, notices, openings, register, requests, rounds, schema, search
from storage.database import Database, open_database
from storage.search_words import COLUMNS, PRODUCTION, REQUESTER, STATUS, Query, beginning, mark, stem
from storage.tables import REQUESTS, TO_INDEX, Row
from storage.time_tables import ChaseKind
from tests.storage.conftest import BOTH
from tests.storage.people import NOW, a_request, filed, ravi_for

_REQUESTS = 100_000
_HONEST = 1_000  # of them; the others are copies of these under other numbers
_WAITING = 100
# Small by nature: contacts who are away, channels that get a digest, what was filed a moment ago.
_SMALL = frozenset({"absences", "rounds", "to_index"})
# What must be counted on when a row is copied, and what must stay unlike any other.
_NUMBERS = frozenset({"id", "seq", "request_id", "decision_id"})
_UNIQUE = frozenset({"form_key", "key"})
_PLACE = digests.Place("C0NIGHTAPPR", ("NIGHTFALL",), ("C0NIGHTAPPR", "C0APPROVALS"))

pytestmark = pytest.mark.process

Call = Callable[[Connection], object]


@pytest.fixture(scope="module", params=BOTH)
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Database:
    """A register with a long past; a few requests wait."""
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("large")
        url = f"sqlite:///{folder / 'clearance.db'}"
    else:
        server = request.getfixturevalue("postgres_server")
        url = server.url(server.new_database())
    database = open_database(url, patience=20)
    request.addfinalizer(database.close)
    schema.upgrade(database)
    fill([database], _HONEST)
    with database.transaction() as tx:
        if (
            request.param == "postgresql"
        ):  # copies refer to copies: looked up one by one, it takes twice as long
            tx.execute(text("SET LOCAL session_replication_role = replica"))
        for table in Row.metadata.sorted_tables:
            if table is TO_INDEX:  # triggers fill it
                continue
            tx.execute(text(_copies(tx, table.name, [column.name for column in table.c])))
    _index(database)
    with database.transaction() as tx:
        _count_on(tx)
        for number in range(_WAITING):
            _file(tx, number)
    if request.param == "postgresql":
        with database.transaction() as tx:
            tx.execute(text("ANALYZE"))
    return database


def _copies(tx: Connection, table: str, columns: list[str]) -> str:
    """Every row of a table again and again, under other numbers."""

    def copied(column: str) -> str:
        if column in _NUMBERS:
            return f"{column} + n * {_HONEST * 2}"
        return f"{column} || '-' || n" if column in _UNIQUE else f'"{column}"'

    last = _REQUESTS // _HONEST - 1
    numbers = (
        f"(WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {last}) "
        "SELECT n FROM counted) AS copies"
    )
    selected, into = ", ".join(map(copied, columns)), ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO {table} ({into}) SELECT {selected} FROM {table}, {numbers}"


def _index(database: Database) -> None:
    """The copies are found by their words too."""
    sought = select(*(REQUESTS.c[name] for name in COLUMNS)).where(REQUESTS.c.id > _HONEST)
    for start in range(0, _REQUESTS * 2, 10_000):
        with database.transaction() as tx:
            some = sought.where(REQUESTS.c.id > start, REQUESTS.c.id <= start + 10_000).order_by(
                REQUESTS.c.id
            )
            indexing.index(tx, [dict(row._mapping) for row in tx.execute(some)])
    with database.transaction() as tx:
        indexing.settle(tx)


def _count_on(tx: Connection) -> None:
    """PostgreSQL's own numbers go on after the copies."""
    if tx.dialect.name == "postgresql":
        for name, table in Row.metadata.tables.items():
            if "id" in table.c:
                last = f"(SELECT coalesce(max(id), 0) + 1 FROM {name})"
                tx.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {last}, false)"))


def _file(tx: Connection, number: int) -> None:
    new = a_request(form_key=f"WAITS{number}", requester_team=TEAM, approvals_channel=_PLACE.channel)
    made = filed(tx, new, [ravi_for(Topic.LEGAL)], NOW).id
    register.append(tx, register.NewEvent(request_id=made, kind="submitted"), NOW)
    chases.begin(tx, [_chase(made)])
    for kind in ("card", "ask"):
        key = notices.key(made, kind, f"C{number % 20}", "first")
        notices.enqueue(tx, key, kind, f"C{number % 20}", made, {}, NOW, NOW)


def _chase(number: int) -> chases.NewChase:
    return chases.NewChase(
        request_id=number, kind=ChaseKind.CONTACT, team="T0", user="U0RAVI", since=NOW, due_at=NOW
    )


@contextmanager
def _listening(database: Database) -> Iterator[list[tuple[str, Any]]]:
    said: list[tuple[str, Any]] = []

    def heard(_c: object, _cursor: object, statement: str, parameters: Any, _x: object, many: bool) -> None:
        said.append((statement, parameters[0] if many else parameters))

    event.listen(database.engine, "before_cursor_execute", heard)
    try:
        yield said
    finally:
        event.remove(database.engine, "before_cursor_execute", heard)


def plans(database: Database, call: Call) -> list[str]:
    """The plan of every statement that the call runs; what it writes is taken back."""
    with database.engine.connect() as connection:
        tx = connection.execution_options(clearance_writes=True)
        with tx.begin() as transaction:
            with _listening(database) as said:
                call(tx)
            explain = "EXPLAIN QUERY PLAN" if tx.dialect.name == "sqlite" else "EXPLAIN"
            found = [
                "\n".join(str(row[-1]) for row in tx.exec_driver_sql(f"{explain} {statement}", parameters))
                for statement, parameters in said
                if re.match(r"SELECT|UPDATE|INSERT|DELETE|WITH", statement) and "clearance_" not in statement
            ]
            transaction.rollback()
    return found


def read_through(plan: str) -> list[str]:
    """The tables that a plan reads from end to end, without an index that holds only what is asked for."""
    found = re.findall(r"^SCAN (\w+)(?! USING (?:COVERING )?INDEX)", plan, re.MULTILINE)
    found += re.findall(r"Seq Scan on (\w+)", plan)
    return [name for name in found if name in Row.metadata.tables and name not in _SMALL]


HOT: dict[str, Call] = {
    "a form sent again": lambda tx: requests.by_form_key(tx, "PAST77"),
    "one request": lambda tx: requests.get(tx, 500),
    "its topics": lambda tx: requests.sign_offs(tx, 500),
    "several requests' topics": lambda tx: requests.sign_offs_of(tx, [5, 50, 500]),
    "several requests' decisions": lambda tx: requests.decisions_of(tx, [5, 50, 500]),
    "several requests' chases": lambda tx: chases.of_several(tx, [5, 50, 500]),
    "what it begins with": lambda tx: openings.begin(tx, 500, [], [("k", "card", "C0")], [_chase(500)], NOW),
    "its decisions": lambda tx: requests.decisions(tx, 500),
    "its events": lambda tx: requests.events(tx, 500),
    "several requests": lambda tx: requests.those(tx, [5, 50, 500]),
    "what a person filed": lambda tx: requests.filed_by(tx, TEAM, "U0ANA"),
    "what a person filed, later page": lambda tx: requests.filed_by(tx, TEAM, "U0ANA", before_id=90_000),
    "what waits for a person": lambda tx: requests.waiting_for(tx, "T0", "U0RAVI"),
    "all that waits": requests.pending,
    "a deep page": lambda tx: requests.latest(tx, before_id=10_000),
    "the next notice": lambda tx: notices.claim(tx, NOW, timedelta(seconds=60)),
    "the next notice, some rest": lambda tx: notices.claim(tx, NOW, timedelta(seconds=60), ["C0", "C1"]),
    "when a notice is due": notices.next_due,
    "what is stuck": notices.stuck,
    "a new notice": lambda tx: notices.enqueue(tx, "k", "card", "C1", 1, {}, NOW, NOW),
    "due chases": lambda tx: chases.due(tx, NOW, 200),
    "the chases of a request": lambda tx: chases.of(tx, 500),
    "whom a person keeps waiting": lambda tx: chases.waiting_on(tx, "T0", "U0RAVI", 20),
    "who is away": lambda tx: absences.current(tx, NOW),
    "due digests": lambda tx: rounds.due(tx, NOW),
    "digest: what waits": lambda tx: digests.waiting_in(tx, _PLACE),
    "digest: what waits for a person": lambda tx: digests.waiting_for(tx, "T0", "U0RAVI", NOW),
    "what nobody can decide": digests.unassigned,
    "digest: what was decided": lambda tx: digests.decided(tx, 150_000, 150_300, _PLACE),
    "digest: what was cleared": lambda tx: digests.cleared(tx, 150_000, 150_300, _PLACE),
    "search: what still waits": search.behind,
    "search: what waits is indexed": search.index,
}
# Words that all say, that one says, that none says; for who sees all, and who sees one production.
_THEIRS = ((mark(PRODUCTION, "NIGHTFALL"), mark(REQUESTER, "U0RAVI")),)
SOUGHT: dict[str, Query] = {
    "what all say": ((stem("boards"), beginning("boards")),),
    "two that all say": ((stem("boards"),), (stem("scene"), beginning("scene"))),
    "what one says": ((stem("777"),),),
    "what none says": ((stem("xylophone"),), (stem("scene"),)),
    "a status": ((mark(STATUS, "pending"),),),
}
SOUGHT |= {f"{name}, of a production": (*query, *_THEIRS) for name, query in SOUGHT.items()}


@pytest.mark.parametrize("before", [None, 90_000])
@pytest.mark.parametrize("name", SOUGHT)
def test_a_search_reads_what_its_words_lead_to(large: Database, name: str, before: int | None) -> None:
    found = plans(large, lambda tx: search.find(tx, SOUGHT[name], 11, before_id=before))
    assert [(tables, plan) for plan in found if (tables := read_through(plan))] == []
    if large.engine.dialect.name == "sqlite":
        asked = [plan for plan in found if "search_" in plan]
        assert asked and all(
            re.fullmatch(r"SCAN search_\d+ VIRTUAL TABLE INDEX \d+:M\S*", one) for one in asked
        )
    else:
        asked = [plan for plan in found if "searchable" in plan and "Limit" in plan]
        assert any("Bitmap Index Scan on ix_searchable_words" in plan for plan in asked)
        assert not any("Seq Scan on searchable" in plan for plan in asked)


def test_a_search_finds_the_newest_of_a_long_past(large: Database) -> None:
    with large.reading() as tx:
        newest = search.find(tx, SOUGHT["what all say"], 11)
        oldest = search.find(tx, SOUGHT["what all say"], 11, before_id=5)
        once = search.find(tx, SOUGHT["what one says"], 1000)
    assert newest == sorted(newest, reverse=True) and len(newest) == 11 and newest[0] > _REQUESTS
    assert oldest == [4, 3, 2, 1]
    assert len(once) == _REQUESTS // _HONEST and once == sorted(once, reverse=True) and once[-1] == 777


@pytest.mark.parametrize("name", HOT)
def test_no_hot_query_reads_a_table_through(large: Database, name: str) -> None:
    found = plans(large, HOT[name])
    assert found, "nothing was asked of the database"
    assert [(tables, plan) for plan in found if (tables := read_through(plan))] == []


@pytest.mark.parametrize(
    ("newest", "table", "on_sqlite"),
    [
        (requests.latest, "requests", "SEARCH requests USING INTEGER PRIMARY KEY (rowid<?)"),
        (register.head, "audit_events", "SCAN audit_events"),  # by its key, from the end, one row
    ],
)
def test_the_newest_are_read_from_the_end_and_no_further(
    large: Database, newest: Call, table: str, on_sqlite: str
) -> None:
    [plan] = plans(large, newest)
    assert plan == on_sqlite or f"Index Scan Backward using pk_{table}" in plan
    assert "Sort" not in plan and "Seq Scan" not in plan


def test_the_first_page_is_asked_for_as_every_other(large: Database) -> None:
    """Another statement would have another plan; the figures that PostgreSQL estimates may differ."""

    def planned(**before: int) -> list[str]:
        return [
            re.sub(r"[\d.]+", "n", plan) for plan in plans(large, lambda tx: requests.latest(tx, **before))
        ]

    assert planned() == planned(before_id=10_000)


def test_the_chases_of_a_topic_are_found_by_its_request(large: Database) -> None:
    """Through the index over what is open, PostgreSQL would read all of it again for every topic."""
    with believing_that_nothing_waits(large):
        for place in (None, _PLACE):
            [plan] = plans(large, lambda tx, place=place: digests.waiting_in(tx, place))  # type: ignore[misc]
            assert "ix_chases_person" not in plan
            assert re.search(r"uq_chases_request_id|sqlite_autoindex_chases", plan)


@contextmanager
def believing_that_nothing_waits(database: Database) -> Iterator[None]:
    """PostgreSQL's statistics as they are when they were made while no chase was open."""
    if database.engine.dialect.name != "postgresql":
        yield
        return
    with database.transaction() as tx:
        tx.execute(text("DELETE FROM pg_statistic WHERE starelid = 'chases'::regclass"))
        tx.execute(text("UPDATE pg_class SET reltuples = 0, relpages = 1 WHERE relname = 'ix_chases_person'"))
    try:
        yield
    finally:
        with database.transaction() as tx:
            tx.execute(text("ANALYZE chases"))


def test_a_query_without_an_index_would_be_noticed(large: Database) -> None:
    def careless(tx: Connection) -> object:
        return tx.execute(text("SELECT id FROM requests WHERE title = 'x' ORDER BY title")).all()

    assert [name for plan in plans(large, careless) for name in read_through(plan)] == ["requests"]


def test_the_register_is_as_large_as_promised(large: Database) -> None:
    with large.reading() as tx:
        counted = tx.execute(text("SELECT count(*), max(id) FROM requests")).one()
        assert counted[0] == _REQUESTS + _WAITING
        assert len(requests.pending(tx)) == _WAITING
        assert all(row.status == Status.PENDING for row in requests.pending(tx))
