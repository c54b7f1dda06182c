"""Where Alembic starts: it works on the connection that storage.schema hands it, inside its transaction."""

from alembic import context

from storage.schema import METADATA


def migrate() -> None:
    """Run the migrations on the given connection."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=METADATA,
        render_as_batch=True,  # SQLite alters a table by rebuilding it
    )
    with context.begin_transaction():
        context.run_migrations()


# Alembic executes this file to migrate; nothing else imports it.
migrate()
