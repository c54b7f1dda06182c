"""The ladder as it is when nobody writes one, and as an operator writes it for a production."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from policy.ladder import LADDER, Rung
from tests.policy.written import NIGHTFALL, RAVI, TOP, read, refused

ROOT = Path(__file__).parents[2]
WHERE = "directory.toml, line 10: productions.NIGHTFALL.ladder[1]"


def written(*rungs: str) -> str:
    return "".join(f"[[productions.NIGHTFALL.ladder]]\n{rung}\n" for rung in rungs)


def refusal(*rungs: str) -> str:
    return refused(TOP, RAVI, NIGHTFALL, written(*rungs))


def test_without_a_word_the_ladder_is_the_documented_one() -> None:
    assert read(TOP, RAVI, NIGHTFALL).production("NIGHTFALL").ladder == LADDER
    page = (ROOT / "docs" / "directory.md").read_text("utf-8")
    table = page.partition("| `kind` | `after` | `before` | `at_most` |")[2].partition("\n\n")[0]
    rows = [[cell.strip(" `") for cell in row.strip("|").split("|")] for row in table.splitlines()[2:]]
    assert [row[:4] for row in rows] == [_row(rung) for rung in LADDER]


def _row(rung: Rung) -> list[str]:
    times = '"until decided"' if rung.at_most is None else "" if rung.kind != "remind" else str(rung.at_most)
    return [
        f'"{rung.kind}"',
        *("" if hours is None else f"{hours:g}" for hours in (rung.after, rung.before)),
        times,
    ]


def test_a_production_has_a_ladder_of_its_own() -> None:
    own = written(
        'kind = "remind"\nafter = 2.5\nat_most = 3', 'kind = "remind"\nafter = 40\nat_most = "until decided"',
        'kind = "backup"\nafter = 8', 'kind = "last_call"\nbefore = 6\nto = "contact"',
    )  # fmt: skip
    assert read(TOP, RAVI, NIGHTFALL, own).production("NIGHTFALL").ladder == (
        Rung(kind="remind", after=2.5, at_most=3),
        Rung(kind="remind", after=40, at_most=None),
        Rung(kind="backup", after=8),
        Rung(kind="last_call", before=6, to="contact"),
    )


def test_a_ladder_may_be_written_in_lines_too() -> None:
    own = 'ladder = [\n  { kind = "backup", after = 8 },\n]\n'
    assert read(TOP, RAVI, NIGHTFALL, own).production("NIGHTFALL").ladder == (Rung(kind="backup", after=8),)


@pytest.mark.parametrize(
    ("rung", "says"),
    [
        (
            'kind = "remid"\nafter = 4',
            f'{WHERE.replace("10", "11")}.kind: "remid" is not one of its answers; did you mean "remind"?',
        ),
        (
            "after = 4",
            f'{WHERE}.kind: this key is missing; say what it does: kind = "remind", "backup" or "last_call"',
        ),
        (
            'kind = "remind"\nafter = 4\nbefore = 4',
            f"{WHERE}: both after and before are written; write one of them, like after = 4",
        ),
        (
            'kind = "remind"',
            f"{WHERE}: neither after nor before is written; write one of them, like after = 4",
        ),
        (
            'kind = "remind"\nafter = "4"',
            f"{WHERE.replace('10', '12')}.after: this is not a number of hours; "
            "write it without quotes, like 4 or 1.5",
        ),
        (
            'kind = "last_call"\nafter = 4',
            f"{WHERE}: a last call counts back from the needed-by date; write before instead of after",
        ),
        (
            'kind = "backup"\nafter = 4\nat_most = 2',
            f"{WHERE}: only a remind can come more than once; leave at_most out of this backup",
        ),
        (
            'kind = "remind"\nafter = 4\nat_most = "always"',
            f"{WHERE.replace('10', '13')}.at_most: this is not how often; write a number from 1, "
            'or "until decided"',
        ),
        (
            'kind = "remind"\nafter = 4\nto = "all"',
            f'{WHERE.replace("10", "13")}.to: "all" is not one of its answers; known are: contact, everyone',
        ),
        (
            'kind = "remind"\nafte = 4',
            f'{WHERE.replace("10", "12")}.afte: unknown key; did you mean "after"?',
        ),
    ],
)
def test_refused_a_rung_that_makes_no_sense(rung: str, says: str) -> None:
    assert says in refusal(rung).splitlines()


@pytest.mark.parametrize("hours", ["0", "-1", "1001", "nan", "inf"])
def test_refused_hours_nobody_waits(hours: str) -> None:
    says = refusal(f'kind = "remind"\nafter = {hours}')
    assert f"{hours} hours do not work; write more than 0 and at most 1000" in says


@pytest.mark.parametrize("times", ["0", "-1", "true", "1.5"])
def test_refused_times_that_are_none(times: str) -> None:
    assert "this is not how often" in refusal(f'kind = "remind"\nafter = 1\nat_most = {times}')


def test_refused_the_same_rung_twice() -> None:
    same = 'kind = "remind"\nafter = 4'
    says = refusal(same, 'kind = "backup"\nafter = 4', f"{same}.0\nat_most = 1")
    assert says == (
        "directory.toml, line 10: productions.NIGHTFALL.ladder: "
        "rungs 1 and 3 are the same; keep one of the two"
    )


def test_refused_a_ladder_without_rungs() -> None:
    says = refused(TOP, RAVI, NIGHTFALL, "ladder = []\n")
    assert "ladder: at least one entry is needed; leave ladder out to chase as usual" in says


def test_the_second_faulty_rung_is_told_on_its_own_line() -> None:
    says = refusal('kind = "remind"\nafter = 4', 'kind = "backup"\nafter = 0')
    assert says.startswith("directory.toml, line 15: productions.NIGHTFALL.ladder[2].after: 0 hours")


def test_a_rung_in_code_is_checked_the_same() -> None:
    with pytest.raises(ValidationError, match="neither after nor before"):
        Rung(kind="remind")
