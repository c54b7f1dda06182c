"""Looks at manifest.yml: what Slack would refuse, and what the app cannot do without."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.diagnosis import Check, bad, ok, warn
from bot.scopes import NEEDED_SCOPES

COMMAND = "/genai-request"
HOME_OPENED = "app_home_opened"
_NAME = "manifest"


def examine_manifest(path: Path) -> list[Check]:
    """Every fault of the manifest, or one line that all is well."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        return [bad(_NAME, f"{path} cannot be read: {error.strerror}")]
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        return [bad(_NAME, f"{path}{line}: this is not valid YAML")]
    if not isinstance(document, dict):
        return [bad(_NAME, f"{path} must be a table of keys and values")]
    found = [*_name(document), *_ways_in(document), *_home(document), *_scopes(document)]
    return found or [ok(_NAME, f"{path.name} has all that the app needs and no more")]


def _at(document: Mapping[str, Any], *keys: str) -> Any:
    here: Any = document
    for key in keys:
        here = here.get(key) if isinstance(here, dict) else None
    return here


def _name(document: Mapping[str, Any]) -> Iterator[Check]:
    name = _at(document, "display_information", "name")
    if not isinstance(name, str) or not name:
        yield bad(_NAME, "the app has no name", "write it under display_information, name")
    elif len(name) > 35:
        yield bad(_NAME, f"the name has {len(name)} characters", "Slack takes 35 at most")


def _ways_in(document: Mapping[str, Any]) -> Iterator[Check]:
    """The command must be escaped: only then Slack says whom a typed @name means."""
    commands = _at(document, "features", "slash_commands")
    entries = (
        [each for each in commands or () if isinstance(each, dict)] if isinstance(commands, list) else []
    )
    ours = next((each for each in entries if each.get("command") == COMMAND), None)
    if ours is None:
        yield bad(_NAME, f"the command {COMMAND} is missing", "add it under features, slash_commands")
    elif ours.get("should_escape") is not True:
        yield bad(_NAME, f"{COMMAND} is not escaped", "write should_escape: true")
    if _at(document, "settings", "interactivity", "is_enabled") is not True:
        mend = "write is_enabled: true under settings, interactivity"
        yield bad(_NAME, "buttons and forms are off", mend)
    if _at(document, "settings", "socket_mode_enabled") is not True:
        mend = "write socket_mode_enabled: true under settings, unless Slack reaches you over HTTP"
        yield warn(_NAME, "Socket Mode is off", mend)


def _home(document: Mapping[str, Any]) -> Iterator[Check]:
    """Without the event nobody's Home is ever published; without the tab nobody can open one."""
    if _at(document, "features", "app_home", "home_tab_enabled") is not True:
        mend = "write home_tab_enabled: true under features, app_home"
        yield bad(_NAME, "the Home tab is off", mend)
    events = _at(document, "settings", "event_subscriptions", "bot_events")
    if not isinstance(events, list) or HOME_OPENED not in events:
        mend = "add it under settings, event_subscriptions, bot_events"
        yield bad(_NAME, f"the event {HOME_OPENED} is missing: Home stays empty", mend)


def _scopes(document: Mapping[str, Any]) -> Iterator[Check]:
    written = _at(document, "oauth_config", "scopes", "bot")
    scopes = [str(scope) for scope in written] if isinstance(written, list) else []
    for scope in NEEDED_SCOPES:
        if scope not in scopes:
            says = f"the scope {scope} is missing: it {NEEDED_SCOPES[scope]}"
            yield bad(_NAME, says, "add it under oauth_config, scopes, bot")
    for scope in scopes:
        if scope not in NEEDED_SCOPES:
            yield warn(_NAME, f"the scope {scope} is not needed", "remove it")
