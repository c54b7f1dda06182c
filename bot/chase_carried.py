"""What the controls and forms of chasing carry: numbers of rows, checked, since anything can be forged."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationError

from bot.decision_modal import ForgedForm
from policy.facts import Strict

# The largest numbers the database's integers hold.
_Id = Annotated[int, Field(ge=1, lt=2**63)]
_Revision = Annotated[int, Field(ge=1, lt=2**31)]


class _FromHome(Strict):
    """`home`: where the Home stood from which a form was opened."""

    home: str = ""


class Snoozing(_FromHome):
    """A chase that is to rest."""

    chase: _Id


class Asking(_FromHome):
    """A request as whoever asks saw it."""

    request: _Id
    revision: _Revision


class Answering(_FromHome):
    """A request and the audit event that holds the question."""

    request: _Id
    event: _Id


class Renewing(_FromHome):
    """A request that is to be filed again."""

    request: _Id


_Carried = TypeVar("_Carried", bound=_FromHome)


def remembered(view: Mapping[str, Any], callback_id: str, kind: type[_Carried]) -> _Carried:
    """What a sent form with that callback id is about, or ForgedForm."""
    of(view, callback_id)
    try:
        return kind.model_validate_json(str(view.get("private_metadata")), strict=True)
    except ValidationError:
        raise ForgedForm from None


def of(view: Mapping[str, Any], callback_id: str) -> None:
    """ForgedForm unless the view is the form with that callback id."""
    if view.get("callback_id") != callback_id:
        raise ForgedForm


def snooze_picked(value: object) -> tuple[str, int]:
    """What was picked in a snooze menu (later, tomorrow or date) and the chase, or ForgedForm."""
    choice, _, chase = str(value).partition(":")
    if choice not in ("later", "tomorrow", "date"):
        raise ForgedForm
    return choice, _numbers(Snoozing, chase=chase).chase


def answer_pressed(value: object) -> tuple[int, int]:
    """Request and event that an answer button carries, or ForgedForm."""
    request, _, event = str(value).partition(":")
    found = _numbers(Answering, request=request, event=event)
    return found.request, found.event


def renew_pressed(value: object) -> int:
    """The request that a File it again button carries, or ForgedForm."""
    return _numbers(Renewing, request=str(value)).request


def _numbers(kind: type[_Carried], **written: str) -> _Carried:
    if not all(re.fullmatch("[0-9]{1,20}", each) for each in written.values()):
        raise ForgedForm
    try:
        return kind.model_validate({name: int(each) for name, each in written.items()})
    except ValidationError:
        raise ForgedForm from None
