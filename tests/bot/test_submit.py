"""One form is one request, and the register has no gaps for counsel to ask about."""

from pathlib import Path

from bot.service.submit import submit
from bot.submission import Submission
from policy.facts import Facts, Step, Use
from tests.bot.test_delivery import ANA, Office


def test_a_form_that_is_sent_again_uses_up_no_number(tmp_path: Path) -> None:
    office = Office(tmp_path / "clearance.db")
    use = Use(title="Upscale", description="Sharper.", facts=Facts(steps=(Step(),)))
    filed = Submission("NIGHTFALL", use, "no")
    numbers = [submit(office.desk, filed, ANA, key, ()).row.id for key in ("V1", "V1", "V1", "V2")]
    office.database.close()
    assert numbers == [1, 1, 1, 2]
