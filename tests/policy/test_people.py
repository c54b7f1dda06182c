"""Slack ids, time zones, hours and days: what people write, and what they hear when it is wrong."""

import pytest

from policy.people import DAYS
from tests.policy.written import NIGHTFALL, RAVI, TOP, read, refused


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
