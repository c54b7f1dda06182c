"""All presses behind one registration with Bolt, all sent forms behind another: each costs 7 us per dispatch.

Bolt asks listener after listener, and builds all arguments that one may want for each that it asks.
"""

import re
from collections.abc import Callable
from typing import TypeVar

from slack_bolt import Ack, App, Respond

from bot.listening import Body

Press = Callable[[Ack, Body, Respond], None]
Sent = Callable[[Ack, Body, Body], None]
_Heard = TypeVar("_Heard", Press, Sent)


class Families:
    """Who hears what: each pattern is one of `action_id` or `callback_id`, and the first that fits counts."""

    def __init__(self) -> None:
        self._presses: list[tuple[re.Pattern[str], Press]] = []
        self._forms: list[tuple[re.Pattern[str], Sent]] = []

    def action(self, pattern: re.Pattern[str]) -> Callable[[Press], Press]:
        """Whoever presses or picks one of these; gets ack, body and respond."""
        return _adding(self._presses, pattern)

    def view(self, pattern: re.Pattern[str]) -> Callable[[Sent], Sent]:
        """Whoever sends one of these forms; gets ack, body and view."""
        return _adding(self._forms, pattern)

    def register(self, app: App) -> None:
        """Tell Bolt; forms first, because a submission is what somebody waits for."""

        @app.view(_any(self._forms))
        def sent(ack: Ack, body: Body, view: Body) -> None:
            _first(self._forms, view["callback_id"])(ack, body, view)

        @app.action(_any(self._presses))
        def pressed(ack: Ack, body: Body, respond: Respond) -> None:
            _first(self._presses, body["actions"][0]["action_id"])(ack, body, respond)


def _adding(
    family: list[tuple[re.Pattern[str], _Heard]], pattern: re.Pattern[str]
) -> Callable[[_Heard], _Heard]:
    def add(heard: _Heard) -> _Heard:
        family.append((pattern, heard))
        return heard

    return add


def _any(family: list[tuple[re.Pattern[str], _Heard]]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern.pattern})" for pattern, _ in family))


def _first(family: list[tuple[re.Pattern[str], _Heard]], name: str) -> _Heard:
    return next(heard for pattern, heard in family if pattern.search(name))
