"""Who stands in for whom: past everybody who is away too, and never round in a circle."""

from datetime import UTC, datetime, timedelta

from policy.authority import Authority
from policy.away import Absences, Away, absences_of
from policy.directory import parse_directory
from policy.people import Person
from policy.verdict import Topic

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DAY = timedelta(days=1)
CHAIN = """
operators = ["U0OPS"]
approvals_channel = "C0APPR"
[contacts.ravi]
slack = "U0RAVI"
name = "Ravi"
backup = "mei"
[contacts.mei]
slack = "U0MEI"
name = "Mei"
backup = "oskar"
[contacts.oskar]
slack = "U0OSKAR"
name = "Oskar"
[productions.FILM]
title = "The Film"
timezone = "Europe/London"
contact = "ravi"
"""
DIRECTORY = parse_directory(CHAIN, "directory.toml")


def away(contact: str, to: str = "", begins: datetime = NOW, days: int = 2) -> Away:
    return Away(contact, begins, begins + days * DAY, to)


def standing_in(*known: Away, at: datetime = NOW) -> dict[str, str]:
    """Absent contact -> who is asked first."""
    return {contact: keys[0] for contact, keys in Absences(known).stand_ins(DIRECTORY, at).items()}


def test_it_begins_and_ends() -> None:
    one = away("ravi")
    assert not one.covers(NOW - timedelta(seconds=1)) and one.covers(NOW)
    assert one.covers(NOW + 2 * DAY - timedelta(seconds=1)) and not one.covers(NOW + 2 * DAY)
    assert Absences((one,)).at("ravi", NOW) == one and Absences((one,)).at("mei", NOW) is None
    assert Absences((one, away("mei"))).spans("ravi") == ((NOW, NOW + 2 * DAY),)


def test_the_backup_stands_in_unless_somebody_else_is_named() -> None:
    assert standing_in(away("ravi")) == {"ravi": "mei"}
    assert standing_in(away("ravi", "oskar")) == {"ravi": "oskar"}
    assert standing_in(away("ravi"), at=NOW + 2 * DAY) == {}
    assert standing_in(away("oskar")) == {}


def test_past_who_is_away_too() -> None:
    assert standing_in(away("ravi"), away("mei")) == {"ravi": "oskar", "mei": "oskar"}
    assert standing_in(away("ravi"), away("mei", begins=NOW + DAY)) == {"ravi": "mei"}


def test_a_circle_ends() -> None:
    circle = (away("ravi", "mei"), away("mei", "ravi"))
    assert Absences(circle).stands_in(DIRECTORY, circle[0], NOW) is None
    # They named each other: nobody is there, and those named may still sign.
    assert standing_in(*circle) == {"ravi": "mei", "mei": "ravi"}


def test_what_they_said_comes_before_the_directory() -> None:
    assert absences_of([away("ravi", "oskar")], [away("ravi", "mei")]).stand_ins(DIRECTORY, NOW) == {
        "ravi": ("oskar",)
    }


def test_who_left_the_directory_stands_in_for_nobody() -> None:
    """What a contact said is kept in the database; the directory may have lost whom they named, or them."""
    assert standing_in(away("ravi", "gone")) == {"ravi": "mei"}
    assert standing_in(away("gone", "mei")).get("ravi") is None
    chain = (away("ravi", "mei"), away("mei", "gone"))
    assert standing_in(*chain) == {"ravi": "oskar", "mei": "oskar"}


def test_authority_follows() -> None:
    """Beside Ravi whoever stands in may sign, and Ravi himself."""
    authority = Authority(DIRECTORY, home_team="T0").during(Absences((away("ravi", "oskar"),)), NOW)
    assert authority.backup_of("ravi") == "oskar"
    may = {
        name: authority.may_call_in("FILM", Person("T0", f"U0{name}")) for name in ("RAVI", "MEI", "OSKAR")
    }
    assert may == {"RAVI": True, "MEI": False, "OSKAR": True}


def able(*known: Away) -> list[str]:
    """Who may sign beside Ravi and who is asked first."""
    authority = Authority(DIRECTORY, home_team="T0").during(Absences(known), NOW)
    may = [
        name
        for name in authority.backups_of("ravi")
        if authority.may_sign("FILM", Topic.PRODUCTION, Person("T0", f"U0{name.upper()}"))
    ]
    assert authority.may_sign("FILM", Topic.PRODUCTION, Person("T0", "U0RAVI"))
    assert authority.deciders("FILM", [Topic.PRODUCTION]) == ("ravi", *may)
    return may


def test_whoever_is_away_can_still_decide() -> None:
    """Somebody else is asked first; who was told "you can still decide" can."""
    assert able() == ["mei"]
    assert able(away("mei")) == ["oskar", "mei"]
    assert able(away("ravi"), away("mei")) == ["oskar", "mei"]
    assert able(away("ravi", "oskar"), away("oskar", "mei")) == ["mei", "oskar"]
    assert able(away("mei", "ravi")) == ["mei"]
    assert able(away("ravi", "mei"), away("mei", "ravi")) == ["mei"]
    assert able(away("ravi"), away("mei"), away("oskar")) == ["mei", "oskar"]
