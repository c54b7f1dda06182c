"""The request form, as a coordinator meets it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import modal
from bot.form_fields import FIELDS, MAX_TOOLS, TOOL_FIELDS
from bot.modal import Draft, Submission, build, opened, parse, production_options, redraw
from policy.facts import Context, Facts, LikenessOf, Step, Use, UseStarted
from policy.rulebook import load_books
from policy.triage import triage
from policy.verdict import Outcome
from policy.vocabulary import UNSURE, VOCABULARY
from tests.bot.form_person import FormPerson, accepted

NIGHTFALL = ("NIGHTFALL", "Nightfall, season 2")
TODAY = date(2026, 11, 22)
AWKWARD = ["<!channel> & <@U0RAVI>", "🎬🦑" * 50, "‏ملصق على الحائط‏", "\x00\x07bell", "a" * 3000, "&" * 3000]


def today(_: str) -> date:
    return TODAY


def form(text: str = "An old newspaper on the wall", **draft: Any) -> FormPerson:
    silent = draft.pop("silent", False)
    shown = opened("C0NIGHTFALL", text, NIGHTFALL)
    return FormPerson(build(shown), silent=silent).type(title="Kitchen wall")


def sent(person: FormPerson) -> Submission:
    found = parse(person.view, today=today)
    assert isinstance(found, Submission), found
    return found


def refused(person: FormPerson) -> dict[str, str]:
    found = parse(person.view, today=today)
    assert isinstance(found, dict), found
    # Slack shows an error only at an input that is on screen.
    assert set(found) <= set(person.fields)
    return found


# A coordinator types /genai-request in #nightfall ...


def test_the_command_on_the_nightfall_channel_fills_in_production_and_description() -> None:
    person = form("An old newspaper on the kitchen wall")
    assert person.shown("production") == "NIGHTFALL"
    assert person.shown("description") == "An old newspaper on the kitchen wall"
    assert person.shown("use_started") == "no"


def test_a_form_nobody_answered_is_unsure_of_everything() -> None:
    asked = sent(form())
    assert asked.production == asked.use.production == "NIGHTFALL"
    assert asked.use.facts == Facts(steps=(Step(),))
    assert asked.use.model_dump(include={"id", "needed_by", "vendor", "context", "not_generative"}) == {
        "id": None,
        "needed_by": None,
        "vendor": "",
        "context": "production",
        "not_generative": "",
    }
    assert (asked.use_started, asked.origin_channel, asked.notes) == ("no", "C0NIGHTFALL", ())


def test_a_client_that_leaves_out_untouched_fields_says_what_it_showed() -> None:
    loud, silent = form(), form(silent=True)
    assert sent(silent) == sent(loud)


def test_a_client_that_sends_null_for_an_untouched_select_says_what_it_showed() -> None:
    view = form().view
    for answers in view["state"]["values"].values():
        for answer in answers.values():
            if "selected_option" in answer:
                answer["selected_option"] = None
    found = parse(view, today=today)
    assert isinstance(found, Submission) and found.production == "NIGHTFALL"


def test_outside_a_production_channel_the_production_has_to_be_chosen() -> None:
    person = FormPerson(build(opened("D0ANA", "", None))).type(title="A", description="B")
    assert refused(person) == {"production": "Choose the production this is for."}
    person.choose(production="NIGHTFALL")
    assert sent(person).production == "NIGHTFALL"


@pytest.mark.parametrize("typed", AWKWARD)
def test_whatever_is_typed_arrives_as_typed_without_control_characters(typed: str) -> None:
    person = form(typed)
    person.type(title=typed[:100], vendor=typed[:300], step1_tool=typed[:300], not_generative=typed)
    asked = sent(person)
    expected = typed.replace("\x00", "").replace("\x07", "").strip()
    assert asked.use.description == asked.use.not_generative == expected
    assert asked.use.title == expected[:100]
    assert asked.use.facts.steps[0].tool == expected[:300]


def test_a_command_too_long_for_the_field_is_cut_and_says_so_until_it_is_sent() -> None:
    person = form("word " * 1000)
    assert len(person.shown("description")) <= 3000
    assert "its end is missing" in person.text
    person.choose(element="background")
    assert "its end is missing" in person.text
    assert "its end is missing" not in form("word " * 500).text


def test_line_breaks_stay_in_the_description_only() -> None:
    asked = sent(form("one\r\ntwo").type(title="one\ntwo"))
    assert (asked.use.description, asked.use.title) == ("one\ntwo", "one two")


# Answering ...


def test_choosing_background_asks_one_more_question() -> None:
    person = form()
    before = person.fields
    assert "story_relevant" not in before
    person.choose(element="background")
    assert set(person.fields) - set(before) == {"story_relevant"}
    person.choose(story_relevant="no")
    assert sent(person).use.facts.story_relevant == "no"


def test_a_hidden_question_counts_as_unanswered_and_remembers_its_answer() -> None:
    person = form().choose(element="background").choose(story_relevant="no").choose(element="model")
    assert "story_relevant" not in person.fields
    assert sent(person).use.facts.story_relevant == UNSURE
    person.choose(element="background")
    assert person.shown("story_relevant") == "no"


def test_consent_is_asked_until_it_is_certain_that_nobody_is_touched() -> None:
    person = form()
    assert "consent" in person.fields
    person.choose(talent_likeness="no", likeness_of="synthetic")
    assert "consent" in person.fields
    person.choose(performance_change="none")
    assert "consent" not in person.fields
    assert sent(person).use.facts.consent == "not_needed"


def test_documented_consent_asks_where_it_is_written_down() -> None:
    person = form().choose(talent_likeness="yes", likeness_of="performer", consent="yes")
    person.type(consent_reference="Replica rider, Ana Duarte, season 2")
    asked = sent(person)
    assert asked.use.facts.consent == "yes"
    assert asked.consent_reference == "Replica rider, Ana Duarte, season 2"
    assert asked.notes == ()


def test_the_reference_survives_a_change_of_mind() -> None:
    person = form().choose(consent="yes").type(consent_reference="Rider 7").choose(consent="no")
    assert sent(person).consent_reference == ""
    assert person.choose(consent="yes").shown("consent_reference") == "Rider 7"


def test_consent_without_a_reference_counts_as_not_sure_and_says_so() -> None:
    asked = sent(form().choose(consent="yes").type(consent_reference=" \u200b "))
    assert asked.use.facts.consent == UNSURE
    assert "not sure" in asked.notes[0]


def test_a_form_sent_before_its_redraw_arrived_is_read_by_its_answers() -> None:
    view = form().view
    picked = {"type": "static_select", "selected_option": {"value": "background"}}
    view["state"]["values"]["element"] = {"element": picked}
    found = parse(view, today=today)
    assert isinstance(found, Submission)
    assert (found.use.facts.element, found.use.facts.story_relevant) == ("background", UNSURE)


def test_a_choice_that_changes_nothing_on_screen_redraws_nothing() -> None:
    person = form()
    assert redraw(person.choose(element="model").view, "element") is None
    assert redraw(person.view, "add_tool") is not None


# Tools ...


def test_adding_a_second_tool_keeps_every_answer() -> None:
    person = form().type(vendor="Prism VFX", needed_by="2026-12-01", step1_tool="Firefly")
    person.choose(output_final="no", step1_environment="enterprise").press("add_tool")
    assert person.shown("step1_tool") == "Firefly"
    assert person.shown("vendor") == "Prism VFX"
    person.type(step2_tool="Topaz").choose(step2_stores_or_trains="no")
    asked = sent(person)
    assert asked.use.facts.steps == (
        Step(tool="Firefly", environment="enterprise"),
        Step(tool="Topaz", stores_or_trains="no"),
    )
    assert (asked.use.needed_by, asked.use.facts.output_final) == (date(2026, 12, 1), "no")


def test_a_second_tool_left_untouched_is_dropped() -> None:
    assert len(sent(form().press("add_tool")).use.facts.steps) == 1


def test_removing_the_last_tool_forgets_it() -> None:
    person = form().press("add_tool").type(step2_tool="Topaz").press("remove_tool")
    assert sent(person).use.facts.steps == (Step(),)
    assert person.press("add_tool").shown("step2_tool") is None


def test_the_last_tool_cannot_be_removed_nor_one_too_many_added() -> None:
    assert redraw(form().view, "remove_tool") is None
    person = form()
    for _ in range(MAX_TOOLS + 3):
        person.press("add_tool")
    assert f"step{MAX_TOOLS}_tool" in person.fields and f"step{MAX_TOOLS + 1}_tool" not in person.fields
    assert person.buttons == ["remove_tool"]


# Sending ...


@pytest.mark.parametrize("blank", [None, "", "  \n", "\u200b\u2060", "\x00"])
def test_a_blank_title_and_description_are_pointed_out(blank: str | None) -> None:
    assert set(refused(form().type(title=blank, description=blank))) == {"title", "description"}


def test_a_day_that_has_passed_is_pointed_out_in_words() -> None:
    errors = refused(form().type(needed_by="2026-11-03"))
    assert "3 November 2026 has passed" in errors["needed_by"]
    assert "22 November 2026" in errors["needed_by"]


def test_today_at_the_production_is_early_enough() -> None:
    assert sent(form().type(needed_by="2026-11-22")).use.needed_by == TODAY


@pytest.mark.parametrize("started", ["yes", "aired"])
def test_what_has_started_may_have_been_needed_before(started: str) -> None:
    asked = sent(form().type(needed_by="2026-11-03").choose(use_started=started))
    assert (asked.use.needed_by, asked.use_started) == (date(2026, 11, 3), started)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_slip_of_the_year_is_pointed_out(day: str) -> None:
    assert "check the year" in refused(form().type(needed_by=day).choose(use_started="yes"))["needed_by"]


def test_a_production_unknown_today_is_left_to_the_service() -> None:
    found = parse(form().type(needed_by="2020-01-01").view, today=lambda code: None)
    assert isinstance(found, Submission)


def test_all_mistakes_are_told_at_once() -> None:
    errors = refused(form().type(title="x" * 101, description="", needed_by="2026-01-01"))
    assert set(errors) == {"title", "description", "needed_by"}
    assert "101 characters" in errors["title"] and "100" in errors["title"]


def test_not_generative_needs_only_its_reason() -> None:
    asked = sent(form().type(not_generative="It only searches our own library."))
    assert asked.use.not_generative == "It only searches our own library."


# Answers that do not go together (A13) ...

CONTRADICTIONS = [
    {"talent_likeness": "no", "likeness_of": "performer"},
    {"talent_likeness": "no", "likeness_of": "minor"},
    {"talent_likeness": "yes", "likeness_of": "nobody"},
    {"talent_likeness": "yes", "likeness_of": "synthetic"},
    {"talent_likeness": "no", "likeness_of": "nobody", "performance_change": "replica"},
]


@pytest.mark.parametrize("answers", CONTRADICTIONS)
def test_a_contradiction_is_pointed_out_while_filling_in_and_may_then_stay(answers: dict[str, str]) -> None:
    person = form().choose(**answers)
    assert ":warning:" in person.text
    asked = sent(person)
    assert "judged as" in asked.notes[0]
    assert {name: getattr(asked.use.facts, name) for name in answers} == answers
    assert triage(asked.use, load_books()).outcome == Outcome.WRITTEN_APPROVAL


@pytest.mark.parametrize("answers", CONTRADICTIONS)
def test_a_contradiction_nobody_was_warned_of_is_refused_once_at_its_field(answers: dict[str, str]) -> None:
    person = form()
    view = person.view
    for name, answer in answers.items():
        view["state"]["values"][name] = {name: {"selected_option": {"value": answer}}}
    found = parse(view, today=today)
    assert isinstance(found, dict) and set(found) == {"likeness_of"}
    assert "Not sure" in found["likeness_of"]
    # The way out it names works.
    view["state"]["values"]["talent_likeness"] = {"talent_likeness": {"selected_option": {"value": UNSURE}}}
    assert isinstance(parse(view, today=today), Submission)


def test_the_warning_goes_when_the_answers_agree_again() -> None:
    person = form().choose(talent_likeness="no", likeness_of="performer")
    assert ":warning:" not in person.choose(talent_likeness="yes").text


@pytest.mark.parametrize("whose", ["crew", UNSURE, "synthetic", "nobody"])
def test_what_goes_together_is_not_pointed_out(whose: str) -> None:
    assert ":warning:" not in form().choose(talent_likeness="no", likeness_of=whose).text


# The form as a whole ...


def test_every_fact_of_the_vocabulary_has_exactly_one_question() -> None:
    asked = [field.name for field in FIELDS if field.name in VOCABULARY]
    assert sorted(asked) == sorted(VOCABULARY)
    person = form().choose(element="background", consent="yes")
    for name, fact in VOCABULARY.items():
        block = f"step1_{name}" if name in Step.model_fields and name not in Facts.model_fields else name
        options = [option["value"] for option in person.element(block)["options"]]
        assert sorted(options) == sorted(fact.answers)
        assert options[-1] == UNSURE
        if name not in ("element", "consent"):
            assert person.element(block)["initial_option"]["value"] == UNSURE


def test_every_field_lands_somewhere_and_every_closed_answer_is_offered() -> None:
    places = {*Use.model_fields, *Facts.model_fields, *Step.model_fields, *Submission.__dataclass_fields__}
    assert {field.name for field in FIELDS} <= places
    offered = {field.name: {value for value, _ in field.options} for field in FIELDS}
    assert offered["use_started"] == set(get_args(UseStarted))
    assert offered["context"] == set(get_args(Context))
    assert offered["likeness_of"] == set(get_args(LikenessOf))


def test_no_word_of_the_vocabulary_is_cut() -> None:
    assert "…" not in form("x").choose(element="background", consent="yes").text


def test_the_longest_form_fits_in_a_modal() -> None:
    values = {"element": "background", "consent": "yes", "talent_likeness": "no", "likeness_of": "minor"}
    values |= {field.name: "&" * 5000 for field in FIELDS if field.kind in ("text", "lines")}
    tools = tuple({field.name: "🎬" * 5000 for field in TOOL_FIELDS} for _ in range(MAX_TOOLS))
    view = accepted(build(Draft("C0NIGHTFALL", ("X" * 40, "t" * 75), values, tools, cut=True)))
    assert len(view["blocks"]) < 90


@pytest.mark.parametrize("typed", AWKWARD)
def test_what_is_hidden_fits_in_the_memory(typed: str) -> None:
    view = accepted(build(Draft(values={"consent": "no", "consent_reference": typed})))
    assert len(view["private_metadata"]) < 3000


def test_only_what_changes_the_form_dispatches() -> None:
    blocks = build(Draft())["blocks"]
    dispatching = {block["block_id"] for block in blocks if block.get("dispatch_action")}
    assert dispatching | {"add_tool", "remove_tool"} == modal.REDRAWING_ACTIONS


@pytest.mark.parametrize("blocks", [None, 7, "no", [7], [{"block_id": ["x"]}], {"a": 1}])
def test_a_view_without_its_blocks_is_drawn_afresh(blocks: object) -> None:
    draft = redraw(form().view | {"blocks": blocks}, "element")
    assert draft is not None and draft.values["title"] == "Kitchen wall"
    accepted(build(draft))


def test_errors_by_field_name_find_their_blocks() -> None:
    assert modal.field_errors({"needed_by": "a", "steps[2].environment": "b"}) == {
        "needed_by": "a",
        "step2_environment": "b",
    }
    assert modal.production_error("Not yours.") == {"production": "Not yours."}


# Type-ahead ...

TITLES = [
    ("NIGHTFALL", "Nightfall, season 2"),
    ("LUCIA", "Lucía y el mar"),
    ("LANTERN", "Paper Lantern"),
    ("KNIGHT", "A Good Knight"),
]


def offered(query: str) -> list[str]:
    return [option["value"] for option in production_options(TITLES, query)]


def test_nothing_typed_offers_everything_by_title() -> None:
    assert offered("") == ["KNIGHT", "LUCIA", "NIGHTFALL", "LANTERN"]


def test_case_and_accents_do_not_matter() -> None:
    assert offered("LUCÍA") == offered(" lucia") == ["LUCIA"]


def test_beginnings_come_first() -> None:
    assert offered("night") == ["NIGHTFALL", "KNIGHT"]
    assert offered("lan") == ["LANTERN"]
    assert offered("zzz") == []


def test_a_select_holds_a_hundred() -> None:
    many = [(f"P{number}", f"Title {number}") for number in range(250)]
    assert len(production_options(many, "title")) == 100


# Forged ...


@pytest.mark.parametrize(
    "memory",
    ["", "{", "[]", "[" * 3000, '{"tools": 9}', '{"tools": 0}', '{"tools": "2"}', '{"x": 1}',
     '{"channel": "<!channel>"}', '{"kept": {"a": 1}}', '{"channel": "\\ud800"}', "null"],
)  # fmt: skip
def test_a_forged_memory_is_answered_with_a_sentence(memory: str) -> None:
    view = form().view | {"private_metadata": memory}
    found = parse(view, today=today)
    assert isinstance(found, dict) and "nothing was recorded" in found["production"]
    assert redraw(view, "add_tool") is None


@pytest.mark.parametrize("code", ["nightfall; drop", "<!channel>", "N" * 41, "é"])
def test_a_forged_production_is_answered_with_a_sentence(code: str) -> None:
    view = form().view
    view["state"]["values"]["production"] = {"production": {"selected_option": {"value": code}}}
    assert parse(view, today=today) == {
        "production": "That production is not one we know. Please choose it from the list."
    }


@pytest.mark.parametrize("answer", ["cleared", "", 7, None, ["no"], {"a": 1}])
def test_a_forged_answer_is_answered_at_its_field(answer: object) -> None:
    view = form().view
    view["state"]["values"]["output_final"] = {"output_final": {"selected_option": {"value": answer}}}
    assert parse(view, today=today) == {
        "output_final": "That answer is not one we know. Please choose again."
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
ENTRY = JSON | st.fixed_dictionaries(
    {},
    optional={
        "value": JSON,
        "selected_date": JSON,
        "selected_option": JSON | st.fixed_dictionaries({"value": JSON, "text": JSON}),
    },
)
NAMES = [field.name for field in FIELDS] + ["step1_tool", "step2_environment"]
VALUES = JSON | st.dictionaries(
    st.sampled_from(NAMES),
    ENTRY | st.sampled_from(NAMES).flatmap(lambda name: st.dictionaries(st.just(name), ENTRY)),
    max_size=4,
)


@settings(max_examples=100, deadline=None)
@given(
    state=JSON | st.fixed_dictionaries({"values": VALUES}),
    memory=JSON | st.text(max_size=20) | st.just('{"tools": 2}'),
    blocks=st.booleans() | JSON,
    action=st.sampled_from(sorted(modal.REDRAWING_ACTIONS)) | st.text(max_size=5),
)
def test_no_garbage_raises(state: Any, memory: Any, blocks: Any, action: str) -> None:
    good = build(opened("C0NIGHTFALL", "text", NIGHTFALL))["blocks"]
    view: Mapping[str, Any] = {
        "state": state,
        "private_metadata": memory,
        "blocks": good if isinstance(blocks, bool) else blocks,
    }
    found = parse(view, today=today)
    assert isinstance(found, Submission) or all(isinstance(said, str) for said in found.values())
    draft = redraw(view, action)
    if draft is not None:
        accepted(build(draft))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_every_answer_comes_back_as_it_was_given(data: st.DataObject) -> None:
    choices = [field for field in FIELDS if field.kind == "choice" and not field.group.per_tool]
    values = {
        field.name: data.draw(st.sampled_from([value for value, _ in field.options])) for field in choices
    }
    values |= {"title": "Kitchen wall", "description": "A wall", "consent_reference": "Rider 7"}
    view = build(Draft("C0NIGHTFALL", NIGHTFALL, values))
    asked = sent(FormPerson(view, silent=data.draw(st.booleans())))
    on_screen = {block["block_id"] for block in view["blocks"]}
    for name, answer in asked.use.facts.answers().items():
        if name in on_screen:
            assert answer == values[name]
