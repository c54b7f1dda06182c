"""What people and the app do to each other, over the page's endpoints and a real Socket Mode app."""

from __future__ import annotations

import time

import pytest

from bot.workspace import Workspace, serve
from tests.person import Person, text_of
from tests.workspace.conftest import Stage


def impatient(stage: Stage) -> None:
    """Three seconds are Slack's; a test needs not wait for them."""
    assert stage.workspace.link.ack_seconds == 3.0
    stage.workspace.link.ack_seconds = 0.3


def opened(stage: Stage) -> None:
    stage.ana.command("C0SHOW", "/ask form")
    stage.ana.wait(stage.ana.modal)


def test_a_command_is_acknowledged_with_a_text_only_the_sender_sees(stage: Stage) -> None:
    stage.ana.command("C0SHOW", "/ask hello")
    assert stage.ana.ephemerals("C0SHOW") == ["You said: hello"]
    assert stage.ravi.messages("C0SHOW") == []
    assert stage.ana.notice() is None


def test_text_is_escaped_only_for_commands_that_ask_for_it(stage: Stage) -> None:
    stage.ana.command("C0SHOW", "/ask @ravi & <!channel> in #others")
    stage.ana.command("C0SHOW", "/plain @ravi & <!channel>")
    assert stage.ana.ephemerals("C0SHOW") == [
        "You said: <@U0RAVI|ravi> &amp; &lt;!channel&gt; in <#C0OTHERS|others>",
        "You said: @ravi & <!channel>",
    ]


def test_a_person_cannot_ping_by_typing_slacks_syntax(stage: Stage) -> None:
    stage.ana.say("C0SHOW", "<!channel> <@U0RAVI> and @ravi, @crew.")
    (said,) = stage.ravi.messages("C0SHOW")
    assert said["text"] == "&lt;!channel&gt; &lt;@U0RAVI&gt; and <@U0RAVI>, <!subteam^S0CREW|@crew>."


def test_an_undeclared_command_goes_nowhere(stage: Stage) -> None:
    stage.ana.command("C0SHOW", "/other thing")
    assert "/other" in (stage.ana.notice() or "")
    assert stage.app.heard == []


def test_without_a_connection_slack_says_so(silent: Stage) -> None:
    silent.ana.command("C0SHOW", "/ask form")
    assert "/ask failed with the error “dispatch_failed”" in (silent.ana.notice() or "")


def test_a_late_acknowledgement_is_a_failure_for_the_person(stage: Stage) -> None:
    impatient(stage)
    stage.ana.command("C0SHOW", "/ask slow")
    assert "operation_timeout" in (stage.ana.notice() or "")


def test_a_form_is_checked_before_it_is_sent(stage: Stage) -> None:
    opened(stage)
    stage.ana.fill(title="ab")
    errors = stage.ana.submit()
    assert set(errors) == {"title", "final"}
    assert "at least 3" in errors["title"]
    assert not any(body.get("type") == "view_submission" for body in stage.app.heard)


def test_errors_keep_what_was_typed_and_an_update_follows(stage: Stage) -> None:
    opened(stage)
    stage.ana.fill(title="bad", final="yes", touches=["face"], day="2026-03-01")
    assert stage.ana.submit() == {"title": "Not that.", "day": "Too late."}
    assert stage.ana.errors()["title"] == "Not that."
    assert stage.ana.typed()["title"]["v"]["value"] == "bad"
    assert stage.ana.typed()["touches"]["v"]["selected_options"][0]["value"] == "face"
    stage.ana.fill({"title|v": "better"})
    assert stage.ana.submit() == {}
    assert "done: better" in text_of(stage.ana.modal() or {})
    stage.ana.close()
    assert stage.ana.modal() is None


def test_unset_values_are_what_slack_sends(stage: Stage) -> None:
    opened(stage)
    stage.ana.fill(title="fine", final="no")
    stage.ana.submit()
    values = stage.app.last("view_submission")["view"]["state"]["values"]
    assert values["tool"]["v"] == {"type": "external_select", "selected_option": None}
    assert values["touches"]["v"] == {"type": "checkboxes", "selected_options": []}
    assert values["day"]["v"] == {"type": "datepicker", "selected_date": None}
    assert "acts" not in values


def test_errors_at_no_field_are_a_visible_fault(stage: Stage) -> None:
    opened(stage)
    stage.ana.fill(title="stray", final="no")
    stage.ana.submit()
    assert "nowhere" in (stage.ana.notice() or "")


def test_a_late_form_answer_keeps_everything(stage: Stage) -> None:
    impatient(stage)
    opened(stage)
    stage.ana.fill(title="late", final="no")
    stage.ana.submit()
    assert stage.ana.notice() == "We had some trouble connecting. Try again?"
    assert stage.ana.typed()["title"]["v"]["value"] == "late"


def test_options_come_from_the_app_as_one_types(stage: Stage) -> None:
    opened(stage)
    assert [one["value"] for one in stage.ana.choose("tool", "fire")] == ["firefly"]
    stage.ana.fill(title="fine", final="no", tool="firefly")
    stage.ana.submit()
    values = stage.app.last("view_submission")["view"]["state"]["values"]
    assert values["tool"]["v"]["selected_option"]["text"]["text"] == "Firefly"


def test_a_dispatching_input_changes_the_form_and_keeps_the_rest(stage: Stage) -> None:
    opened(stage)
    stage.ana.fill(title="half typed")
    stage.ana.click_in_modal("final|v", "yes")
    stage.ana.wait(lambda: "Why" in text_of(stage.ana.modal() or {}))
    assert stage.ana.typed()["title"]["v"]["value"] == "half typed"
    assert stage.ana.typed()["final"]["v"]["selected_option"]["value"] == "yes"
    stage.ana.wait(lambda: stage.app.refused == ["hash_conflict"])
    action = stage.app.last("block_actions")["actions"][0]
    assert action["selected_option"]["value"] == "yes"


def test_three_forms_lie_on_each_other_and_no_more(stage: Stage) -> None:
    opened(stage)
    stage.ana.fill(title="push", final="no")
    stage.ana.submit()
    assert "pushed" in text_of(stage.ana.modal() or {})
    stage.ana.close()
    stage.ana.click_in_modal("help")
    stage.ana.wait(lambda: "helpful" in text_of(stage.ana.modal() or {}))
    stage.ana.close()
    assert stage.ana.typed()["title"]["v"]["value"] == "push"


def test_clear_and_closing(stage: Stage) -> None:
    opened(stage)
    stage.ana.fill(title="clear", final="no")
    stage.ana.submit()
    assert stage.ana.modal() is None
    opened(stage)
    stage.ana.close()
    assert stage.app.last("view_closed")["is_cleared"] is False


def test_an_unanswered_click_warns_at_the_form(stage: Stage) -> None:
    impatient(stage)
    opened(stage)
    stage.ana.click_in_modal("deaf")
    assert "trouble connecting" in (stage.ana.notice() or "")


def test_a_trigger_opens_one_form_once(stage: Stage) -> None:
    stage.ana.command("C0SHOW", "/ask late form")
    stage.ana.wait(lambda: stage.app.refused == ["exchanged_trigger_id"])


def test_a_button_on_a_message(stage: Stage) -> None:
    stage.ana.command("C0SHOW", "/ask card")
    (message,) = stage.ravi.wait(lambda: stage.ravi.messages("C0SHOW"))
    with pytest.raises(AssertionError, match="approve:7"):
        stage.ravi.press(message, "shout")
    stage.ravi.press(message, "approve")
    (reply,) = stage.ravi.wait(lambda: stage.ravi.replies("C0SHOW", message["ts"]))
    assert reply["text"] == "by <@U0RAVI>"
    assert "decided" in text_of(stage.ravi.messages("C0SHOW")[0])
    assert stage.ravi.wait(lambda: stage.ravi.ephemerals("C0SHOW")) == ["only for you"]
    assert stage.ana.ephemerals("C0SHOW") == []
    assert stage.ana.wait(stage.ana.dms)[0]["text"] == "in the direct message"
    body = stage.app.last("block_actions")
    assert body["actions"][0]["value"] == "7"
    assert body["container"]["message_ts"] == message["ts"]


def test_a_response_url_answers_five_times(stage: Stage) -> None:
    stage.ana.command("C0SHOW", "/ask respond")
    stage.ana.wait(lambda: len(stage.app.refused) == 6)
    assert stage.app.refused[4] == "200 ok"
    assert "used_url" in stage.app.refused[5]
    assert len(stage.ana.ephemerals("C0SHOW")) == 5


def test_the_home_is_published_when_it_is_opened(stage: Stage) -> None:
    home = stage.ana.wait(stage.ana.home)
    assert home is not None and text_of(home) == "Your requests Look"


def test_a_button_of_the_home_opens_a_form_and_the_home_changes(stage: Stage) -> None:
    stage.ana.wait(stage.ana.home)
    stage.ana.press_at_home("look")
    assert "looked" in text_of(stage.ana.wait(stage.ana.modal))
    stage.ana.wait(lambda: text_of(stage.ana.at_home() or {}) == "Seen Look")
    pressed = stage.app.last("block_actions")
    assert pressed["container"] == {"type": "view", "view_id": pressed["view"]["id"]}
    assert pressed["view"]["type"] == "home" and "channel" not in pressed and "response_url" not in pressed


def test_the_home_of_one_is_not_that_of_another(stage: Stage) -> None:
    stage.ana.wait(stage.ana.home)
    assert stage.ravi.at_home() is None
    with pytest.raises(AssertionError, match="no control 'gone' at home"):
        stage.ana.press_at_home("gone")


def test_stopping_is_quick_with_streams_open(silent: Stage, manifest: object) -> None:
    workspace = Workspace(manifest, silent.workspace.scene)  # type: ignore[arg-type]
    running = serve(workspace)
    with running, Person(running, "U0ANA") as ana:
        stream = ana._http.stream("GET", "news")
        stream.__enter__()
        began = time.monotonic()
    took = time.monotonic() - began
    stream.__exit__(None, None, None)
    assert took < 2
