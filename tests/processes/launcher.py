"""`clearance` as a process that dies where a test asks: `python -m tests.processes.launcher FOLDER run`.

The real command runs, with these differences: the pace of a stand-in, also for looking after the wire; a
clock that a test may move; a disk that a test may fill; and, at each named step of the path, a look into
FOLDER for whether this is the one to die at.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial, wraps
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from bot import wire
from bot.pace import unhurried
from bot.posting import Posting
from bot.service import decide, submit
from storage.database import Database
from storage.notices import NoticeRow

# What a test writes to the folder.
DIE_AT = "die_at"
LINGER_AT = "linger_at"
AHEAD = "ahead"
FULL = "full"
READ_ONLY = "read_only"

ARRIVED, INSIDE, COMMITTED = "arrived", "inside", "committed"
CLAIMED, ANSWERED = "claimed", "answered"

_hand = threading.local()


def main() -> None:
    """Prepare the steps, then run the command."""
    folder = Path(sys.argv[1])
    sys.argv = ["clearance", *sys.argv[2:]]
    _die_on_the_way_in(folder)
    _die_on_the_way_out(folder)
    _fill_the_disk(folder)
    from bot import app, running  # after the verbs were wrapped: it imports them
    from bot.__main__ import main as clearance

    wire.PING_SECONDS = 0.3  # type: ignore[misc]
    clock = partial(_now, folder / AHEAD)
    assemble = partial(app.assemble, clock=clock, pace=unhurried())
    running.assemble = assemble  # type: ignore[attr-defined]
    clearance()


def _die_on_the_way_in(folder: Path) -> None:
    """Around the transaction of whoever submits or decides."""
    for verb in (submit, decide):
        name = verb.__name__.rpartition(".")[2]
        setattr(verb, name, _in_hand(folder, getattr(verb, name)))

    def committing(_: object) -> None:
        if getattr(_hand, "holds", False):
            _die(folder, INSIDE)

    event.listen(Engine, "commit", committing)


def _in_hand(folder: Path, verb: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(verb)
    def watched(*given: Any, **named: Any) -> Any:
        _die(folder, ARRIVED)
        _hand.holds = True
        try:
            told = verb(*given, **named)
        finally:
            _hand.holds = False
        _die(folder, COMMITTED)
        return told

    return watched


def _die_on_the_way_out(folder: Path) -> None:
    """Around the call that brings a notice to Slack."""
    say = Posting.post

    @wraps(say)
    def watched(self: Posting, notice: NoticeRow) -> Any:
        _die(folder, f"{CLAIMED} {notice.kind}")
        posted = say(self, notice)
        _die(folder, f"{ANSWERED} {notice.kind}")
        return posted

    Posting.post = watched  # type: ignore[method-assign]


def _die(folder: Path, step: str) -> None:
    """Die here, or linger for a second, if that is the wish."""
    lingering = folder / LINGER_AT
    if lingering.exists() and lingering.read_text("utf-8") == step:
        lingering.unlink()
        time.sleep(1)
    wish = folder / DIE_AT
    if wish.exists() and wish.read_text("utf-8") == step:
        wish.unlink()  # the next one lives
        os.kill(os.getpid(), signal.SIGKILL)


def _fill_the_disk(folder: Path) -> None:
    """SQLite itself refuses: no page more than there are, or no writing at all."""
    begun = Database.__init__

    @wraps(begun)
    def limited(self: Database, engine: Engine, patience: float) -> None:
        begun(self, engine, patience)

        @event.listens_for(engine, "begin")
        def limit(connection: Any) -> None:
            raw = connection.connection.dbapi_connection
            if isinstance(raw, sqlite3.Connection):
                pages = raw.execute("PRAGMA page_count").fetchone()[0]
                most = pages if (folder / FULL).exists() else 2**30
                raw.execute(f"PRAGMA max_page_count = {most}")
                if (folder / READ_ONLY).exists():
                    raw.execute("PRAGMA query_only = 1")
                    connection.info.clear()  # the product thinks of what it set itself

    Database.__init__ = limited  # type: ignore[method-assign]


def _now(ahead: Path) -> datetime:
    """The real time, as many seconds ahead as the test says."""
    seconds = float(ahead.read_text("ascii")) if ahead.exists() else 0.0
    return datetime.now(UTC) + timedelta(seconds=seconds)


if __name__ == "__main__":
    main()
