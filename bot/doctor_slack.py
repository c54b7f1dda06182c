"""Asks Slack whether the token works, the channels can be reached and the contacts still exist."""

import ssl
from collections.abc import Callable, Iterator
from http.client import HTTPException
from types import MappingProxyType

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from bot.diagnosis import Check, bad, ok, warn
from bot.scopes import NEEDED_SCOPES
from policy.directory import Directory
from policy.people import Contact

_TIMEOUT = 5  # seconds; a person is waiting
_REINSTALL = "add it in your app's pages under OAuth & Permissions, then reinstall the app"

_ERRORS = MappingProxyType(
    {
        "invalid_auth": "Slack does not know this token",
        "not_authed": "Slack got no token",
        "account_inactive": "the app was removed from the workspace",
        "token_revoked": "the token was revoked",
        "token_expired": "the token has expired",
        "ratelimited": "Slack asks to wait; try again in a minute",
        "channel_not_found": "Slack knows no such channel, or it is private and the app is not in it",
        "user_not_found": "Slack knows no such person",
        "user_not_visible": "the app cannot see this person",
    }
)


class Unreachable(Exception):
    """Slack cannot be reached."""


def examine_slack(token: str, api_url: str, directory: Directory | None) -> list[Check]:
    """What Slack says about the token, its scopes, the channels and the people of the directory."""
    context = ssl.create_default_context() if api_url.startswith("https:") else None
    client = WebClient(token, base_url=api_url, timeout=_TIMEOUT, ssl=context, retry_handlers=[])
    checks: list[Check] = []
    try:
        for check in _examine(client, directory):
            checks.append(check)
    except Unreachable as error:
        checks.append(
            bad("slack", f"{api_url} cannot be reached: {error}", "check the network and any proxy")
        )
    return checks


def _examine(client: WebClient, directory: Directory | None) -> Iterator[Check]:
    try:
        who = _ask(client.auth_test)
    except SlackApiError as error:
        mend = "copy the bot token again from OAuth & Permissions, and reinstall the app if it was removed"
        yield bad("slack", _says(error), mend)
        return
    yield ok("slack", f"connected to {who.get('team')} as {who.get('user')}")
    yield from _scopes(who)
    if directory:
        yield from _channels(client, directory)
        yield from _people(client, directory, str(who.get("team_id")))


def _ask(call: Callable[..., SlackResponse], **arguments: str) -> SlackResponse:
    """One call; SlackApiError is an answer, everything else that goes wrong is Unreachable."""
    try:
        return call(**arguments)
    except SlackApiError as error:
        if "non-JSON" in str(error.response.get("error")):  # a proxy's or a sign-in page
            raise Unreachable("what answers there is not Slack") from error
        raise
    except (SlackClientError, OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise Unreachable(getattr(reason, "strerror", None) or str(reason)) from error


def _says(error: SlackApiError) -> str:
    code = str(error.response.get("error"))
    if code == "missing_scope":
        return f"the app lacks the scope {error.response.get('needed')}"
    return _ERRORS.get(code, f"Slack answered {code}")


def _scopes(who: SlackResponse) -> Iterator[Check]:
    """Slack lists what was granted in a header; a stand-in may not."""
    headers = {str(name).lower(): value for name, value in who.headers.items()}
    if "x-oauth-scopes" not in headers:
        return
    granted = {scope.strip() for scope in str(headers["x-oauth-scopes"]).split(",")} - {""}
    for scope, reason in NEEDED_SCOPES.items():
        if scope not in granted:
            yield bad("scopes", f"{scope} was not granted: it {reason}", _REINSTALL)
    for scope in sorted(granted - NEEDED_SCOPES.keys()):
        yield warn("scopes", f"{scope} was granted and is not needed", "remove it and reinstall the app")
    if granted == NEEDED_SCOPES.keys():
        yield ok("scopes", f"all {len(granted)} were granted")


def _channels(client: WebClient, directory: Directory) -> Iterator[Check]:
    used = {directory.approvals_channel, *(each.approvals_channel for each in directory.productions.values())}
    approvals = sorted(channel for channel in used if channel)
    for channel in approvals:
        yield from _channel(client, channel, "approvals channel", private=True)
    if directory.operators_channel and directory.operators_channel not in approvals:
        yield from _channel(client, directory.operators_channel, "operators channel", private=False)


def _channel(client: WebClient, channel: str, name: str, *, private: bool) -> Iterator[Check]:
    try:
        found = _ask(client.conversations_info, channel=channel).get("channel") or {}
    except SlackApiError as error:
        yield bad(name, f"{channel}: {_says(error)}", "invite the app there, or correct the directory")
        return
    shown = f"#{found.get('name') or channel}"
    if found.get("is_archived"):
        yield bad(name, f"{shown} is archived", "open it again, or correct the directory")
    elif not found.get("is_member"):
        yield bad(name, f"the app is not in {shown}", "type /invite @GenAI Clearance there")
    else:
        yield ok(name, f"{shown} can be reached")
    if private and not found.get("is_private"):
        yield warn(name, f"{shown} is public: everybody can read its requests", "use a private channel")
    if private and any(found.get(key) for key in ("is_shared", "is_ext_shared", "is_org_shared")):
        says = f"{shown} is shared: people of other workspaces can read its requests"
        yield warn(name, says, "use a channel of your own")


def _people(client: WebClient, directory: Directory, home: str) -> Iterator[Check]:
    troubles: list[Check] = []
    for key, contact in directory.contacts.items():
        troubles += _contact(client, key, contact, home)
    for operator in directory.operators:
        found = _user(client, "operator", operator, operator)
        troubles += [found] if isinstance(found, Check) else []
    yield from troubles
    if not troubles:
        yield ok(
            "people", f"contacts: {len(directory.contacts)}, operators: {len(directory.operators)}; all exist"
        )


def _user(client: WebClient, name: str, shown: str, user: str) -> Check | dict[str, object]:
    """What Slack knows of a person, or the reason why they cannot decide anything."""
    mend = "correct the directory"
    try:
        found: dict[str, object] = _ask(client.users_info, user=user).get("user") or {}
    except SlackApiError as error:
        return bad(name, f"{shown}: {_says(error)}", mend)
    if found.get("deleted"):
        return bad(name, f"{shown} has left the workspace (deactivated)", mend)
    if found.get("is_bot"):
        return bad(name, f"{shown} is a bot", mend)
    return found


def _contact(client: WebClient, key: str, contact: Contact, home: str) -> Iterator[Check]:
    found = _user(client, "contact", f"{key} ({contact.slack})", contact.slack)
    if isinstance(found, Check):
        yield found
        return
    # People are told apart by workspace and id: with the wrong one their own clicks would be refused.
    team, written = str(found.get("team_id") or ""), contact.team or home
    if team and team != written:
        says = f"{key} belongs to the workspace {team}, not {written}"
        yield warn("contact", says, f'write team = "{team}" for them')
    if contact.timezone is None and not found.get("tz"):
        yield warn(
            "contact", f"{key} has no time zone, here or in Slack", 'write one: timezone = "Europe/London"'
        )
