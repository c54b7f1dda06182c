"""The house holds: rooms, sizes, names; nothing unheard, nothing undocumented."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bot import __main__ as command_line
from bot import modal
from bot.settings import Settings
from bot.workspace.emoji import SHAPES

HOUSE = Path(__file__).parent.parent
SOURCES = sorted(
    path for room in ("policy", "storage", "bot", "bench", "tests") for path in (HOUSE / room).rglob("*.py")
)
COMMANDS = command_line.main.commands


def shown(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


@pytest.fixture(scope="session")
def contracts() -> subprocess.CompletedProcess[str]:
    found = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [found, "--no-cache"], cwd=HOUSE, capture_output=True, text=True, timeout=60, check=False
    )


def test_imports_go_leftwards_only(contracts: subprocess.CompletedProcess[str]) -> None:
    assert contracts.returncode == 0, contracts.stdout + contracts.stderr
    kept = re.search(r"Contracts: (\d+) kept, 0 broken", contracts.stdout)
    assert kept and int(kept[1]) >= 5, contracts.stdout


def test_files_can_be_read_in_one_sitting() -> None:
    house = [path for path in SOURCES if not shown(path).startswith("tests/")]
    long = {
        shown(path): count for path in house if (count := len(path.read_text("utf-8").splitlines())) >= 300
    }
    assert long == {}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            nested = [one for one in ast.walk(node) if one is not node and isinstance(one, ast.FunctionDef)]
            inside = sum((one.end_lineno or 0) - one.lineno + 1 for one in nested)
            # A function that only registers listeners is as long as its longest listener.
            length = (node.end_lineno or 0) - node.lineno + 1
            yield f"{shown(path)}:{node.name}", length - (inside if node.name.startswith("_register") else 0)


def test_functions_can_be_read_at_a_glance() -> None:
    long = {name: length for path in SOURCES for name, length in functions(path) if length >= 40}
    assert long == {}


def test_no_file_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    assert [shown(path) for path in SOURCES if drawers & set(path.stem.split("_"))] == []


def test_every_public_thing_says_what_it_is() -> None:
    mute = [shown(path) for path in SOURCES if path.stat().st_size and not ast.get_docstring(_tree(path))]
    assert [name for name in mute if not name.startswith("tests/") or "/test_" in name] == []


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def test_no_path_of_one_machine() -> None:
    texts = [
        *SOURCES,
        *(HOUSE / "docs").rglob("*.md"),
        *HOUSE.glob("*.md"),
        *HOUSE.glob("*.yml"),
        HOUSE / "Makefile",
    ]
    # Written apart, else this file would be found.
    homes = re.compile("|".join(("/" + "work/", "/" + r"home/\w", "/" + r"Users/\w", "/" + "root/")))
    found = [
        f"{shown(path)}: {match[0]}" for path in texts if (match := homes.search(path.read_text("utf-8")))
    ]
    assert found == []


# What is pressed is heard, and what is heard can be pressed


LISTENERS = (HOUSE / "bot" / "listeners.py").read_text("utf-8")


def test_every_control_has_a_listener_and_every_listener_a_control() -> None:
    from bot.decision_listeners import _DECIDING
    from bot.listeners import _REDRAWING
    from bot.messages import _BUTTON
    from policy.lifecycle import Move

    buttons = {f"decide:{move.value}" for move in _BUTTON}
    assert all(_DECIDING.search(one) for one in buttons)
    assert buttons == {f"decide:{move.value}" for move in Move if _DECIDING.search(f"decide:{move.value}")}

    form = modal.build(modal.Draft(tools=({}, {})))
    elements = [
        one for block in form["blocks"] for one in [*block.get("elements", []), block.get("element", {})]
    ]
    pressed = {one["action_id"] for one in elements if one.get("type") == "button"}
    dispatched = {block["element"]["action_id"] for block in form["blocks"] if block.get("dispatch_action")}
    asked = {one["action_id"] for one in elements if one.get("type") == "external_select"}
    assert pressed and dispatched and asked == {modal.PRODUCTION}
    for action in pressed | dispatched:
        assert _REDRAWING.search(action), action
    for name in ("consent_reference", "title", "my_element", "decide:approve"):
        assert not _REDRAWING.search(name), name


def test_every_callback_has_a_listener() -> None:
    from bot.chase_forms import ANSWER, ASK, AWAY, SNOOZE
    from bot.chase_listeners import _SENT
    from bot.decision_listeners import _DECIDING
    from bot.decision_modal import approve_view, call_in_view, deny_view
    from bot.listeners import _FORM
    from policy.verdict import Outcome, Topic

    topics = [Topic.PRODUCTION]
    deciding = [
        approve_view("GEN-1", "x", Outcome.ESCALATE, topics, {}, request=1, revision=1),
        deny_view("GEN-1", "x", request=1, revision=1),
        call_in_view("GEN-1", "x", request=1, revision=1),
    ]
    assert [form for form in deciding if not _DECIDING.search(form["callback_id"])] == []
    assert [each for each in (ASK, ANSWER, AWAY, SNOOZE) if not _SENT.search(each)] == []
    assert _FORM.search(modal.build(modal.Draft())["callback_id"])


def test_every_command_of_the_manifest_has_a_listener() -> None:
    declared = set(re.findall(r"command: (/\S+)", (HOUSE / "manifest.yml").read_text("utf-8")))
    assert declared == set(re.findall(r'@app\.command\("(/[^"]+)"\)', LISTENERS))


# What can be set and typed is written down


def settings() -> list[str]:
    return [name.upper() for name in Settings.model_fields if name != "unknown"]


def environment() -> set[str]:
    """Every name that the settings read."""
    named = {
        str(field.validation_alias or name).upper()
        for name, field in Settings.model_fields.items()
        if name != "unknown"
    }
    return {name if name.startswith(("SLACK_", "CLEARANCE_")) else f"CLEARANCE_{name}" for name in named}


@pytest.mark.parametrize("name", sorted(environment()))
def test_every_setting_is_documented(name: str) -> None:
    assert f"| `{name}` |" in (HOUSE / "docs" / "settings.md").read_text("utf-8")
    assert re.search(rf"^#? ?{name}=", (HOUSE / ".env.example").read_text("utf-8"), re.MULTILINE)


def test_no_setting_is_documented_that_is_not_there() -> None:
    for page in ("docs/settings.md", ".env.example"):
        written = set(
            re.findall(r"^(?:\| `|#? ?)([A-Z_]{6,})[`=]", (HOUSE / page).read_text("utf-8"), re.MULTILINE)
        )
        assert written == environment(), page


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_documented(name: str) -> None:
    page = (HOUSE / "docs" / "commands.md").read_text("utf-8")
    _, _, rest = page.partition(f"`clearance {name}")
    assert rest, f"docs/commands.md lacks clearance {name}"
    part = rest.partition("| `clearance ")[0]
    options = [one.opts[0] for one in COMMANDS[name].params if isinstance(one, click.Option)]
    assert [one for one in options if f"`{one}`" not in part] == []
    assert set(re.findall(r"^\| \| `(--[\w-]+)`", part, re.MULTILINE)) == set(options)


def test_no_command_is_documented_that_is_not_there() -> None:
    page = (HOUSE / "docs" / "commands.md").read_text("utf-8")
    assert set(re.findall(r"^\| `clearance (\w+)", page, re.MULTILINE)) == set(COMMANDS)


def test_help_names_every_command() -> None:
    context = click.Context(command_line.main, info_name="clearance")
    said = command_line.main.get_help(context)
    for name, command in COMMANDS.items():
        assert re.search(rf"^  {name} +\S", said, re.MULTILINE), name
        assert command.help and command.get_short_help_str(120)


def test_every_sign_the_app_shows_is_drawn_in_the_demo() -> None:
    """A machine without an emoji font shows an empty box for the rest."""
    shown = {
        name
        for path in (HOUSE / "bot").glob("*.py")
        for name in re.findall(r"(?<![\w{]):([a-z_]{3,}): ?", path.read_text("utf-8"))
    }
    assert {"mag", "red_circle"} <= shown
    assert shown - {"name"} <= set(SHAPES), sorted(shown - set(SHAPES))
