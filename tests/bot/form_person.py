"""A person at a form: answers it the way Slack does, one field at a time."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

from bot import modal
from bot.workspace.blocks import accept_view
from bot.workspace.form import initial_state
from bot.workspace.views import OpenView
from tests.reading import text_of

Json = dict[str, Any]


def accepted(view: Json) -> Json:
    """The view as Slack stores it; raises with the reasons when Slack would refuse it."""
    return accept_view(deepcopy(view))


class FormPerson:
    """Holds one open view; what was typed survives an update as it does in Slack."""

    def __init__(self, view: Json, *, silent: bool = False) -> None:
        """`silent`: a client that leaves out whatever nobody touched."""
        body = accepted(view)
        state = {} if silent else initial_state(body["blocks"])
        self._open = OpenView("V1", "U0ANA", body, "h", "V1", None, state)

    @property
    def view(self) -> Json:
        """The view as a payload carries it."""
        return deepcopy(self._open.payload("T0"))

    @property
    def fields(self) -> list[str]:
        """The inputs on screen, from top to bottom."""
        return [block["block_id"] for block in self._open.body["blocks"] if block["type"] == "input"]

    @property
    def text(self) -> str:
        """Everything on screen, as text."""
        return text_of(self._open.body)

    @property
    def buttons(self) -> list[str]:
        """The action ids of its buttons."""
        blocks = [block for block in self._open.body["blocks"] if block["type"] == "actions"]
        return [element["action_id"] for block in blocks for element in block["elements"]]

    def element(self, block_id: str) -> Json:
        """The input element of a field."""
        found: Json = self._block(block_id)["element"]
        return found

    def type(self, **texts: str | None) -> FormPerson:
        """Type into fields; None empties one."""
        for name, text in texts.items():
            key = {"datepicker": "selected_date"}.get(self.element(name)["type"], "value")
            self._set(name, {"type": self.element(name)["type"], key: text})
        return self

    def choose(self, **answers: str) -> FormPerson:
        """Pick options by value, and see the form change where it dispatches."""
        for name, answer in answers.items():
            offered = self.element(name).get("options") or [
                {"text": {"type": "plain_text", "text": answer.title()}, "value": answer}
            ]
            picked = next(option for option in offered if option["value"] == answer)
            self._set(name, {"type": self.element(name)["type"], "selected_option": picked})
            if self._block(name).get("dispatch_action"):
                self.press(name)
        return self

    def press(self, action_id: str) -> FormPerson:
        """Something that dispatches happened: the app may redraw."""
        assert action_id in modal.REDRAWING_ACTIONS
        draft = modal.redraw(self.view, action_id)
        if draft is not None:
            self._open.replace(accepted(modal.build(draft)))
        return self

    def send(self) -> Any:
        """Press Check and send: what the app makes of it; questions about the text are shown."""
        filed = modal.read(self.view, today=lambda _: date(2026, 11, 22))
        if isinstance(filed, modal.Draft):
            self._open.replace(accepted(modal.build(filed)))
        return filed

    def shown(self, block_id: str) -> Any:
        """What stands in a field now."""
        answer = self._open.state[block_id][block_id]
        if "selected_option" in answer:
            return (answer["selected_option"] or {}).get("value")
        return answer.get("value", answer.get("selected_date"))

    def _block(self, block_id: str) -> Json:
        found: Json = next(block for block in self._open.body["blocks"] if block.get("block_id") == block_id)
        return found

    def _set(self, block_id: str, answer: Json) -> None:
        self._open.state.setdefault(block_id, {})[block_id] = answer
