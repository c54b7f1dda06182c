"""The doctor looks at an installation and says in a line each what is wrong and how to mend it."""

from datetime import date
from pathlib import Path

import pytest

from bot.diagnosis import exit_status
from bot.doctor import examine
from bot.settings import load_settings
from storage import search_sqlite
from storage.database import open_database
from storage.schema import upgrade
from tests.bot.installation import ROOT, SECRETS, TODAY, installation, told


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return installation(tmp_path)


def make_tables(environ: dict[str, str]) -> None:
    database = open_database(environ["CLEARANCE_DATABASE_URL"])
    upgrade(database)
    database.close()


def test_all_is_well(environ: dict[str, str]) -> None:
    make_tables(environ)
    says = told(environ)
    assert "FIX" not in says
    assert "warn" not in says
    assert [line.split(":")[0] for line in says.splitlines()] == [
        "ok    settings",
        "ok    bot token",
        "ok    app token",
        "ok    signing secret",
        "ok    manifest",
        "ok    directory",
        "ok    rulebook",
        "ok    database",
    ]


def test_only_something_to_mend_makes_the_exit_status_one(environ: dict[str, str]) -> None:
    def status(**changes: str) -> int:
        settings = load_settings({**environ, **changes}, None)
        return exit_status(examine(settings, manifest_path=ROOT / "manifest.yml", today=TODAY, connect=False))

    assert status() == 0
    assert status(CLEARANCE_TYPO="1") == 0
    assert status(SLACK_BOT_TOKEN="secret") == 1


def test_an_unknown_setting_and_a_stand_in_for_slack_are_warned_of(environ: dict[str, str]) -> None:
    says = told({**environ, "CLEARANCE_LOGLEVEL": "x", "CLEARANCE_SLACK_API_URL": "http://127.0.0.1:1/"})
    assert (
        'warn  settings: CLEARANCE_LOGLEVEL is set but means nothing; did you mean "CLEARANCE_LOG_LEVEL"?'
        in says
    )
    assert "warn  settings: the app talks to http://127.0.0.1:1/ instead of Slack" in says


def test_tokens_of_the_wrong_shape_are_told_and_never_shown(environ: dict[str, str]) -> None:
    says = told(
        {**environ, "SLACK_BOT_TOKEN": "hush-1", "SLACK_APP_TOKEN": "hush-2", "SLACK_SIGNING_SECRET": "hush"}
    )
    assert "FIX   bot token: SLACK_BOT_TOKEN does not look right" in says
    assert "FIX   app token: SLACK_APP_TOKEN does not look right" in says
    assert "FIX   signing secret: SLACK_SIGNING_SECRET does not look right" in says
    assert "hush" not in says


def test_without_tokens_the_doctor_says_where_to_find_them(environ: dict[str, str]) -> None:
    bare = {name: value for name, value in environ.items() if name not in SECRETS}
    says = told(bare, connect=True)
    assert "FIX   bot token: SLACK_BOT_TOKEN is not set; find it in your app's pages" in says
    assert "FIX   app token: SLACK_APP_TOKEN is not set" in says
    assert "ok    signing secret: not set; Socket Mode needs none" in says
    assert "warn  slack: not asked: there is no usable bot token" in says


def test_over_http_no_app_token_is_needed(environ: dict[str, str]) -> None:
    del environ["SLACK_APP_TOKEN"]
    assert "ok    app token: not set; Slack reaches the app over HTTP" in told(environ)


def test_each_fault_of_the_directory_has_its_line(environ: dict[str, str]) -> None:
    path = Path(environ["CLEARANCE_DIRECTORY"])
    text = path.read_text(encoding="utf-8").replace("Europe/London", "Europe/Lundon")
    path.write_text(text.replace('backup = "lucia"', 'backup = "lucy"'), encoding="utf-8")
    says = told(environ)
    assert (
        f'FIX   directory: {path}, line 8: contacts.ravi.timezone: "Europe/Lundon" is not a time zone' in says
    )
    assert f'FIX   directory: {path}, line 25: contacts.oskar.backup: there is no contact "lucy"' in says


def test_a_contact_without_a_backup_is_warned_of(environ: dict[str, str]) -> None:
    path = Path(environ["CLEARANCE_DIRECTORY"])
    path.write_text(path.read_text(encoding="utf-8").replace('backup = "lucia"', ""), encoding="utf-8")
    assert "warn  directory: oskar has no backup" in told(environ)


def test_a_directory_that_is_missing_or_unreadable_is_told(environ: dict[str, str], tmp_path: Path) -> None:
    path = Path(environ["CLEARANCE_DIRECTORY"])
    path.write_bytes(b"\xff\xfe")
    assert f"FIX   directory: {path} is not text in UTF-8" in told(environ)
    path.unlink()
    assert f"FIX   directory: there is no file {path}; start from directory.example.toml" in told(environ)
    assert "cannot be read: Is a directory" in told({**environ, "CLEARANCE_DIRECTORY": str(tmp_path)})


def test_a_book_compared_long_ago_is_warned_of(environ: dict[str, str]) -> None:
    says = told(environ, today=date(2026, 6, 1))
    assert "warn  rulebook: netflix-genai 2025-11-11 (" in says
    assert "was compared with its source" in says


def test_a_book_nobody_wrote_is_told(environ: dict[str, str]) -> None:
    path = Path(environ["CLEARANCE_DIRECTORY"])
    text = path.read_text(encoding="utf-8").replace(
        'contact = "ravi"', 'contact = "ravi"\nrulebooks = ["netflix"]'
    )
    path.write_text(text, encoding="utf-8")
    assert "FIX   rulebook: rulebook: netflix: there is no such rulebook" in told(environ)


def test_a_database_that_is_not_there_yet_is_not_made_by_looking(
    environ: dict[str, str], tmp_path: Path
) -> None:
    assert "clearance.db is not there yet; the first start makes it" in told(environ)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["directory.toml"]


def test_a_database_without_tables_is_fine(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "clearance.db").touch()
    assert "ok    database: it is empty; the first start makes the tables" in told(environ)


def test_a_sqlite_that_cannot_search_is_warned_of(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tables(environ)
    monkeypatch.setattr(search_sqlite, "available", lambda _tx: False)
    assert "warn  search: this SQLite was built without FTS5: nothing can be searched" in told(environ)


def test_a_database_of_a_newer_version_is_refused(environ: dict[str, str]) -> None:
    make_tables(environ)
    database = open_database(environ["CLEARANCE_DATABASE_URL"])
    with database.transaction() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = 'from-the-future'")
    database.close()
    says = told(environ)
    assert "FIX   database: " in says
    assert "from-the-future" in says


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite:////nowhere/at/all/clearance.db", "FIX   database: there is no folder /nowhere/at/all"),
        ("mysql://host/name", "FIX   database: "),
        ("nonsense", "FIX   database: "),
        ("postgresql://host:port/name", "FIX   database: The database URL cannot be used"),
    ],
)
def test_a_database_that_cannot_be_used_is_told(environ: dict[str, str], url: str, says: str) -> None:
    assert says in told({**environ, "CLEARANCE_DATABASE_URL": url})


def test_a_database_that_is_no_database_is_told(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "clearance.db").write_bytes(b"not a database at all, " * 50)
    says = told(environ)
    assert "FIX   database: " in says
    assert "Traceback" not in says
