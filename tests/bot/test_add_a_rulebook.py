"""docs/add-a-rulebook.md: every command in it runs as it stands, one after the other."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from tests.policy.books import ROOT, STUDIO

DOCS = ROOT / "docs"


def commands_in(text: str) -> list[str]:
    return [block.strip() for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)]


def test_the_commands_in_add_a_rulebook_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / STUDIO.name).write_bytes(STUDIO.read_bytes())
    (tmp_path / "request.toml").write_text('[facts]\nelement = "model"\n[[facts.steps]]\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    commands = commands_in((DOCS / "add-a-rulebook.md").read_text(encoding="utf-8"))
    assert len(commands) > 8
    for command in commands:
        check_command(command)


def check_command(command: str) -> None:
    """A command of the shell, or one of ours; a comparison may find differences."""
    if not command.startswith("clearance "):
        subprocess.run(command, shell=True, check=True, capture_output=True)
        return
    arguments = shlex.split(command)[1:]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code in ((0, 1) if arguments[1] == "diff" else (0,)), (command, result.output)
    assert result.stdout
