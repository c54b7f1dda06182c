"""The forms of chasing, as contacts and requesters meet them."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chase_carried import answer_pressed, renew_pressed, snooze_picked
from bot.chase_forms import (
    ANSWER,
    ASK,
    AWAY,
    SNOOZE,
    AnswerForm,
    AskForm,
    AwayForm,
    SnoozeForm,
    answer_view,
    ask_view,
    away_view,
    parse_answer,
    parse_ask,
    parse_away,
    parse_snooze,
    snooze_view,
)
from bot.decision_modal import ForgedForm
from tests.bot.form_person import FormPerson, accepted

TODAY = date(2026, 11, 22)
LATEST = datetime(2026, 12, 2, 16, tzinfo=UTC)
OTHERS = [("mei", "Mei Tanaka"), ("oskar", "Oskar Lindqvist")]


def away(*, silent: bool = False) -> FormPerson:
    return FormPerson(away_view(OTHERS, TODAY), silent=silent)


def snooze() -> FormPerson:
    return FormPerson(snooze_view("GEN-42", "Kitchen wall", 9, LATEST))


def question() -> FormPerson:
    return FormPerson(ask_view("GEN-42", "Kitchen wall", 42, 3))


def answer() -> FormPerson:
    return FormPerson(answer_view("GEN-42", "Kitchen wall", "Is it read aloud?", "Ravi Menon", 42, 31))


def test_ravi_is_away_from_today_with_one_pick() -> None:
    assert away().fields == ["from", "until", "stand_in"]
    person = away().type(until="2026-12-02")
    assert parse_away(person.view, TODAY) == AwayForm(TODAY, date(2026, 12, 2))
    quiet = away(silent=True).type(until="2026-12-02")
    assert parse_away(quiet.view, TODAY) == AwayForm(TODAY, date(2026, 12, 2))
    emptied = away().type(**{"from": None, "until": "2026-11-22"})
    assert parse_away(emptied.view, TODAY) == AwayForm(TODAY, TODAY)


def test_ravi_plans_his_holidays_and_names_mei() -> None:
    person = away().type(**{"from": "2026-12-24", "until": "2027-01-02"}).choose(stand_in="mei")
    assert parse_away(person.view, TODAY) == AwayForm(date(2026, 12, 24), date(2027, 1, 2), "mei")


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({}, "until", "Please pick your last day away."),
        (
            {"until": "2026-11-21"},
            "until",
            "21 November 2026 has passed: it is 22 November 2026 where you are",
        ),
        ({"from": "2026-11-20", "until": "2026-12-02"}, "from", "20 November 2026 has passed"),
        ({"from": "2026-12-24", "until": "2026-12-23"}, "until", "before 24 December 2026, your first day"),
        ({"until": "2062-12-02"}, "until", "more than ten years away. Please check the year."),
        ({"until": "soon"}, "until", "not a date we can read"),
    ],
)
def test_days_that_cannot_be_are_pointed_out(typed: dict[str, str], field: str, sentence: str) -> None:
    found = parse_away(away().type(**typed).view, TODAY)
    assert isinstance(found, dict) and set(found) == {field}
    assert sentence in found[field]


def test_who_is_alone_is_not_asked_who_stands_in() -> None:
    assert FormPerson(away_view([], TODAY)).fields == ["from", "until"]


def test_everybody_is_offered_however_many_they_are() -> None:
    many = [(f"c{number}", f"Contact {number:03}") for number in range(250)]
    groups = FormPerson(away_view(many, TODAY)).element("stand_in")["option_groups"]
    assert [option["value"] for group in groups for option in group["options"]] == [key for key, _ in many]
    assert groups[0]["label"]["text"] == "Contact 000 to Contact 099"


def test_a_reminder_rests_until_a_day() -> None:
    assert parse_snooze(snooze().type(day="2026-11-24").view, TODAY) == SnoozeForm(9, date(2026, 11, 24))
    assert "02 Dec 2026 16:00 UTC" in snooze().text
    assert "no date to keep to" in FormPerson(snooze_view("GEN-42", "Wall", 9, None)).text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Please pick a day."),
        ({"day": "2026-11-22"}, "That is today. Please pick a later day, or choose Later today"),
        ({"day": "2026-11-21"}, "has passed"),
        ({"day": "9999-11-21"}, "check the year"),
    ],
)
def test_a_day_that_is_none_to_snooze_until(typed: dict[str, str], sentence: str) -> None:
    found = parse_snooze(snooze().type(**typed).view, TODAY)
    assert isinstance(found, dict) and sentence in found["day"]


def test_ravi_asks_and_ana_answers() -> None:
    asked = parse_ask(question().type(question=" Is it read aloud?\n").view)
    assert asked == AskForm(42, 3, "Is it read aloud?")
    assert "Ravi Menon asks" in answer().text and "Is it read aloud?" in answer().text
    assert parse_answer(answer().type(answer="No.\nOnly seen.").view) == AnswerForm(42, 31, "No.\nOnly seen.")


def test_nothing_said_and_too_much_said() -> None:
    assert parse_ask(question().view) == {"question": "Please write what you need to know."}
    assert parse_answer(answer().type(answer=" \u200b\n").view) == {"answer": "Please write your answer."}
    too_long = parse_answer(answer().type(answer="a" * 3001).view)
    assert too_long == {"answer": "This is 3,001 characters long and 3,000 fit. Please shorten it."}


@pytest.mark.parametrize("text", ["<!channel> *b*", "🎬" * 1500, "‏ملصق‏", "&" * 3000, "a\n" * 1500, ""])
def test_every_form_is_valid_whatever_was_stored(text: str) -> None:
    label = "GEN-1234567890123"
    for view in (
        away_view([("mei", text[:75] or "M")], TODAY),
        snooze_view(label, text, 9, LATEST),
        ask_view(label, text, 42, 3),
        answer_view(label, text, text, text, 42, 31),
    ):
        assert "broadcast" not in str(accepted(view))


@pytest.mark.parametrize(
    "forged",
    [
        {"private_metadata": ""},
        {"private_metadata": '{"chase": 0}'},
        {"private_metadata": '{"chase": "9"}'},
        {"private_metadata": '{"chase": 9223372036854775808}'},
        {"private_metadata": '{"chase": 9, "request": 1}'},
        {"callback_id": ASK},
        {"callback_id": None},
    ],
)
def test_a_forged_form_is_one_sentence(forged: dict[str, Any]) -> None:
    with pytest.raises(ForgedForm, match="nothing was recorded"):
        parse_snooze(snooze().type(day="2026-11-24").view | forged, TODAY)


def test_what_the_controls_carry() -> None:
    assert snooze_picked("later:9") == ("later", 9)
    assert snooze_picked("date:9223372036854775807") == ("date", 2**63 - 1)
    assert answer_pressed("42:31") == (42, 31)
    assert renew_pressed("42") == 42


@pytest.mark.parametrize(
    "value", [None, "", "9", "never:9", "later:", "later:0", "later:٣", "later:9:9", "-1", "1" * 30]
)
@pytest.mark.parametrize("read", [snooze_picked, answer_pressed])
def test_a_forged_control_is_one_sentence(read: Callable[[object], object], value: object) -> None:
    with pytest.raises(ForgedForm):
        read(value)
    if value != "9":
        with pytest.raises(ForgedForm):
            renew_pressed(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = ["from", "until", "stand_in", "day", "question", "answer"]
ENTRY = st.dictionaries(st.sampled_from(["value", "selected_date", "selected_option"]), JSON)
CARRIED = ['{"chase": 1}', '{"request": 1, "revision": 1}', '{"request": 1, "event": 1}']


@settings(max_examples=60, deadline=None)
@given(
    state=JSON | st.fixed_dictionaries({name: st.fixed_dictionaries({name: ENTRY}) for name in NAMES}),
    memory=JSON | st.sampled_from(CARRIED),
    blocks=JSON,
    callback_id=st.sampled_from([AWAY, SNOOZE, ASK, ANSWER]),
)
def test_garbage_raises_nothing_but_forged_form(
    state: Any, memory: Any, blocks: Any, callback_id: str
) -> None:
    view = {
        "callback_id": callback_id,
        "private_metadata": memory,
        "blocks": blocks,
        "state": {"values": state},
    }
    for parse in (
        lambda: parse_away(view, TODAY),
        lambda: parse_snooze(view, TODAY),
        lambda: parse_ask(view),
        lambda: parse_answer(view),
    ):
        with suppress(ForgedForm):
            parse()
