"""Where the databases of a run are: SQLite files in a folder that goes with it, a PostgreSQL of its own."""

import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from storage import schema
from storage.database import Database, open_database
from tests.storage.postgres import PostgresServer, postgres


@dataclass
class Places:
    """Fresh databases and folders."""

    root: Path
    server: PostgresServer | None  # there is one when PostgreSQL is measured
    numbers: Iterator[int]

    def folder(self) -> Path:
        """An empty folder."""
        path = self.root / str(next(self.numbers))
        path.mkdir()
        return path

    def url(self, kind: str) -> str:
        """The address of an empty database."""
        if kind == "SQLite":
            return f"sqlite:///{self.folder() / 'clearance.db'}"
        assert self.server, "PostgreSQL was not asked for"
        return self.server.url(self.server.new_database())

    def ready(self, kind: str) -> tuple[str, Database]:
        """A database with its tables."""
        url = self.url(kind)
        database = open_database(url, patience=20)
        schema.upgrade(database)
        return url, database


@contextmanager
def places(databases: Collection[str]) -> Iterator[Places]:
    """Everything is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="clearance-bench-") as root, ExitStack() as stack:
        server = stack.enter_context(postgres(durable=True)) if "PostgreSQL" in databases else None
        yield Places(Path(root), server, count(1))
