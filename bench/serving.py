"""One side as a process of its own: `python -m bench.serving JSON` serves until its standard input closes."""

import json
import logging
import sqlite3
import sys
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Thread

from cheroot.wsgi import Server
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler
from sqlalchemy import event

from bench.apps import settings_of
from bench.deeds import DEEDS
from bench.plain_bolt import answers, bare, crowded, documented
from bot.app import assemble, slack_client, start, start_http
from bot.http import PATH
from bot.pauses import shorten_pauses
from storage.database import Database


@dataclass(frozen=True)
class Side:
    """What to serve: `app` is ours, bare, documented, alone or crowded; `deed` is what bare answers."""

    app: str
    slack: str
    folder: str
    database: str = ""
    socket: bool = False  # Socket Mode instead of HTTP
    synchronous: str = "FULL"  # of SQLite
    deed: str = ""
    token: str = "side"

    def as_argument(self) -> str:
        """For the command line."""
        return json.dumps(asdict(self))


def main() -> None:
    """Serve one side; prints its address, then a line with nothing, once it can be asked."""
    side = Side(**json.loads(sys.argv[1]))
    logging.disable(logging.WARNING)
    with ExitStack() as stack:
        print(_served(side, stack), flush=True)
        sys.stdin.read()
        # What is measured was measured: nobody waits for an orderly end of a Socket Mode client.
        sys.stdout.flush()
        if side.socket:
            stack.pop_all()


def _served(side: Side, stack: ExitStack) -> str:
    url = side.database or f"sqlite:///{side.folder}/unused.db"
    settings = settings_of(url, Path(side.folder), side.slack, f"xapp-{side.token}")
    if side.app in ("ours", "alone", "crowded"):
        clearance = assemble(settings, stack)
        settle(clearance.desk.database, side.synchronous)
        if side.app == "ours":
            where = "socket"
            if side.socket:
                start(clearance, settings, stack)
            else:
                where = f"{start_http(clearance, settings, stack, '127.0.0.1', 0)}{PATH}"
            shorten_pauses()  # as `clearance run` does
            return where
        app = crowded(clearance.desk, clearance.bolt.client, side.app == "crowded")
    else:
        client = slack_client(settings)
        if side.app == "bare":
            app = bare(client)
            answers(app, DEEDS[side.deed], client)
        else:
            app = documented(client, side.database, stack)
    if side.socket:
        SocketModeHandler(app, f"xapp-{side.token}", web_client=app.client).connect()  # type: ignore[no-untyped-call]
        return "socket"
    return _http(app)


def settle(database: Database, synchronous: str) -> None:
    """Let every connection from now on write as often as asked; ours is FULL."""
    if database.engine.dialect.name != "sqlite" or synchronous == "FULL":
        return

    def connected(raw: sqlite3.Connection, _record: object) -> None:
        raw.execute(f"PRAGMA synchronous = {synchronous}")

    event.listen(database.engine, "connect", connected)
    database.engine.dispose()


def _http(app: App) -> str:
    """The same server that ours has, without anything of ours around it."""
    server = Server(("127.0.0.1", 0), SlackRequestHandler(app, path=PATH), numthreads=8)
    server.prepare()
    Thread(target=server.serve, daemon=True).start()
    return f"http://{server.bind_addr[0]}:{server.bind_addr[1]}{PATH}"


if __name__ == "__main__":
    main()
