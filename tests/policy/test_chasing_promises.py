"""What holds of chasing for any calendar, ladder and scheduler: late, doubled, restarted or perfect."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policy.chasing import Due, Waiting, due
from policy.ladder import LADDER, Rung
from policy.worktime import Calendar
from tests.policy.quarters import QUARTER, Days, open_quarters, some_days
from tests.policy.test_chasing import MONDAY, office

LENGTH = 5  # days
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Case:
    """Somebody who waits, and a few days to wait; every moment is a whole quarter."""

    days: Days
    waiting: Waiting
    ladder: tuple[Rung, ...]

    @property
    def calendar(self) -> Calendar:
        return self.days.calendar


_HOURS = st.integers(1, 60).map(lambda quarters: quarters / 4)
_RUNGS = (
    st.builds(Rung, kind=st.just("remind"), after=_HOURS, at_most=st.sampled_from([1, 2, None]))
    | st.builds(Rung, kind=st.just("remind"), before=_HOURS)
    | st.builds(Rung, kind=st.just("backup"), after=_HOURS)
    | st.builds(Rung, kind=st.just("backup"), before=_HOURS)
    | st.builds(Rung, kind=st.just("last_call"), before=_HOURS, to=st.sampled_from(["contact", "everyone"]))
)
_LADDERS = st.just(LADDER) | st.lists(_RUNGS, min_size=1, max_size=5).map(tuple)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    days = draw(some_days(LENGTH))
    later = st.integers(1, LENGTH * 96).map(lambda number: days.start + number * QUARTER)
    waiting = Waiting(
        since=days.start + draw(st.integers(0, 96)) * QUARTER,
        snoozed_until=draw(st.none() | later),
        needed_by=draw(st.none() | later),
        is_contact=draw(st.booleans()),
        can_pull_in=draw(st.booleans()),
    )
    return Case(days, waiting, draw(_LADDERS))


def run(case: Case, ticks: Iterable[datetime]) -> list[tuple[datetime, Due]]:
    """Each tick and what was due at it; whatever is due is done, and remembered in the rows alone."""
    waiting, told = case.waiting, []
    for now in ticks:
        found = due(waiting, case.calendar, case.ladder, now)
        told.append((now, found))
        if found.remind:
            waiting = replace(waiting, reminded_at=now, reminders=waiting.reminders + 1)
        if found.pull_in:
            waiting = replace(waiting, can_pull_in=False)
    return told


def perfect(case: Case) -> list[tuple[datetime, Due]]:
    """A scheduler that looks whenever it was told to look."""
    waiting, told = case.waiting, []
    now: datetime | None = waiting.since
    while now is not None and now < case.days.end:
        found = due(waiting, case.calendar, case.ladder, now)
        told.append((now, found))
        waiting = replace(
            waiting,
            reminded_at=now if found.remind else waiting.reminded_at,
            can_pull_in=waiting.can_pull_in and not found.pull_in,
        )
        now = found.next_at
    return told


def every_quarter(case: Case) -> list[datetime]:
    return [case.waiting.since + n * QUARTER for n in range((case.days.end - case.waiting.since) // QUARTER)]


def reminded(told: Iterable[tuple[datetime, Due]]) -> list[datetime]:
    return [now for now, found in told if found.remind]


def deeds(told: Iterable[tuple[datetime, Due]]) -> list[tuple[datetime, bool, bool, bool]]:
    done = [(now, found.remind, found.outside_hours, found.pull_in) for now, found in told]
    return [deed for deed in done if deed[1] or deed[3]]


def sparse(case: Case, gaps: list[int]) -> list[datetime]:
    """Ticks of a scheduler that is late again and again; a gap of none is a doubled tick."""
    ticks, now = [], case.waiting.since
    for gap in gaps:
        now += gap * QUARTER
        ticks.append(now)
    return [now for now in ticks if now < case.days.end]


_GAPS = st.lists(st.integers(0, 100), min_size=1, max_size=25)


@settings(max_examples=60, deadline=None)
@given(cases(), _GAPS)
def test_nobody_is_disturbed_whenever_the_ticks_come(case: Case, gaps: list[int]) -> None:
    told = run(case, sparse(case, gaps))
    # The end of a snooze is the one reminder that somebody asked for.
    snoozed = case.waiting.snoozed_until
    wanted = next((now for now in reminded(told) if snoozed and now >= snoozed), None)
    days = [case.calendar.working_day(now) for now in reminded(told) if now != wanted]
    assert len(set(days)) == len(days), "two reminders on one working day"
    calls = [rung for rung in case.ladder if rung.kind == "last_call"]
    for now, found in told:
        assert found.remind or not found.outside_hours
        if found.remind:
            assert found.outside_hours is not case.calendar.open_at(now)
            assert not case.calendar.away_at(now)
            assert now > case.waiting.since
        if found.outside_hours:
            assert calls and case.waiting.needed_by and now < case.waiting.needed_by
            assert case.calendar.hours_between(now, case.waiting.needed_by) == 0
            earliest = case.waiting.needed_by - max(rung.before or 0 for rung in calls) * HOUR
            assert now >= max(earliest, case.waiting.since + HOUR)
        assert found.next_at is None or found.next_at > now
    assert sum(found.pull_in for _, found in told) <= (case.waiting.is_contact and case.waiting.can_pull_in)


@settings(max_examples=60, deadline=None)
@given(cases(), _GAPS)
def test_a_late_scheduler_sends_no_more_than_a_perfect_one(case: Case, gaps: list[int]) -> None:
    late = reminded(run(case, sparse(case, gaps)))
    assert len(late) <= len(reminded(perfect(case)))


@settings(max_examples=12, deadline=None)
@given(cases())
def test_looking_when_told_is_as_good_as_looking_every_quarter(case: Case) -> None:
    told = perfect(case)
    assume(all(now.minute % 15 == 0 for now, _ in told))  # a night cut short by the clock ends a minute early
    assert deeds(told) == deeds(run(case, every_quarter(case)))


@settings(max_examples=50, deadline=None)
@given(cases(), st.lists(st.floats(0.001, 0.999), min_size=3, max_size=3))
def test_nothing_is_due_before_the_moment_to_look_again_and_something_is_then(
    case: Case, shares: list[float]
) -> None:
    waiting = case.waiting
    for now, found in perfect(case):
        waiting = replace(
            waiting,
            reminded_at=now if found.remind else waiting.reminded_at,
            can_pull_in=waiting.can_pull_in and not found.pull_in,
        )
        until = found.next_at or now + timedelta(days=30)
        for share in shares:
            between = due(waiting, case.calendar, case.ladder, now + share * (until - now))
            assert not between.remind and not between.pull_in
            assert between.next_at == found.next_at
        if found.next_at:
            then = due(waiting, case.calendar, case.ladder, found.next_at)
            assert then.remind or then.pull_in


@settings(max_examples=40, deadline=None)
@given(cases())
def test_no_rung_is_lost_and_none_comes_early(case: Case) -> None:
    """Counted in quarters: after each rung comes a reminder, in the first that one a day allows."""
    sent = reminded(told for told in perfect(case) if not told[1].outside_hours)
    everything = reminded(perfect(case))
    counted = open_quarters(case.calendar, case.waiting.since, case.days.end)
    reached = _rungs_reached(case, counted)
    for moment in reached:
        before = {case.calendar.working_day(now) for now in everything if now < moment}
        allowed = [at for at in counted if at >= moment and case.calendar.working_day(at) not in before]
        if allowed:
            assert any(moment <= now <= allowed[0] for now in everything)
    daily = any(rung.at_most != 1 for rung in case.ladder)
    if sent:
        assert reached and min(reached) <= sent[0]
    assert daily or len(sent) <= len(reached)


def _rungs_reached(case: Case, counted: list[datetime]) -> list[datetime]:
    """When each remind rung is reached first, and a snooze is over, by counting working quarters."""
    snoozed = case.waiting.snoozed_until
    reached = [snoozed] if snoozed and snoozed > case.waiting.since else []
    for rung in case.ladder:
        if rung.kind != "remind":
            continue
        if rung.after:
            number = int(rung.after * 4)
        elif case.waiting.needed_by:
            left = sum(at < case.waiting.needed_by for at in counted)
            if not left:
                continue
            number = max(left - int((rung.before or 0) * 4), 4)
        else:
            continue
        if number <= len(counted):
            moment = counted[number - 1] + QUARTER
            reached.append(max(moment, snoozed) if rung.after and snoozed else moment)
    return reached


@settings(max_examples=40, deadline=None)
@given(cases(), st.integers(1, 20))
def test_until_decided_there_is_a_reminder_on_every_working_day(case: Case, quarters: int) -> None:
    """Two half days may share one: who is absent at the hour of the reminder gets it when they are back."""
    ladder = (Rung(kind="remind", after=quarters / 4, at_most=None),)
    case = replace(case, ladder=ladder, waiting=replace(case.waiting, snoozed_until=None))
    told = {case.calendar.working_day(now) for now in reminded(perfect(case))}
    counted = open_quarters(case.calendar, case.waiting.since, case.days.end)[quarters:]
    worked = sorted({case.calendar.working_day(at) for at in counted})[:-1]  # the last may not be over
    absences = any(start < case.days.end for start, _ in case.calendar.absences)
    for day, following in pairwise(worked):
        assert day in told or (absences and following in told)


def test_a_wait_of_two_years_is_still_reminded_once_a_day() -> None:
    long = Waiting(MONDAY, reminded_at=MONDAY + timedelta(days=728, hours=6))
    found = due(long, office(), LADDER, MONDAY + timedelta(days=729, hours=5))
    assert not found.remind
    assert found.next_at == MONDAY + timedelta(days=729, hours=6)
    assert office().working_day(found.next_at) == date(2028, 11, 21)
