"""The settings: read once from the environment and .env, checked, then passed to whoever needs them."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from policy.faults import Fault, Invalid
from policy.spelling import suggest

SLACK_API_URL = "https://slack.com/api/"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_PREFIX = "CLEARANCE_"


def _api_url(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", value):
        raise ValueError(f'this is not an address of a Web API; write it like "{SLACK_API_URL}"')
    return value.rstrip("/") + "/"  # slack_sdk appends the method's name as it stands


def _log_level(value: str) -> str:
    level = value.strip().upper()
    if level not in LOG_LEVELS:
        raise ValueError(f'"{value[:60]}" is not a log level; {suggest(value, LOG_LEVELS)}')
    return level


def _trim(value: object) -> object:
    """A line copied from a web page brings spaces along; nothing but spaces is unset."""
    return value.strip() or None if isinstance(value, str) else value


Secret = Annotated[SecretStr | None, BeforeValidator(_trim)]


class Settings(BaseSettings):
    """What an operator can set. Build it with load_settings."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        case_sensitive=True,
        env_ignore_empty=True,
        env_file_encoding="utf-8",
        hide_input_in_errors=True,
    )

    slack_bot_token: Secret = Field(None, validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: Secret = Field(None, validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: Secret = Field(None, validation_alias="SLACK_SIGNING_SECRET")
    # Not shown: a database's address may carry a password.
    database_url: str = Field("sqlite:///clearance.db", validation_alias="CLEARANCE_DATABASE_URL", repr=False)
    directory: Path = Field(Path("directory.toml"), validation_alias="CLEARANCE_DIRECTORY")
    slack_api_url: Annotated[str, AfterValidator(_api_url)] = Field(
        SLACK_API_URL, validation_alias="CLEARANCE_SLACK_API_URL"
    )
    log_level: Annotated[str, AfterValidator(_log_level)] = Field(
        "INFO", validation_alias="CLEARANCE_LOG_LEVEL"
    )

    _unknown: tuple[str, ...] = PrivateAttr(())

    @property
    def unknown(self) -> tuple[str, ...]:
        """A sentence for each CLEARANCE_ name that is set and means nothing."""
        return self._unknown

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment comes in as arguments, so that a test and the demo can bring their own."""
        return init_settings, dotenv_settings


def names() -> dict[str, str]:
    """Name in the environment -> field, in the order of the documentation."""
    return {str(field.validation_alias): name for name, field in Settings.model_fields.items()}


def load_settings(environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")) -> Settings:
    """Read the settings; the environment wins over `env_file`. Invalid has a line for each fault."""
    given = {name: value for name, value in (os.environ if environ is None else environ).items() if value}
    filed = _file_values(env_file)
    known = {name: value for name, value in given.items() if name in names()}
    try:
        # mypy takes the keys for field names; they are the aliases of the fields
        settings = Settings(_env_file=env_file, **known)  # type: ignore[arg-type]
    except ValidationError as error:
        raise Invalid(_faults(error, given, env_file)) from None
    settings._unknown = tuple(_unknown({**filed, **given}))
    return settings


def _file_values(env_file: Path | None) -> Mapping[str, str | None]:
    if env_file is None or not env_file.is_file():
        return {}
    try:
        return dotenv_values(env_file, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not text in UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise Invalid([Fault(str(env_file), None, "", f"this file cannot be read: {reason}")]) from None


def _faults(error: ValidationError, given: Mapping[str, str], env_file: Path | None) -> Iterator[Fault]:
    for entry in error.errors(include_url=False, include_input=False):
        name = str(entry["loc"][0])
        says = str(entry.get("ctx", {}).get("error", entry["msg"]))
        if name in given or env_file is None:
            yield Fault("environment", None, name, says)
        else:
            yield Fault(str(env_file), _line(env_file.read_text(encoding="utf-8"), name), name, says)


def _line(text: str, name: str) -> int | None:
    lines = text.splitlines()
    found = [n for n, line in enumerate(lines, 1) if re.match(rf"\s*(export\s+)?{name}\s*=", line)]
    return found[-1] if found else None  # the last one counts


def _unknown(given: Mapping[str, str | None]) -> Iterator[str]:
    known = [name for name in names() if name.startswith(_PREFIX)]
    for name in sorted(given):
        if name.startswith(_PREFIX) and name not in known:
            yield f"{name} is set but means nothing; {suggest(name, known)}"


class Missing(NamedTuple):
    """A secret that is not set or not right, and where to find it."""

    says: str
    mend: str


def bot_token_fault(settings: Settings) -> Missing | None:
    """What to do about the bot token, or None when it has the right shape."""
    return _fault(
        settings.slack_bot_token,
        r"xoxb-[\w-]+",
        "SLACK_BOT_TOKEN",
        'a bot token starts with "xoxb-"',
        "find it in your app's pages at api.slack.com/apps: OAuth & Permissions, Bot User OAuth Token",
    )


def app_token_fault(settings: Settings) -> Missing | None:
    """What to do about the app-level token, or None when it has the right shape."""
    return _fault(
        settings.slack_app_token,
        r"xapp-[\w-]+",
        "SLACK_APP_TOKEN",
        'an app-level token starts with "xapp-"',
        "find it in your app's pages at api.slack.com/apps: Basic Information, App-Level Tokens, "
        "with the scope connections:write",
    )


def signing_secret_fault(settings: Settings) -> Missing | None:
    """What to do about the signing secret, or None when it has the right shape."""
    return _fault(
        settings.slack_signing_secret,
        r"[0-9a-fA-F]{32}",
        "SLACK_SIGNING_SECRET",
        "a signing secret has 32 characters of 0-9 and a-f",
        "find it in your app's pages at api.slack.com/apps: Basic Information, App Credentials",
    )


def _fault(secret: SecretStr | None, shape: str, name: str, looks: str, place: str) -> Missing | None:
    if secret is None:
        return Missing(f"{name} is not set", place)
    if not re.fullmatch(shape, secret.get_secret_value(), re.ASCII):
        return Missing(f"{name} does not look right: {looks}", place)
    return None


def missing_for_http(settings: Settings) -> list[str]:
    """What stands in the way of serving Slack's requests over HTTP."""
    found = [bot_token_fault(settings), signing_secret_fault(settings)]
    return [f"{missing.says}; {missing.mend}" for missing in found if missing]


def missing_for_run(settings: Settings) -> list[str]:
    """What stands in the way of starting: the bot token and one of the two ways to be reached by Slack."""
    app, signing = app_token_fault(settings), signing_secret_fault(settings)
    found = [bot_token_fault(settings)]
    if settings.slack_app_token or not settings.slack_signing_secret:
        found.append(app)
    if settings.slack_signing_secret:
        found.append(signing)
    return [f"{missing.says}; {missing.mend}" for missing in found if missing]
