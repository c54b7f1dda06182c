"""The registrations of Home: it is opened, a list in it goes on, a request begins there."""

import re

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot import modal
from bot.families import Families
from bot.groups import Groups
from bot.home_parts import parse_spot
from bot.homes import Homes
from bot.listening import Body, show, who_named, who_pressed
from bot.service.desk import Desk
from bot.wording import MAY_NOT_FILE

_NEW = re.compile(r"^home:new$")
_TURNS = re.compile(r"^home:(?:waiting|filed|again)(?::[a-z]+)?$")


def register(families: Families, desk: Desk, client: WebClient, groups: Groups, homes: Homes) -> None:
    """The buttons that only Home has; the others know by themselves that they were pressed there."""

    @families.action(_NEW)
    def new_pressed(ack: Ack, body: Body, respond: Respond) -> None:
        ack()
        who = who_pressed(body)
        titles = desk.authority.titles_for(who.person, groups.of(who.user))
        if not titles:
            homes.tell(body, respond, MAY_NOT_FILE)
            return
        # No channel: that is how a request from Home is known.
        form = modal.build(modal.opened("", "", next(iter(titles.items())) if len(titles) == 1 else None))
        if says := show(client, body, form):
            homes.tell(body, respond, says)

    @families.action(_TURNS)
    def turned(ack: Ack, body: Body, _respond: Respond) -> None:
        ack()
        homes.ask(who_pressed(body), parse_spot(body["actions"][0].get("value")))


def register_event(app: App, homes: Homes) -> None:
    """Last of all: an opened Home may wait 7 us for every listener before it, a submission may not."""

    @app.event("app_home_opened")
    def opened(event: Body, body: Body) -> None:
        user = event.get("user")
        if event.get("tab") != "home" or not isinstance(user, str):
            return
        # Events name the workspace of somebody from elsewhere so; the body's is where it happened.
        team = event.get("user_team") or body.get("team_id") or ""
        homes.ask(who_named(team, user, ""))
