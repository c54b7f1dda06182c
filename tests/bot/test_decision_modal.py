"""The forms of a decision, as a contact meets them."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.decision_modal import (
    DecisionForm,
    ForgedForm,
    approve_view,
    call_in_view,
    deny_view,
    parse_decision,
    target,
    told_view,
    written,
)
from policy.lifecycle import Move
from policy.verdict import Outcome, Topic
from tests.bot.form_person import FormPerson, Json, accepted

TODAY = date(2026, 11, 22)
MEI = {Topic.TALENT: "Mei Tanaka"}


def pieces_of(view: Json) -> Iterator[Json]:
    """Every piece of a view's rich texts."""
    for block in view["blocks"]:
        for part in block["elements"] if block["type"] == "rich_text" else []:
            yield from part["elements"]


def approval(outcome: Outcome = Outcome.ESCALATE, **others: Any) -> FormPerson:
    title = others.get("title", "Kitchen wall")
    topics = [Topic.PRODUCTION, Topic.LEGAL]
    open_ones = others.get("others_open", {})
    return FormPerson(approve_view("GEN-42", title, outcome, topics, open_ones, request=42, revision=3))


def decided(person: FormPerson) -> DecisionForm:
    found = parse_decision(person.view, TODAY)
    assert isinstance(found, DecisionForm), found
    return found


def refused(person: FormPerson) -> dict[str, str]:
    found = parse_decision(person.view, TODAY)
    assert isinstance(found, dict), found
    assert set(found) <= set(person.fields)
    return found


def test_ravi_approves_an_escalation_with_one_press() -> None:
    assert decided(approval()) == DecisionForm(42, 3, Move.APPROVE)


def test_the_form_says_what_the_press_signs_and_who_else_must() -> None:
    assert "you sign: *production* and *legal*. Nobody else has to sign" in approval().text
    assert "still waits for *talent* (Mei Tanaka)" in approval(others_open=MEI).text


def test_the_form_shows_what_the_requester_answered() -> None:
    said = ["*Answers:* In the delivery: yes", "*Not sure:* Consent"]
    for view in (deny_view, call_in_view):
        assert (
            "In the delivery: yes\n*Not sure:* Consent"
            in FormPerson(view("GEN-42", "Wall", said, request=42, revision=3)).text
        )
    approve = approve_view(
        "GEN-42", "Wall", Outcome.ESCALATE, [Topic.LEGAL], {}, said, request=42, revision=3
    )
    assert "In the delivery: yes\n*Not sure:* Consent" in FormPerson(approve).text


def test_a_refusal_keeps_the_words_to_be_copied() -> None:
    person = approval().type(wording="The *poster*,\nas described.", conditions="- No faces")
    words = written(person.view)
    assert words == {"wording": "The *poster*,\nas described.", "conditions": "- No faces"}
    view = accepted(told_view("Not recorded", "Somebody was first.", words))
    shown = [piece["text"] for piece in pieces_of(view)]
    assert shown == [
        "What you wrote as your approval:",
        "The *poster*,\nas described.",
        "Your conditions:",
        "- No faces",
    ]


def test_the_longest_words_are_kept_whole() -> None:
    words = {"wording": "w" * 3000, "conditions": "c" * 3000}
    view = accepted(told_view("Not recorded", "Somebody was first.", words))
    assert [len(piece["text"]) for piece in pieces_of(view)][1::2] == [3000, 3000]


def test_a_written_approval_needs_its_wording() -> None:
    person = approval(Outcome.WRITTEN_APPROVAL)
    assert refused(person) == {"wording": "Please write down what you approve."}
    assert "wording" in refused(person.type(wording=" \u200b\n"))
    assert decided(person.type(wording="The poster, as described.")).wording == "The poster, as described."


def test_conditions_are_one_a_line_without_their_bullets() -> None:
    typed = "- Replace the logo\n\n• No close-ups\n* Two weeks\n1. Ask Ana\n– again –\n"
    typed += "-5 dB at most\n  \n*bold*\n12 frames"
    assert decided(approval().type(conditions=typed)).conditions == (
        "Replace the logo",
        "No close-ups",
        "Two weeks",
        "Ask Ana",
        "again –",
        "-5 dB at most",
        "*bold*",
        "12 frames",
    )


def test_too_many_or_too_long_conditions_are_pointed_out() -> None:
    assert "21 conditions" in refused(approval().type(conditions="a\n" * 21))["conditions"]
    assert "Condition 2 is 301" in refused(approval().type(conditions="a\n" + "b" * 301))["conditions"]


def test_it_may_hold_until_today_but_not_until_yesterday() -> None:
    assert decided(approval().type(valid_until="2026-11-22")).valid_until == TODAY
    assert "21 November 2026 has passed" in refused(approval().type(valid_until="2026-11-21"))["valid_until"]
    assert "year" in refused(approval().type(valid_until="9999-12-31"))["valid_until"]


@pytest.mark.parametrize(("view", "move"), [(deny_view, Move.DENY), (call_in_view, Move.CALL_IN)])
def test_a_no_and_a_call_need_a_reason(view: Any, move: Move) -> None:
    person = FormPerson(view("GEN-42", "Kitchen wall", request=42, revision=3))
    assert refused(person) == {"reason": "Please give your reason."}
    person.type(reason="The voice is hers.\nAsk her first.")
    assert decided(person) == DecisionForm(42, 3, move, reason="The voice is hers.\nAsk her first.")


def test_calling_in_says_that_work_stops() -> None:
    assert "Work on it stops" in str(call_in_view("GEN-1", "Wall", request=1, revision=1))


@pytest.mark.parametrize("title", ["<!channel> & co", "🎬" * 3000, "‏ملصق‏", "&" * 3000, ""])
def test_every_form_is_valid_whatever_was_stored(title: str) -> None:
    forms = (deny_view, call_in_view)
    views = [accepted(form("GEN-1234567890123", title, request=1, revision=1)) for form in forms]
    for view in (*views, approval(title=title, others_open={Topic.LEGAL: title}).view):
        assert {piece["type"] for piece in pieces_of(view)} == {"text"}
    accepted(told_view(title or "Not recorded", title))


def test_a_telling_view_says_one_thing() -> None:
    view = told_view("Not recorded", "Somebody else was faster: Mei Tanaka approved it.")
    assert "submit" not in view
    assert view["blocks"][0]["text"]["text"] == "Somebody else was faster: Mei Tanaka approved it."


def test_the_form_knows_what_it_is_about() -> None:
    about = target(approval(Outcome.WRITTEN_APPROVAL).view)
    assert (about.request, about.revision, about.action, about.written) == (42, 3, "approve", True)


@pytest.mark.parametrize(
    "forged",
    [
        {"private_metadata": ""},
        {"private_metadata": '{"request": 0, "revision": 1, "action": "approve"}'},
        {"private_metadata": '{"request": "42", "revision": 1, "action": "approve"}'},
        {"private_metadata": '{"request": 9223372036854775808, "revision": 1, "action": "approve"}'},
        {"private_metadata": '{"request": 42, "revision": 3, "action": "withdraw"}'},
        {"callback_id": "decide:deny"},
        {"callback_id": None},
    ],
)
def test_a_forged_form_is_one_sentence(forged: dict[str, Any]) -> None:
    with pytest.raises(ForgedForm, match="nothing was recorded"):
        parse_decision(approval().view | forged, TODAY)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
ENTRY = st.dictionaries(st.sampled_from(["value", "selected_date", "selected_option"]), JSON)
NAMES = ["wording", "conditions", "valid_until", "reason"]


@settings(max_examples=60, deadline=None)
@given(
    state=JSON | st.fixed_dictionaries({name: st.fixed_dictionaries({name: ENTRY}) for name in NAMES}),
    memory=JSON | st.just('{"request": 1, "revision": 1, "action": "approve"}'),
    blocks=JSON,
)
def test_garbage_raises_nothing_but_forged_form(state: Any, memory: Any, blocks: Any) -> None:
    view = {
        "callback_id": "decide:approve",
        "private_metadata": memory,
        "blocks": blocks,
        "state": {"values": state},
    }
    with suppress(ForgedForm):
        parse_decision(view, TODAY)
