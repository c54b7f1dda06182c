"""Looks at everything the app needs, and says in a line each what is wrong and how to mend it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.calendars import Countries
from bot.diagnosis import Check, bad, ok, warn
from bot.doctor_manifest import examine_manifest
from bot.doctor_slack import examine_slack
from bot.settings import (
    SLACK_API_URL,
    Settings,
    app_token_fault,
    bot_token_fault,
    signing_secret_fault,
)
from policy.directory import Directory, parse_directory
from policy.faults import Invalid
from policy.rulebook import DEFAULT_BOOKS, load_book
from storage.database import Database, StorageError, open_database
from storage.schema import SchemaStatus, status
from storage.search import available

STALE_AFTER_DAYS = 90


def examine(settings: Settings, *, manifest_path: Path, today: date, connect: bool = True) -> list[Check]:
    """Everything the app needs, looked at in the order a person would mend it."""
    checks = [*_settings(settings), *_secrets(settings), *examine_manifest(manifest_path)]
    directory, told = _directory(settings.directory)
    checks += [*told, *_rulebooks(directory, today), *_database(settings.database_url)]
    if connect:
        checks += _slack(settings, directory)
    return checks


def _settings(settings: Settings) -> Iterator[Check]:
    for sentence in settings.unknown:
        yield warn("settings", sentence)
    if settings.slack_api_url != SLACK_API_URL:
        yield warn("settings", f"the app talks to {settings.slack_api_url} instead of Slack")
    if not settings.unknown and settings.slack_api_url == SLACK_API_URL:
        yield ok("settings", "every name is known")


def _secrets(settings: Settings) -> Iterator[Check]:
    """Slack reaches the app through Socket Mode (app token) or over HTTP (signing secret); one is enough."""
    fault = bot_token_fault(settings)
    yield bad("bot token", *fault) if fault else ok("bot token", "it has the right shape")
    app, signing = app_token_fault(settings), signing_secret_fault(settings)
    if settings.slack_app_token is None and not signing:
        yield ok("app token", "not set; Slack reaches the app over HTTP")
    else:
        yield bad("app token", *app) if app else ok("app token", "it has the right shape")
    if settings.slack_signing_secret is None:
        yield ok("signing secret", "not set; Socket Mode needs none")
    else:
        yield bad("signing secret", *signing) if signing else ok("signing secret", "it has the right shape")


def _directory(path: Path) -> tuple[Directory | None, list[Check]]:
    mend = "start from directory.example.toml; docs/directory.md explains it"
    try:
        found = parse_directory(path.read_text(encoding="utf-8"), str(path), known_countries=Countries())
    except FileNotFoundError:
        return None, [bad("directory", f"there is no file {path}", mend)]
    except UnicodeDecodeError:
        return None, [bad("directory", f"{path} is not text in UTF-8", mend)]
    except OSError as error:
        return None, [bad("directory", f"{path} cannot be read: {error.strerror}")]
    except Invalid as invalid:
        return None, [bad("directory", str(fault)) for fault in invalid.faults]
    counted = f"productions: {len(found.productions)}, contacts: {len(found.contacts)}"
    alone = (
        warn("directory", f"{key} has no backup", "name one, or requests wait while they are away")
        for key, contact in found.contacts.items()
        if contact.backup is None
    )
    return found, [ok("directory", counted), *alone]


def _rulebooks(directory: Directory | None, today: date) -> Iterator[Check]:
    used = [name for each in directory.productions.values() for name in each.rulebooks] if directory else []
    for name in dict.fromkeys(used or DEFAULT_BOOKS):
        try:
            book = load_book(name)
        except Invalid as invalid:
            yield from (bad("rulebook", str(fault)) for fault in invalid.faults)
            continue
        shown = f"{book.identity.id} {book.identity.version} ({book.identity.sha256[:12]})"
        age = (today - book.checked).days
        if age > STALE_AFTER_DAYS:
            says = f"{shown} was compared with its source {age} days ago, on {book.checked}"
            yield warn("rulebook", says, "read the page again and note the date in a new book")
        else:
            yield ok("rulebook", f"{shown}, compared with its source on {book.checked}")


def _database(url: str) -> Iterator[Check]:
    try:
        database = open_database(url)
        missing = _missing_file(url)
        if missing:
            yield missing
            return
        try:
            yield _schema(status(database))
            yield from _search(database)
        finally:
            database.close()
    except StorageError as error:
        yield bad("database", str(error))
    except SQLAlchemyError as error:
        # the driver's own words, without the statement and the address that SQLAlchemy adds
        reason = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]
        yield bad("database", f"it refuses: {reason}", "check CLEARANCE_DATABASE_URL")
    except ValueError:  # SQLAlchemy's answer to a port that is no number
        yield bad("database", "its address cannot be read", "check CLEARANCE_DATABASE_URL")
    except ImportError:
        yield bad("database", "the driver for PostgreSQL is not installed", "install psycopg 3")


def _search(database: Database) -> Iterator[Check]:
    if not available(database):
        says = "this SQLite was built without FTS5: nothing can be searched, everything else works"
        yield warn("search", says, "install a Python whose SQLite has it, or move to PostgreSQL")


def _missing_file(url: str) -> Check | None:
    """Opening SQLite makes its file; the doctor looks and leaves no trace."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return None
    path = Path(address.database or "")
    if path.exists():
        return None
    if path.parent.is_dir():
        return ok("database", f"{path} is not there yet; the first start makes it")
    return bad("database", f"there is no folder {path.parent}", "make it, or change CLEARANCE_DATABASE_URL")


def _schema(found: SchemaStatus) -> Check:
    if found.current is None:
        return ok("database", "it is empty; the first start makes the tables")
    if found.current == found.head:
        return ok("database", f"its tables are up to date ({found.head})")
    says = f"its tables are at {found.current}, this version has {found.head}"
    return warn("database", says, "make a backup; the next start upgrades them")


def _slack(settings: Settings, directory: Directory | None) -> list[Check]:
    token = settings.slack_bot_token
    if token is None or bot_token_fault(settings):
        return [warn("slack", "not asked: there is no usable bot token")]
    return examine_slack(token.get_secret_value(), settings.slack_api_url, directory)
