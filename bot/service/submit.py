"""submit: facts -> verdict -> who must sign -> one transaction that says it all."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.service.announce import first_said
from bot.service.deadline import most_pressing
from bot.service.desk import Desk, Who
from bot.service.lookup import Story, timed_story
from bot.service.record import assigned, event
from bot.service.refusals import NotFiled
from bot.service.waits import first_asked, stand_in
from bot.submission import Submission
from policy.directory import Production
from policy.lifecycle import first_status
from policy.triage import triage
from storage import openings, register, requests
from storage.chases import ChaseRow
from storage.errors import AlreadyFiled
from storage.records import NewRequest, RequestRow, SignOffRow


def submit(desk: Desk, filed: Submission, who: Who, form_key: str, groups: Collection[str]) -> Story:
    """File a request and return it as recorded; the same form sent again returns the same request."""
    production = _production(desk, filed.production, who, groups)
    new = _new(desk, production, filed, who, form_key)
    with desk.database.transaction() as tx:
        there, now = desk.as_of(tx), desk.clock()
        try:
            row = requests.open_request(tx, new, now)
        except AlreadyFiled:
            return _filed_before(tx, desk, form_key, who)
        topics, chased = _begun(tx, there, row, who, now)
        # Late: on PostgreSQL everybody else who files waits from here to the commit.
        register.append(tx, _submitted(row, topics, who), now)
        # Known before the commit: a busy database afterwards could not claim that nothing was recorded.
        if any(there.absences(tx, now).at(each.contact, now) for each in topics):
            stand_in(tx, there, row, now)
            recorded = timed_story(tx, there, row)
        else:
            recorded = Story(row, topics, [], tuple(chased), most_pressing(tx, there, row, topics))
    desk.wake()
    return recorded


def _begun(
    tx: Connection, desk: Desk, row: RequestRow, who: Who, now: datetime
) -> tuple[list[SignOffRow], list[ChaseRow]]:
    """Its topics, its first notices and whom it waits for."""
    assignments = desk.authority.assign(row.production, row.verdict.topics, who.person)
    said = first_said(desk, row, unassigned=[each.topic for each in assignments if each.contact is None])
    topics, chased = first_asked(tx, desk, row, [assigned(desk, each) for each in assignments], now)
    return openings.begin(tx, row.id, topics, said, chased, now)


def _new(desk: Desk, production: Production, filed: Submission, who: Who, form_key: str) -> NewRequest:
    """The request with its verdict."""
    verdict = triage(filed.use, desk.books(production)).model_copy(
        update={"text_findings": filed.text_findings}
    )
    return NewRequest(
        production=filed.production,
        requester_team=who.team,
        requester_user=who.user,
        requester_name=who.name,
        title=filed.use.title,
        description=filed.use.description,
        needed_by=filed.use.needed_by,
        use_started=filed.use_started,
        vendor=filed.use.vendor,
        context=filed.use.context,
        not_generative=filed.use.not_generative,
        consent_reference=filed.consent_reference,
        facts=filed.use.facts,
        verdict=verdict,
        status=first_status(verdict.outcome),
        form_key=form_key,
        origin_channel=filed.origin_channel,
        approvals_channel=desk.authority.directory.approvals_for(filed.production) or "",
    )


def _production(desk: Desk, code: str, who: Who, groups: Collection[str]) -> Production:
    """Unknown and not-allowed read alike: a title may be secret."""
    production = desk.authority.directory.find(code)
    if production is None or not desk.authority.may_file(code, who.person, groups):
        raise NotFiled("production", "Pick one of the productions that the list offers you.")
    return production


def _submitted(row: RequestRow, topics: Sequence[SignOffRow], who: Who) -> register.NewEvent:
    details = {
        "status": row.status,
        "outcome": row.outcome,
        "signs": {each.topic.value: each.contact_name or "nobody" for each in topics},
    }
    return event(row, "submitted", who, details)


def _filed_before(tx: Connection, desk: Desk, form_key: str, who: Who) -> Story:
    """The request that this form opened before, for whoever sent it then."""
    row = requests.by_form_key(tx, form_key)
    assert row is not None  # it is why nothing was written
    if (row.requester_team, row.requester_user) != (who.team, who.user):
        raise NotFiled("production", "Somebody else sent this form. Start again with /genai-request.")
    return timed_story(tx, desk, row)
