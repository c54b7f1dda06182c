"""`clearance register find`: counsel finds everything that the register has, on both databases."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.register_find import find_requests
from bot.settings import Settings, load_settings
from bot.shipped import shipped
from storage import requests
from storage.database import Database
from tests.storage.people import NOW, a_request


@pytest.fixture
def settings(database: Database, ready_url: str, tmp_path: Path) -> Settings:
    """A register of three requests; the example directory."""
    said = (
        {"title": "Poster in the corridor", "production": "NIGHTFALL"},
        {"title": "Posters\x1b[2J for the station", "production": "PAPERLANTERN"},
        {"title": "Crowd at the pier", "production": "NIGHTFALL", "requester_name": "Jun Park"},
    )
    with database.transaction() as tx:
        for number, each in enumerate(said):
            at = NOW + timedelta(days=number)
            requests.open_request(tx, a_request(form_key=f"V{number}", description="", **each), at)
    path = tmp_path / "directory.toml"
    path.write_text(shipped("directory.example.toml").read_text("utf-8"), "utf-8")
    named = {"CLEARANCE_DATABASE_URL": ready_url, "CLEARANCE_DIRECTORY": str(path)}
    return load_settings(named, env_file=None)


def test_what_says_the_words_comes_newest_first_a_line_each(settings: Settings) -> None:
    answer = find_requests(settings, "poster", 20)
    assert answer.status == 0
    newest, oldest = answer.text.splitlines()
    assert newest == (
        "GEN-2  PAPERLANTERN  Posters [2J for the station (escalate, pending; 2026-03-03, Ana Ibáñez)"
    )
    assert oldest.startswith("GEN-1  NIGHTFALL  Poster in the corridor (")
    assert find_requests(settings, "poster", 1).text == newest


def test_as_json_it_is_an_object_a_line(settings: Settings) -> None:
    [line] = find_requests(
        settings, "crowd from:jun production:nightfall", 20, as_json=True
    ).text.splitlines()
    assert json.loads(line) == {
        "id": 3,
        "label": "GEN-3",
        "production": "NIGHTFALL",
        "title": "Crowd at the pier",
        "outcome": "escalate",
        "status": "pending",
        "requester": "Jun Park",
        "created_at": "2026-03-04T09:30:00+00:00",
    }


@pytest.mark.parametrize("words", ["season", "lantern", "GEN-2", "2", "paper status:pending"])
def test_a_title_a_number_and_a_filter_find_too(settings: Settings, words: str) -> None:
    answer = find_requests(settings, words, 20)
    assert answer.status == 0 and answer.text.startswith("GEN-")


def test_the_directory_is_not_needed(settings: Settings) -> None:
    settings.directory.unlink()
    assert find_requests(settings, "nightfall crowd", 20).text.startswith("GEN-3  NIGHTFALL")
    assert find_requests(settings, "season", 20).status == 1


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        ("xylophone", 1, "Nothing in the register says that. Try fewer words, or others."),
        ("poster production:NIGHTFLL", 1, "Nothing in the register says that. Did you mean production:NIGHT"),
        ("GEN-99", 1, "There is no GEN-99 in the register."),
        ("???", 2, "Write a word that the request says, or its number like GEN-3."),
        ("status:pendign", 2, 'There is no status "pendign"; did you mean "pending"?'),
    ],
)
def test_nothing_found_and_nothing_searched_are_told_apart(
    settings: Settings, words: str, status: int, says: str
) -> None:
    answer = find_requests(settings, words, 20)
    assert (answer.status, answer.text.startswith(says)) == (status, True)
    assert find_requests(settings, words, 20, as_json=True).text in ("", answer.text)
