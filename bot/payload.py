"""What Slack sends, as far as Bolt and the listeners rely on it: anything else is refused at the door.

Bolt and the listeners then index and search without a doubt; an exception below this door is a bug of ours.
What a form holds is not described here: whoever reads it (FormValues, Memory, Target) trusts nothing in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

Payload = dict[str, Any]

# Blocks of Slack nest about ten deep; a thousand would end Bolt's own recursion.
_DEEPEST: Final = 40
_NESTING: Final = frozenset((dict, list))  # what json makes, nothing else

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,40}$")]
"""U..., T..., C..., V...: also what the bot later writes into a mention."""
Mark = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,1000}$")]
"""A trigger, a hash, a timestamp: printable ASCII."""
Address = Annotated[str, StringConstraints(pattern=r"^https?://[!-~]{1,1000}$")]
Name = Annotated[str, StringConstraints(max_length=1000)]


class _Sent(BaseModel):
    # Most kinds are never seen: a start need not wait until all are built.
    model_config = ConfigDict(defer_build=True)


class Named(_Sent):
    """A team, a channel or an organisation."""

    id: Id


class Member(Named):
    """A person, with whatever Slack calls them."""

    team_id: Id | None = None
    username: Name | None = None
    name: Name | None = None


class Answerable(_Sent):
    """An address that a view may be answered at."""

    response_url: Address


class View(_Sent):
    """A modal or home that a person sees."""

    id: Id
    type: Name
    callback_id: Name
    hash: Mark
    root_view_id: Id | None = None
    team_id: Id | None = None
    app_installed_team_id: Id | None = None


class Place(_Sent):
    """Where Bolt looks, at every level, for who, where and when; each key may be missing or null."""

    type: Name | None = None
    user: Member | Id | None = None
    user_id: Id | None = None
    team: Named | Id | None = None
    team_id: Id | None = None
    enterprise: Named | Id | None = None
    enterprise_id: Id | None = None
    channel: Named | Id | None = None
    channel_id: Id | None = None
    thread_ts: Mark | None = None
    view: View | None = None
    event: Place | None = None
    item: Place | None = None
    message: Place | None = None
    previous_message: Place | None = None
    assistant_thread: Place | None = None
    authorizations: list[Place] | None = None
    response_url: Address | None = None
    response_urls: list[Answerable] | None = None
    # Workflow functions, which this app has none of: Bolt would swap its token for one that comes with them.
    bot_access_token: None = None
    function_data: None = None
    function_execution_id: None = None


class Action(_Sent):
    """What was pressed or picked."""

    action_id: Name
    block_id: Name
    value: Annotated[str, StringConstraints(max_length=2000)] | None = None


class Deed(Place):
    """Something a person did: everything but a command."""

    user: Member
    team: Named | None = None
    channel: Named | None = None


class Press(Deed):
    """block_actions, from a message or a view."""

    trigger_id: Mark
    actions: Annotated[list[Action], Field(min_length=1)]


class Sent(Deed):
    """view_submission and view_closed."""

    view: View


class Asked(Deed):
    """block_suggestion."""

    action_id: Name
    block_id: Name
    value: Name | None = None


class Shortcut(Deed):
    """shortcut and message_action."""

    callback_id: Name
    trigger_id: Mark


class Typed(Place):
    """A slash command."""

    type: None = None
    command: Name
    text: str = ""
    team_id: Id
    user_id: Id
    user_name: Name = ""
    channel_id: Id
    trigger_id: Mark


class Happening(Place):
    """An event inside event_callback."""

    type: Name
    user_team: Id | None = None
    tab: Name | None = None


class Event(Place):
    """event_callback."""

    event: Happening


class Handshake(Place):
    """url_verification."""

    challenge: Name


class Ping(Place):
    """Slack looks at the certificate from time to time."""

    ssl_check: Name


_KINDS: Final[Mapping[str, type[BaseModel]]] = {
    "block_actions": Press,
    "view_submission": Sent,
    "view_closed": Sent,
    "block_suggestion": Asked,
    "shortcut": Shortcut,
    "message_action": Shortcut,
    "event_callback": Event,
    "url_verification": Handshake,
}


class Misshapen(ValueError):
    """A body that Slack does not send; says which key is wrong and never quotes it."""


def checked(body: object) -> Payload:
    """The body as Bolt may have it, or Misshapen. A key that was sent as null is a key that was not sent."""
    if not isinstance(body, dict) or not body:
        raise Misshapen("it is not an object with keys")
    if _too_deep(body):
        raise Misshapen(f"it is nested more than {_DEEPEST} deep")
    said = {key: value for key, value in body.items() if value is not None}
    kind = _kind(said)
    if kind is None:
        raise Misshapen("its type is none that the app takes")
    try:
        kind.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(each) for each in first["loc"][:6])
        raise Misshapen(f"{where} is missing or malformed") from None
    return said


def _kind(body: Payload) -> type[BaseModel] | None:
    if "command" in body:
        return Typed
    named = body.get("type")
    if named is None and "ssl_check" in body:
        return Ping
    return _KINDS.get(named) if isinstance(named, str) else None


def _too_deep(body: Payload) -> bool:
    level: list[Any] = [body]
    for _ in range(_DEEPEST):
        level = [
            inner
            for each in level
            for inner in (each.values() if type(each) is dict else each)
            if type(inner) in _NESTING
        ]
        if not level:
            return False
    return True
