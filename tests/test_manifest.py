"""manifest.yml is what Slack is asked for: all that the app needs, and no more."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.diagnosis import render
from bot.doctor_manifest import examine_manifest
from bot.scopes import NEEDED_SCOPES

MANIFEST = Path(__file__).parents[1] / "manifest.yml"


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return document


def test_the_doctor_finds_nothing_to_mend() -> None:
    assert (
        render(examine_manifest(MANIFEST))
        == "ok    manifest: manifest.yml has all that the app needs and no more"
    )


def test_it_asks_for_exactly_the_scopes_that_have_a_reason(manifest: dict[str, Any]) -> None:
    assert manifest["oauth_config"] == {"scopes": {"bot": sorted(NEEDED_SCOPES)}}


def test_the_texts_have_the_lengths_slack_takes(manifest: dict[str, Any]) -> None:
    about = manifest["display_information"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4000


def test_the_about_text_says_what_the_app_is_not(manifest: dict[str, Any]) -> None:
    about = manifest["display_information"]["long_description"]
    assert "not affiliated with Netflix" in about
    assert "not a rights clearance and not legal advice" in about


def test_the_command_comes_with_people_escaped(manifest: dict[str, Any]) -> None:
    (command,) = manifest["features"]["slash_commands"]
    assert command["command"] == "/genai-request"
    assert command["should_escape"] is True
    assert command["usage_hint"] == (
        "[what you plan] | status GEN-3 | find poster | digest | away until 2 Dec | help"
    )


def test_it_connects_over_socket_mode_and_takes_clicks(manifest: dict[str, Any]) -> None:
    assert manifest["settings"] == {
        "event_subscriptions": {"bot_events": ["app_home_opened"]},
        "interactivity": {"is_enabled": True},
        "org_deploy_enabled": False,
        "socket_mode_enabled": True,
        "token_rotation_enabled": False,
    }
    assert manifest["features"]["bot_user"] == {"display_name": "GenAI Clearance", "always_online": True}


def _changed(folder: Path, before: str, after: str) -> str:
    """What the doctor says about the manifest with one change."""
    text = MANIFEST.read_text(encoding="utf-8")
    assert before in text
    (folder / "manifest.yml").write_text(text.replace(before, after), encoding="utf-8")
    return render(examine_manifest(folder / "manifest.yml"))


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (
            "name: GenAI Clearance",
            f"name: {'N' * 36}",
            "FIX   manifest: the name has 36 characters; Slack takes 35",
        ),
        ("  name: GenAI Clearance", "", "FIX   manifest: the app has no name"),
        ("/genai-request", "/genai", "FIX   manifest: the command /genai-request is missing"),
        ("should_escape: true", "should_escape: false", "FIX   manifest: /genai-request is not escaped"),
        ("is_enabled: true", "is_enabled: false", "FIX   manifest: buttons and forms are off"),
        ("socket_mode_enabled: true", "socket_mode_enabled: false", "warn  manifest: Socket Mode is off"),
        ("home_tab_enabled: true", "home_tab_enabled: false", "FIX   manifest: the Home tab is off"),
        ("- app_home_opened", "- app_uninstalled", "FIX   manifest: the event app_home_opened is missing"),
        (
            "      - im:write\n",
            "",
            "FIX   manifest: the scope im:write is missing: it opens direct messages",
        ),
        (
            "- im:write",
            "- im:write\n      - files:read",
            "warn  manifest: the scope files:read is not needed",
        ),
    ],
)
def test_the_doctor_sees_what_is_missing_or_too_much(
    tmp_path: Path, before: str, after: str, says: str
) -> None:
    told = _changed(tmp_path, before, after)
    assert told.startswith(says)
    assert "\n" not in told


def test_the_doctor_survives_a_manifest_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yml"
    assert "cannot be read: No such file" in render(examine_manifest(path))
    path.write_text("features: [\n", encoding="utf-8")
    assert "this is not valid YAML" in render(examine_manifest(path))
    path.write_text("- a\n", encoding="utf-8")
    assert "must be a table of keys and values" in render(examine_manifest(path))
    path.write_text("features: 3\noauth_config: {scopes: {bot: 3}}\n", encoding="utf-8")
    assert "FIX   manifest: the app has no name" in render(examine_manifest(path))
