"""`clearance triage` as its users meet it: output, exit status, and one clear line per fault."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.__main__ import main
from policy.facts import Facts, Step, Use
from policy.verdict import Outcome, Topic
from policy.vocabulary import VOCABULARY
from tests.policy.uses import Json, a_use, example_cases, golden_cases, raw, use_of, uses

DOCS = Path(__file__).parents[2] / "docs"

KEYS = [
    "id",
    "outcome",
    "findings",
    "duties",
    "open_questions",
    "to_clear",
    "text_findings",
    "topics",
    "rulebooks",
]
SAFE = raw(a_use())


def clearance(*arguments: str, stdin: bytes | str = b"") -> Result:
    return CliRunner().invoke(main, ["triage", *arguments], input=stdin)


def file(folder: Path, name: str, *requests: Json) -> str:
    path = folder / name
    path.write_text("".join(json.dumps(request) + "\n" for request in requests), encoding="utf-8")
    return str(path)


def judged(*arguments: str, stdin: bytes | str = b"") -> list[Json]:
    result = clearance(*arguments, "--format", "json", stdin=stdin)
    assert (result.exit_code, result.stderr) == (0, "")
    return [json.loads(line) for line in result.stdout.splitlines()]


def refused(*arguments: str, stdin: bytes | str = b"") -> list[str]:
    """The sentences on standard error; nothing was judged."""
    for form in ("json", "text"):
        result = clearance(*arguments, "--format", form, stdin=stdin)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "Traceback" not in result.stderr
    sentences = result.stderr.splitlines()
    assert sentences
    assert all(sentence.startswith("clearance: ") for sentence in sentences)
    return [sentence.removeprefix("clearance: ") for sentence in sentences]


def check_contract(verdict: Json) -> None:
    """The object that docs/triage.md promises, key by key."""
    assert list(verdict) == KEYS
    assert verdict["id"]
    assert verdict["outcome"] in list(Outcome)
    for finding in verdict["findings"]:
        assert list(finding) == ["rule", "clauses", "outcome", "step", "facts", "because"]
        assert finding["outcome"] in list(Outcome)
        assert finding["step"] is None or finding["step"] >= 1
        assert finding["because"] and finding["clauses"]
        assert all(re.fullmatch(r"(steps\[\d+\]\.)?[a-z_]+", name) for name in finding["facts"])
    assert all(list(duty) == ["clause", "text"] for duty in verdict["duties"])
    for way in verdict["to_clear"]:
        assert list(way) == ["change", "outcome"]
        assert Outcome(way["outcome"]) < Outcome(verdict["outcome"])
    assert all(list(text) == ["fact", "declared", "suggests", "quote"] for text in verdict["text_findings"])
    assert verdict["topics"] == sorted(verdict["topics"])
    assert set(verdict["topics"]) <= set(Topic)
    assert all(list(book) == ["id", "version", "sha256"] for book in verdict["rulebooks"])


# What is judged


def test_every_example_and_golden_case_keeps_the_contract(tmp_path: Path) -> None:
    examples = [
        {key: case[key] for key in ("id", "title", "description", "vendor")} | {"facts": case["truth"]}
        for case in example_cases()
    ]
    golden = [raw(use_of(case)) for case in golden_cases()]
    verdicts = judged(file(tmp_path, "all.jsonl", *examples, *golden))
    for verdict in verdicts:
        check_contract(verdict)
    assert [v["id"] for v in verdicts[: len(examples)]] == [case["id"] for case in example_cases()]
    wanted = [case["expected"]["verdict"] for case in example_cases()]
    assert [v["outcome"] for v in verdicts] == wanted + [case["outcome"] for case in golden_cases()]


def test_the_whole_answer_to_one_request(tmp_path: Path) -> None:
    steps = [{"environment": "netflix", "stores_or_trains": "no"}, {"environment": "unsure"}]
    use = a_use(steps=steps, beside={"id": "GEN-1"})
    (verdict,) = judged(file(tmp_path, "one.json", raw(use)))
    by_rule = {finding["rule"]: finding for finding in verdict["findings"]}
    assert verdict["outcome"] == "escalate"
    assert verdict["topics"] == ["production", "security"]
    assert verdict["open_questions"] == ["steps[2].environment", "steps[2].stores_or_trains"]
    assert by_rule["unsecured-tool"] == {
        "rule": "unsecured-tool",
        "clauses": ["P3", "K3", "R2"],
        "outcome": "escalate",
        "step": 2,
        "facts": {"steps[2].environment": "unsure"},
        "because": "The tool does not run, or may not run, in a secured enterprise environment.",
    }
    assert by_rule["several-tools"]["step"] is None
    assert {"clause": "W0", "text": by_duty(verdict)["W0"]} in verdict["duties"]
    assert re.fullmatch("[0-9a-f]{64}", verdict["rulebooks"][0]["sha256"])
    assert (verdict["rulebooks"][0]["id"], verdict["rulebooks"][0]["version"]) == (
        "netflix-genai",
        "2025-11-11",
    )


def by_duty(verdict: Json) -> dict[str, str]:
    return {duty["clause"]: duty["text"] for duty in verdict["duties"]}


def test_many_files_are_judged_in_the_order_read(tmp_path: Path) -> None:
    many = file(tmp_path, "many.jsonl", SAFE, SAFE | {"id": "mine"}, SAFE)
    one = file(tmp_path, "one.json", SAFE)
    verdicts = judged(many, one, "-", stdin=json.dumps(SAFE))
    assert [v["id"] for v in verdicts] == [f"{many}:1", "mine", f"{many}:3", f"{one}:1", "-:1"]


def test_output_is_ascii_with_one_object_a_line_whatever_the_request_says(tmp_path: Path) -> None:
    reason = "Doublage à l'écran\u2028\u0085\x0b\n日本"
    path = file(tmp_path, "odd.json", SAFE | {"id": "Ä\u2028B", "not_generative": reason})
    result = clearance(path, "--format", "json")
    assert result.stdout.isascii()
    assert result.stdout.count("\n") == 1
    assert json.loads(result.stdout)["id"] == "Ä\u2028B"


def test_text_is_what_a_person_reads(tmp_path: Path) -> None:
    safe = {"environment": "netflix", "stores_or_trains": "no"}
    steps = [safe, {"environment": "consumer", "stores_or_trains": "no"}]
    use = raw(a_use(steps=steps, union_work="unsure", beside={"id": "GEN-2", "title": "Boards"}))
    result = clearance(file(tmp_path, "one.json", use | {"context": "marketing"}))
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "GEN-2  Boards"
    assert lines[1] == "  Wait: your Netflix contact must answer first  [escalate]"
    assert lines[2] == "  Signs: production and security"
    assert "outside the guidance's stated scope" in lines[3]
    words = " ".join(result.stdout.split())
    assert "- Tool 2: The tool does not run" in words
    assert "[P3, K3, R2; escalate]" in words
    assert (
        "It is not known yet whether it replaces or affects union-covered work. [E2, P5, R2; escalate]"
        in words
    )
    assert "Find out - union_work" in words
    assert "Your Netflix contact is to know of every use. This request tells them. [G1]" in words
    assert "Not a rights clearance or legal advice; guidance as of 2025-11-11." in words
    assert max(map(len, lines)) < 160


def test_text_never_moves_the_cursor_of_a_terminal(tmp_path: Path) -> None:
    nasty = SAFE | {"title": "a\x1b[2Jb\nGEN-9  fake", "not_generative": "x\x1b]0;y\x07"}
    result = clearance(file(tmp_path, "nasty.json", nasty))
    assert all(line.isprintable() for line in result.stdout.split("\n"))
    assert not any(line.startswith("GEN-9") for line in result.stdout.split("\n"))


def test_a_second_book_may_be_a_file_and_the_strictest_holds(tmp_path: Path) -> None:
    from tests.policy.test_promises import STUDIO_BOOK

    book = tmp_path / "studio.toml"
    book.write_text(STUDIO_BOOK, encoding="utf-8")
    model = file(tmp_path, "one.json", raw(a_use(element="model")))
    (alone,) = judged(model, "--book", "netflix-genai")
    (both,) = judged(model, "--book", "netflix-genai-2025-11-11", "--book", str(book))
    assert (alone["outcome"], both["outcome"]) == ("cleared", "escalate")
    assert [entry["id"] for entry in both["rulebooks"]] == ["netflix-genai", "studio"]


# What is refused


def test_one_faulty_file_and_nothing_is_judged(tmp_path: Path) -> None:
    good = file(tmp_path, "good.json", SAFE)
    bad = file(tmp_path, "bad.jsonl", SAFE, SAFE | {"titel": "x"}, {"facts": {}})
    sentences = refused(good, bad, str(tmp_path / "none.toml"), good)
    assert sentences == [
        f'{bad}, line 2: titel: unknown key; did you mean "title"?',
        f"{bad}, line 3: facts.steps: this key is missing",
        f"{tmp_path / 'none.toml'}: there is no such file",
    ]


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    utf16 = tmp_path / "utf16.json"
    utf16.write_bytes('{"facts": {}}'.encode("utf-16"))
    assert refused(str(utf16)) == [f"{utf16}, line 1: this is not UTF-8 text; save the file as UTF-8"]
    assert refused("-", stdin=b"[facts]\n\xff") == [
        "-, line 2: this is not UTF-8 text; save the file as UTF-8"
    ]
    assert refused(str(tmp_path)) == [f"{tmp_path}: this is a directory; name a file"]
    assert refused("") == [": this is a directory; name a file"]
    assert refused("-", stdin="") == ["-: there is no request in it"]
    assert refused("x" * 5000)[0].endswith("it cannot be read: File name too long")


def test_an_unknown_book_is_refused_with_every_other_fault(tmp_path: Path) -> None:
    sentences = refused(file(tmp_path, "bad.json", {}), "--book", "netflix-gen", "--book", "none.toml")
    assert 'there is no such rulebook; did you mean "netflix-genai"?' in sentences[0]
    assert (
        sentences[1:]
        == [
            "none.toml: there is no such file",
            f"{tmp_path / 'bad.json'}: facts: this key is missing",
        ]
        or len(sentences) == 2
    )


@pytest.mark.parametrize("arguments", [[], ["--format", "yaml", "-"], ["--colour", "-"]])
def test_a_wrong_command_line_is_refused(arguments: list[str]) -> None:
    result = clearance(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")


def never_a_traceback(result: Result) -> None:
    assert result.exit_code in (0, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert (result.exit_code == 2) == bool(result.stderr)
    assert not (result.stdout and result.stderr)


words = st.sampled_from([*Use.model_fields, *Facts.model_fields, *Step.model_fields]) | st.text(max_size=5)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
SOME = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SOME
@given(stdin=st.binary(max_size=80) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "replace")))
def test_no_bytes_whatever_make_a_traceback(stdin: bytes) -> None:
    never_a_traceback(clearance("-", stdin=stdin))


@SOME
@given(value=values, indent=st.sampled_from([None, 1]))
def test_no_json_whatever_makes_a_traceback(value: Any, indent: int | None) -> None:
    never_a_traceback(clearance("-", "--format", "json", stdin=json.dumps(value, indent=indent)))


@SOME
@given(use=uses(), key=words, value=values, inside=st.booleans())
def test_a_request_with_one_key_changed_is_judged_or_refused(
    use: Use, key: str, value: Any, inside: bool
) -> None:
    said = raw(use)
    (said["facts"] if inside else said)[key] = value
    result = clearance("-", "--format", "json", stdin=json.dumps(said))
    never_a_traceback(result)
    if result.exit_code == 0:
        check_contract(json.loads(result.stdout))


def test_the_installed_command_judges_standard_input_and_refuses_rubbish() -> None:
    command = [sys.executable, "-m", "bot", "triage", "-", "--format", "json"]
    good = subprocess.run(command, input=json.dumps(SAFE).encode(), capture_output=True, timeout=30)
    assert (good.returncode, good.stderr) == (0, b"")
    assert json.loads(good.stdout)["outcome"] == "cleared"
    for rubbish in (b"\xff\xfe\x00", b"[" * 100_000):
        bad = subprocess.run(command, input=rubbish, capture_output=True, timeout=30)
        assert (bad.returncode, bad.stdout) == (2, b"")
        assert bad.stderr.startswith(b"clearance: -") and bad.stderr.count(b"\n") == 1


# What the documentation promises


def test_the_documentation_names_every_fact_with_its_answers_in_order() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", (DOCS / "triage.md").read_text(), re.MULTILINE))
    written = {name: tuple(re.findall(r"`(\w+)`", answers)) for name, answers in rows.items()}
    assert {name: written.get(name) for name in VOCABULARY} == {
        name: fact.answers for name, fact in VOCABULARY.items()
    }


def test_the_documentation_names_every_key_of_a_request_and_of_the_answer() -> None:
    text = (DOCS / "triage.md").read_text(encoding="utf-8")
    for key in [*Use.model_fields, *Step.model_fields, *KEYS, "rule", "clauses", "step", "because", "sha256"]:
        assert f"`{key}`" in text, key
    for outcome in Outcome:
        assert f"`{outcome}`" in text


def test_the_example_in_the_documentation_is_what_the_command_answers() -> None:
    text = (DOCS / "triage.md").read_text(encoding="utf-8")
    request = text.partition("```toml\n")[2].partition("```")[0]
    answer = json.loads(text.partition("```json\n")[2].partition("```")[0])
    (verdict,) = judged("-", stdin=request)
    answer["rulebooks"][0]["sha256"] = verdict["rulebooks"][0]["sha256"]
    assert answer == verdict
    assert list(answer) == KEYS


def test_the_rulebooks_documentation_names_every_reading_and_every_rule_it_lives_in() -> None:
    from policy.rulebook import load_book

    text = (DOCS / "rulebook.md").read_text(encoding="utf-8")
    rules = {rule.id for rule in load_book("netflix-genai").rules}
    rows = re.findall(r"^\| (A\d+) \|.*\|([^|]*)\|$", text, re.MULTILINE)
    assert [name for name, _ in rows] == [f"A{number}" for number in range(1, 14)]
    for name, where in rows:
        named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", where))
        assert named <= rules, name
