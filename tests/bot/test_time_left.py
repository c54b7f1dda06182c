"""How much time the contact has, beside the date in the form: a convenience that costs nobody their form."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

from bot.listeners import _time_left
from storage.database import Database
from storage.errors import Busy
from tests.bot.test_delivery import Office

SOON = date(2026, 3, 4)


class BusyDatabase:
    """Nobody gets a view of the rows in time."""

    @contextmanager
    def reading(self) -> Iterator[Any]:
        raise Busy
        yield


def test_it_is_said_to_who_may_file_and_left_out_when_the_database_is_busy(tmp_path: Path) -> None:
    office = Office(tmp_path / "clearance.db")
    said = _time_left(office.desk, "NIGHTFALL", SOON, {"NIGHTFALL"})
    assert "Ravi Menon has about" in said and "before 4 Mar 2026 ends" in said
    assert _time_left(office.desk, "NIGHTFALL", SOON, set()) == "", "a title may be secret"
    held_up = replace(office.desk, database=cast(Database, BusyDatabase()))
    assert _time_left(held_up, "NIGHTFALL", SOON, {"NIGHTFALL"}) == ""
    office.database.close()
