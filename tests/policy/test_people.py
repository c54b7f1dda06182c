"""Slack ids, time zones, hours and days: what people write, and what they hear when it is wrong."""

from datetime import date

import pytest

from policy.people import DAYS
from tests.policy.written import MEI, NIGHTFALL, RAVI, TOP, read, refused


def test_a_night_shift_ends_the_next_morning() -> None:
    start, end = read(TOP, RAVI, 'hours = "18:00-09:00"\n', NIGHTFALL).contacts["ravi"].window
    assert (start.hour, end.hour) == (18, 9)


def test_days_are_known_in_short_and_in_capitals() -> None:
    directory = read(TOP, RAVI, 'days = ["Mon", "sunday", "FRI"]\n', NIGHTFALL)
    assert [DAYS[day] for day in sorted(directory.contacts["ravi"].weekdays)] == [
        "monday",
        "friday",
        "sunday",
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("tokyo", 'did you mean "Asia/Tokyo"?'),
        ("america/los angeles", 'did you mean "America/Los_Angeles"?'),
        ("Europe", 'write it like "Europe/London"'),
        ("Mars", 'write it like "Europe/London"'),
        ("", 'write it like "Europe/London"'),
        ("../etc/passwd", 'write it like "Europe/London"'),
    ],
)
def test_refused_a_time_zone_that_is_no_zone(written: str, meant: str) -> None:
    says = refused(TOP, RAVI, f'timezone = "{written}"\n', NIGHTFALL)
    assert says.endswith(f'"{written}" is not a time zone; {meant}')


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        (
            (TOP, RAVI.replace("U0RAVI", "@ravi"), NIGHTFALL),
            '"@ravi" is not a member ID; write a member ID like',
        ),
        ((TOP, RAVI.replace("U0RAVI", "u0ravi"), NIGHTFALL), 'Slack ids are written in capitals: "U0RAVI"'),
        ((TOP, RAVI.replace("U0RAVI", "C0RAVI"), NIGHTFALL), '"C0RAVI" is a channel ID; write a member ID'),
        ((TOP.replace("U0OPS", "S0OPS"), RAVI, NIGHTFALL), 'operators[1]: "S0OPS" is a user group ID'),
        ((TOP.replace("C0APP", "#app"), RAVI, NIGHTFALL), "is not a channel ID; write a channel ID like"),
        ((TOP, RAVI, 'team = "vendor"\n', NIGHTFALL), '"vendor" is not a workspace ID'),
        ((TOP, RAVI, NIGHTFALL, 'channels = ["D0RAVI"]\n'), '"D0RAVI" is not a channel ID'),
        (
            (TOP, RAVI, NIGHTFALL, 'requesters = ["U0ANA", "@crew"]\n'),
            'requesters[2]: "@crew" is not a member or user group ID',
        ),
    ],
)
def test_refused_a_malformed_slack_id(parts: tuple[str, ...], says: str) -> None:
    assert says in refused(*parts)


@pytest.mark.parametrize("hours", ["9-5", "9:00-17:00", "09:00-24:00", "09:00–18:00", "morning"])
def test_refused_malformed_hours(hours: str) -> None:
    says = refused(TOP, RAVI, f'hours = "{hours}"\n', NIGHTFALL)
    assert (
        f'line 6: contacts.ravi.hours: "{hours}" are not working hours; write them like "09:00-18:00"' in says
    )


def test_refused_hours_that_end_when_they_start() -> None:
    assert '"09:00-09:00" ends when it starts' in refused(TOP, RAVI, 'hours = "09:00-09:00"\n', NIGHTFALL)


def test_refused_a_day_that_is_none() -> None:
    says = refused(TOP, RAVI, 'days = ["monday", "Frydai"]\n', NIGHTFALL)
    assert says.endswith(
        'contacts.ravi.days[2]: "Frydai" is not a day of the week; did you mean "friday"?'
    ), "the bad day is told, not the list as a whole"


def test_refused_holidays_of_no_country() -> None:
    assert '"Britain" is not a country' in refused(TOP, RAVI, 'holidays = "Britain"\n', NIGHTFALL)


# Away


def test_days_away_are_dates_and_may_name_who_stands_in() -> None:
    christmas, easter = (
        '{ from = 2026-12-24, until = 2027-01-02, to = "mei" }',
        "{ from = 2027-04-05, until = 2027-04-05 }",
    )
    away = f"away = [{christmas}, {easter}]\n"
    first, second = read(TOP, RAVI, away, MEI, NIGHTFALL).contacts["ravi"].away
    assert (first.first, first.last, first.to) == (date(2026, 12, 24), date(2027, 1, 2), "mei")
    assert (second.first, second.last, second.to) == (date(2027, 4, 5), date(2027, 4, 5), None)
    assert read(TOP, RAVI, NIGHTFALL).contacts["ravi"].away == ()


def test_days_away_may_be_written_in_tables_or_in_quotes() -> None:
    table = '[[contacts.ravi.away]]\nfrom = "2026-12-24"\nuntil = 2027-01-02\n'
    assert read(TOP, RAVI, table, NIGHTFALL).contacts["ravi"].away[0].first == date(2026, 12, 24)


@pytest.mark.parametrize(
    ("absence", "says"),
    [
        (
            "{ from = 2026-12-24, until = 2026-12-20 }",
            "away[1]: until 2026-12-20 is before from 2026-12-24; exchange them",
        ),
        (
            "{ from = 20261224, until = 2027-01-02 }",
            "away[1].from: this is not a date; write it like 2026-12-24, without quotes and without an hour",
        ),
        (
            "{ from = 2026-12-24T09:00:00, until = 2027-01-02 }",
            "away[1].from: this is not a date; write it like 2026-12-24, without quotes and without an hour",
        ),
        ('{ from = "2026-02-30", until = 2027-01-02 }', 'away[1].from: there is no day "2026-02-30"'),
        (
            "{ from = 2026-12-24 }",
            "away[1].until: this key is missing; write the last day away: until = 2027-01-02",
        ),
        (
            "{ until = 2026-12-24 }",
            "away[1].from: this key is missing; write the first day away: from = 2026-12-24",
        ),
        (
            "{ fron = 2026-12-24, until = 2026-12-24 }",
            'away[1].fron: unknown key; did you mean "from"?',
        ),
        (
            '{ from = 2026-12-24, until = 2026-12-24, to = "mai" }',
            'away[1].to: there is no contact "mai"; did you mean "mei"?',
        ),
        (
            '{ from = 2026-12-24, until = 2026-12-24, to = "ravi" }',
            "away[1].to: ravi cannot stand in for themselves; name somebody else, or leave to out",
        ),
        (
            '{ from = 2026-12-24, until = 2026-12-26, to = "mei" }',
            "away[1].to: mei is away on all of these days too; name somebody else, or leave to out",
        ),
    ],
)
def test_refused_an_absence_that_helps_nobody(absence: str, says: str) -> None:
    mei = f"{MEI}away = [{{ from = 2026-12-23, until = 2026-12-26 }}]\n"
    told = refused(TOP, RAVI, f"away = [{absence}]\n", mei, NIGHTFALL).splitlines()
    assert f"directory.toml, line 6: contacts.ravi.{says}" in told


def test_who_stands_in_may_be_away_on_a_part_of_the_days() -> None:
    away = 'away = [{ from = 2026-12-24, until = 2027-01-02, to = "mei" }]\n'
    mei = f"{MEI}away = [{{ from = 2026-12-23, until = 2026-12-26 }}]\n"
    assert read(TOP, RAVI, away, mei, NIGHTFALL).contacts["ravi"].away[0].to == "mei"


@pytest.mark.parametrize(
    "away", ["away = 3\n", "away = [3]\n", "away = { from = 1 }\n", "away = [{ to = 3 }]\n"]
)
def test_refused_days_away_of_the_wrong_shape(away: str) -> None:
    assert "line 6: contacts.ravi.away" in refused(TOP, RAVI, away, NIGHTFALL)
