"""Every promise of the advice is kept, nothing smaller would do, and its time is bounded."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy import advice as advising
from policy.actions import ACTIONS
from policy.advice import MOST, MOST_QUESTIONS, PATIENCE, Advice, advise, advise_asking
from policy.facts import Use
from policy.options import Options
from policy.rulebook import Rulebook
from policy.triage import triage
from policy.vocabulary import UNSURE, VOCABULARY
from tests.policy.books import studio_book
from tests.policy.uses import (
    ONLY_OF_A_STEP,
    OWN_IF_STATED,
    WHOLE,
    Json,
    a_use,
    answers_of,
    example_cases,
    example_use,
    places,
    plain,
    shelf,
    with_answer,
)

SOME = settings(max_examples=150, deadline=None)
HONESTY = {"could_mislead", "union_work", "third_party_ip"}
FREE = {"environment": "consumer", "stores_or_trains": "yes"}


def after(use: Use, change: dict[str, str]) -> Use:
    for place, answer in change.items():
        use = with_answer(use, place, answer)
    return use


def use_from(data: st.DataObject, tools: int = 6) -> Use:
    """A use with many risky answers and up to six tools; honest, or nothing could be done about most."""
    facts: Json = {n: data.draw(st.sampled_from(_few(n)), label=n) for n in WHOLE if n not in HONESTY}
    steps = []
    for _ in range(data.draw(st.integers(1, tools))):
        step = {name: data.draw(st.sampled_from(VOCABULARY[name].answers)) for name in ONLY_OF_A_STEP}
        for name in OWN_IF_STATED:
            own = data.draw(st.sampled_from([None, None, "no", "yes", UNSURE]))
            step |= {name: own} if own else {}
        steps.append(step)
    return a_use(steps=steps, beside={"vendor": data.draw(st.sampled_from(["", "Studio"]))}, **facts)


def _few(name: str) -> tuple[str, ...]:
    """Every answer, the safe one more often."""
    return (VOCABULARY[name].answers[0],) * 3 + VOCABULARY[name].answers


def check_promises(use: Use, books: tuple[Rulebook, ...]) -> tuple[Advice, ...]:
    verdict = triage(use, books)
    given_advice = advise(use, books, verdict)
    assert len(given_advice) <= MOST
    declared = places(use)
    for entry in given_advice:
        assert triage(after(use, entry.change), books).outcome == entry.outcome < verdict.outcome
        assert entry.actions and entry.change
        for place, answer in entry.change.items():
            assert plain(place) not in HONESTY
            before = declared.get(place) or declared[plain(place)]
            assert UNSURE not in (answer, before) and answer != before, place
    return given_advice


@SOME
@given(data=st.data())
def test_every_promise_is_kept_by_triage_and_no_unsure_answer_is_touched(data: st.DataObject) -> None:
    check_promises(use_from(data), shelf())


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_promises_are_kept_by_several_books_too(data: st.DataObject) -> None:
    check_promises(use_from(data), (*shelf(), studio_book()))


@SOME
@given(data=st.data())
def test_what_is_advised_with_questions_holds_once_each_is_a_no_and_needs_every_one(
    data: st.DataObject,
) -> None:
    use, books = use_from(data), shelf()
    verdict = triage(use, books)
    known = advise(use, books, verdict)
    found = advise_asking(use, books, verdict, known)
    if found is None:
        return
    declared = places(use)
    done, told = after(use, found.change), dict.fromkeys(found.find_out, "no")
    assert 0 < len(found.find_out) <= MOST_QUESTIONS and found.actions
    # An unsure answer is a question, never an action.
    assert all(declared[place] == UNSURE for place in found.find_out)
    assert all(declared.get(place) != UNSURE for place in found.change)
    assert not {plain(place) for place in found.change} & HONESTY
    assert triage(after(done, told), books).outcome == found.outcome < verdict.outcome
    assert all(found.outcome < one.outcome for one in known)
    for place in found.find_out:
        without = {other: answer for other, answer in told.items() if other != place}
        assert triage(after(done, without), books).outcome > found.outcome


def test_an_unsure_answer_does_not_hide_what_could_be_done() -> None:
    use = a_use(element="background", output_final="yes", personal_data=UNSURE)
    found = advise_asking(use, shelf(), triage(use, shelf()), ())
    assert found is not None
    assert (found.change, found.find_out) == ({"output_final": "no"}, ("personal_data",))


@pytest.mark.parametrize("answers", [{"output_final": "yes"}, {"element": UNSURE}, {"personal_data": UNSURE}])
def test_actions_alone_and_questions_alone_need_no_such_advice(answers: dict[str, Any]) -> None:
    use = a_use(**answers)
    verdict = triage(use, shelf())
    assert advise_asking(use, shelf(), verdict, advise(use, shelf(), verdict)) is None


def test_every_example_gets_advice_that_holds() -> None:
    advised = [check_promises(example_use(case), shelf()) for case in example_cases()]
    assert sum(map(bool, advised)) > 25


@SOME
@given(data=st.data())
def test_no_action_ever_makes_it_worse(data: st.DataObject) -> None:
    options = Options(use_from(data), shelf())
    actions = [number for number, moves in enumerate(options.of_action) if moves]
    some = sum(1 << number for number in data.draw(st.sets(st.sampled_from(actions or [0]))))
    for number in actions:
        assert options.rank(options.everywhere(some | 1 << number)) <= options.rank(options.everywhere(some))


def by_trying(use: Use, books: tuple[Rulebook, ...]) -> dict[frozenset[int], int]:
    """Every smallest set of actions that lowers the outcome, found by trying all of them with triage."""
    options = Options(use, books)
    actions = [number for number, moves in enumerate(options.of_action) if moves]
    now = triage(use, books).outcome.rank
    found: dict[frozenset[int], int] = {}
    for many in range(1, len(actions) + 1):
        for chosen in combinations(actions, many):
            moves = options.everywhere(sum(1 << number for number in chosen))
            rank = triage(after(use, options.changes(moves)), books).outcome.rank
            taken = frozenset(chosen)
            if rank < now and not any(less < taken and found[less] <= rank for less in found):
                found[taken] = rank
    return found


def asks_more(one: frozenset[int], found: dict[frozenset[int], int]) -> bool:
    """Whether something easier in place of one action leads as far; the set found for it may be smaller."""
    names = dict(enumerate(ACTIONS))
    for number in one:
        for easier in (n for n, action in names.items() if action.name in names[number].harder_than):
            swapped = (one - {number}) | {easier}
            if easier not in one and any(o <= swapped and found[o] <= found[one] for o in found):
                return True
    return False


def nearly_safe(data: st.DataObject) -> Use:
    """One or two tools and a few risky answers, so that every set of actions can be tried."""
    own = {"environment": "consumer", "stores_or_trains": "no", "netflix_material": "no"}
    use = a_use(steps=[own] * data.draw(st.integers(1, 2)))
    for place in data.draw(st.sets(st.sampled_from(sorted(places(use))), min_size=1, max_size=5)):
        use = with_answer(use, place, data.draw(st.sampled_from(answers_of(place))))
    return use


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_the_advice_is_what_trying_every_set_of_actions_finds(data: st.DataObject) -> None:
    use = nearly_safe(data)
    options = Options(use, shelf())
    found = by_trying(use, shelf())
    wanted = [taken for taken in found if not asks_more(taken, found)]
    wanted.sort(key=lambda taken: (*options.asks(sum(1 << n for n in taken)), found[taken]))
    given_advice = advise(use, shelf(), triage(use, shelf()))
    effort = [(*options.asks(sum(1 << number for number in taken)), found[taken]) for taken in wanted[:MOST]]
    said = [(len(entry.actions), _effort(entry), entry.outcome.rank) for entry in given_advice]
    if len(wanted) <= MOST:
        assert said == effort
    else:
        assert said[:-1] == effort[:-1]
        assert min(rank for *_, rank in said) == min(found.values())


def _effort(entry: Advice) -> int:
    return sum(
        next(action.effort for action in ACTIONS if says.startswith(action.says)) for says in entry.actions
    )


@SOME
@given(data=st.data())
def test_a_tool_is_only_changed_where_that_is_needed(data: st.DataObject) -> None:
    use = use_from(data)
    for entry in advise(use, shelf(), triage(use, shelf())):
        for step in {place[: place.index("]")] for place in entry.change if place.startswith("steps[")}:
            left = {place: answer for place, answer in entry.change.items() if not place.startswith(step)}
            assert triage(after(use, left), shelf()).outcome > entry.outcome


# The time it takes is bounded by what it looks at


class Counted:
    """Counts how often the search goes on from a set."""

    def __init__(self, search: Any) -> None:
        self.search, self.calls = search, 0

    def __call__(self, *arguments: Any) -> Any:
        self.calls += 1
        return self.search(*arguments)


@pytest.mark.parametrize("element", ["background", "key_element"])
def test_the_worst_request_of_six_tools_is_advised_within_the_bound(
    element: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counted(advising._next)
    monkeypatch.setattr(advising, "_next", counted)
    risky: Json = dict.fromkeys(("output_final", "story_relevant", "talent_likeness", "model_reuse"), "yes")
    risky |= dict.fromkeys(("netflix_material", "personal_data", "protected_references"), "yes")
    risky |= {"performance_change": "as_scripted", "consent": "no", "likeness_of": "contributor"}
    use = a_use(element=element, steps=[FREE] * 6, unowned_training="yes", **risky)
    assert len(check_promises(use, shelf())) > 1
    assert counted.calls <= 3 * PATIENCE
    assert counted.calls < 100
