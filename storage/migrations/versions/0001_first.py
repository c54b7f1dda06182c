"""The first tables: requests, sign-offs, decisions, audit events, notices."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make them, the referred before the referring."""
    _requests()
    _decisions()
    _sign_offs()
    _audit_events()
    _notices()


def downgrade() -> None:
    """Remove them; their indexes go with them."""
    for table in ("notices", "audit_events", "sign_offs", "decisions", "requests"):
        op.drop_table(table)


def _requests() -> None:
    op.create_table(
        "requests",
        *_key("requests"),
        *_texts("production", "requester_team", "requester_user", "requester_name", "title", "description"),
        sa.Column("needed_by", sa.Date(), nullable=True),
        *_texts("use_started", "vendor", "context", "not_generative", "consent_reference", "origin_channel"),
        *_texts("facts", "verdict", "outcome", "status"),
        sa.Column("revision", sa.Integer(), nullable=False),
        *_texts("books", "content_hash", "form_key"),
        _time("created_at"),
        _time("updated_at"),
        *_texts("approvals_channel", "card_ts", "thread_ts", "called_in_by", "called_in_reason"),
        _one_of("requests", "use_started", "no", "yes", "aired"),
        _one_of("requests", "context", "production", "marketing", "recap", "other"),
        _one_of("requests", "outcome", "cleared", "judgement", "escalate", "written_approval"),
        _one_of(
            "requests",
            "status",
            *("recorded", "pending", "approved", "denied", "withdrawn", "superseded", "revoked", "lapsed"),
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_requests_revision")),
        sa.UniqueConstraint("form_key", name=op.f("uq_requests_form_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_requests_requester", "requests", ["requester_team", "requester_user", "id"])


def _decisions() -> None:
    op.create_table(
        "decisions",
        *_key("decisions"),
        *_refers("decisions", "request_id", "requests"),
        sa.Column("revision", sa.Integer(), nullable=False),
        *_texts("action", "by_team", "by_user", "by_name", "wording", "conditions"),
        sa.Column("valid_until", sa.Date(), nullable=True),
        *_texts("reason", "topics", "shown_hash", "snapshot"),
        _time("at"),
        _one_of("decisions", "action", "approve", "deny", "call_in", "withdraw"),
    )
    op.create_index("ix_decisions_request_id", "decisions", ["request_id"])


def _sign_offs() -> None:
    op.create_table(
        "sign_offs",
        *_key("sign_offs"),
        *_refers("sign_offs", "request_id", "requests"),
        *_texts("topic", "contact", "contact_team", "contact_user", "contact_name"),
        *_texts("backup", "backup_team", "backup_user", "backup_name", "state"),
        *_refers("sign_offs", "decision_id", "decisions", nullable=True),
        _one_of("sign_offs", "topic", "production", "legal", "talent", "security"),
        _one_of("sign_offs", "state", "open", "signed", "denied", "void"),
        sa.UniqueConstraint("request_id", "topic", name=op.f("uq_sign_offs_request_id_topic")),
    )
    for who in ("contact", "backup"):
        _partial(
            f"ix_sign_offs_open_{who}", "sign_offs", f"{who}_team", f"{who}_user", where="state = 'open'"
        )


def _audit_events() -> None:
    op.create_table(
        "audit_events",
        *_key("audit_events"),
        *_refers("audit_events", "request_id", "requests"),
        _time("at"),
        *_texts("kind", "actor_team", "actor_user", "actor_name", "details", "book", "content_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_events_request_id", "audit_events", ["request_id"])


def _notices() -> None:
    op.create_table(
        "notices",
        *_key("notices"),
        *_texts("key", "kind"),
        *_refers("notices", "request_id", "requests", nullable=True),
        *_texts("recipient", "payload"),
        _time("due_at"),
        _time("created_at"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _time("lease_until", nullable=True),
        *_texts("state", "channel", "ts", "error"),
        _time("delivered_at", nullable=True),
        _time("failed_at", nullable=True),
        _one_of("notices", "state", "waiting", "delivered", "failed", "dropped"),
        sa.UniqueConstraint("key", name=op.f("uq_notices_key")),
    )
    _partial("ix_notices_due", "notices", "due_at", where="state = 'waiting'")
    held = "state = 'waiting' AND lease_until IS NOT NULL"
    _partial("ix_notices_held", "notices", "lease_until", where=held)
    _partial("ix_notices_request", "notices", "request_id", "id", where="state = 'waiting'")
    _partial("ix_notices_recipient", "notices", "recipient", "id", where="state = 'waiting'")
    _partial("ix_notices_failed", "notices", "id", where="state = 'failed'")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, AutoString(), nullable=False) for name in names]


def _time(name: str, *, nullable: bool = False) -> sa.Column[UTCDateTime]:
    return sa.Column(name, UTCDateTime(), nullable=nullable)


def _key(table: str) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint]:
    column = sa.Column("id", sa.Integer(), nullable=False)
    return column, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _refers(
    table: str, name: str, to: str, *, nullable: bool = False
) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    column = sa.Column(name, sa.Integer(), nullable=nullable)
    return column, sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}_{to}"))


def _one_of(table: str, column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def _partial(name: str, table: str, *columns: str, where: str) -> None:
    predicate = sa.text(where)
    op.create_index(name, table, list(columns), sqlite_where=predicate, postgresql_where=predicate)
