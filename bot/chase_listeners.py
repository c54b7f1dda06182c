"""The registrations of chasing: ask for details, answer, put off, away, file it again."""

import logging
import re
from dataclasses import replace

from slack_bolt import Ack, Respond
from slack_sdk import WebClient

from bot import modal
from bot.chase_carried import answer_pressed, renew_pressed, snooze_picked
from bot.chase_forms import (
    ANSWER,
    ASK,
    AWAY,
    SNOOZE,
    answer_view,
    ask_view,
    away_view,
    parse_answer,
    parse_ask,
    parse_away,
    parse_snooze,
    snooze_view,
)
from bot.chase_told import away_told, snoozed_told
from bot.decision_modal import ForgedForm, pressed, told_view, written
from bot.families import Families
from bot.groups import Groups
from bot.home_parts import carrying, spot_pressed
from bot.homes import Homes
from bot.listening import NOT_RECORDED, Body, show, who_pressed
from bot.markup import Block
from bot.renewal import again
from bot.service.away import go_away, local_day, stand_ins
from bot.service.desk import Desk, Who
from bot.service.details import answer, ask, may_ask, question
from bot.service.lookup import story
from bot.service.refusals import NotYours, Refusal, Unfit
from bot.service.snooze import Until, snoozable, snooze
from bot.tellings import in_private
from storage.errors import StorageError

_log = logging.getLogger(__name__)

_PRESSED = re.compile(r"^chase:(?:ask|answer|away|snooze|renew)$")
_SENT = re.compile(r"^chase:(?:ask|answer|away|snooze)$")

# The field of each form at which it is said that nothing was recorded.
_FIRST = {ASK: "question", ANSWER: "answer", AWAY: "until", SNOOZE: "day"}


def register(families: Families, desk: Desk, client: WebClient, groups: Groups, homes: Homes) -> None:
    """One listener for the buttons and one for the forms."""

    @families.action(_PRESSED)
    def chase_pressed(ack: Ack, body: Body, respond: Respond) -> None:
        ack()
        try:
            says = _press(desk, client, groups, body)
        except (Refusal, ForgedForm) as refusal:
            says = in_private(refusal)
        except StorageError as error:
            _log.warning("A press was not recorded: %s", error)
            says = NOT_RECORDED
        if says:
            homes.tell(body, respond, says)

    @families.view(_SENT)
    def chase_sent(ack: Ack, body: Body, view: Body) -> None:
        callback, who = view["callback_id"], who_pressed(body)
        try:
            told = _send(desk, callback, view, who)
        except Unfit as wrong:
            ack(response_action="errors", errors={wrong.field: str(wrong)})
        except (Refusal, ForgedForm) as refusal:
            ack(response_action="update", view=told_view("Not recorded", str(refusal), written(view)))
            homes.again(view, who)
        except StorageError as error:
            _log.warning("A form was not recorded: %s", error)
            ack(response_action="errors", errors={_FIRST[callback]: NOT_RECORDED})
        else:
            if isinstance(told, dict):
                ack(response_action="errors", errors=told)
                return
            ack(response_action="update", view=told_view("Recorded", told))
            homes.again(view, who)


def _press(desk: Desk, client: WebClient, groups: Groups, body: Body) -> str:
    """Open the form that a control stands for, or do what it says; returns what to whisper."""
    action, who = body["actions"][0], who_pressed(body)
    channel = (body.get("channel") or {}).get("id", "")
    match action["action_id"]:
        case "chase:ask":
            row = may_ask(desk, *pressed(action.get("value")), who, channel)
            view = ask_view(row.label, row.title, row.id, row.revision)
        case "chase:answer":
            request, event = answer_pressed(action.get("value"))
            asked = question(desk, request, event, who)
            view = answer_view(asked.row.label, asked.row.title, asked.text, asked.by, request, event)
        case "chase:away":
            view = away_view(stand_ins(desk, who), local_day(desk, who))
        case "chase:snooze":
            choice, chase = snooze_picked((action.get("selected_option") or {}).get("value"))
            if choice != "date":
                until: Until = "later" if choice == "later" else "tomorrow"
                return snoozed_told(*snooze(desk, chase, until, who))
            row, latest = snoozable(desk, chase, who)
            view = snooze_view(row.label, row.title, chase, latest)
        case _:
            at_home = spot_pressed(body) is not None
            view = _renewed(desk, groups, renew_pressed(action.get("value")), who, at_home)
    form = view if action["action_id"] == "chase:renew" else carrying(view, body)
    return show(client, body, form)


def _send(desk: Desk, callback: str, view: Body, who: Who) -> str | dict[str, str]:
    """Do what a sent form says; returns what to tell, or its errors."""
    if callback == ASK:
        asked = parse_ask(view)
        if isinstance(asked, dict):
            return asked
        row = ask(desk, asked, who)
        return f"{row.requester_name} is asked. You are not reminded of {row.label} until the answer comes."
    if callback == ANSWER:
        answered = parse_answer(view)
        if isinstance(answered, dict):
            return answered
        row = answer(desk, answered, who)
        return f"Your answer stands in the thread of {row.label}. It waits for the decision again."
    if callback == AWAY:
        gone = parse_away(view, local_day(desk, who))
        return gone if isinstance(gone, dict) else away_told(go_away(desk, gone, who))
    later = parse_snooze(view, local_day(desk, who))
    if isinstance(later, dict):
        return later
    return snoozed_told(*snooze(desk, later.chase, later.day, who))


def _renewed(desk: Desk, groups: Groups, request: int, who: Who, at_home: bool) -> Block:
    """The form as it was answered for a request that this person may see and file again."""
    row = story(desk, request, who).row
    titles = desk.authority.titles_for(who.person, groups.of(who.user))
    if row.production not in titles:
        raise NotYours(f"You are not on the list of requesters of {row.production} any more.")
    draft = again(row, titles[row.production])
    # A form from Home has no channel.
    return modal.build(replace(draft, origin_channel="") if at_home else draft)
