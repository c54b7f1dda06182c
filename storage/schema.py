"""Bring the tables up to date at start, and refuse a database that is not ours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, func, inspect, select

from storage.database import Database
from storage.errors import ForeignSchema
from storage.time_tables import CHASES

if TYPE_CHECKING:
    from alembic.config import Config

# The newest migration. Known by heart, because Alembic takes a tenth of a second to load, and a start with
# tables that are up to date has no other need of it.
HEAD: Final = "0003"

# Every table there is: those of storage.time_tables join the others in one MetaData.
METADATA: Final = CHASES.metadata

# Any number serves, if every replica of Clearance takes the same and nobody else does.
_MIGRATING: Final = 4_206_911


@dataclass(frozen=True)
class SchemaStatus:
    """Which revision the tables have (None: there are none) and which one this version wants."""

    current: str | None
    head: str

    @property
    def up_to_date(self) -> bool:
        """Nothing to do."""
        return self.current == self.head


def upgrade(database: Database) -> None:
    """Make or migrate the tables, all or nothing. Raises ForeignSchema, Busy, Away."""
    with database.transaction() as tx:
        if tx.dialect.name == "postgresql":
            tx.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))  # replicas start together
        if not _is_at_head(tx):
            _migrate(tx)


def _is_at_head(tx: Connection) -> bool:
    if not inspect(tx).has_table("alembic_version"):
        return False
    return tx.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all() == [HEAD]


def _migrate(tx: Connection) -> None:
    from alembic import command

    config = configuration()
    if not _inspected(tx, config).up_to_date:
        config.attributes["connection"] = tx
        command.upgrade(config, "head")


def status(database: Database) -> SchemaStatus:
    """Where the tables stand. Raises ForeignSchema, Busy, Away."""
    with database.reading() as tx:
        return _inspected(tx, configuration())


def configuration() -> Config:
    """Alembic's configuration, found beside this file wherever the package is installed."""
    from alembic.config import Config

    config = Config()
    here = str(Path(__file__).parent / "migrations").replace("%", "%%")  # Config reads % as its own
    config.set_main_option("script_location", here)
    config.set_main_option("path_separator", "os")
    return config


def _inspected(tx: Connection, config: Config) -> SchemaStatus:
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(config)
    heads = MigrationContext.configure(tx).get_current_heads()
    known = {script.revision for script in scripts.walk_revisions()}
    if unknown := sorted(set(heads) - known):
        raise ForeignSchema(
            f"Its tables are at revision {', '.join(unknown)}, which this version does not know: "
            "start the version that made them, or name another database."
        )
    if not heads and (taken := sorted(set(METADATA.tables) & set(inspect(tx).get_table_names()))):
        raise ForeignSchema(f"It holds tables of somebody else ({', '.join(taken)}): name another database.")
    return SchemaStatus(heads[0] if heads else None, scripts.get_current_head() or "")
