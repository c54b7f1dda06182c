"""A question is open exactly when its answer could change the outcome: checked by trying every answer."""

from itertools import product
from math import prod

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policy.facts import Use
from policy.verdict import Outcome
from policy.vocabulary import UNSURE
from tests.policy.uses import a_use, judged, outcome, places, settled, uses, with_answer

MOST = 1500  # completions tried for one use


def found_by_trying(use: Use, missing: list[str]) -> set[str]:
    """The missing facts for which two completions that differ only in them have different outcomes."""
    by_answers: dict[tuple[str, ...], Outcome] = {}
    for answers in product(*(settled(place) for place in missing)):
        whole = use
        for place, answer in zip(missing, answers, strict=True):
            whole = with_answer(whole, place, answer)
        by_answers[answers] = outcome(whole)
    found = set()
    for number, place in enumerate(missing):
        alike: dict[tuple[str, ...], set[Outcome]] = {}
        for answers, seen in by_answers.items():
            alike.setdefault(answers[:number] + answers[number + 1 :], set()).add(seen)
        if any(len(outcomes) > 1 for outcomes in alike.values()):
            found.add(place)
    return found


@settings(max_examples=80, deadline=None)
@given(use=uses(), data=st.data())
def test_open_questions_are_the_missing_answers_that_could_change_the_outcome(
    use: Use, data: st.DataObject
) -> None:
    missing = data.draw(st.lists(st.sampled_from(list(places(use))), max_size=4, unique=True))
    assume(prod(len(settled(place)) for place in missing) <= MOST)
    for place, answer in places(use).items():
        if place in missing:
            use = with_answer(use, place, UNSURE)
        elif answer == UNSURE:
            use = with_answer(use, place, data.draw(st.sampled_from(settled(place))))
    assert set(judged(use).open_questions) == found_by_trying(use, missing)


def test_the_question_that_could_lead_highest_comes_first() -> None:
    verdict = judged(a_use(element="background", story_relevant="unsure", could_mislead="unsure"))
    assert verdict.open_questions == ("could_mislead", "story_relevant")


def test_a_question_that_several_rules_hang_on_comes_before_one_that_few_do() -> None:
    verdict = judged(a_use(could_mislead="unsure", likeness_of="unsure"))
    assert verdict.open_questions == ("likeness_of", "could_mislead")


def test_nothing_is_open_once_the_strictest_outcome_is_certain() -> None:
    assert (
        judged(a_use(personal_data="yes", could_mislead="unsure", union_work="unsure")).open_questions == ()
    )


def test_nothing_below_what_every_answer_leads_to_is_open() -> None:
    steps = [{"environment": "unsure", "stores_or_trains": "unsure"}]
    verdict = judged(a_use(netflix_material="yes", steps=steps))
    assert verdict.open_questions == ("steps[1].environment",)


def test_a_doubt_that_only_one_of_two_unsure_steps_could_settle_names_both() -> None:
    steps = [{"environment": "netflix"}, {"environment": "enterprise"}]
    assert judged(a_use(steps=steps)).open_questions == (
        "steps[1].stores_or_trains",
        "steps[2].stores_or_trains",
    )
