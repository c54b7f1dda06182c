"""What PostgreSQL alone brings: several processes, a server that goes and comes back, a driver to install."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

from storage import notices, requests, schema
from storage.database import Away, Busy, Database, open_database
from storage.errors import NoDriver
from storage.verification import verify
from tests.storage.freeze import happened
from tests.storage.people import NOW, a_request
from tests.storage.postgres import PostgresServer

ROOT = Path(__file__).parents[2]
# A replica: it claims, "posts" by printing, and says so; with a second argument it dies holding one.
REPLICA = """
import sys, os, signal
from datetime import timedelta
from storage import notices
from storage.database import open_database
from tests.storage.freeze import happened
from tests.storage.people import NOW
database = open_database(sys.argv[1], patience=20)
print("ready", flush=True)
input()
while True:
    with database.transaction() as tx:
        row = notices.claim(tx, NOW, timedelta(minutes=1))
    if row is None:
        break
    if len(sys.argv) > 2:
        print(row.id, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    print(row.id, flush=True)
    with database.transaction() as tx:
        notices.delivered(tx, row.id, row.recipient, "1.1", NOW)
        happened(tx, 1, "said", "", "Clearance")
"""


@pytest.fixture
def dialect() -> str:
    """These stories are PostgreSQL's."""
    return "postgresql"


@pytest.fixture
def waiting(database: Database) -> int:
    """Sixty notices to sixty people."""
    with database.transaction() as tx:
        number = requests.open_request(tx, a_request(), NOW).id
        happened(tx, number, "submitted", "U0ANA", "Ana Ibáñez")
        for number in range(60):
            notices.enqueue(tx, f"k{number}", "card", f"U{number}", None, {}, NOW, NOW)
    return 60


@pytest.fixture
def replicas(ready_url: str) -> Iterator[list[subprocess.Popen[str]]]:
    """Three processes beside each other, ready to start; the third will die on its first notice."""
    with ExitStack() as stack:
        started = []
        for extra in ([], [], ["dies"]):
            command = [sys.executable, "-c", REPLICA, ready_url, *extra]
            pipe = subprocess.PIPE
            process = stack.enter_context(
                subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
            )
            stack.callback(process.kill)
            started.append(process)
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        yield started


def test_processes_share_the_work_and_a_dead_ones_share_is_taken_over(
    database: Database, waiting: int, replicas: list[subprocess.Popen[str]]
) -> None:
    for process in replicas:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [[int(line) for line in process.communicate(timeout=60)[0].split()] for process in replicas]
    *living, [unsaid] = said
    assert sorted(number for mine in living for number in mine) == [n for n in range(1, 61) if n != unsaid]
    with database.transaction() as tx:
        assert notices.claim(tx, NOW, timedelta(minutes=1)) is None
        taken = notices.claim(tx, NOW + timedelta(minutes=1), timedelta(minutes=1))
        assert taken is not None and (taken.id, taken.attempts) == (unsaid, 2)
        found = verify(tx)
    assert (found.intact, found.count) == (True, 60)


def test_a_server_that_goes_and_comes_back_is_met_again(
    database: Database, postgres_server: PostgresServer
) -> None:
    with database.transaction() as tx:
        requests.open_request(tx, a_request(), NOW)
    with pytest.raises(Away), database.transaction() as tx:
        requests.open_request(tx, a_request(form_key="V1"), NOW)
        postgres_server.stop()
        requests.latest(tx)
    try:
        started = monotonic()
        with pytest.raises(Away, match="lost or refused: see that the server runs"), database.transaction():
            pytest.fail("met a stopped server")
        with pytest.raises(Away), database.reading():
            pytest.fail("met a stopped server")
        assert monotonic() - started < 3
    finally:
        postgres_server.start()
    with database.transaction() as tx:
        assert len(requests.latest(tx)) == 1
        requests.open_request(tx, a_request(form_key="V2"), NOW)


def test_at_start_an_unknown_database_or_user_is_said(postgres_server: PostgresServer) -> None:
    for url in (postgres_server.url("nowhere"), postgres_server.url("postgres").replace("postgres@", "eve@")):
        database = open_database(url)
        with pytest.raises(Away, match="no such user or database: check CLEARANCE_DATABASE_URL"):
            schema.upgrade(database)
        database.close()


def test_at_start_a_server_that_is_away_is_said() -> None:
    for url, says in (
        ("postgresql://clearance@127.0.0.1:1/clearance", "see that the server runs"),
        ("postgres://clearance@nowhere.invalid/clearance", "Its host has no address"),
    ):
        database = open_database(url)
        with pytest.raises(Away, match=says):
            schema.status(database)
        database.close()


def test_more_connections_than_the_server_has_are_busy(
    database: Database, postgres_server: PostgresServer
) -> None:
    others = [open_database(database.engine.url.render_as_string(), patience=0.2) for _ in range(8)]
    with ExitStack() as stack, pytest.raises(Busy):
        for other in others:
            stack.callback(other.close)
            for _ in range(16):  # one more than its pool has: that one waits, and hears the same
                stack.enter_context(other.reading())


def test_options_in_the_address_are_kept(ready_url: str) -> None:
    database = open_database(f"{ready_url}&options=-c%20work_mem%3D8MB", patience=3)
    with database.reading() as tx:
        shown = {
            name: tx.exec_driver_sql(f"SHOW {name}").scalar_one() for name in ("work_mem", "lock_timeout")
        }
    assert shown == {"work_mem": "8MB", "lock_timeout": "3s"}
    database.close()


def test_a_missing_driver_is_one_sentence() -> None:
    # A process of its own, in which psycopg cannot be imported.
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from storage.database import open_database, NoDriver\n"
        "try: open_database('postgresql://h/x')\n"
        "except NoDriver as refusal: print(refusal)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == NoDriver.__doc__, done.stderr
    assert "pip install 'genai-clearance[postgres]'" in done.stdout
