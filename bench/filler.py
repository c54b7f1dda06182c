"""A register with a long past, written in bulk: what every submission leaves behind, and nothing invented.

The verdicts are triage's own, every text is under its seal and the chain verifies; only the road is shorter
than through the app: rows are made here and written with the driver's bulk statements. Half of the requests
were recorded, half decided; nothing waits. Who wants something that waits files it through the app.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Table, text

from bench import indexing
from bench.slack import TEAM
from policy.facts import Facts, Use
from policy.library import books_on
from policy.lifecycle import first_status
from policy.triage import triage
from policy.verdict import Outcome
from policy.vocabulary import VOCABULARY
from storage.canonical import canonical
from storage.database import Database
from storage.register import GENESIS, contents_digest, event_hash
from storage.seals import new_seals, sealed_decision, sealed_request, stamp
from storage.tables import AUDIT_EVENTS, DECISIONS, EVENT_CONTENTS, NOTICES, REQUESTS, SIGN_OFFS
from storage.time_tables import CHASES

# Ana files every fiftieth request; the others are shared among so many people.
ANA_EVERY: Final = 50
_PEOPLE: Final = 200
_BATCH: Final = 5_000
_BEGAN: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
_EACH: Final = timedelta(seconds=20)
_SEED: Final = 1

Values = dict[str, Any]


@dataclass(frozen=True)
class _Case:
    """One use with its verdict, as it is stored."""

    columns: Values
    verdict: Mapping[str, Any]
    snapshot: Values
    topics: tuple[str, ...]


class _History:
    """The rows of request after request; numbers and the chain go on from one to the next."""

    def __init__(self) -> None:
        self.cases = [_case(use) for use in _likely_uses()]
        self.draw = random.Random(_SEED)
        self.request = self.decision = self.event = self.sign_off = self.notice = 0
        self.hash = GENESIS
        self.rows: dict[Table, list[Values]] = {}

    def take(self) -> dict[Table, list[Values]]:
        """The rows made since the last time."""
        taken, self.rows = self.rows, {}
        return taken

    def add(self) -> None:
        """One more request with everything that happened to it."""
        self.request += 1
        case = self.draw.choice(self.cases)
        at = stamp(_BEGAN + self.request * _EACH)
        row = case.columns | self._about(at)
        row |= sealed_request(row, case.verdict)
        self._keep(REQUESTS, row)
        about = {"request_id": self.request, "content_hash": row["content_hash"], "book": row["books"]}
        signs = dict.fromkeys(case.topics, "Ravi Menon")
        self._event("submitted", about, at, {"outcome": row["outcome"], "signs": signs})
        if case.topics:
            decided = self._decision(row, case, at)
            details = {"decision": decided["id"], "topics": list(case.topics), "waiting_for": []}
            self._event(row["status"], about, at, details, decided)
            self._keep(CHASES, _CHASED | {"id": decided["id"], "request_id": self.request, "since": at})
        for kind, recipient in (("card", "C0NIGHTAPPR"), ("receipt", row["requester_user"])):
            self._notice(kind, recipient, at)

    def _about(self, at: str) -> Values:
        ana = self.request % ANA_EVERY == 0
        user = "U0ANA" if ana else f"U0R{self.request % _PEOPLE:03}"
        return {
            "id": self.request,
            "requester_user": user,
            "requester_name": "ana" if ana else f"person {self.request % _PEOPLE}",
            "title": f"Mood boards for scene {self.request}",
            "description": f"Forty quick images to find the light of scene {self.request}.",
            "form_key": f"PAST{self.request}",
            "created_at": at,
            "updated_at": at,
            "card_ts": f"1767600000.{self.request:06d}",
            "thread_ts": f"1767600001.{self.request:06d}",
        }

    def _decision(self, row: Values, case: _Case, at: str) -> Values:
        self.decision += 1
        action = "deny" if row["status"] == "denied" else "approve"
        decided: Values = {
            "id": self.decision,
            "request_id": self.request,
            "revision": 1,
            "action": action,
            **{"by_team": TEAM, "by_user": "U0RAVI", "by_name": "Ravi Menon"},
            "wording": "Approved for this use.",
            "conditions": "[]",
            "valid_until": None,
            "reason": "",
            "topics": canonical(case.topics),
            "shown_hash": row["content_hash"],
            "snapshot": canonical(case.snapshot),
            "at": at,
        }
        decided |= sealed_decision(decided, case.snapshot)
        self._keep(DECISIONS, decided)
        for topic in case.topics:
            self.sign_off += 1
            state = "denied" if action == "deny" else "signed"
            about = {"id": self.sign_off, "request_id": self.request, "topic": topic, "state": state}
            self._keep(SIGN_OFFS, _RAVI | about | {"decision_id": self.decision})
        return decided

    def _event(
        self, kind: str, about: Values, at: str, details: Values, decided: Values | None = None
    ) -> None:
        self.event += 1
        name_seal, details_seal = new_seals(2)
        said = {"actor_team": TEAM, "actor_user": "U0ANA", "actor_name": "ana"}
        contents = said | {
            "name_seal": name_seal,
            "details": canonical(details),
            "details_seal": details_seal,
        }
        event = about | {
            "seq": self.event,
            "at": at,
            "kind": kind,
            "decision_id": decided["id"] if decided else None,
            "decision_hash": decided["hash"] if decided else "",
            "digest": contents_digest(*contents.values()),
            "previous": self.hash,
        }
        self.hash = event["hash"] = event_hash(**event)
        self._keep(AUDIT_EVENTS, event)
        self._keep(EVENT_CONTENTS, {"seq": self.event} | contents)

    def _notice(self, kind: str, recipient: str, at: str) -> None:
        self.notice += 1
        said = {"id": self.notice, "key": f"{self.request}:{kind}:{recipient}:first", "kind": kind}
        where = {"request_id": self.request, "recipient": recipient, "payload": "{}", "state": "delivered"}
        times = dict.fromkeys(("due_at", "created_at", "delivered_at"), at)
        none = dict.fromkeys(("lease_until", "doubt_since", "failed_at"))
        posted = {"channel": recipient, "ts": f"1767600000.{self.request:06d}", "error": "", "attempts": 1}
        self._keep(NOTICES, said | where | times | none | posted)

    def _keep(self, table: Table, row: Values) -> None:
        self.rows.setdefault(table, []).append(row)


_RAVI: Final = {
    **{"contact": "ravi", "contact_team": TEAM, "contact_user": "U0RAVI", "contact_name": "Ravi Menon"},
    **{"backup": "mei", "backup_team": TEAM, "backup_user": "U0MEI", "backup_name": "Mei Tanaka"},
}
_CHASED: Final = {
    **{"kind": "contact", "contact": "ravi", "team": TEAM, "user": "U0RAVI", "reminders": 0, "state": "done"},
    **dict.fromkeys(("reminded_at", "snoozed_until", "escalated_at", "about", "due_at")),
}


def fill(databases: Sequence[Database], count: int) -> None:
    """Put the same past of `count` requests into databases with empty tables."""
    history = _History()
    while history.request < count:
        for _ in range(min(_BATCH, count - history.request)):
            history.add()
        rows = history.take()
        for database in databases:
            _write(database, rows)
    for database in databases:
        _settle(database)


def _likely_uses() -> Iterator[Use]:
    """Safe answers but for none, one or two: as most requests are."""
    draw = random.Random(_SEED)
    safe = {name: fact.answers[0] for name, fact in VOCABULARY.items()} | {"consent": "not_needed"}
    whole = [name for name in VOCABULARY if name in Facts.model_fields]
    step = {name: safe[name] for name in ("environment", "stores_or_trains")} | {"tool": "Midjourney"}
    for number in range(64):
        risky = draw.sample(whole, number % 3)
        answers = safe | {name: draw.choice(VOCABULARY[name].answers) for name in risky}
        facts = {name: answers[name] for name in whole} | {"steps": [step]}
        yield Use(facts=Facts.model_validate(facts))


def _case(use: Use) -> _Case:
    verdict = triage(use, books_on(_BEGAN.date()))
    plain, facts = verdict.model_dump(mode="json"), use.facts.model_dump(mode="json")
    topics = tuple(topic.value for topic in verdict.topics)
    waits = first_status(verdict.outcome).value == "pending"
    settled = "denied" if verdict.outcome == Outcome.WRITTEN_APPROVAL else "approved"
    names = ("vendor", "not_generative", "consent_reference", "called_in_by", "called_in_reason")
    columns = {
        "production": "NIGHTFALL",
        "requester_team": TEAM,
        "needed_by": None,
        **{"use_started": "no", "context": "production", "origin_channel": "C0NIGHTFALL"},
        **dict.fromkeys(names, ""),
        "facts": canonical(facts),
        "verdict": canonical(plain),
        "outcome": verdict.outcome.value,
        "status": settled if waits else "recorded",
        "revision": 1,
        "books": canonical(plain["rulebooks"]),
        "approvals_channel": "C0NIGHTAPPR",
    }
    words: Values = {"wording": "Approved for this use.", "conditions": [], "valid_until": None, "reason": ""}
    return _Case(columns, plain, {"facts": facts, "verdict": plain} | words, topics if waits else ())


def _write(database: Database, rows: Mapping[Table, list[Values]]) -> None:
    """In the order in which rows refer to each other."""
    with database.transaction() as tx:
        raw: Any = tx.connection.dbapi_connection
        if tx.dialect.name == "postgresql":  # what a row refers to was made here too: not looked up again
            tx.execute(text("SET LOCAL session_replication_role = replica"))
        for table in (REQUESTS, DECISIONS, SIGN_OFFS, AUDIT_EVENTS, EVENT_CONTENTS, NOTICES, CHASES):
            names = [column.name for column in table.c]
            into = ", ".join(f'"{name}"' for name in names)
            lines = [[row[name] for name in names] for row in rows.get(table, ())]
            if tx.dialect.name == "sqlite":
                marks = ", ".join("?" * len(names))
                raw.executemany(f"INSERT INTO {table.name} ({into}) VALUES ({marks})", lines)
            else:
                with raw.cursor().copy(f"COPY {table.name} ({into}) FROM STDIN") as copy:
                    for line in lines:
                        copy.write_row(line)
        indexing.index(tx, rows.get(REQUESTS, ()))


def _settle(database: Database) -> None:
    """PostgreSQL counts on from the last number, and knows its tables as autovacuum would have it."""
    if database.engine.dialect.name == "sqlite":
        return
    with database.transaction() as tx:
        indexing.settle(tx)
        for table in (REQUESTS, DECISIONS, SIGN_OFFS, NOTICES, CHASES):
            following = f"(SELECT coalesce(max(id), 0) + 1 FROM {table.name})"
            tx.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {following}, false)")
            )
        tx.execute(text("ANALYZE"))
