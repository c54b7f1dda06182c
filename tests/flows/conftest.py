"""One workspace and one bot for all stories of a module: each story files a request of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.flows.fortnight import FILM, Fortnight, at, twice
from tests.person import Person
from tests.studio import House, house


@dataclass
class Stage:
    """The house and its people."""

    house: House
    ana: Person
    jun: Person
    theo: Person
    ravi: Person
    mei: Person
    oskar: Person
    lucia: Person
    ops: Person


def stage_of(built: House) -> Stage:
    """Everybody at their place."""
    names = ("ana", "jun", "theo", "ravi", "mei", "oskar", "lucia", "ops")
    return Stage(built, **{name: built.person(f"U0{name.upper()}") for name in names})


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The demo's productions and people, with an empty register."""
    with house(tmp_path_factory.mktemp("house")) as built:
        built.start()
        yield stage_of(built)


@pytest.fixture
def film(tmp_path: Path) -> Iterator[Fortnight]:
    """A film on Monday 23 November 2026, 10:00 in London; whatever happens, nothing is said twice."""
    begun = Fortnight(f"sqlite:///{tmp_path / 'film.db'}", FILM, at("2026-11-23T10:00"))
    yield begun
    keys = [one.key for one in begun.heard]
    begun.close()
    assert twice(keys) == []
