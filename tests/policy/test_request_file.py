"""Request files: what is read, and what is refused with which sentence on which line."""

import json
from datetime import date
from typing import Any

import pytest

from policy.facts import Use
from policy.faults import Invalid, nearest
from policy.request_file import read_uses

Json = dict[str, Any]
STEPS = [{"environment": "netflix", "stores_or_trains": "no"}]

TOML = """title = "Mood boards"
needed_by = 2026-12-31
[facts]
element = "reference"
[[facts.steps]]
environment = "netflix"
"""


def one_json(facts: Json | None = None, **beside: Any) -> str:
    return json.dumps({**beside, "facts": {"steps": STEPS, **(facts or {})}})


def refusals(text: str, source: str = "r.json") -> list[str]:
    with pytest.raises(Invalid) as refused:
        read_uses(text, source)
    return [str(fault) for fault in refused.value.faults]


def refusal(text: str, source: str = "r.json") -> str:
    (only,) = refusals(text, source)
    return only


def read_one(text: str, source: str = "r.json") -> Use:
    (only,) = read_uses(text, source)
    return only


# What is read


@pytest.mark.parametrize("source", ["r.toml", "-", "r", "R.TOML"])
def test_a_toml_file_is_one_request(source: str) -> None:
    use = read_one(TOML, source)
    assert (use.id, use.title, use.needed_by) == (f"{source}:1", "Mood boards", date(2026, 12, 31))
    assert use.facts.output_final == "unsure"


@pytest.mark.parametrize("source", ["r.json", "-", "r.txt", "r.jsonl"])
def test_a_json_object_is_one_request(source: str) -> None:
    use = read_one(one_json({"element": "reference"}, id="7", needed_by="2026-12-31"), source)
    assert (use.id, use.needed_by) == ("7", date(2026, 12, 31))


@pytest.mark.parametrize("source", ["r.jsonl", "r.json", "-"])
def test_json_lines_are_many_requests_named_by_their_lines(source: str) -> None:
    text = f"{one_json()}\n\n  \n{one_json(id='mine')}\r\n{one_json()}"
    assert [use.id for use in read_uses(text, source)] == [f"{source}:1", "mine", f"{source}:5"]


@pytest.mark.parametrize("text", [TOML, one_json({"element": "reference"}, title="Mood boards")])
def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(text: str) -> None:
    assert read_one("\ufeff" + text.replace("\n", "\r\n"), "-").title == "Mood boards"


@pytest.mark.parametrize("start", ["[facts]\n", "\n\n[ facts ]\n", "# our request\n[facts]\n", ""])
def test_toml_without_a_name_may_begin_with_a_table(start: str) -> None:
    text = f'{start}[[facts.steps]]\nenvironment = "netflix"\n'
    assert read_one(text, "-").facts.steps[0].environment == "netflix"


def test_an_empty_id_counts_as_none() -> None:
    assert read_one(one_json(id="  ")).id == "r.json:1"


def test_a_line_separator_inside_a_text_ends_no_line() -> None:
    text = one_json(title="one\u2028two")
    assert read_one(json.dumps(json.loads(text), ensure_ascii=False), "r.jsonl").title == "one\u2028two"


def test_three_thousand_characters_fit_and_one_more_does_not() -> None:
    assert len(read_one(one_json(description="x" * 3000)).description) == 3000
    assert refusal(one_json(description="x" * 3001)) == (
        "r.json, line 1: description: at most 3000 characters fit, these are 3001"
    )


def test_a_step_may_leave_its_own_answers_to_the_request() -> None:
    assert read_one(one_json({"steps": [{}]})).facts.steps[0].personal_data is None


# What is refused


@pytest.mark.parametrize("text", ["", " \n\t\r\n ", "\ufeff", "\ufeff \n"])
@pytest.mark.parametrize("source", ["r.toml", "r.json", "r.jsonl", "-"])
def test_an_empty_file_holds_no_request(text: str, source: str) -> None:
    assert refusal(text, source) == f"{source}: there is no request in it"


ONE_OF = "is not an answer; write one of no, unsure, yes in quotes"
NONE_NEAR = "is not one of its answers; known are: no, unsure, yes"
LINES = [
    ("output_fnal", '"no"', 'facts.output_fnal: unknown key; did you mean "output_final"?'),
    ("output_final", '"maybe"', f'facts.output_final: "maybe" {NONE_NEAR}'),
    ("output_final", '"No"', 'facts.output_final: "No" is not one of its answers; did you mean "no"?'),
    ("output_final", '""', f'facts.output_final: "" {NONE_NEAR}'),
    ("output_final", "true", f"facts.output_final: true {ONE_OF}"),
    ("output_final", "0", f"facts.output_final: 0 {ONE_OF}"),
    ("output_final", '["no"]', f"facts.output_final: this {ONE_OF}"),
    ("environment", '"netflix"', 'facts.environment: unknown key'),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value", "says"), LINES)
def test_a_wrong_answer_is_named_with_its_line_in_toml_and_json(key: str, value: str, says: str) -> None:
    toml = TOML.replace("[[facts", f"{key} = {value}\n\n[[facts")
    assert refusal(toml, "r.toml").startswith(f"r.toml, line 5: {says}")
    text = json.dumps({"title": key, "facts": {"steps": STEPS, key: json.loads(value)}}, indent=1)
    line = text[: text.rindex(f'"{key}"')].count("\n") + 1
    assert refusal(text).startswith(f"r.json, line {line}: {says}")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (one_json(titel="x"), 'line 1: titel: unknown key; did you mean "title"?'),
        (one_json({"steps": [{}, {"enviroment": "netflix"}]}), 'steps[2].enviroment: unknown key; did'),
        (one_json({"steps": [{"output_final": "no"}]}), "steps[1].output_final: unknown key; known"),
        (one_json({"steps": []}), "facts.steps: at least one entry is needed"),
        (one_json({"steps": [{}] * 51}), "facts.steps: at most 50 entries fit"),
        (one_json({"steps": {"tool": "x"}}), "facts.steps: this must be a list"),
        (one_json({"steps": ["x"]}), "facts.steps[1]: this must be a table of keys and values"),
        (one_json({"steps": None}), "facts.steps: this must be a list"),
        ('{"facts": {}}', "line 1: facts.steps: this key is missing"),
        ("{}", "r.json: facts: this key is missing"),
        ('{"facts": "yes"}', "facts: this must be a table of keys and values"),
        ('{"facts": null}', "facts: this must be a table of keys and values"),
        (one_json(id=42), "id: 42 is not text; write it in quotes"),
        (one_json(title=None), "title: null is not text; write it in quotes"),
        (one_json(context="trailer"), 'context: "trailer" is not one of its answers'),
        (one_json(title="x" * 301), "title: at most 300 characters fit, these are 301"),
        (one_json({"output_final": float("nan")}), "facts.output_final: nan is not an answer"),
        ('{"title": NaN, "facts": {"steps": [{}]}}', "title: nan is not text; write it in quotes"),
        ('{"": 1, "facts": {"steps": [{}]}}', "unknown key; known are: id, production"),
        ('{"a\\nb\\u001b[2J": 1, "facts": {"steps": [{}]}}', "a b [2J: unknown key"),
        (one_json({"output_final": "a\nb\x1b"}), 'facts.output_final: "a b " is not one of its answers'),
        (one_json({"output_final": "\ud800"}), "facts.output_final: "),
        (one_json(id="\ud800"), "id: "),
    ],
)  # fmt: skip
def test_a_wrong_request_is_refused_in_one_line(text: str, says: str) -> None:
    sentence = refusal(text)
    assert says in sentence
    assert sentence.isprintable()


@pytest.mark.parametrize(
    "given", ["tomorrow", "20261231", "2026-W53-4", "2026-02-30", "2026-12-31T10:00", 20261231, True, [], ""]
)
def test_a_date_is_written_one_way(given: Any) -> None:
    assert refusal(one_json(needed_by=given)) == "r.json, line 1: needed_by: write the date as YYYY-MM-DD"


def test_a_point_in_time_is_no_date() -> None:
    text = TOML.replace("2026-12-31", "2026-12-31T10:00:00Z")
    assert refusal(text, "r.toml") == "r.toml, line 2: needed_by: write the date as YYYY-MM-DD"


@pytest.mark.parametrize("text", ['"x"', "1", "null", "[]", '[{"facts": {"steps": [{}]}}]', "[[1]]", "NaN"])
def test_a_request_is_an_object(text: str) -> None:
    assert "a request is an object { ... }; write several as JSON Lines" in refusal(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"title": "x",}', "r.json, line 1: this is not valid JSON: "),
        ('{\n "title": "x"\n "id": "y"\n}', "r.json, line 3: this is not valid JSON: "),
        ('{\n "title": "x"\n}\n}', "r.json, line 4: this is not valid JSON: Extra data"),
        ('{"title": "\x00"}', "r.json, line 1: this is not valid JSON: Invalid control character"),
        ('{"a": 1,\n"b": 2,\n"a": 3}', "r.json, line 3: a: this key stands twice; keep one"),
        ('{"a": {"b": 1,\n "b": 2}}', "r.json, line 2: b: this key stands twice; keep one"),
        ("[" * 100_000, "r.json: it is nested too deeply"),
        ('{"a":' * 100_000, "r.json: it is nested too deeply"),
        ('{"id": ' + "9" * 5000 + "}", "r.json: a number in it is too long"),
    ],
)
def test_broken_json_is_refused_with_its_line(text: str, says: str) -> None:
    assert refusal(text).startswith(says)


def test_nesting_that_the_parser_still_bears_is_refused_like_any_wrong_value() -> None:
    for depth in (50, 300, 900):
        for sentence in refusals('{"a":' * depth + "1" + "}" * depth):
            assert "\n" not in sentence


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hello world", "r.toml, line 1: this is not valid TOML: "),
        ('[facts]\nelement = "other"\nelement = "model"', "r.toml, line 3: this is not valid TOML: "),
        ('title = "x', "r.toml, line 1: this is not valid TOML: "),
        ("a = " + "[" * 5000, "r.toml: it is nested too deeply"),
        ("a = " + "9" * 5000, "r.toml: a number in it is too long"),
        ("[facts]\nsteps = []", "r.toml, line 2: facts.steps: at least one entry is needed"),
        ('[facts]\nelement = "other"', "r.toml, line 1: facts.steps: this key is missing"),
        ("[[facts]]\n", "r.toml, line 1: facts: this must be a table of keys and values"),
        ("[facts]\noutput_final = 07:32:00\n[[facts.steps]]", "r.toml, line 2: facts.output_final: "),
    ],
)  # fmt: skip
def test_broken_toml_is_refused_with_its_line(text: str, says: str) -> None:
    assert refusal(text, "r.toml").startswith(says)


def test_the_second_step_is_found_even_when_the_first_has_the_same_keys() -> None:
    text = TOML + '[[facts.steps]]\ntool = "environment = 1"\nenvironment = "moon"\n'
    assert refusal(text, "r.toml").startswith("r.toml, line 9: facts.steps[2].environment: ")


def test_every_faulty_line_of_json_lines_is_named_in_order() -> None:
    lines = [one_json(), "{bad", one_json(titel="x"), "[]", "", '{"facts": 1}', '{"a": 1, "a": 2}']
    sentences = refusals("\n".join(lines), "many.jsonl")
    assert [sentence.partition(":")[0] for sentence in sentences] == [
        f"many.jsonl, line {number}" for number in (2, 3, 4, 6, 7)
    ]


def test_every_fault_of_one_request_is_named() -> None:
    text = one_json({"element": "prop", "consent": True}, titel="x")
    assert len(refusals(text)) == 3


# The nearest word


@pytest.mark.parametrize(
    ("word", "known", "says"),
    [
        ("enviroment", ["environment", "element"], 'did you mean "environment"?'),
        ("ELEMENT", ["environment", "element"], 'did you mean "element"?'),
        ("zzz", ["no", "yes"], "known are: no, yes"),
        ("", ["no", "yes"], "known are: no, yes"),
    ],
)
def test_the_nearest_word_is_offered_or_else_all(word: str, known: list[str], says: str) -> None:
    assert nearest(word, known) == says
