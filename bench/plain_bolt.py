"""What Clearance is compared with: bare Bolt, and Bolt as its documentation starts people."""

import json
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import UTC, date, datetime
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from sqlalchemy import Engine
from sqlmodel import Session, col, create_engine, select

from bench.deeds import BUTTON, FORM, SECRET, STATUS, Deed
from bench.slack import TEAM
from bot import modal
from bot.advice_lines import as_lines
from bot.groups import Groups
from bot.listeners import register
from bot.service.desk import Desk
from policy.advice import advise
from policy.library import books_on
from policy.triage import triage
from policy.verdict import Verdict
from storage.tables import AuditEvent, EventContents, Notice, Request, SignOff
from storage.time_tables import Chase

Body = dict[str, Any]
_VIEW: Body = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Bare"},
    "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "GEN-0"}}],
}

_BOOKS = books_on(date(2026, 1, 1))  # read once, as ours are


def bare(client: WebClient) -> App:
    """Bolt alone, as we start it: acknowledges after the listener, knows who it is."""
    return App(
        client=client,
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_token=client.token),
        process_before_response=True,
        signing_secret=SECRET,
    )


def answers(app: App, deed: Deed, client: WebClient) -> None:
    """The one listener: acknowledges, and makes the same call to Slack where the deed takes one."""

    def nothing(ack: Ack) -> None:
        ack("GEN-0") if deed is STATUS else ack()

    def shows(ack: Ack, body: Body) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=_VIEW)
        ack()

    if deed is BUTTON:
        app.action("decide:approve")(shows)
    elif deed in (FORM, STATUS):
        app.command("/genai-request")(shows if deed is FORM else nothing)
    else:
        app.view(modal.CALLBACK_ID)(lambda ack: ack(response_action="update", view=_VIEW))


def crowded(desk: Desk, client: WebClient, crowd: bool) -> App:
    """One listener that nobody else hears, behind all the real ones when there is a `crowd`."""
    app = bare(client)
    if crowd:
        register(app, desk, client, Groups(client, ()))
    app.action("probe")(lambda ack: ack())
    return app


def documented(client: WebClient, database_url: str, stack: ExitStack) -> App:
    """Bolt with its default settings and the ORM's session, doing what our submission does.

    The same tables, verdict and rows; the settings are those a newcomer gets who changes none.
    """
    # The token comes with the client; the default way of starting asks Slack who it is.
    app = App(client=client, signing_secret=SECRET)
    address = database_url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(address)
    stack.callback(engine.dispose)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:  # as a new file has it: this one's tables were made by us
            connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
    _register_documented(app, engine, client)
    return app


def _register_documented(app: App, engine: Engine, client: WebClient) -> None:
    @app.command("/genai-request")
    def command(ack: Ack, body: Body) -> None:
        if body["text"]:
            with Session(engine) as session:
                query = select(Request).where(Request.requester_user == body["user_id"])
                found = session.exec(query.order_by(col(Request.id).desc()).limit(10)).all()
                ack("\n".join(f"GEN-{row.id} {row.title}" for row in found))
        else:
            client.views_open(trigger_id=body["trigger_id"], view=modal.build(modal.Draft()))
            ack()

    @app.action("decide:approve")
    def button(ack: Ack, body: Body) -> None:
        ack()
        with Session(engine) as session:
            row = session.get(Request, 1)
        client.views_open(
            trigger_id=body["trigger_id"], view=_VIEW | {"private_metadata": str(row and row.id)}
        )

    @app.view(modal.CALLBACK_ID)
    def submission(ack: Ack, body: Body, view: Body) -> None:
        with Session(engine) as session:
            row, verdict, clearing = _file(session, view, body["user"])
            session.commit()
            reasons = (*(one.because for one in verdict.findings), *clearing)
            text = "\n".join((f"GEN-{row.id} {row.outcome}", *reasons))
        block = {"type": "section", "text": {"type": "mrkdwn", "text": text[:3000]}}
        ack(response_action="update", view=_VIEW | {"blocks": [block]})


def _all(names: Iterable[str], value: str | None = None) -> Body:
    return dict.fromkeys(names, value)


def _file(session: Session, view: Body, user: Body) -> tuple[Request, Verdict, list[str]]:
    filed = modal.read(view, today=lambda _: datetime.now(UTC).date())
    assert isinstance(filed, modal.Submission), filed
    now = datetime.now(UTC)
    verdict = triage(filed.use, _BOOKS)
    clearing = as_lines(advise(filed.use, _BOOKS, verdict), verdict)
    row = _request(filed, verdict, view, user, now)
    session.add(row)
    session.flush()
    assert row.id is not None
    for topic in verdict.topics:
        session.add(_sign_off(row.id, topic.value))
        session.add(_chase(row.id, topic.value, now))
    # No chain: a newcomer has a table of events, numbered by what they are about.
    event: Body = {"seq": row.id, "at": now, "kind": "submitted", "request_id": row.id, "content_hash": ""}
    plain = _all(("decision_hash", "book", "digest", "previous", "hash"), "")
    session.add(AuditEvent(**event, **plain, decision_id=None))
    session.flush()
    names = ("actor_team", "actor_user", "actor_name", "name_seal", "details", "details_seal")
    session.add(EventContents(seq=row.id, **_all(names, "")))
    for kind in ("card", "ask", "receipt"):
        session.add(_notice(row.id, kind, now))
    return row, verdict, clearing


def _request(filed: modal.Submission, verdict: Verdict, view: Body, user: Body, now: datetime) -> Request:
    use = filed.use
    return Request(
        production=filed.production,
        requester_team=user["team_id"],
        requester_user=user["id"],
        requester_name=user["name"],
        title=use.title,
        description=use.description,
        needed_by=use.needed_by,
        use_started=filed.use_started,
        vendor=use.vendor,
        context=use.context,
        not_generative=use.not_generative,
        facts=use.facts.model_dump_json(),
        verdict=verdict.model_dump_json(),
        outcome=verdict.outcome.value,
        status="pending",
        revision=1,
        books=json.dumps([book.model_dump() for book in verdict.rulebooks]),
        form_key=view["id"],
        created_at=now,
        updated_at=now,
        consent_reference=filed.consent_reference,
        origin_channel=filed.origin_channel,
        **_all(("content_hash", "seals", "approvals_channel", "card_ts", "thread_ts"), ""),
        **_all(("called_in_by", "called_in_reason"), ""),
    )


def _sign_off(request_id: int, topic: str) -> SignOff:
    names = [f"{who}{part}" for who in ("contact", "backup") for part in ("", "_team", "_user", "_name")]
    return SignOff(request_id=request_id, topic=topic, state="open", decision_id=None, **_all(names, ""))


def _chase(request_id: int, user: str, now: datetime) -> Chase:
    who: Body = {
        "kind": "contact",
        "contact": user,
        "team": TEAM,
        "user": user,
        "state": "open",
        "reminders": 0,
    }
    never = _all(("reminded_at", "snoozed_until", "escalated_at", "about"))
    return Chase(request_id=request_id, since=now, due_at=now, **who, **never)


def _notice(request_id: int, kind: str, now: datetime) -> Notice:
    return Notice(
        key=f"{request_id}:{kind}",
        kind=kind,
        request_id=request_id,
        recipient="C0NIGHTAPPR",
        payload="{}",
        due_at=now,
        created_at=now,
        attempts=0,
        state="waiting",
        **_all(("channel", "ts", "error"), ""),
        **_all(("lease_until", "doubt_since", "delivered_at", "failed_at")),
    )
