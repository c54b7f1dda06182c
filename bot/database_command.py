"""`clearance db status|upgrade` and `clearance notices list|retry`: what an operator asks beside the bot.

Each function returns what to print and the exit status: 0 well, 1 something to do, 2 could not be done.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import make_url

from policy.faults import printable
from storage import notices, schema
from storage.database import Away, Database, StorageError, one_bot, open_database
from storage.notices import NoticeRow


class Answer(NamedTuple):
    """What to print, and the exit status."""

    text: str
    status: int = 0


class NoTables(StorageError):
    """The tables are not those of this version."""


def db_status(url: str) -> Answer:
    """Where the tables stand; 1 when there is something to upgrade."""
    return asked(url, lambda database: _status(url, database), any_tables=True)


def db_upgrade(url: str) -> Answer:
    """Make or migrate the tables. On SQLite the bot must not be running."""
    try:
        database = open_database(url)
        try:
            before = schema.status(database)
            if before.up_to_date:
                return Answer(f"{shown(url)}: its tables are at {before.head}; there is nothing to do.")
            with one_bot(url):
                schema.upgrade(database)
            came = f"from {before.current} " if before.current else ""
            return Answer(f"{shown(url)}: its tables went {came}to {before.head}.")
        finally:
            database.close()
    except StorageError as refusal:
        return Answer(str(refusal), 2)


def list_notices(url: str) -> Answer:
    """What could not be said, and why; 1 when there is something."""
    return asked(url, _list)


def retry_notices(url: str, which: Sequence[str], now: datetime) -> Answer:
    """Say again what failed: these ids or keys, or all when none is named; 1 when one is not found."""
    return asked(url, lambda database: _retry(database, which, now))


def asked(url: str, ask: Callable[[Database], Answer], *, any_tables: bool = False) -> Answer:
    """The answer of a database that is there, or why there is none."""
    try:
        with _opened(url, any_tables) as database:
            return ask(database)
    except StorageError as refusal:
        return Answer(str(refusal), 2)


def shown(url: str) -> str:
    """The address without its password."""
    return make_url(url).render_as_string(hide_password=True)


@contextmanager
def _opened(url: str, any_tables: bool) -> Iterator[Database]:
    database = open_database(url)
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        # Opening SQLite makes its file: who only looks leaves no trace.
        raise Away(
            f"There is no file {address.database} yet: run makes it, or CLEARANCE_DATABASE_URL is wrong."
        )
    try:
        found = schema.status(database)
        if not (found.up_to_date or any_tables):
            are = f"They are at {found.current}" if found.current else "There are none yet"
            raise NoTables(f"{are}; it has {found.head}: run clearance db upgrade.")
        yield database
    finally:
        database.close()


def _status(url: str, database: Database) -> Answer:
    found = schema.status(database)
    if found.up_to_date:
        return Answer(f"{shown(url)}: its tables are at {found.head}, which is what this version has.")
    if found.current is None:
        return Answer(f"{shown(url)}: it has no tables yet; the first start makes them.", 1)
    says = f"its tables are at {found.current}, this version has {found.head}"
    mend = "Make a backup, stop the bot, then run clearance db upgrade."
    return Answer(f"{shown(url)}: {says}. {mend}", 1)


def _list(database: Database) -> Answer:
    with database.reading() as tx:
        stuck = notices.stuck(tx)
    if not stuck:
        return Answer("Nothing is stuck: everything was said, or will be.")
    mend = "Mend the cause, then run clearance notices retry ID... (without an ID: all of them)."
    return Answer("\n".join([*map(_line, stuck), mend]), 1)


def _line(notice: NoticeRow) -> str:
    about = f" about GEN-{notice.request_id}" if notice.request_id is not None else ""
    failed = f" on {notice.failed_at:%Y-%m-%d %H:%M} UTC" if notice.failed_at else ""
    return printable(f"{notice.id}  {notice.kind} to {notice.recipient}{about}: {notice.error}{failed}")


def _retry(database: Database, which: Sequence[str], now: datetime) -> Answer:
    with database.transaction() as tx:
        wanted = which or [str(notice.id) for notice in notices.stuck(tx)]
        unknown = [
            each for each in wanted if not notices.retry(tx, int(each) if each.isdecimal() else each, now)
        ]
    again = f"{len(wanted) - len(unknown)} will be said again."
    if unknown:
        return Answer(f"{again} No failed notice is called {', '.join(map(printable, unknown))}.", 1)
    return Answer(again)
