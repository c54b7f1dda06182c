"""The registrations of a decision: its buttons open a form, its forms are carried out."""

import logging
import re

from slack_bolt import Ack, Respond
from slack_sdk import WebClient

from bot.answers import answers
from bot.decision_modal import (
    ForgedForm,
    approve_view,
    call_in_view,
    deny_view,
    parse_decision,
    pressed,
    target,
    told_view,
    written,
)
from bot.families import Families
from bot.home_parts import carrying
from bot.homes import Homes
from bot.listening import NOT_RECORDED, Body, show, who_pressed
from bot.service.decide import Prepared, decide, prepare
from bot.service.desk import Desk
from bot.service.lookup import day_at
from bot.service.refusals import AlreadyDecided, Refusal
from bot.status import after_decision
from bot.tellings import in_private
from policy.lifecycle import Move
from storage.errors import StorageError

_log = logging.getLogger(__name__)

_DECIDING = re.compile(r"^decide:(?:approve|deny|call_in)$")


def register(families: Families, desk: Desk, client: WebClient, homes: Homes) -> None:
    """One listener for the forms and one for the buttons."""
    _register_forms(families, desk, homes)
    _register_buttons(families, desk, client, homes)


def _register_forms(families: Families, desk: Desk, homes: Homes) -> None:
    @families.view(_DECIDING)
    def decision_sent(ack: Ack, body: Body, view: Body) -> None:
        who = who_pressed(body)
        try:
            wanted = target(view)
            form = parse_decision(view, day_at(desk, wanted.request))
            if isinstance(form, dict):
                ack(response_action="errors", errors=form)
                return
            told = decide(desk, form, who)
        except (Refusal, ForgedForm) as refusal:
            ack(response_action="update", view=_refused(refusal, view))
            homes.again(view, who)
        except StorageError as error:
            _log.warning("A decision was not recorded: %s", error)
            first = "reason" if Move(wanted.action) != Move.APPROVE else "wording"
            ack(response_action="errors", errors={first: NOT_RECORDED})
        else:
            ack(response_action="update", view=told_view(told.row.label, after_decision(told, form)))
            homes.again(view, who)


def _register_buttons(families: Families, desk: Desk, client: WebClient, homes: Homes) -> None:
    @families.action(_DECIDING)
    def decision_pressed(ack: Ack, body: Body, respond: Respond) -> None:
        ack()
        action = body["actions"][0]
        move = Move(action["action_id"].removeprefix("decide:"))
        channel = (body.get("channel") or {}).get("id", "")
        try:
            request, revision = pressed(action.get("value"))
            ready = prepare(desk, request, revision, move, who_pressed(body), channel)
            says = show(client, body, carrying(_form(ready, move), body))
        except (Refusal, ForgedForm) as refusal:
            says = in_private(refusal)
        except StorageError as error:
            _log.warning("A decision form could not open: %s", error)
            says = NOT_RECORDED
        if says:
            homes.tell(body, respond, says)


def _refused(refusal: Exception, view: Body) -> Body:
    """Why nothing was recorded, with what they wrote; what they sent a second time stands already."""
    if isinstance(refusal, AlreadyDecided) and refusal.recorded:
        return told_view("Recorded", str(refusal))
    return told_view("Not recorded", str(refusal), written(view))


def _form(ready: Prepared, move: Move) -> Body:
    row = ready.row
    if move == Move.APPROVE:
        return approve_view(
            row.label,
            row.title,
            row.outcome,
            ready.topics,
            dict(ready.others),
            answers(row),
            request=row.id,
            revision=row.revision,
        )
    view = deny_view if move == Move.DENY else call_in_view
    return view(row.label, row.title, answers(row), request=row.id, revision=row.revision)
