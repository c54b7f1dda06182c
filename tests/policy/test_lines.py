"""A fault names the line of the key it is about, however the file is written."""

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy.lines import Place, line_of

TABLES = '''title = "element = 'x'"
description = """
output_final = "maybe"
[facts]
"""
[facts]
element = "other"  # output_final = "no"
output_final = "no"

[[facts.steps]]
tool = "a, environment = 3 [[facts.steps]]"
environment = "netflix"
[[facts.steps]]
tool = "b"
environment = "moon"
'''

INLINE = """facts = { element = "other",  steps = [
  { tool = "}, {x", environment = "netflix" },
  { tool = 'b', environment = "moon" }, { environment = "x" },
  { environment = 07:32:00 } ] }
vendor = "v"
"""

OBJECT = """{
 "description": "the \\"output_final\\": said",
 "facts": {
  "steps": [
   {"tool": "}{", "title": "environment: moon"},
   {"tool": "b",
    "environment": "moon"}
  ],
  "output_final": "maybe"
 },
 "title": 3
}"""

DOTTED = """facts.element = "other"
facts.steps = [{environment="netflix"}]
'facts'.output_final = "maybe"
# union_work = 3
"facts".union_work = 1
facts . model_reuse = 2
"""

NESTED = """[[rule]]
id = "a"
[[rule]]
id = "b"
when = { any = [
  { element = "x" },
  { element = "z" },
] }
[rule.unless]
element = "y"
[[rule]]
when = { element = "z" }
"""


@pytest.mark.parametrize(
    ("text", "place", "line"),
    [
        (TABLES, ("title",), 1),
        (TABLES, ("description",), 2),
        (TABLES, ("facts",), 6),
        (TABLES, ("facts", "output_final"), 8),
        (TABLES, ("facts", "steps"), 10),
        (TABLES, ("facts", "steps", 0), 10),
        (TABLES, ("facts", "steps", 0, "environment"), 12),
        (TABLES, ("facts", "steps", 1), 13),
        (TABLES, ("facts", "steps", 1, "tool"), 14),
        (TABLES, ("facts", "steps", 1, "environment"), 15),
        (TABLES, ("facts", "steps", 2), None),
        (INLINE, ("facts", "element"), 1),
        (INLINE, ("facts", "steps", 0, "environment"), 2),
        (INLINE, ("facts", "steps", 1, "environment"), 3),
        (INLINE, ("facts", "steps", 2), 3),
        (INLINE, ("facts", "steps", 3, "environment"), 4),
        (INLINE, ("vendor",), 5),
        (OBJECT, ("facts", "output_final"), 9),
        (OBJECT, ("facts", "steps", 0, "title"), 5),
        (OBJECT, ("title",), 11),
        (OBJECT, ("facts", "steps", 1), 6),
        (OBJECT, ("facts", "steps", 1, "environment"), 7),
        (OBJECT, ("facts", "vendor"), None),
        (DOTTED, ("facts", "element"), 1),
        (DOTTED, ("facts", "steps", 0, "environment"), 2),
        (DOTTED, ("facts", "output_final"), 3),
        (DOTTED, ("facts", "union_work"), 5),
        (DOTTED, ("facts", "model_reuse"), 6),
        (NESTED, ("rule", 0, "id"), 2),
        (NESTED, ("rule", 1, "when"), 5),
        (NESTED, ("rule", 1, "when", "any", 1, "element"), 7),
        (NESTED, ("rule", 1, "unless", "element"), 10),
        (NESTED, ("rule", 2, "when"), 12),
        (NESTED, ("rule", 2, "id"), None),
        (NESTED.replace("\n", "\r\n"), ("rule", 2, "when"), 12),
    ],
)
def test_a_key_is_found_on_its_line(text: str, place: Place, line: int | None) -> None:
    assert line_of(text, place) == line


def every_place(value: Any, at: Place = ()) -> list[Place]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found: list[Place] = []
    for key, entry in inside:
        found += [(*at, key), *every_place(entry, (*at, key))]
    return found


@pytest.mark.parametrize("text", [TABLES, INLINE, DOTTED, NESTED])
def test_every_key_of_a_toml_text_has_a_line(text: str) -> None:
    assert [place for place in every_place(tomllib.loads(text)) if line_of(text, place) is None] == []


values = st.recursive(
    st.text(max_size=6) | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)


@settings(max_examples=150, deadline=None)
@given(value=st.dictionaries(st.text(max_size=4), values, max_size=4))
def test_every_key_of_any_object_has_the_line_that_it_was_written_on(value: dict[str, Any]) -> None:
    text = json.dumps(value, indent=1)
    lines = text.split("\n")
    for place in every_place(value):
        line = line_of(text, place)
        assert line is not None
        if isinstance(place[-1], str):
            assert lines[line - 1].lstrip().startswith(json.dumps(place[-1]) + ":")


def test_a_text_nested_beyond_reason_has_no_lines_and_no_error() -> None:
    assert line_of('{"a":' * 5000 + "1" + "}" * 5000, ("a",)) in (1, None)
