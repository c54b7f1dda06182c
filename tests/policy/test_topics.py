"""Who signs, derived a second time from the clauses and the outcome of each finding."""

from hypothesis import given, settings

from policy.facts import Use
from policy.verdict import Finding, Outcome, Topic
from tests.policy.uses import example_cases, example_use, golden_cases, judged, use_of, uses

LEGAL = {"G3d", "P1", "D2", "M5"}
SECURITY = {"D1a", "D1b", "M6", "G3c"}
SECURITY_ASKED = {"P2", "P3", "K2", "K3"}


def signs(finding: Finding) -> set[Topic]:
    """The table of the readings: escalations, then written approvals."""
    cited = set(finding.clauses)
    if finding.outcome < Outcome.ESCALATE:
        return set()
    topics = {Topic.PRODUCTION}
    if finding.outcome == Outcome.ESCALATE:
        return topics | ({Topic.SECURITY} if cited & SECURITY_ASKED else set())
    if any(clause == "G3b" or clause[0] == "T" for clause in cited):
        topics.add(Topic.TALENT)
    if cited & LEGAL or any(clause[0] in "CE" for clause in cited):
        topics.add(Topic.LEGAL)
    if cited & SECURITY:
        topics.add(Topic.SECURITY)
    return topics


def check(use: Use) -> None:
    verdict = judged(use)
    for finding in verdict.findings:
        assert set(finding.topics) == signs(finding), finding.rule
    assert set(verdict.topics) == set().union(*(finding.topics for finding in verdict.findings))
    assert list(verdict.topics) == sorted(verdict.topics)
    assert bool(verdict.topics) == (verdict.outcome >= Outcome.ESCALATE)
    assert not verdict.topics or Topic.PRODUCTION in verdict.topics


def test_the_right_people_sign_every_golden_case_and_every_example() -> None:
    for case in golden_cases():
        check(use_of(case))
    for example in example_cases():
        check(example_use(example))
        check(example_use(example, "facts"))


@settings(max_examples=300, deadline=None)
@given(use=uses())
def test_the_right_people_sign_any_use(use: Use) -> None:
    check(use)
