"""The settings an operator writes, and what they hear when one is wrong."""

import re
from pathlib import Path

import pytest

from bot.settings import Settings, load_settings, missing_for_run, names
from policy.faults import Invalid

ROOT = Path(__file__).parents[2]
GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-1-abc",
    "SLACK_APP_TOKEN": "xapp-1-A1-2-def",
    "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
}


def refused(environ: dict[str, str], env_file: Path | None = None) -> str:
    with pytest.raises(Invalid) as refusal:
        load_settings(environ, env_file)
    return str(refusal.value)


def test_nothing_set_gives_the_documented_defaults() -> None:
    settings = load_settings({}, None)
    assert settings.database_url == "sqlite:///clearance.db"
    assert settings.directory == Path("directory.toml")
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.log_level == "INFO"
    assert settings.slack_bot_token is None
    assert settings.unknown == ()


def test_every_setting_is_documented_with_its_default() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", page, re.MULTILINE))
    assert list(rows) == list(names())
    for name, field in names().items():
        default = Settings.model_fields[field].default
        assert rows[name].startswith("none") if default is None else rows[name] == f"`{default}`"


def test_the_example_file_names_every_setting_and_loads() -> None:
    example = ROOT / ".env.example"
    assert all(name in example.read_text(encoding="utf-8") for name in names())
    settings = load_settings({}, example)
    assert settings == load_settings({}, None)
    assert settings.unknown == ()


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("CLEARANCE_LOG_LEVEL=DEBUG\nCLEARANCE_DIRECTORY=film.toml\n", encoding="utf-8")
    settings = load_settings({"CLEARANCE_LOG_LEVEL": "error"}, env_file)
    assert settings.log_level == "ERROR"
    assert settings.directory == Path("film.toml")


def test_the_file_is_read_where_the_app_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("CLEARANCE_DIRECTORY=film.toml\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_settings({}).directory == Path("film.toml")


def test_the_process_environment_is_read_when_no_other_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEARANCE_DIRECTORY", "series.toml")
    assert load_settings(env_file=None).directory == Path("series.toml")


def test_empty_means_not_set(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(
        "SLACK_BOT_TOKEN=\nSLACK_APP_TOKEN='  '\nCLEARANCE_DIRECTORY=film.toml\n", encoding="utf-8"
    )
    settings = load_settings({"CLEARANCE_DIRECTORY": "", "CLEARANCE_LOG_LEVEL": ""}, env_file)
    assert settings.slack_bot_token is None
    assert settings.slack_app_token is None
    assert settings.directory == Path("film.toml"), "an empty variable does not hide the file's value"
    assert settings.log_level == "INFO"


def test_secrets_are_never_shown() -> None:
    secret = "postgresql://clearance:hunter2@db/clearance"
    settings = load_settings({**GOOD, "CLEARANCE_DATABASE_URL": secret}, None)
    shown = f"{settings!r} {settings}"
    assert not any(value in shown for value in GOOD.values())
    assert "hunter2" not in shown
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == "xoxb-1-abc"


@pytest.mark.parametrize("url", ["http://127.0.0.1:4242/api", "http://127.0.0.1:4242/api/"])
def test_the_web_apis_address_ends_with_one_slash(url: str) -> None:
    settings = load_settings({"CLEARANCE_SLACK_API_URL": url}, None)
    assert settings.slack_api_url == "http://127.0.0.1:4242/api/"


def test_refused_an_address_that_is_none() -> None:
    says = refused({"CLEARANCE_SLACK_API_URL": "slack.com"})
    assert says == (
        "environment: CLEARANCE_SLACK_API_URL: this is not an address of a Web API; "
        'write it like "https://slack.com/api/"'
    )


def test_refused_a_log_level_nobody_knows() -> None:
    says = refused({"CLEARANCE_LOG_LEVEL": "debg"})
    assert says == 'environment: CLEARANCE_LOG_LEVEL: "debg" is not a log level; did you mean "DEBUG"?'


def test_every_fault_is_told_with_its_place(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("# levels\nexport CLEARANCE_LOG_LEVEL=loud\n", encoding="utf-8")
    says = refused({"CLEARANCE_SLACK_API_URL": "x"}, env_file).splitlines()
    assert says[0].startswith("environment: CLEARANCE_SLACK_API_URL: ")
    assert says[1].startswith(f"{env_file}, line 2: CLEARANCE_LOG_LEVEL: ")


def test_refused_a_file_that_is_not_text(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(b"CLEARANCE_DIRECTORY=\xff\xfe")
    assert refused({}, env_file) == f"{env_file}: this file cannot be read: it is not text in UTF-8"


def test_unknown_names_are_reported_wherever_they_stand(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("CLEARANCE_DATABSE_URL=x\nOTHER=y\n", encoding="utf-8")
    settings = load_settings({"CLEARANCE_DIRECTORYS": "z", "HOME": "/"}, env_file)
    assert settings.unknown == (
        'CLEARANCE_DATABSE_URL is set but means nothing; did you mean "CLEARANCE_DATABASE_URL"?',
        'CLEARANCE_DIRECTORYS is set but means nothing; did you mean "CLEARANCE_DIRECTORY"?',
    )


def test_to_start_a_bot_token_and_a_way_in_are_needed() -> None:
    says = missing_for_run(load_settings({}, None))
    assert len(says) == 2
    assert says[0].startswith(
        "SLACK_BOT_TOKEN is not set; find it in your app's pages at api.slack.com/apps: OAuth"
    )
    assert says[1].startswith("SLACK_APP_TOKEN is not set; ")
    assert "Basic Information, App-Level Tokens, with the scope connections:write" in says[1]


@pytest.mark.parametrize("left_out", ["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"])
def test_one_way_in_is_enough(left_out: str) -> None:
    environ = {name: value for name, value in GOOD.items() if name != left_out}
    assert missing_for_run(load_settings(environ, None)) == []


@pytest.mark.parametrize(
    ("name", "value", "looks"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1-abc", 'a bot token starts with "xoxb-"'),
        ("SLACK_APP_TOKEN", "xoxb-1-abc", 'an app-level token starts with "xapp-"'),
        ("SLACK_SIGNING_SECRET", "0123", "a signing secret has 32 characters of 0-9 and a-f"),
    ],
)
def test_a_secret_of_the_wrong_shape_is_told_without_showing_it(name: str, value: str, looks: str) -> None:
    (says,) = missing_for_run(load_settings({**GOOD, name: value}, None))
    assert says.startswith(f"{name} does not look right: {looks}")
    assert value not in says
