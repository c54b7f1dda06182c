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
    _guards()


def downgrade() -> None:
    """Remove them; their indexes and triggers go with them."""
    for table in ("notices", "event_contents", "audit_events", "sign_offs", "decisions", "requests"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION clearance_register_refuses(), clearance_register_end()")


def _requests() -> None:
    op.create_table(
        "requests",
        *_key("requests"),
        *_texts("production", "requester_team", "requester_user", "requester_name", "title", "description"),
        sa.Column("needed_by", sa.Date(), nullable=True),
        *_texts("use_started", "vendor", "context", "not_generative", "consent_reference", "origin_channel"),
        *_texts("facts", "verdict", "outcome", "status"),
        sa.Column("revision", sa.Integer(), nullable=False),
        *_texts("books", "content_hash", "seals", "form_key"),
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
        *_texts("reason", "topics", "shown_hash", "snapshot", "seals", "hash"),
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
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        _time("at"),
        *_texts("kind"),
        *_refers("audit_events", "request_id", "requests"),
        *_texts("content_hash"),
        *_refers("audit_events", "decision_id", "decisions", nullable=True),
        *_texts("decision_hash", "book", "digest", "previous", "hash"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_events")),
    )
    op.create_index("ix_audit_events_request", "audit_events", ["request_id", "seq"])
    _partial("ix_audit_events_decision", "audit_events", "decision_id", where="decision_id IS NOT NULL")
    op.create_table(
        "event_contents",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        *_texts("actor_team", "actor_user", "actor_name", "name_seal", "details", "details_seal"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event_contents")),
        sa.ForeignKeyConstraint(
            ["seq"], ["audit_events.seq"], name=op.f("fk_event_contents_seq_audit_events")
        ),
    )


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
        _time("doubt_since", nullable=True),
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


def _guards() -> None:
    """The database itself refuses to rewrite the register; it lets texts be forgotten, never changed."""
    for table in ("audit_events", "event_contents", "decisions"):
        _refuse("DELETE", table)
    _refuse("UPDATE", "audit_events")
    _refuse("UPDATE", "event_contents", _changes(("seq", "actor_team", "actor_user"), CONTENTS))
    _refuse("UPDATE", "decisions", f"{_changes(DECIDED, DECISION_TEXTS)} OR {_unsealed('snapshot')}")
    # A next revision states anew; until then a request's words can only go.
    stated = f"{_changes(STATED, REQUEST_TEXTS)} OR {_unsealed('verdict')}"
    columns = ", ".join((*STATED, *REQUEST_TEXTS, "verdict", "seals"))
    _refuse("UPDATE", "requests", f"NEW.revision <= OLD.revision AND ({stated})", of=columns)
    if op.get_bind().dialect.name == "sqlite":
        # INSERT OR REPLACE deletes the old row, and SQLite fires no trigger for that.
        for table, key in (("audit_events", "seq"), ("event_contents", "seq"), ("decisions", "id")):
            there = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"
            _refuse("INSERT", table, there)
    else:
        op.execute(_END)
        for table in ("audit_events", "event_contents", "decisions"):
            _refuse("TRUNCATE", table)


DECIDED = (
    *("id", "request_id", "revision", "action", "by_team", "by_user", "valid_until", "topics"),
    *("shown_hash", "hash", "at"),
)
STATED = (
    *("id", "production", "requester_team", "requester_user", "needed_by", "use_started", "context"),
    *("outcome", "books", "content_hash", "form_key", "created_at"),
)
# Text -> its seal, which a redaction makes longer: a digest in the place of a salt.
CONTENTS = {"actor_name": "name_seal", "details": "details_seal"}
DECISION_TEXTS = dict.fromkeys(("by_name", "wording", "conditions", "reason"), "seals")
REQUEST_TEXTS = dict.fromkeys(
    (
        *("requester_name", "title", "description", "vendor"),
        *("not_generative", "consent_reference", "facts"),
    ),
    "seals",
)


def _changes(kept: tuple[str, ...], texts: dict[str, str]) -> str:
    """SQL: a column of `kept` differs, or a text does and was not redacted, or a seal went back."""
    differ = [f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in kept]
    for name, seal in texts.items():
        redacted = f"NEW.{name} = '[redacted]' AND length(NEW.{seal}) > length(OLD.{seal})"
        differ.append(f"(NEW.{name} IS DISTINCT FROM OLD.{name} AND NOT ({redacted}))")
    for seal in sorted(set(texts.values())):
        differ.append(f"(NEW.{seal} <> OLD.{seal} AND length(NEW.{seal}) <= length(OLD.{seal}))")
    return " OR ".join(differ)


def _unsealed(column: str) -> str:
    """SQL: a text within `column` changed and no seal gave way."""
    return f"(NEW.{column} <> OLD.{column} AND length(NEW.seals) <= length(OLD.seals))"


def _refuse(action: str, table: str, when: str = "", of: str = "") -> None:
    """A trigger that refuses; IntegrityError is what the program hears from both databases."""
    name = f"{table}_refuses_{action.lower()}"
    columns, condition = f" OF {of}" if of else "", f" WHEN ({when})" if when else ""
    head = f"CREATE TRIGGER {name} BEFORE {action}{columns} ON {table}"
    if op.get_bind().dialect.name == "sqlite":
        says = f"the register keeps what it holds: {action} on {table} is refused"
        # SQLite before 3.39 knows IS DISTINCT FROM only as IS NOT.
        condition = condition.replace("IS DISTINCT FROM", "IS NOT")
        op.execute(f"{head} FOR EACH ROW{condition} BEGIN SELECT RAISE(ABORT, '{says}'); END")
        return
    op.execute(_REFUSAL)
    each = "STATEMENT" if action == "TRUNCATE" else "ROW"
    op.execute(f"{head} FOR EACH {each}{condition} EXECUTE FUNCTION clearance_register_refuses()")


_REFUSAL = """
CREATE OR REPLACE FUNCTION clearance_register_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the register keeps what it holds: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

# The lock first, and only then a look: within a volatile function each statement sees what was committed
# by then. Any number serves as the lock, if nobody else takes it.
_END = """
CREATE FUNCTION clearance_register_end() RETURNS TABLE (seq integer, hash text)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(4206912);
    RETURN QUERY SELECT e.seq, e.hash::text FROM audit_events e ORDER BY e.seq DESC LIMIT 1;
END $$
"""
