"""The office of these stories."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.processes.office import Office, open_office
from tests.storage.conftest import postgres_server

__all__ = ["office", "postgres_server", "shared"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office on SQLite for all stories of a module."""
    with open_office(tmp_path_factory.mktemp("office")) as opened:
        yield opened


@pytest.fixture
def office(shared: Office) -> Iterator[Office]:
    """Its bot runs, and nothing goes wrong until the story says so."""
    if not shared.bot.alive:
        shared.bot.start()
    yield shared
    shared.house.workspace.faults.clear()
