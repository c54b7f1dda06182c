"""The queue of what is still to be indexed for the search, and the triggers that fill it.

The index itself is derived: the search makes it where it is missing (SQLite may lack FTS5).
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# What a request is found by: when it changes, the request is indexed anew.
SOUGHT = (
    *("production", "requester_name", "title", "description", "vendor", "not_generative"),
    *("consent_reference", "facts", "requester_user", "status", "outcome"),
)


def upgrade() -> None:
    """Make them; every request that is there waits to be indexed."""
    op.create_table(
        "to_index",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_to_index"),
    )
    op.execute("INSERT INTO to_index (request_id) SELECT id FROM requests ORDER BY id")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_FUNCTION)
    for action in ("INSERT", f"UPDATE OF {', '.join(SOUGHT)}"):
        name = f"requests_to_index_{action.partition(' ')[0].lower()}"
        head = f"CREATE TRIGGER {name} AFTER {action} ON requests FOR EACH ROW"
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"{head} EXECUTE FUNCTION clearance_to_index()")
        else:
            op.execute(f"{head} BEGIN INSERT INTO to_index (request_id) VALUES (NEW.id); END")


def downgrade() -> None:
    """Remove them, with the index that was made of them."""
    for action in ("insert", "update"):
        table = " ON requests" if op.get_bind().dialect.name == "postgresql" else ""
        op.execute(f"DROP TRIGGER requests_to_index_{action}{table}")
    op.drop_table("to_index")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION clearance_to_index()")
        op.execute("DROP TABLE IF EXISTS searchable")
        return
    virtual = "SELECT name FROM sqlite_master WHERE rootpage = 0 AND name GLOB 'search_[0-9]*'"
    for (name,) in op.get_bind().execute(sa.text(virtual)).all():
        op.execute(f"DROP TABLE {name}")


_FUNCTION = """
CREATE FUNCTION clearance_to_index() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO to_index (request_id) VALUES (NEW.id);
    RETURN NULL;
END $$
"""
