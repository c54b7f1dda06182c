"""Faults by the dozen: nothing is lost, doubled, stuck or wrong. `make faults` brings a thousand."""

from __future__ import annotations

import os
from pathlib import Path

from tests.faults.tally import Tally, taken
from tests.faults.telling import tale, tell

FAULTS = int(os.environ.get("FAULTS", "15"))
SEED = int(os.environ.get("SEED", "7"))
# More in one workspace, and the pages that people look at grow long.
IN_ONE_HOUSE = 100


def test_a_storm_of_faults_loses_and_doubles_nothing(tmp_path: Path) -> None:
    left, seed, suffered, tally = FAULTS, SEED, 0, Tally()
    while left > 0:
        folder = tmp_path / str(seed)
        folder.mkdir()
        with tale(folder, seed) as told:
            tell(told, min(left, IN_ONE_HOUSE), seed)
            found = taken(told)
            suffered += told.suffered
            left -= told.suffered
        print(f"\nseed {seed}: {told.suffered} faults, {len(told.filed)} requests; {found}", flush=True)
        if not found.clean:
            print(f"Tell it again: make faults FAULTS={IN_ONE_HOUSE} SEED={seed}\n{vars(found)}")
        tally, seed = tally + found, seed + 1
    print(f"{suffered} faults from seed {SEED}: {tally}")
    assert tally.clean, vars(tally)
