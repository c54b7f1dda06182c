"""One running bot per SQLite file."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.engines import parse_address
from storage.errors import AlreadyRunning, Away

_log = logging.getLogger(__name__)


@contextmanager
def one_bot(url: str) -> Iterator[None]:
    """Hold the database for this process alone (SQLite; PostgreSQL serves many). Raises AlreadyRunning."""
    address = parse_address(url)
    if address.get_backend_name() != "sqlite":
        yield
    elif sys.platform == "win32":
        _log.warning("Windows has no flock: make sure that only one Clearance runs on this database.")
        yield
    else:
        database = Path(str(address.database)).resolve()  # one lock, whatever link led here
        with _locked(database.with_name(database.name + ".lock")):
            yield


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    import fcntl

    try:
        file = path.open("a+", encoding="ascii")
    except OSError as error:
        lasting = not path.parent.is_dir()
        raise Away(f"The lock file {path} cannot be written.", lasting) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip()
            raise AlreadyRunning(int(holder) if holder.isdigit() else None) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
        # The file stays: removing it would let two processes lock two files of one name.
        file.truncate(0)
