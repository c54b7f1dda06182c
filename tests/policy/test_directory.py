"""A person writes a directory; what is wrong is told with its line and what to write instead."""

from pathlib import Path

import pytest

from policy.directory import Directory, UnknownProduction, parse_directory
from policy.faults import Invalid
from policy.verdict import Topic
from tests.policy.written import LANTERN, MEI, NIGHTFALL, RAVI, TOP, read, refused

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def example() -> Directory:
    return parse_directory((ROOT / "directory.example.toml").read_text(encoding="utf-8"), "example")


def test_the_example_is_the_one_in_the_documentation(example: Directory) -> None:
    page = (ROOT / "docs" / "directory.md").read_text(encoding="utf-8")
    shown = page.split("```toml\n")[1].split("```")[0]
    assert shown == (ROOT / "directory.example.toml").read_text(encoding="utf-8")
    assert list(example.productions) == ["NIGHTFALL", "PAPERLANTERN"]
    assert list(example.contacts) == ["ravi", "mei", "oskar", "lucia"]


def test_the_smallest_directory_has_defaults() -> None:
    directory = read(TOP, RAVI, NIGHTFALL)
    ravi = directory.contacts["ravi"]
    assert [str(moment) for moment in ravi.window] == ["09:00:00", "18:00:00"]
    assert ravi.weekdays == {0, 1, 2, 3, 4}
    assert directory.production("NIGHTFALL").rulebooks == ("netflix-genai",)
    assert directory.production("NIGHTFALL").requesters is None


def test_a_production_is_found_in_any_capitals(example: Directory) -> None:
    assert example.production(" nightfall ").title == "Nightfall, season 2"
    with pytest.raises(UnknownProduction, match='"nightfal"; did you mean "NIGHTFALL"'):
        example.production("nightfal")
    assert example.find("nightfal") is None


def test_a_guess_names_only_productions_the_person_may_know(example: Directory) -> None:
    with pytest.raises(UnknownProduction) as refusal:
        example.production("nightfal", among=["PAPERLANTERN"])
    assert str(refusal.value) == 'there is no production "nightfal"; known are: PAPERLANTERN'


def test_a_channel_presets_its_production(example: Directory) -> None:
    assert example.for_channel("C0NIGHTFALL") == "NIGHTFALL"
    assert example.for_channel("C0NIGHTAPPR") == "NIGHTFALL"
    assert example.for_channel("C0APPROVALS") is None
    assert example.for_channel("C0ELSEWHERE") is None


def test_an_approvals_channel_of_two_productions_presets_neither() -> None:
    own = 'approvals_channel = "C0BOTH"\n'
    directory = read(TOP, RAVI, MEI, NIGHTFALL, own, LANTERN, own)
    assert directory.for_channel("C0BOTH") is None


def test_a_topic_not_named_is_the_contacts(example: Directory) -> None:
    assert example.signer("NIGHTFALL", Topic.PRODUCTION) == "ravi"
    assert example.signer("nightfall", Topic.LEGAL) == "oskar"
    assert example.backup_of("ravi") == "mei"
    assert example.approvals_for("NIGHTFALL") == "C0NIGHTAPPR"
    assert example.approvals_for("PAPERLANTERN") == "C0APPROVALS"


def test_refused_a_time_zone_with_a_typing_mistake() -> None:
    says = refused(TOP, RAVI, 'timezone = "Europe/Lundon"\n', NIGHTFALL)
    assert says == (
        'directory.toml, line 6: contacts.ravi.timezone: "Europe/Lundon" is not a time zone; '
        'did you mean "Europe/London"?'
    )


def test_refused_a_contact_nobody_knows() -> None:
    says = refused(TOP, RAVI, NIGHTFALL.replace("ravi", "rvi"))
    assert says == (
        "directory.toml, line 9: productions.NIGHTFALL.contact: "
        'there is no contact "rvi"; did you mean "ravi"?'
    )


def test_refused_a_backup_nobody_knows() -> None:
    says = refused(TOP, RAVI, 'backup = "mia"\n', MEI, NIGHTFALL)
    assert 'line 6: contacts.ravi.backup: there is no contact "mia"; did you mean "mei"?' in says


def test_refused_a_topics_contact_nobody_knows() -> None:
    says = refused(TOP, RAVI, NIGHTFALL, 'topics = { legal = "oskar" }\n')
    assert 'line 10: productions.NIGHTFALL.topics.legal: there is no contact "oskar"; known are: ravi' in says


def test_refused_a_topic_nobody_knows() -> None:
    says = refused(TOP, RAVI, NIGHTFALL, '[productions.NIGHTFALL.topics]\nlgal = "ravi"\n')
    assert 'line 11: productions.NIGHTFALL.topics.lgal: "lgal" is not one of' in says
    assert says.endswith('did you mean "legal"?')


def test_refused_a_production_without_a_contact() -> None:
    says = refused(TOP, RAVI, NIGHTFALL.replace('contact = "ravi"\n', ""), LANTERN, MEI)
    assert says == (
        "directory.toml, line 6: productions.NIGHTFALL.contact: this key is missing; "
        'name the contact who decides for this production: contact = "ravi"'
    )


def test_refused_a_production_with_no_channel_to_approve_in() -> None:
    says = refused('operators = ["U0OPS"]\n', RAVI, NIGHTFALL)
    assert "line 5: productions.NIGHTFALL: there is no channel to approve in" in says
    assert 'write approvals_channel = "C012AB3CD" here, or at the top of the file' in says


def test_refused_a_production_described_twice() -> None:
    says = refused(TOP, RAVI, NIGHTFALL, NIGHTFALL)
    assert says == (
        "directory.toml, line 10: productions.NIGHTFALL: the production NIGHTFALL is already "
        "described above; keep one of the two or rename one"
    )


def test_refused_codes_that_differ_only_by_capitals() -> None:
    says = refused(TOP, RAVI, NIGHTFALL, NIGHTFALL.replace("NIGHTFALL", "Nightfall"))
    assert "line 10: productions.Nightfall: the code differs from NIGHTFALL only by capitals" in says


@pytest.mark.parametrize("code", ['"night fall"', "nightfall", "N" * 41])
def test_refused_a_malformed_code(code: str) -> None:
    says = refused(TOP, RAVI, NIGHTFALL.replace("NIGHTFALL", code))
    assert "is not a production code; use 1 to 40 of A-Z, 0-9, _ and -" in says
    assert "line 6" in says


def test_refused_one_channel_for_two_productions() -> None:
    says = refused(TOP, RAVI, MEI, NIGHTFALL, 'channels = ["C0SET"]\n', LANTERN, 'channels = ["C0SET"]\n')
    assert "line 18: productions.LANTERN.channels: C0SET already belongs to NIGHTFALL" in says


def test_refused_somebody_as_their_own_backup() -> None:
    says = refused(TOP, RAVI, 'backup = "ravi"\n', NIGHTFALL)
    assert "line 6: contacts.ravi.backup: ravi cannot be their own backup; name somebody else" in says


def test_refused_somebody_as_their_own_backup_under_another_key() -> None:
    says = refused(
        TOP, RAVI, 'backup = "rm"\n', '[contacts.rm]\nslack = "U0RAVI"\nname = "R. M."\n', NIGHTFALL
    )
    assert "line 6: contacts.ravi.backup: rm is the same person as ravi (U0RAVI); name somebody else" in says


def test_refused_one_person_as_two_contacts() -> None:
    says = refused(TOP, RAVI, MEI.replace("U0MEI", "U0RAVI"), NIGHTFALL)
    assert "line 7: contacts.mei.slack: U0RAVI is already the contact ravi; keep one of the two" in says


def test_the_same_id_in_two_workspaces_is_two_people() -> None:
    directory = read(TOP, RAVI, MEI.replace("U0MEI", "U0RAVI"), 'team = "T0VENDOR"\n', NIGHTFALL)
    assert directory.contacts["mei"].team == "T0VENDOR"


def test_refused_a_directory_of_nothing() -> None:
    says = refused("").splitlines()
    assert len(says) == 3
    assert "operators: this key is missing; say who is told when something needs a hand" in says[0]
    assert "contacts: this key is missing; describe who decides" in says[1]
    assert "productions: this key is missing; no production is listed" in says[2]


def test_refused_an_empty_list_of_operators() -> None:
    assert "line 1: operators: at least one entry is needed" in refused(
        TOP.replace('"U0OPS"', ""), RAVI, NIGHTFALL
    )


def test_refused_an_empty_list_of_requesters() -> None:
    says = refused(TOP, RAVI, NIGHTFALL, "requesters = []\n")
    assert "requesters: at least one entry is needed; leave requesters out to let anybody file" in says


def test_refused_a_rulebook_nobody_wrote() -> None:
    says = refused(TOP, RAVI, NIGHTFALL, 'rulebooks = ["netflix-gen"]\n')
    assert 'NIGHTFALL.rulebooks: there is no rulebook "netflix-gen"; did you mean "netflix-genai"?' in says


def test_refused_a_title_too_long_for_slack() -> None:
    says = refused(TOP, RAVI, NIGHTFALL.replace('"Nightfall"', f'"{"N" * 76}"'))
    assert "line 7: productions.NIGHTFALL.title: at most 75 characters fit, these are 76" in says


def test_refused_two_productions_with_one_title() -> None:
    says = refused(TOP, RAVI, MEI, NIGHTFALL, LANTERN.replace("Paper Lantern", "nightfall "))
    assert 'line 14: productions.LANTERN.title: NIGHTFALL is called "nightfall" too' in says


def test_refused_a_key_nobody_knows() -> None:
    says = refused(TOP, RAVI, 'time_zone = "Europe/London"\n', NIGHTFALL)
    assert says == 'directory.toml, line 6: contacts.ravi.time_zone: unknown key; did you mean "timezone"?'


def test_a_missing_key_is_told_where_its_table_is_not_at_the_next_ones() -> None:
    says = refused(TOP, RAVI.replace('slack = "U0RAVI"\n', ""), MEI, NIGHTFALL)
    assert says.startswith(
        "directory.toml, line 3: contacts.ravi.slack: this key is missing; write their member ID"
    )


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    says = refused(
        TOP,
        RAVI.replace("U0RAVI", "ravi"),
        'timezone = "Mars"\nbackup = "ravi"\n',
        NIGHTFALL.replace('contact = "ravi"', 'contact = "mei"'),
    ).splitlines()
    assert [line.split(": ")[1] for line in says] == [
        "contacts.ravi.slack",
        "contacts.ravi.timezone",
        "contacts.ravi.backup",
        "productions.NIGHTFALL.contact",
    ]


@pytest.mark.parametrize(
    "text", ["operators = 3\ncontacts = [1]\nproductions = { A = 3 }\n", "contacts = 1\n"]
)
def test_a_directory_of_the_wrong_shape_is_refused_not_crashed_on(text: str) -> None:
    assert "directory.toml" in refused(text)


KNOWN = frozenset({"GB", "GB-SCT", "GB-ENG", "JP", "SE", "SG"})


def told_of_holidays(*parts: str) -> str:
    with pytest.raises(Invalid) as refusal:
        parse_directory("".join((TOP, *parts)), "directory.toml", None, KNOWN)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("UK", 'the public holidays of "UK" are not known; did you mean "GB"?'),
        ("XX", 'the public holidays of "XX" are not known; known are: GB, JP, SE, SG'),
        ("XX-ENG", 'the public holidays of "XX" are not known; known are: GB, JP, SE, SG'),
        ("GB-SCO", 'GB has no part "GB-SCO" with holidays of its own; did you mean "GB-SCT"?'),
        ("JP-13", 'JP has no part "JP-13" with holidays of its own; write the country alone: "JP"'),
    ],
)
def test_refused_holidays_that_nobody_knows(code: str, says: str) -> None:
    holidays = f'holidays = "{code}"\n'
    assert told_of_holidays(RAVI, holidays, NIGHTFALL, holidays) == (
        f"directory.toml, line 6: contacts.ravi.holidays: {says}\n"
        f"directory.toml, line 11: productions.NIGHTFALL.holidays: {says}"
    )


def test_a_malformed_country_is_told_once() -> None:
    says = told_of_holidays(RAVI, NIGHTFALL, 'holidays = "Britain"\n')
    assert says == (
        'directory.toml, line 10: productions.NIGHTFALL.holidays: "Britain" is not a country; '
        'write its two letters in capitals, like "GB"'
    )


def test_known_holidays_are_accepted_and_unchecked_ones_too() -> None:
    text = "".join((TOP, RAVI, 'holidays = "GB-SCT"\n', NIGHTFALL, 'holidays = "SE"\n'))
    directory = parse_directory(text, "directory.toml", None, KNOWN)
    assert directory.contacts["ravi"].holidays == "GB-SCT"
    assert directory.production("NIGHTFALL").holidays == "SE"
    assert read(TOP, RAVI, 'holidays = "XX"\n', NIGHTFALL).contacts["ravi"].holidays == "XX"


def test_every_example_of_the_documentation_can_be_read(example: Directory) -> None:
    page = (ROOT / "docs" / "directory.md").read_text(encoding="utf-8")
    whole, away, ladder = (part.split("```")[0] for part in page.split("```toml\n")[1:])
    heading = "[contacts.ravi]\n"
    ravi = away.removeprefix(heading)
    directory = parse_directory(whole.replace(heading, heading + ravi) + ladder, "directory.toml")
    assert [each.to for each in directory.contacts["ravi"].away] == ["mei", None]
    assert len(directory.production("NIGHTFALL").ladder) == 3
    assert example.contacts["ravi"].away == () and example.contacts["ravi"].holidays == "GB"


def test_refused_what_is_not_toml() -> None:
    assert refused(TOP, "[contacts.ravi\n").startswith("directory.toml, line 3: this is not valid TOML")
