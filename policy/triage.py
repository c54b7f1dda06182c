"""triage(use, books) -> Verdict: three-valued evaluation per step, and the maximum over everything."""

from collections.abc import Mapping, Sequence
from operator import itemgetter

from policy.conditions import NEVER, any_holds, holds, numbers
from policy.facts import Facts, Use
from policy.open_questions import Way, most_decisive, plain_name, ways
from policy.rulebook import DERIVED, PER_STEP, STEP_ONLY, Rule, Rulebook
from policy.scopes import RANK, Scope, scopes, speaking
from policy.verdict import Duty, Finding, Outcome, Topic, Verdict
from policy.vocabulary import UNSURE, VOCABULARY

NOT_GENERATIVE = "not-generative"
_MOST_KEPT = 10_000  # findings of a book, about 10 MB

_WHOLE_USE = tuple(name for name in VOCABULARY if name in Facts.model_fields)
_PER_STEP = tuple(name for name in VOCABULARY if name in PER_STEP)
_STEP_MAY = tuple(name for name in _PER_STEP if name not in STEP_ONLY)
_SHARED = (*(name for name in _WHOLE_USE if name not in PER_STEP), *DERIVED)


def triage(use: Use, books: Sequence[Rulebook]) -> Verdict:
    """Judge one use by all `books` at once; the strictest finding is its outcome.

    `not_generative` takes the use out of the rulebook: judgement, and the contact sees the reason (A6).
    """
    findings: list[Finding] = []
    missing: list[Way] = []
    if use.not_generative:
        findings += [_not_generative(use, book) for book in books]
    else:
        places = scopes(use)
        for book in books:
            for rule, scope in _worth_a_look(book, places):
                finding = _judge(book, rule, scope, missing)
                if finding is not None:
                    findings.append(finding)
    findings.sort(key=_strictest_first)
    outcome = findings[0].outcome if findings else Outcome.CLEARED
    if outcome == Outcome.CLEARED:
        findings += [_principles_met(book) for book in books]
    return Verdict(
        outcome=outcome,
        findings=tuple(findings),
        duties=_duties(books, findings),
        open_questions=most_decisive(missing),
        topics=tuple(sorted({topic for finding in findings for topic in finding.topics})),
        rulebooks=tuple(book.identity for book in books),
        outside_scope=use.context != "production",
    )


def _strictest_first(finding: Finding) -> int:
    return -RANK[finding.outcome]


def _worth_a_look(book: Rulebook, places: Sequence[Scope]) -> list[tuple[Rule, Scope]]:
    """Each rule of the book with each scope in which it may fire, in the book's order."""
    whole = places[0]
    possible = book.sieve.passing(whole.answers, _SHARED)
    found = []
    for scope in places:
        names = _STEP_MAY if scope is whole else _PER_STEP
        bits = speaking(book, scope) & possible & book.sieve.passing(scope.answers, names)
        found += [(number, scope) for number in numbers(bits)]
    found.sort(key=itemgetter(0))  # in the book's order, and the whole use before its steps
    return [(book.rules[number], scope) for number, scope in found]


def _judge(book: Rulebook, rule: Rule, scope: Scope, missing: list[Way]) -> Finding | None:
    """The rule's finding in this scope, if any; `missing` learns what answers could yet make of it."""
    answers = scope.answers
    held = any_holds(rule.alternatives, answers)
    if held.truth is False:
        return None
    lifted = holds(rule.exception, answers) if rule.exception else NEVER
    if lifted.truth:
        return None
    names = held.names
    if lifted.truth is None:  # an exception that may yet apply is part of why the rule fires
        names += tuple(name for name in lifted.names if name not in names and answers[name][1] == UNSURE)
    told = [answers[name] for name in names]
    rank = RANK[rule.outcome]
    if rank:
        unsure = UNSURE in [answer for _, answer in told]
        missing += ways(rule, rank, answers) if unsure else (Way(rank, {}),)
    outcome = rule.outcome if held.truth else rule.unsure
    if not held.truth and outcome == Outcome.CLEARED:
        return None
    # Of hundreds of thousands of uses most say one of a few things: made once, said again.
    said = (rule.id, outcome, held.truth, scope.step, *told)
    finding = book.findings.get(said)
    if finding is None:
        if len(book.findings) >= _MOST_KEPT:
            book.findings.clear()
        facts = dict(answers[name] for name in names if name in VOCABULARY)
        finding = book.findings[said] = _finding(book, rule, outcome, held.truth, scope.step, facts)
    return finding


def _finding(
    book: Rulebook, rule: Rule, outcome: Outcome, fired: bool | None, step: int | None, facts: dict[str, str]
) -> Finding:
    if fired:
        clauses, because = rule.clauses, rule.because
    else:
        clauses = tuple(dict.fromkeys((*rule.clauses, *book.heading.unsure)))
        because = _not_sure(facts, rule.outcome)
    if RANK[outcome] < RANK[Outcome.ESCALATE]:
        topics: tuple[Topic, ...] = ()
    elif outcome == rule.outcome:
        topics = rule.topics
    else:
        # A doubt goes to the production's contact, who calls in whoever else must decide (R2).
        topics = (Topic.PRODUCTION,)
    return Finding(
        rule=rule.id,
        clauses=clauses,
        outcome=outcome,
        step=step,
        facts=facts,
        because=because,
        topics=topics,
        book=book.identity.id,
        undecided=not fired,
    )


_MAY_NEED = {
    Outcome.CLEARED: "it may matter",
    Outcome.JUDGEMENT: "it may take your judgement and your contact's",
    Outcome.ESCALATE: "it may have to be escalated",
    Outcome.WRITTEN_APPROVAL: "it may need written approval",
}


def _not_sure(facts: Mapping[str, str], outcome: Outcome) -> str:
    open_names = [plain_name(name) for name, answer in facts.items() if answer == UNSURE]
    whether = ", ".join(VOCABULARY[name].whether for name in open_names)
    return f"You are not sure {whether}: {_MAY_NEED[outcome]}."


def _not_generative(use: Use, book: Rulebook) -> Finding:
    return Finding(
        rule=NOT_GENERATIVE,
        clauses=book.heading.always,
        outcome=Outcome.JUDGEMENT,
        step=None,
        facts={"not_generative": "yes"},
        because=f"You say this is not generative AI ({use.not_generative}). Your contact may call it in.",
        book=book.identity.id,
    )


def _principles_met(book: Rulebook) -> Finding:
    cleared = book.heading.cleared
    return Finding(
        rule=cleared.rule,
        clauses=cleared.clauses,
        outcome=Outcome.CLEARED,
        step=None,
        facts={},
        because=cleared.because,
        book=book.identity.id,
    )


def _duties(books: Sequence[Rulebook], findings: Sequence[Finding]) -> tuple[Duty, ...]:
    """The duties of every rule that fired, each once; a rule that only may fire brings none yet."""
    wanted: dict[tuple[str, str], Duty] = {}
    for book in books:
        of = book.duties_of
        fired = [f.rule for f in findings if f.book == book.identity.id and not f.undecided]
        for rule in ("", *fired):
            for duty in of.get(rule, ()):
                wanted.setdefault((duty.clause, duty.text), duty)
    return tuple(wanted.values())
