"""What is hashed without being parsed is what parsing it would give, and what docs/register.md says."""

import json
from datetime import date
from hashlib import sha256
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from storage.canonical import canonical
from storage.seals import SNAPSHOT, decision_texts, new_seals, root, unparsed, unquoted
from tests.storage.people import NOW, a_verdict

# Words that look like what stands between them.
WORDS = st.text() | st.sampled_from(
    ['","wording":"', ',"text_findings":[],"topics":', '"}', "}", "\\", "[redacted]"]
)
QUOTE = {"fact": "third_party_ip", "declared": "no", "suggests": "yes", "quote": "a poster"}


@st.composite
def snapshots(draw: st.DrawFn) -> dict[str, Any]:
    """What the app keeps of what was on a contact's screen."""
    verdict = a_verdict().model_dump(mode="json")
    verdict["findings"] = [{"because": draw(WORDS), "topics": draw(st.lists(WORDS, max_size=2))}]
    verdict["text_findings"] = draw(st.sampled_from([[], [], [], [QUOTE], "[redacted]"]))
    return {
        "facts": {"steps": [{"tool": draw(WORDS)}]},
        "verdict": verdict,
        "wording": draw(WORDS),
        "conditions": draw(st.lists(WORDS, max_size=3)),
        "reason": draw(WORDS),
        "valid_until": draw(st.none() | st.dates().map(date.isoformat)),
    }


@given(snapshot=snapshots())
def test_a_snapshot_is_cut_where_parsing_would_part_it(snapshot: dict[str, Any]) -> None:
    columns = {"by_name": "Ravi", "wording": "", "conditions": "[]", "reason": ""}
    stored = canonical(snapshot)
    parsed = list(decision_texts(columns, json.loads(stored)).values())[len(columns) :]
    cut = unparsed(stored)
    quotes = snapshot["verdict"]["text_findings"]
    assert (cut is None) == (quotes != [])
    if cut is not None and "[redacted]" not in snapshot.values():
        assert cut == parsed


@given(snapshot=snapshots(), data=st.data())
def test_two_snapshots_are_never_cut_into_the_same_texts(
    snapshot: dict[str, Any], data: st.DataObject
) -> None:
    stored = canonical(snapshot)
    at = data.draw(st.integers(0, len(stored)))
    piece = data.draw(st.sampled_from(["", ',"wording":', ',"text_findings":[]', "}", "x", '"']))
    other = stored[:at] + piece + stored[at + data.draw(st.integers(0, 30)) :]
    one, another = unparsed(stored), unparsed(other)
    assert one is None or other == stored or one != another


def test_a_snapshot_of_other_keys_is_parsed() -> None:
    whole: dict[str, Any] = {key: {} for key in SNAPSHOT} | {"verdict": a_verdict().model_dump(mode="json")}
    assert unparsed(canonical(whole)) is not None
    for key in SNAPSHOT:
        assert unparsed(canonical({each: value for each, value in whole.items() if each != key})) is None
    for odd in ("", "{}", "[redacted]"):
        assert (unparsed(odd), unquoted(odd)) == (None, None)


@given(texts=st.lists(WORDS, min_size=1, max_size=4), plain=st.lists(WORDS | st.none() | st.integers()))
def test_a_root_is_over_the_salted_digests_and_the_canonical_rest(
    texts: list[str], plain: list[object]
) -> None:
    seals = new_seals(len(texts))
    digests = [sha256((seal + text).encode()).hexdigest() for seal, text in zip(seals, texts, strict=True)]
    said = canonical([*plain, "2026-03-02", "2026-03-02 09:30:00.000000"])
    expected = sha256("\n".join([*digests, said]).encode()).hexdigest()
    assert root(texts, seals, [*plain, date(2026, 3, 2), NOW]) == expected
