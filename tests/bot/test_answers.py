"""What a contact sees of the answers: all that are not the safest, at a glance, in the requester's words."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.answers import SHORT, answers, on_card, risky
from policy.facts import Facts, Use
from policy.lifecycle import Status
from policy.triage import triage
from policy.verdict import TextFinding
from policy.vocabulary import UNSURE, VOCABULARY
from storage.records import RequestRow
from tests.policy.uses import a_use, places, shelf, with_answer

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def a_row(use: Use, **more: Any) -> RequestRow:
    verdict = triage(use, shelf())
    return RequestRow(
        production="NIGHTFALL",
        requester_team="T0STUDIO",
        requester_user="U0ANA",
        requester_name="ana",
        title="Wall",
        facts=use.facts,
        verdict=verdict,
        id=7,
        outcome=verdict.outcome,
        status=Status.PENDING,
        revision=1,
        content_hash="",
        form_key="V1",
        origin_channel="",
        created_at=NOW,
        updated_at=NOW,
        approvals_channel="C0NIGHTAPPR",
        card_ts="",
        thread_ts="",
        called_in_by="",
        called_in_reason="",
        **more,
    )


def test_every_fact_has_a_short_name() -> None:
    assert set(SHORT) == set(VOCABULARY)


def test_the_risky_answers_stand_in_one_line_and_the_open_ones_in_another() -> None:
    use = a_use(
        element="performance",
        output_final="yes",
        talent_likeness="yes",
        likeness_of="performer",
        consent=UNSURE,
        performance_change="replica",
    )
    assert answers(a_row(use)) == [
        "*Answers:* Element: somebody's performance, face or voice · In the delivery: yes · "
        "Somebody recognisable: yes · Whose likeness: a performer in our cast · "
        "Performance: a digital double or cloned voice does what they did not",
        "*Not sure:* Consent",
    ]


def test_the_card_says_which_clauses_an_open_answer_touches() -> None:
    assert on_card(a_row(a_use(union_work=UNSURE))) == ["*Not sure:* Union work `E2, P5`"]


def test_the_safest_answers_are_said_to_be_that() -> None:
    assert answers(a_row(a_use())) == ["*Answers:* the safest one to every question"]


def test_tools_are_told_apart_where_there_are_several() -> None:
    tools = [{"environment": "netflix", "stores_or_trains": "no"}]
    tools += [{"environment": "consumer", "stores_or_trains": "yes"}] * 2
    assert answers(a_row(a_use(steps=tools))) == [
        "*Answers:* Where it runs (tools 2 and 3): free, personal or hobby account · "
        "Keeps or trains (tools 2 and 3): yes"
    ]


def test_a_kept_contradiction_shows_both() -> None:
    row = a_row(a_use(talent_likeness=UNSURE))
    found = TextFinding(fact="talent_likeness", declared="no", suggests="yes", quote="Marta", reason="Stock.")
    row = replace(row, verdict=row.verdict.model_copy(update={"text_findings": (found,)}))
    assert answers(row)[-1].startswith(
        "*Not sure:* Somebody recognisable (answered “no”, the text says “yes”)"
    )


def test_what_is_said_not_to_be_generative_is_not_called_unsure_fifteen_times() -> None:
    use = Use(not_generative="It sorts.", facts=Facts.model_validate({"steps": [{}]}))
    assert not any("Not sure" in line for line in answers(a_row(use, not_generative="It sorts.")))


@given(data=st.data())
def test_no_answer_but_the_safest_is_left_out(data: st.DataObject) -> None:
    """Only questions that the form did not ask beside these answers may be missing."""
    use = a_use(talent_likeness="yes", element="background")
    place = data.draw(st.sampled_from(sorted(places(use))))
    name = place.rpartition(".")[2]
    if name in ("element", "talent_likeness"):
        return
    answer = data.draw(st.sampled_from(VOCABULARY[name].answers))
    shown = {each.fact: each.unsure for each in risky(a_row(with_answer(use, place, answer)))}
    if answer == VOCABULARY[name].answers[0]:
        assert name not in shown
    else:
        assert shown[name] == (answer == UNSURE)
