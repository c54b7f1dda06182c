"""Home for many and for few: lists that go on, operators, who may not file, people of elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.decision_modal import DecisionForm
from bot.service.decide import decide as sign
from bot.service.desk import Who
from bot.shipped import shipped
from bot.wording import MAY_NOT_FILE
from policy.lifecycle import Move
from storage import notices
from tests.flows.at_home import arrives, fill, happen, labels, opened, pressed_at_home, stands
from tests.flows.conftest import Stage, stage_of
from tests.person import text_of
from tests.studio import ESCALATE, answer, file, house, number_in, send

# Lists that go on


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """A house of its own, with its own directory."""
    with ExitStack() as stack:

        def build(*differing: tuple[str, str]) -> Stage:
            text = shipped("directory.example.toml").read_text("utf-8")
            for before, after in differing:
                assert before in text
                text = text.replace(before, after)
            built = stack.enter_context(house(tmp_path, directory=text))
            built.start()
            return stage_of(built)

        yield build


def test_lists_go_on_and_back(fresh: Callable[..., Stage]) -> None:
    stage = fresh()
    fill(stage, 21)
    ravi, ana = stage.ravi, stage.ana
    said = arrives(ravi, "21 requests wait for your decision.", "1 to 8 of 21.")
    assert "Number 8." in said and "Number 9." not in said and "More (13)" in labels(ravi)
    ravi.press_at_home("home:waiting:more")
    stands(ravi, "Number 9.", "Number 16.", "9 to 16 of 21.", gone="Number 8.")
    ravi.press_at_home("home:waiting:more")
    stands(ravi, "17 to 21 of 21.")
    assert "Back" in labels(ravi) and not [one for one in labels(ravi) if one.startswith("More")]
    # After a decision the list stands where it stood.
    opened(ravi, "decide:deny", "digest:18")
    send(ravi, reason="No.")
    stands(ravi, "17 to 20 of 20.", gone="Number 18.")
    ravi.press_at_home("home:waiting:back")
    stands(ravi, "9 to 16 of 20.")

    said = arrives(ana, "Filed by you", "Number 21.")
    assert "Number 12." in said and "Number 11." not in said
    ana.press_at_home("home:filed:more")
    stands(ana, "Number 11.", "Number 2.", gone="Number 12.")
    ana.press_at_home("home:filed:more")
    stands(ana, "Number 1.", gone="Number 2.")
    ana.press_at_home("home:filed:newest")
    stands(ana, "Number 21.")


def test_a_page_that_was_emptied_gives_way_to_the_first(fresh: Callable[..., Stage]) -> None:
    stage = fresh()
    fill(stage, 9)
    arrives(stage.ravi, "1 to 8 of 9.")
    stage.ravi.press_at_home("home:waiting:more")
    stands(stage.ravi, "9 to 9 of 9.")
    opened(stage.ravi, "decide:deny", "digest:9")
    send(stage.ravi, reason="No.")
    stands(stage.ravi, "8 requests wait for your decision.", "Number 1.")


def test_what_lapsed_is_filed_again_from_home(tmp_path: Path) -> None:
    now = [datetime(2026, 3, 4, 18, tzinfo=UTC)]
    with house(tmp_path) as built:
        built.clock = lambda: now[0]
        clearance = built.start()
        stage = stage_of(built)
        fill(stage, 1)
        form = DecisionForm(1, 1, Move.APPROVE, wording="Fine.", valid_until=date(2026, 3, 5))
        sign(clearance.desk, form, Who("T0STUDIO", "U0RAVI", "ravi"))
        assert "Approved" in arrives(stage.ana, "Number 1.") and "File it again" not in labels(stage.ana)
        now[0] += timedelta(days=3)
        clearance.scheduler.now()
        stage.ana.wait(lambda: "File it again" in labels(stage.ana) if stage.ana.home() else None)
        opened(stage.ana, "chase:renew", "renew:1")
        answer(stage.ana, title="Once more")
        assert stage.ana.submit() == {}
        number = number_in(stage.ana)
        stage.ana.close()
        stands(stage.ana, f"GEN-{number} · Once more", "Lapsed")


# Operators, and who may not


def test_operators_see_what_needs_a_hand(fresh: Callable[..., Stage]) -> None:
    stage = fresh()
    desk = stage.house.clearance.desk  # type: ignore[union-attr]
    arrives(stage.ops, "May you use generative AI", gone="Needs a hand")
    with desk.database.transaction() as tx:
        for number in range(5):
            key = notices.key(None, "card", "C0GONE", number)
            notices.enqueue(tx, key, "card", "C0GONE", None, {}, desk.clock(), desk.clock())
            found = tx.exec_driver_sql("SELECT max(id) FROM notices").scalar_one()
            notices.failed(tx, int(found), "channel_not_found <!channel>", desk.clock())
    said = arrives(stage.ops, "Needs a hand", "5 messages could not be posted")
    assert "card to C0GONE: channel_not_found" in said and "and 2 more" in said
    assert "clearance notices retry" in said
    assert "Needs a hand" not in arrives(stage.ana, "New request")


def test_nobody_who_can_decide_is_the_operators_business(fresh: Callable[..., Stage]) -> None:
    """Ravi files it himself, and has no backup."""
    stage = fresh(('backup = "mei"                         # two people may be each other\'s backup', ""))
    number = file(stage.ravi, ESCALATE, title="Nobody's")
    said = arrives(stage.ops, "Needs a hand")
    assert "1 request has nobody who can decide" in said
    assert f"GEN-{number} · Nobody's" in said and "production" in said


def test_who_may_not_file_reads_why(fresh: Callable[..., Stage]) -> None:
    closed = 'requesters = ["U0ANA"]\ncontact = '
    stage = fresh(("contact = ", closed))
    said = arrives(stage.theo, MAY_NOT_FILE)
    assert labels(stage.theo) == ["Find a request"] and "Filed by you" not in said
    # A Home from before the list was closed still has the button.
    trigger = stage.house.workspace.handouts.trigger("U0THEO")
    pressed_at_home(stage, "U0THEO", trigger, "home:new")
    assert MAY_NOT_FILE in text_of(stage.theo.wait(stage.theo.modal))


def test_the_only_production_is_preset(fresh: Callable[..., Stage]) -> None:
    stage = fresh(('title = "Paper Lantern"', 'title = "Paper Lantern"\nrequesters = ["U0JUN"]'))
    arrives(stage.ana, "New request")
    assert "Nightfall, season 2" in text_of(opened(stage.ana, "home:new"))


def test_a_person_is_known_by_their_workspace_too(fresh: Callable[..., Stage]) -> None:
    """Mei belongs to another company: somebody with her number here is not her."""
    stage = fresh(('slack = "U0MEI"', 'slack = "U0MEI"\nteam = "T0OTHER"'))
    number = file(stage.jun, ESCALATE, code="PAPERLANTERN", title="For the other company")
    happen(stage, "U0MEI")
    assert "For the other company" not in stands(stage.mei, "May you use generative AI")
    happen(stage, "U0MEI", user_team="T0OTHER")
    said = stands(stage.mei, "Waiting for you", f"GEN-{number} · For the other company")
    assert "Nothing yet." in said
    happen(stage, "U0JUN", team="T0OTHER")
    assert "Filed by you" not in stands(stage.jun, "May you use generative AI")
