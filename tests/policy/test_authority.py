"""Who may file, see, sign and call in: stories around two productions and four contacts."""

from pathlib import Path

import pytest

from policy.authority import Assignment, Authority
from policy.directory import parse_directory
from policy.people import Person
from policy.verdict import Topic

EXAMPLE = Path(__file__).parents[2] / "directory.example.toml"
HOME = "T0HOME"
RAVI, MEI, OSKAR, LUCIA = (Person(HOME, user) for user in ("U0RAVI", "U0MEI", "U0OSKAR", "U0LUCIA"))
ANA = Person(HOME, "U0ANA")
OPS = Person(HOME, "U0OPS")
PRODUCTION, LEGAL, TALENT, SECURITY = Topic.PRODUCTION, Topic.LEGAL, Topic.TALENT, Topic.SECURITY


def at_home(*changes: tuple[str, str]) -> Authority:
    """The example directory, changed."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return Authority(parse_directory(text, "directory.toml"), HOME)


@pytest.fixture(scope="module")
def house() -> Authority:
    return at_home()


def test_each_topic_goes_to_its_contact_with_the_backup_beside(house: Authority) -> None:
    assert house.assign("NIGHTFALL", (LEGAL, PRODUCTION), ANA) == (
        Assignment(LEGAL, "oskar", "lucia", "Oskar Lindqvist is named for legal"),
        Assignment(PRODUCTION, "ravi", "mei", "Ravi Menon is the production's contact"),
    )


def test_a_contact_who_asks_does_not_sign_the_backup_does_at_once(house: Authority) -> None:
    (assigned,) = house.assign("NIGHTFALL", (PRODUCTION,), RAVI)
    assert assigned == Assignment(
        PRODUCTION, "mei", None, "Ravi Menon asked for this use and cannot sign it; Mei Tanaka stands in"
    )


def test_a_contact_without_backup_who_asks_leaves_it_to_the_operators() -> None:
    house = at_home(('backup = "lucia"\n', ""))
    (assigned,) = house.assign("NIGHTFALL", (LEGAL,), OSKAR)
    assert (assigned.contact, assigned.backup) == (None, None)
    assert assigned.because == "Oskar Lindqvist asked for this use and cannot sign it, and nobody stands in"


def test_a_backup_who_asks_is_not_named_as_backup(house: Authority) -> None:
    (assigned,) = house.assign("NIGHTFALL", (PRODUCTION,), MEI)
    assert (assigned.contact, assigned.backup) == ("ravi", None)


def test_the_same_id_in_another_workspace_is_another_person(house: Authority) -> None:
    stranger = Person("T0VENDOR", "U0RAVI")
    (assigned,) = house.assign("NIGHTFALL", (PRODUCTION,), stranger)
    assert assigned.contact == "ravi"
    assert not house.may_sign("NIGHTFALL", PRODUCTION, stranger)
    assert not house.is_operator(Person("T0VENDOR", "U0OPS"))


def test_a_contact_of_another_workspace_signs_from_there() -> None:
    house = at_home(('slack = "U0RAVI"', 'slack = "U0RAVI"\nteam = "T0VENDOR"'))
    assert house.may_sign("NIGHTFALL", PRODUCTION, Person("T0VENDOR", "U0RAVI"))
    assert not house.may_sign("NIGHTFALL", PRODUCTION, RAVI)


def test_one_person_under_two_workspaces_spellings_never_signs_their_own() -> None:
    """A backup with our own team written out is the same person as the contact without one."""
    house = at_home(
        ('backup = "lucia"', 'backup = "again"'),
        (
            "[productions.NIGHTFALL]",
            f'[contacts.again]\nslack = "U0OSKAR"\nname = "O."\nteam = "{HOME}"\n\n[productions.NIGHTFALL]',
        ),
    )
    (assigned,) = house.assign("NIGHTFALL", (LEGAL,), OSKAR)
    assert assigned.contact is None
    assert not house.may_sign("NIGHTFALL", LEGAL, OSKAR, requester=OSKAR)


def test_contact_and_backup_may_sign_a_topic_and_nobody_else(house: Authority) -> None:
    allowed = [who for who in (RAVI, MEI, OSKAR, LUCIA, ANA, OPS) if house.may_sign("NIGHTFALL", LEGAL, who)]
    assert allowed == [OSKAR, LUCIA]
    assert house.deciders("NIGHTFALL", (LEGAL, PRODUCTION)) == ("oskar", "ravi", "lucia", "mei")


def test_the_requester_never_signs_even_as_a_backup(house: Authority) -> None:
    assert not house.may_sign("NIGHTFALL", PRODUCTION, RAVI, requester=RAVI)
    assert not house.may_sign("NIGHTFALL", PRODUCTION, MEI, requester=MEI)
    assert house.topics_for("NIGHTFALL", (PRODUCTION, TALENT), MEI, requester=MEI) == ()
    assert house.deciders("NIGHTFALL", (PRODUCTION,), requester=RAVI) == ("mei",)


def test_one_press_signs_every_open_topic_held_as_contact(house: Authority) -> None:
    assert house.topics_for("NIGHTFALL", (LEGAL, PRODUCTION, SECURITY), OSKAR) == (LEGAL, SECURITY)


def test_one_press_never_mixes_own_topics_with_a_backups(house: Authority) -> None:
    assert house.topics_for("NIGHTFALL", (PRODUCTION, TALENT), MEI) == (TALENT,)
    assert house.topics_for("NIGHTFALL", (PRODUCTION,), MEI) == (PRODUCTION,), "as Ravi's backup"
    assert house.topics_for("NIGHTFALL", (PRODUCTION,), ANA) == ()


def test_who_signed_their_own_topic_does_not_sign_a_second_one_as_backup(house: Authority) -> None:
    assert house.topics_for("NIGHTFALL", (PRODUCTION,), MEI, signed=(TALENT,)) == ()
    assert house.topics_for("NIGHTFALL", (TALENT,), MEI, signed=(PRODUCTION,)) == ()
    assert house.topics_for("PAPERLANTERN", (PRODUCTION,), MEI, signed=(TALENT,)) == (PRODUCTION,), (
        "the directory names her for both"
    )


def test_whoever_stands_in_for_the_requester_decides_everything_that_came_to_them(house: Authority) -> None:
    assert house.topics_for("NIGHTFALL", (PRODUCTION, TALENT), MEI, requester=RAVI) == (PRODUCTION, TALENT)


def test_contacts_and_backups_of_any_topic_may_call_a_use_in(house: Authority) -> None:
    assert [who for who in (RAVI, MEI, OSKAR, LUCIA, ANA, OPS) if house.may_call_in("NIGHTFALL", who)] == [
        RAVI,
        MEI,
        OSKAR,
        LUCIA,
    ]


def test_without_requesters_anyone_may_file(house: Authority) -> None:
    assert house.may_file("nightfall", ANA, ())
    assert house.titles_for(ANA, ()) == {"NIGHTFALL": "Nightfall, season 2", "PAPERLANTERN": "Paper Lantern"}


def test_with_requesters_only_they_their_groups_and_the_contacts_may_file() -> None:
    house = at_home(('contact = "ravi"', 'contact = "ravi"\nrequesters = ["S0NIGHTCREW", "U0ANA"]'))
    ben = Person(HOME, "U0BEN")
    assert house.may_file("NIGHTFALL", ANA, ())
    assert house.may_file("NIGHTFALL", ben, {"S0NIGHTCREW"})
    assert house.may_file("NIGHTFALL", RAVI, ())
    assert not house.may_file("NIGHTFALL", ben, {"S0OTHER"})
    assert not house.may_file("NIGHTFALL", Person("T0VENDOR", "U0ANA"), {"S0NIGHTCREW"})
    assert house.titles_for(ben, ()) == {"PAPERLANTERN": "Paper Lantern"}


def test_a_request_is_seen_by_those_who_are_on_it_and_by_operators(house: Authority) -> None:
    everyone = (ANA, RAVI, MEI, OSKAR, LUCIA, OPS, Person(HOME, "U0BEN"))
    assert [who for who in everyone if house.may_see("NIGHTFALL", (TALENT,), ANA, who)] == [
        ANA,
        RAVI,
        MEI,
        OPS,
    ]
    assert [who for who in everyone if house.may_see("NIGHTFALL", (LEGAL,), ANA, who)] == [
        ANA,
        RAVI,
        MEI,
        OSKAR,
        LUCIA,
        OPS,
    ]


def test_a_production_that_left_the_directory_gives_nobody_authority(house: Authority) -> None:
    (assigned,) = house.assign("GONE", (LEGAL,), ANA)
    assert assigned == Assignment(LEGAL, None, None, "GONE is no longer in the directory")
    assert not house.may_sign("GONE", LEGAL, OSKAR)
    assert not house.may_call_in("GONE", RAVI)
    assert not house.may_file("GONE", ANA, ())
    assert house.deciders("GONE", (LEGAL,)) == ()
    assert [who for who in (ANA, RAVI, OPS) if house.may_see("GONE", (LEGAL,), ANA, who)] == [ANA, OPS]
