"""Every Bolt registration: parse, call one service function, answer. The only Slack calls are views_*."""

import logging
import re
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot import modal
from bot.command import HELP, Command, parse_command
from bot.decision_modal import (
    ForgedForm,
    approve_view,
    call_in_view,
    deny_view,
    parse_decision,
    target,
    told_view,
)
from bot.groups import Groups
from bot.markup import escape
from bot.messages import sections
from bot.service.clearing import what_would_clear
from bot.service.decide import Prepared, decide, prepare
from bot.service.desk import Desk, Who
from bot.service.lookup import day_at, mine, story
from bot.service.refusals import NotFiled, Refusal
from bot.service.submit import submit
from bot.status import after_decision, my_requests, status
from bot.verdict_view import verdict_view
from policy.lifecycle import Move
from storage.errors import StorageError

_log = logging.getLogger(__name__)

Body = dict[str, Any]

# One listener for a family of actions: every listener costs 7 us on each dispatch.
# Bolt searches: without anchors "consent" would also take "consent_reference".
_REDRAWING = re.compile(f"^(?:{'|'.join(sorted(modal.REDRAWING_ACTIONS))})$")
_DECIDING = re.compile(r"^decide:(?:approve|deny|call_in)$")

NOT_RECORDED = (
    "Not recorded: the database did not answer in time. Nothing is lost; please press the button again."
)
TOO_LATE = "Slack closed the window before the form could open. Please try again."


def register(app: App, desk: Desk, client: WebClient, groups: Groups) -> None:
    """Tell Bolt what the app listens to; the submission first: each miss before it costs 7 us."""
    _register_form(app, desk, client, groups)
    _register_decision_forms(app, desk)
    _register_decision_buttons(app, desk, client)
    _register_command(app, desk, client, groups)


def _register_form(app: App, desk: Desk, client: WebClient, groups: Groups) -> None:
    @app.view(modal.CALLBACK_ID)
    def form_sent(ack: Ack, body: Body, view: Body) -> None:
        filed = modal.read(view, today=desk.today)
        if isinstance(filed, modal.Draft):
            ack(response_action="update", view=modal.build(filed))
            return
        if isinstance(filed, dict):
            ack(response_action="errors", errors=filed)
            return
        who = _who(body)
        try:
            recorded = submit(desk, filed, who, _form_key(view), groups.of(who.user))
        except NotFiled as refusal:
            ack(response_action="errors", errors=modal.field_errors({refusal.field: str(refusal)}))
        except StorageError as error:
            _log.warning("A request was not recorded: %s", error)
            ack(response_action="errors", errors=modal.field_errors({"description": NOT_RECORDED}))
        else:
            clearing = what_would_clear(desk, recorded.row)
            answer = verdict_view(recorded, desk.authority.directory, filed.notes, clearing)
            ack(response_action="update", view=answer)

    @app.options(modal.PRODUCTION)
    def offer_productions(ack: Ack, body: Body) -> None:
        who = _who(body)
        titles = desk.authority.titles_for(who.person, groups.of(who.user))
        ack(options=modal.production_options(titles.items(), body.get("value", "")))

    @app.action(_REDRAWING)
    def redraw_form(ack: Ack, body: Body) -> None:
        ack()
        view = body["view"]
        draft = modal.redraw(view, body["actions"][0]["action_id"])
        if draft is not None:
            _on_screen(
                lambda: client.views_update(view_id=view["id"], hash=view["hash"], view=modal.build(draft))
            )


def _register_decision_forms(app: App, desk: Desk) -> None:
    @app.view(_DECIDING)
    def decision_sent(ack: Ack, body: Body, view: Body) -> None:
        try:
            wanted = target(view)
            form = parse_decision(view, day_at(desk, wanted.request))
            if isinstance(form, dict):
                ack(response_action="errors", errors=form)
                return
            told = decide(desk, form, _who(body))
        except (Refusal, ForgedForm) as refusal:
            ack(response_action="update", view=told_view("Not recorded", str(refusal)))
        except StorageError as error:
            _log.warning("A decision was not recorded: %s", error)
            first = "reason" if Move(wanted.action) != Move.APPROVE else "wording"
            ack(response_action="errors", errors={first: NOT_RECORDED})
        else:
            ack(response_action="update", view=told_view(told.row.label, after_decision(told, form)))


def _register_decision_buttons(app: App, desk: Desk, client: WebClient) -> None:
    @app.action(_DECIDING)
    def decision_pressed(ack: Ack, body: Body, respond: Respond) -> None:
        ack()
        action = body["actions"][0]
        move = Move(action["action_id"].removeprefix("decide:"))
        request, _, revision = action.get("value", "").partition(":")
        if not (request.isdigit() and revision.isdigit()):
            respond(ForgedForm.__doc__ or "", response_type="ephemeral", replace_original=False)
            return
        channel = body.get("channel", {}).get("id", "")
        try:
            ready = prepare(desk, int(request), int(revision), move, _who(body), channel)
            shown = _on_screen(
                lambda: client.views_open(trigger_id=body["trigger_id"], view=_form(ready, move))
            )
            says = "" if shown else TOO_LATE
        except Refusal as refusal:
            says = str(refusal)
        except StorageError as error:
            _log.warning("A decision form could not open: %s", error)
            says = NOT_RECORDED
        if says:
            respond(escape(says), response_type="ephemeral", replace_original=False)


def _register_command(app: App, desk: Desk, client: WebClient, groups: Groups) -> None:
    @app.command("/genai-request")
    def command(ack: Ack, body: Body) -> None:
        asked = parse_command(body.get("text", ""))
        who = Who(body["team_id"], body["user_id"], body.get("user_name", ""))
        try:
            says = _answer(desk, asked, who)
        except Refusal as refusal:
            says = escape(str(refusal))
        except StorageError as error:
            _log.warning("A question was not answered: %s", error)
            says = "The database did not answer in time. Please ask again."
        if asked.verb == "open":
            titles = desk.authority.titles_for(who.person, groups.of(who.user))
            says = _open(desk, client, titles, body, asked.text)
        if says:
            ack(text=says, blocks=sections(says), response_type="ephemeral")
        else:
            ack()


def _answer(desk: Desk, asked: Command, who: Who) -> str:
    """The private answer to help and status; "" when the form is asked for."""
    if asked.verb == "open":
        return ""
    if asked.verb == "help":
        return HELP
    if asked.request is not None:
        return status(story(desk, asked.request, who), desk.authority.directory)
    if asked.text:
        typed = escape(asked.text[:60])
        return f'"{typed}" is not a request number. Write it like `/genai-request status GEN-3`.'
    return my_requests(*mine(desk, who))


def _open(desk: Desk, client: WebClient, titles: Mapping[str, str], body: Body, text: str) -> str:
    """Show the form for the `titles` this person may file for, or say why it does not open."""
    if not titles:
        return (
            "You are not on the list of requesters of any production. Ask your production's coordinator "
            "or your Netflix contact to have you added to the directory."
        )
    code = desk.authority.directory.for_channel(body["channel_id"])
    preset = (code, titles[code]) if code and code in titles else None
    form = modal.build(modal.opened(body["channel_id"], text, preset))
    shown = _on_screen(lambda: client.views_open(trigger_id=body["trigger_id"], view=form))
    return "" if shown else TOO_LATE


def _form(ready: Prepared, move: Move) -> Body:
    row = ready.row
    if move == Move.APPROVE:
        return approve_view(
            row.label,
            row.title,
            row.outcome,
            ready.topics,
            dict(ready.others),
            request=row.id,
            revision=row.revision,
        )
    view = deny_view if move == Move.DENY else call_in_view
    return view(row.label, row.title, request=row.id, revision=row.revision)


def _on_screen(show: Callable[[], object]) -> bool:
    """A view that could not be shown costs the person one more press; nothing was recorded yet."""
    try:
        show()
    except (SlackApiError, SlackClientError, HTTPException, OSError) as error:
        _log.warning("A view could not be shown: %s", error)
        return False
    return True


def _who(body: Body) -> Who:
    user = body["user"]
    team = user.get("team_id") or (body.get("team") or {}).get("id", "")
    return Who(team, user["id"], user.get("username") or user.get("name") or user["id"])


def _form_key(view: Body) -> str:
    """The root view's id: a form that is sent again is the same request."""
    return str(view.get("root_view_id") or view["id"])
