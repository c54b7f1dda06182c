"""Who signs: the topics of every rule are those its outcome and its clauses ask for."""

from collections.abc import Iterator

from policy.proof.findings import Failure
from policy.proof.promises import Promises
from policy.rulebook import Rule, Rulebook


def wrongly_signed(rule: Rule, promises: Promises) -> str:
    """Which topics the rule should have instead of its own, or nothing."""
    wanted = {
        signs.topic
        for signs in promises.signs
        if rule.outcome == signs.outcome and (not signs.clauses or set(signs.clauses) & set(rule.clauses))
    }
    if not promises.signs or wanted == set(rule.topics):
        return ""
    return ", ".join(sorted(wanted)) or "nobody"


def unsigned(book: Rulebook, promises: Promises) -> Iterator[Failure]:
    """Rules whose topics are not what the promises say."""
    for rule in book.rules:
        wanted = wrongly_signed(rule, promises)
        if wanted:
            yield Failure(f"rule {rule.id} is {rule.outcome}: its clauses want it signed for {wanted}")
