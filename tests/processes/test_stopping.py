"""SIGTERM: what is in hand is finished within ten seconds, and nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.workspace import Fault
from tests.processes import launcher
from tests.processes.office import Office, thorough
from tests.studio import ESCALATE, answer, ask, file, number_in, open_form, press

pytestmark = pytest.mark.process

WITHIN = 10.0
slow = pytest.mark.skipif(not thorough(), reason="ten seconds each: make faults tells it")


def test_a_submission_in_flight_is_recorded_acknowledged_and_said_later(office: Office) -> None:
    """Slack takes 3 s for each answer; the bot stops between the click and the acknowledgement."""
    ana, faults = office.people.ana, office.house.workspace.faults
    open_form(ana)
    answer(ana, ESCALATE)
    faults.plan("*", Fault(kind="slow", seconds=3), times=None)
    office.lingers_at(launcher.ARRIVED)
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(ana.submit)
        office.bot.until(office.lingering)
        assert office.bot.terminate() < WITHIN
        assert sent.result() == {}
    office.filed.append(number_in(ana))
    ana.close()
    faults.clear()
    office.bot.start()
    office.all_is_well()


@slow
def test_a_form_that_is_being_opened_holds_nothing_up(office: Office) -> None:
    ravi, faults = office.people.ravi, office.house.workspace.faults
    number = file(office.people.ana, ESCALATE)
    office.filed.append(number)
    asked = ask(ravi, number)
    faults.plan("views.open", Fault(kind="slow", seconds=3))
    with ThreadPoolExecutor(1) as pool:
        pressing = pool.submit(press, ravi, asked, "approve")
        office.bot.until(lambda: faults.tally["views.open: slow"])
        assert office.bot.terminate() < WITHIN
        pressing.result()
    office.bot.start()
    ravi.fill(wording="Fine.")
    assert ravi.submit() == {}
    office.won.append((number, ravi.user))
    ravi.close(everything=True)
    office.all_is_well()


@slow
def test_a_slack_that_never_answers_does_not_keep_it(office: Office) -> None:
    """What hangs is given up after ten seconds and taken up again at the next start."""
    ana, faults = office.people.ana, office.house.workspace.faults
    faults.plan("chat.postMessage", Fault(kind="slow", seconds=30))
    office.filed.append(file(ana, ESCALATE))
    ana.close()
    office.bot.until(lambda: faults.tally["chat.postMessage: slow"])
    assert office.bot.terminate() < WITHIN + 2  # the machine may be busy
    office.bot.start()
    office.all_is_well()
