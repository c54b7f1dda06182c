"""The register of a real story holds, and most of it is verified without parsing what it says."""

import pytest

from storage import verification
from storage.verification import verify
from tests.flows.conftest import Stage
from tests.studio import ESCALATE, JUDGEMENT, WRITTEN, ask, decide, file


def test_what_the_app_writes_is_verified_unparsed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another key in a snapshot, or another last key in a verdict: verification takes three times as long."""
    ana, ravi = stage.ana, stage.ravi
    file(ana, JUDGEMENT, title="Moon over the pier")
    decide(ravi, ask(ravi, file(ana, ESCALATE, title="Old newspaper")), "approve", wording="Fine.")
    decide(ravi, ask(ravi, file(ana, WRITTEN, title="Poster")), "deny", reason="It is a painting.")
    parsed: list[str] = []
    monkeypatch.setattr(verification, "_value", parsed.append)
    assert stage.house.clearance is not None
    with stage.house.clearance.desk.database.reading() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM decisions").scalar_one() == 2
        found = verify(tx)
    assert found.intact, found.says
    assert parsed == []
