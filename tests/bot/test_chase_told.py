"""What a contact is told after they put something off: when it comes back, where they are."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.chase_told import snoozed_told
from storage import requests
from tests.flows.fortnight import FILM, Fortnight


def test_put_off(tmp_path: Path) -> None:
    film = Fortnight(f"sqlite:///{tmp_path / 'film.db'}", FILM, datetime(2026, 3, 27, 10, tzinfo=UTC))
    number = film.file()
    with film.database.reading() as tx:
        row = requests.get(tx, number)
    film.close()
    assert row is not None
    until = datetime(2026, 3, 30, 8, tzinfo=UTC)
    told = "You are reminded of GEN-1 again on 30 Mar 2026 at {}. ana sees that you put it off."
    assert snoozed_told(row, until, ZoneInfo("Europe/London")) == told.format("09:00 (BST)")
    assert snoozed_told(row, until, ZoneInfo("Asia/Tokyo")) == told.format("17:00 (JST)")
