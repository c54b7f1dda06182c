"""What would clear this: what the requester can do, the least asking first, and never a lie."""

import pytest

from policy.actions import ACTIONS
from policy.advice import advise, honest
from policy.facts import Use
from policy.rulebook import Rulebook
from policy.triage import triage
from policy.verdict import Outcome
from policy.vocabulary import UNSURE, VOCABULARY
from tests.policy.books import studio_book
from tests.policy.uses import a_use, shelf, with_answer

HONESTY = {"could_mislead", "union_work", "third_party_ip"}
FREE = {"environment": "consumer", "stores_or_trains": "yes"}
PAID = {"environment": "enterprise", "stores_or_trains": "no"}
NETFLIX = {"environment": "netflix", "stores_or_trains": "no"}


def told(use: Use, books: tuple[Rulebook, ...] | None = None) -> list[tuple[tuple[str, ...], str]]:
    """What to do, and what it leads to."""
    books = books or shelf()
    return [(entry.actions, entry.outcome.value) for entry in advise(use, books, triage(use, books))]


# Stories


def test_wallpaper_seen_in_passing_is_cleared_when_it_is_replaced() -> None:
    wallpaper = a_use(element="background", output_final="yes")
    assert told(wallpaper) == [(("replace it before delivery",), "cleared")]


def test_a_hero_prop_can_be_replaced_or_stay_an_idea() -> None:
    assert told(a_use(element="key_element", output_final="yes")) == [
        (("replace it before delivery",), "judgement"),
        (("keep it to an idea or a reference",), "cleared"),
    ]


def test_a_poster_that_is_read_aloud_can_be_kept_incidental_or_replaced_and_both_clear_it() -> None:
    poster = a_use(element="background", story_relevant="yes", output_final="yes")
    incidental = "keep the element incidental: not read, referred to or shown close"
    assert told(poster) == [
        (("replace it before delivery",), "judgement"),
        ((incidental,), "judgement"),
        (("keep it to an idea or a reference",), "cleared"),
        (("replace it before delivery", incidental), "cleared"),
    ]


def test_dropping_the_likeness_drops_all_that_hangs_on_it() -> None:
    clone = a_use(
        element="performance",
        talent_likeness="yes",
        likeness_of="performer",
        performance_change="replica",
        consent="no",
    )
    (only,) = advise(clone, shelf(), triage(clone, shelf()))
    assert only.actions == ("leave the likeness or voice out",)
    assert only.outcome == Outcome.CLEARED
    assert only.change == {
        "talent_likeness": "no",
        "likeness_of": "nobody",
        "performance_change": "none",
        "consent": "not_needed",
    }


def test_documented_consent_helps_where_consent_is_all_that_is_missing() -> None:
    dub = a_use(element="performance", performance_change="as_scripted", consent="not_needed")
    assert (("get documented consent",), "cleared") in told(dub)


def test_no_consent_turns_a_likeness_into_less_than_an_approval() -> None:
    likeness = a_use(talent_likeness="yes", likeness_of="performer", consent="no")
    assert all("get documented consent" not in actions for actions, _ in told(likeness))


def test_a_free_account_is_exchanged_at_the_tools_that_have_one_and_nowhere_else() -> None:
    use = a_use(steps=[PAID, FREE, NETFLIX, FREE])
    (only,) = advise(use, shelf(), triage(use, shelf()))
    says = "use an enterprise tier whose terms rule out storing and training (tools 2 and 4)"
    assert only.actions == (says,)
    assert only.change == {
        "steps[2].environment": "enterprise",
        "steps[2].stores_or_trains": "no",
        "steps[4].environment": "enterprise",
        "steps[4].stores_or_trains": "no",
    }


def test_netflix_material_kept_out_of_every_tool_is_one_answer_of_the_request() -> None:
    use = a_use(steps=[NETFLIX, PAID], netflix_material="yes")
    first, *_ = advise(use, shelf(), triage(use, shelf()))
    assert first.actions == ("keep Netflix material out of the tool (tools 1 and 2)",)
    assert (first.outcome, first.change) == (Outcome.CLEARED, {"netflix_material": "no"})


def test_netflix_material_may_stay_in_the_tool_where_it_is_not_decisive() -> None:
    use = a_use(
        element="model", steps=[NETFLIX | {"netflix_material": "yes"}, PAID | {"netflix_material": "yes"}]
    )
    books = (*shelf(), studio_book())  # the studio looks at every model: escalate at least
    first, *_ = advise(use, books, triage(use, books))
    assert first.actions == ("keep Netflix material out of the tool (tool 2)",)
    assert (first.outcome, first.change) == (Outcome.ESCALATE, {"steps[2].netflix_material": "no"})


def test_a_netflix_tool_is_proposed_where_an_enterprise_tier_is_not_enough() -> None:
    says = "use a tool under a Netflix enterprise agreement (your contact knows which)"
    assert all(says not in actions for actions, _ in told(a_use(steps=[FREE])))
    assert ((says,), "escalate") in told(a_use(steps=[FREE], netflix_material="yes"))


# Honesty


@pytest.mark.parametrize("fact", sorted(HONESTY))
def test_against_honesty_there_is_no_advice_but_another_idea(fact: str) -> None:
    use = with_answer(a_use(output_final="yes"), fact, "yes")
    verdict = triage(use, shelf())
    assert advise(use, shelf(), verdict) == ()
    (why,) = honest(verdict)
    assert why in {finding.because for finding in verdict.findings}


def test_no_action_touches_a_fact_of_honesty_or_calls_an_element_something_it_is_not() -> None:
    assert {name for name, fact in VOCABULARY.items() if fact.action is None} == HONESTY
    for action in ACTIONS:
        for change in action.changes:
            assert change.fact not in HONESTY
            assert UNSURE not in (*change.declared, change.becomes)
            if change.fact == "element":
                assert change.becomes == "reference"


def test_every_other_fact_has_an_action() -> None:
    acted_on = {change.fact for action in ACTIONS for change in action.changes}
    assert acted_on == set(VOCABULARY) - HONESTY


def test_what_is_said_not_to_be_generative_gets_no_advice() -> None:
    assert told(a_use(output_final="yes", beside={"not_generative": "It only cuts out."})) == []


def test_what_is_cleared_needs_none() -> None:
    assert told(a_use()) == []


def test_advice_is_plain_data() -> None:
    use = a_use(element="background", output_final="yes")
    (only,) = advise(use, shelf(), triage(use, shelf()))
    assert only.model_dump(mode="json") == {
        "change": {"output_final": "no"},
        "outcome": "cleared",
        "actions": ["replace it before delivery"],
    }
