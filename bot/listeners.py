"""Every Bolt registration: parse, call one service function, answer. The only Slack calls are views_*."""

import logging
import re
from collections.abc import Callable, Container, Mapping
from datetime import date

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot import chase_listeners, decision_listeners, digest_listeners, find_listeners, home_listeners, modal
from bot.chase_forms import away_view
from bot.chase_told import away_told, back_told
from bot.command import HELP, Command, parse_command
from bot.families import Families
from bot.groups import Groups
from bot.homes import Homes
from bot.listening import NOT_ANSWERED, NOT_RECORDED, Body, on_screen, show, who_named, who_pressed
from bot.markup import clip
from bot.messages import sections
from bot.rich_text import as_text, typed
from bot.service.away import away_form, come_back, go_away, local_day, stand_ins
from bot.service.chased import Links
from bot.service.clearing import guidance, what_would_clear
from bot.service.deadline import ahead
from bot.service.desk import Desk, Who
from bot.service.digest import digest_now, no_link
from bot.service.lookup import mine, story
from bot.service.refusals import NotFiled, Refusal
from bot.service.submit import submit
from bot.status import my_requests, status
from bot.tellings import before_date, in_private
from bot.verdict_view import verdict_view
from bot.wording import MAY_NOT_FILE
from storage.errors import StorageError

_log = logging.getLogger(__name__)

_FORM = re.compile(f"^{re.escape(modal.CALLBACK_ID)}$")
# Patterns are searched for: without anchors "consent" would also take "consent_reference".
_REDRAWING = re.compile(f"^(?:{'|'.join(sorted(modal.REDRAWING_ACTIONS))})$")


def register(
    app: App,
    desk: Desk,
    client: WebClient,
    groups: Groups,
    link: Links = no_link,
    give_way: Callable[[], object] = lambda: None,
) -> Homes:
    """Tell Bolt what the app listens to; the submission first: each miss before it costs 7 us.

    Returns what publishes Homes, to be stopped. It gives way to clicks.
    """
    families, homes = Families(), Homes(desk, client, groups.of, link, give_way)
    _register_form(families, desk, groups, homes)
    _register_form_controls(families, desk, client, groups)
    decision_listeners.register(families, desk, client, homes)
    chase_listeners.register(families, desk, client, groups, homes)
    digest_listeners.register(families, desk, link)
    find_listeners.register(families, desk, client, homes, link)
    home_listeners.register(families, desk, client, groups, homes)
    families.register(app)
    _register_command(app, desk, client, groups, link)
    _register_productions(app, desk, groups)
    home_listeners.register_event(app, homes)
    return homes


def _register_form(families: Families, desk: Desk, groups: Groups, homes: Homes) -> None:
    @families.view(_FORM)
    def form_sent(ack: Ack, body: Body, view: Body) -> None:
        filed = modal.read(view, today=desk.today)
        if isinstance(filed, modal.Draft):
            ack(response_action="update", view=modal.build(filed))
            return
        if isinstance(filed, dict):
            ack(response_action="errors", errors=filed)
            return
        who = who_pressed(body)
        try:
            recorded = submit(desk, filed, who, _form_key(view), groups.of(who.user))
        except NotFiled as refusal:
            ack(response_action="errors", errors=modal.field_errors({refusal.field: str(refusal)}))
        except StorageError as error:
            _log.warning("A request was not recorded: %s", error)
            ack(response_action="errors", errors=modal.field_errors({"description": NOT_RECORDED}))
        else:
            clearing = what_would_clear(desk, recorded.row)
            about = guidance(desk, recorded.row)
            answer = verdict_view(recorded, desk.authority.directory, filed.notes, clearing, about)
            ack(response_action="update", view=answer)
            if not filed.origin_channel:  # begun from Home, which is to show it
                homes.ask(who)


def _register_productions(app: App, desk: Desk, groups: Groups) -> None:
    @app.options(modal.PRODUCTION)
    def offer_productions(ack: Ack, body: Body) -> None:
        who = who_pressed(body)
        titles = desk.authority.titles_for(who.person, groups.of(who.user))
        ack(options=modal.production_options(titles.items(), body.get("value") or ""))


def _register_form_controls(families: Families, desk: Desk, client: WebClient, groups: Groups) -> None:
    @families.action(_REDRAWING)
    def redraw_form(ack: Ack, body: Body, _respond: Respond) -> None:
        ack()
        view = body.get("view") or {}
        who = who_pressed(body)
        mine = desk.authority.titles_for(who.person, groups.of(who.user))
        draft = modal.redraw(
            view, body["actions"][0]["action_id"], lambda code, day: _time_left(desk, code, day, mine)
        )
        if draft is not None:
            on_screen(
                lambda: client.views_update(view_id=view["id"], hash=view["hash"], view=modal.build(draft))
            )


def _register_command(app: App, desk: Desk, client: WebClient, groups: Groups, link: Links) -> None:
    @app.command("/genai-request")
    def command(ack: Ack, body: Body) -> None:
        asked = parse_command(body.get("text", ""))
        who = who_named(body["team_id"], body["user_id"], body.get("user_name", ""))
        try:
            if asked.away is not None and not asked.away.until:
                ack(_ask_how_long(desk, client, body, who))
                return
            if asked.verb == "digest":
                text, blocks = digest_now(desk, who, body["channel_id"], link)
                ack(text=text, blocks=blocks, response_type="ephemeral")
                return
            if asked.verb == "find" and asked.text:
                text, blocks = find_listeners.answered(desk, who, asked.text, link)
                ack(text=as_text(text), blocks=blocks, response_type="ephemeral")
                return
            if asked.verb == "find":
                ack(find_listeners.opened(client, body))
                return
            says = _answer(desk, asked, who)
        except Refusal as refusal:
            says = in_private(refusal)
        except StorageError as error:
            _log.warning("A question was not answered: %s", error)
            says = NOT_ANSWERED
        if not says:
            titles = desk.authority.titles_for(who.person, groups.of(who.user))
            says = _open(desk, client, titles, body, asked.text)
        if says:
            ack(text=as_text(clip(says, 3000)), blocks=sections(says), response_type="ephemeral")
        else:
            ack()


def _answer(desk: Desk, asked: Command, who: Who) -> str:
    """The private answer to help and status; "" when the form is asked for."""
    if asked.verb == "open":
        return ""
    if asked.verb == "help":
        return HELP
    if asked.verb == "back":
        return back_told(*come_back(desk, who))
    if asked.away is not None:
        return away_told(go_away(desk, away_form(desk, asked.away, who), who))
    if asked.request is not None:
        found = story(desk, asked.request, who)
        resting = desk.calendars.resting_at(desk.clock())
        return status(found, desk.authority.directory, who.person, desk.calendars.statuses, resting)
    if asked.text:
        shown = typed(asked.text[:60])
        return f'"{shown}" is not a request number. Write it like `/genai-request status GEN-3`.'
    return my_requests(*mine(desk, who))


def _ask_how_long(desk: Desk, client: WebClient, body: Body, who: Who) -> str:
    """Show the form for an absence; returns what to say when it does not open."""
    form = away_view(stand_ins(desk, who), local_day(desk, who))
    return show(client, body, form)


def _open(desk: Desk, client: WebClient, titles: Mapping[str, str], body: Body, text: str) -> str:
    """Show the form for the `titles` this person may file for, or say why it does not open."""
    if not titles:
        return MAY_NOT_FILE
    code = desk.authority.directory.for_channel(body["channel_id"])
    preset = (code, titles[code]) if code and code in titles else None
    form = modal.build(modal.opened(body["channel_id"], text, preset))
    return show(client, body, form)


def _time_left(desk: Desk, code: str, day: date, mine: Container[str]) -> str:
    """For whoever is filing: what the production's contact has before the date."""
    try:
        found = ahead(desk, code, day) if code in mine else None
    except StorageError as error:
        # A convenience: the form goes on without it.
        _log.warning("The time left is not shown: %s", error)
        return ""
    return before_date(found, day) if found else ""


def _form_key(view: Body) -> str:
    """The root view's id: a form that is sent again is the same request."""
    return str(view.get("root_view_id") or view["id"])
