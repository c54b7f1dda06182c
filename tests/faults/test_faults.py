"""Faults by the dozen: nothing is lost, doubled, stuck or wrong. `make faults` brings a thousand."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.faults.tally import Tally, taken
from tests.faults.telling import Tale, in_house, outside, settle, tell

pytestmark = pytest.mark.long

Where = Callable[[Path, int], AbstractContextManager[Tale]]

FAULTS = int(os.environ.get("FAULTS", "15"))
SEED = int(os.environ.get("SEED", "7"))
# More in one workspace, and the pages that people look at grow long.
IN_ONE_HOUSE = 100
# So many of a hundred befall a bot that is a process of its own and is killed at random instants.
KILLED = 30


@pytest.mark.parametrize(
    ("where", "share"),
    [
        pytest.param(in_house, 100 - KILLED, id="in house"),
        pytest.param(outside, KILLED, id="killed", marks=pytest.mark.process),
    ],
)
def test_a_storm_of_faults_loses_and_doubles_nothing(tmp_path: Path, where: Where, share: int) -> None:
    left, seed, suffered, tally = max(1, FAULTS * share // 100), SEED, 0, Tally()
    while left > 0:
        folder = tmp_path / str(seed)
        folder.mkdir()
        with where(folder, seed) as told:
            tell(told, min(left, IN_ONE_HOUSE), seed)
            settle(told)
            found = taken(told.records)
            suffered += told.suffered
            left -= told.suffered
        print(
            f"\nseed {seed}: {told.suffered} faults, {len(told.records.filed)} requests; {found}", flush=True
        )
        if not found.clean:
            print(f"Tell it again: make faults FAULTS={IN_ONE_HOUSE} SEED={seed}\n{vars(found)}")
        tally, seed = tally + found, seed + 1
    print(f"{suffered} faults from seed {SEED}: {tally}")
    assert tally.clean, vars(tally)
