"""Measures the text patterns on a labelled corpus: how much is found, how often they err."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from policy.facts import Facts, Step, Strict, Use
from policy.faults import Fault, Invalid
from policy.text import contradictions
from policy.text_risk import risk
from policy.text_weights import Counts, Weights, shipped_weights

HEADING = "| corpus | language | requests | stated facts found | harmless with a false alarm |"


class Labelled(Strict):
    """One request of a corpus; `states` is what its words state, `may` what a careful reader could add."""

    id: str
    language: str
    department: str
    title: str = ""
    description: str
    states: dict[str, str]
    may: tuple[str, ...] = ()


@dataclass
class Tally:
    """What one language of one corpus came to."""

    requests: int = 0
    harmless: int = 0
    alarmed: int = 0  # harmless requests with any finding
    stated: int = 0
    found: int = 0
    added: int = 0  # of the other requests, those with a fact found that nobody stated
    misses: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)

    @property
    def counts(self) -> Counts:
        """What is kept beside the weights of it."""
        risky = self.requests - self.harmless
        return Counts(self.found, self.stated, self.alarmed, self.harmless, self.added, risky)

    @property
    def recall(self) -> float:
        """Share of the stated facts that were found, in percent."""
        return 100 * self.found / self.stated if self.stated else 100.0

    @property
    def false_alarms(self) -> float:
        """Share of the harmless requests with any finding, in percent."""
        return 100 * self.alarmed / self.harmless if self.harmless else 0.0


def read_corpus(path: Path) -> list[Labelled]:
    """The labelled requests of one JSON Lines file, or Invalid."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            rows.append(Labelled.model_validate(json.loads(line)))
        except ValueError as error:  # pydantic's and json's errors are both
            raise Invalid([Fault(path.name, number, "", str(error).splitlines()[0])]) from None
    return rows


def measure(rows: list[Labelled], weights: Weights | None = None) -> dict[str, Tally]:
    """Language -> tally. Every fact is declared safe, so whatever is found the text gave away."""
    tallies: dict[str, Tally] = {}
    for row in rows:
        _count(tallies.setdefault(row.language, Tally()), row, weights)
    return tallies


def table(name: str, tallies: dict[str, Tally]) -> Iterator[str]:
    """The rows of the Markdown table in docs/text-reading.md."""
    for language, tally in tallies.items():
        yield (
            f"| {name} | {language} | {tally.requests} "
            f"| {tally.found} of {tally.stated} ({tally.recall:.0f} %) "
            f"| {tally.alarmed} of {tally.harmless} ({tally.false_alarms:.0f} %) |"
        )


def text_report(paths: list[Path], details: bool = False) -> str:
    """Recall and false alarms of each corpus by language; `details` lists every miss and alarm."""
    lines = [HEADING, "|---|---|---|---|---|"]
    notes: list[str] = []
    for path in paths:
        tallies = measure(read_corpus(path))
        lines += table(path.stem, tallies)
        for tally in tallies.values() if details else ():
            notes += tally.misses + tally.alarms
    return "\n".join(lines + notes) + "\n"


def strangers_report() -> str:
    """What `make text-weights` measured when it learned the weights, a stranger a line and all together."""
    measured = shipped_weights().header.measured
    lines = [
        "| stranger | stated facts found | harmless with a false alarm | risky with a wrong addition |",
        "|---|---|---|---|",
    ]
    everybody = Counts(*map(sum, zip(*measured.values(), strict=True)))
    for name, of in (*measured.items(), ("**all**", everybody)):
        pairs = ((of.found, of.stated), (of.alarmed, of.harmless), (of.added, of.risky))
        shares = [f"{part} of {whole} ({100 * part / whole:.0f} %)" for part, whole in pairs]
        lines.append(f"| {name} | {' | '.join(shares)} |")
    return "\n".join(lines) + "\n"


def _count(tally: Tally, row: Labelled, weights: Weights | None) -> None:
    use = declared_safe(row.description, row.title)
    findings = {finding.fact: finding for finding in contradictions(use, weights)}
    tally.requests += 1
    for fact, answer in row.states.items():
        found = fact in findings and risk(fact, findings[fact].suggests) >= risk(fact, answer)
        tally.stated += 1
        tally.found += found
        if not found:
            tally.misses.append(f"missed {fact} = {answer} in {row.id}: {row.description}")
    stray = [finding for fact, finding in findings.items() if fact not in row.states and fact not in row.may]
    if not row.states:
        tally.harmless += 1
        tally.alarmed += bool(stray)
        tally.alarms += [f"false alarm {f.fact} in {row.id}: {f.quote}" for f in stray]
    else:
        tally.added += bool(stray)


def declared_safe(description: str, title: str = "", **steps: Any) -> Use:
    """A use that declares every fact at its safest."""
    step = Step(environment="netflix", stores_or_trains="no", **steps)
    facts = Facts(
        element="reference",
        output_final="no",
        story_relevant="no",
        talent_likeness="no",
        likeness_of="nobody",
        performance_change="none",
        consent="yes",
        personal_data="no",
        netflix_material="no",
        third_party_ip="no",
        protected_references="no",
        unowned_training="no",
        union_work="no",
        could_mislead="no",
        model_reuse="no",
        steps=(step,),
    )
    return Use(title=title, description=description, facts=facts)
