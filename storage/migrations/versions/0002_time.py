"""What time brings: who is chased, who is away, which digest is due."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make them; requests that already wait are picked up by the app when it starts."""
    _chases()
    _absences()
    _rounds()


def downgrade() -> None:
    """Remove them; their indexes go with them."""
    for table in ("rounds", "absences", "chases"):
        op.drop_table(table)


def _chases() -> None:
    op.create_table(
        "chases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        *_texts("kind", "contact", "team", "user"),
        _moment("since"),
        _moment("reminded_at", nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        _moment("snoozed_until", nullable=True),
        _moment("escalated_at", nullable=True),
        sa.Column("about", sa.Integer(), nullable=True),
        _moment("due_at", nullable=True),
        *_texts("state"),
        sa.PrimaryKeyConstraint("id", name="pk_chases"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_chases_request_id_requests"),
        sa.UniqueConstraint("request_id", "kind", "team", "user", name="uq_chases_request_id_kind_team_user"),
        sa.CheckConstraint(
            "kind IN ('contact', 'backup', 'requester', 'operators', 'expiry', 'lapse')",
            name=op.f("ck_chases_kind"),
        ),
        sa.CheckConstraint("state IN ('open', 'done')", name=op.f("ck_chases_state")),
    )
    _partial("ix_chases_due", ["due_at", "id"], "state = 'open' AND due_at IS NOT NULL")
    _partial("ix_chases_person", ["team", "user", "request_id"], "state = 'open'")


def _absences() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        *_texts("contact", "team", "user"),
        _moment("begins"),
        _moment("ends"),
        *_texts("stand_in"),
        _moment("said_at"),
        sa.PrimaryKeyConstraint("id", name="pk_absences"),
    )
    op.create_index("ix_absences_ends", "absences", ["ends"])


def _rounds() -> None:
    op.create_table(
        "rounds",
        *_texts("audience"),
        _moment("due_at"),
        _moment("last_at", nullable=True),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("audience", name="pk_rounds"),
    )
    op.create_index("ix_rounds_due", "rounds", ["due_at"])


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, AutoString(), nullable=False) for name in names]


def _moment(name: str, *, nullable: bool = False) -> sa.Column[UTCDateTime]:
    return sa.Column(name, UTCDateTime(), nullable=nullable)


def _partial(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "chases", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
