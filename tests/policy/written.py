"""A directory as a person writes it, in parts to break, and what is said about it then."""

import pytest

from policy.directory import Directory, parse_directory
from policy.faults import Invalid

TOP = 'operators = ["U0OPS"]\napprovals_channel = "C0APPROVALS"\n'
RAVI = '[contacts.ravi]\nslack = "U0RAVI"\nname = "Ravi Menon"\n'
MEI = '[contacts.mei]\nslack = "U0MEI"\nname = "Mei Tanaka"\n'
NIGHTFALL = '[productions.NIGHTFALL]\ntitle = "Nightfall"\ntimezone = "Europe/London"\ncontact = "ravi"\n'
LANTERN = '[productions.LANTERN]\ntitle = "Paper Lantern"\ntimezone = "Asia/Tokyo"\ncontact = "mei"\n'


def read(*parts: str) -> Directory:
    return parse_directory("".join(parts), "directory.toml", ["netflix-genai"])


def refused(*parts: str) -> str:
    """Everything that is said about a directory with faults."""
    with pytest.raises(Invalid) as refusal:
        read(*parts)
    return str(refusal.value)
