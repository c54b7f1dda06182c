"""The wire to Slack: a change of connection and a broken one cost nobody a click for long."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.wire import SaidOnce
from tests.studio import house


def test_a_click_after_a_refresh_is_answered_while_the_old_connection_still_stands(tmp_path: Path) -> None:
    """slack_sdk alone reads the old socket for 3 s more: the person would see a failure, each time.

    Whether a machine that is busy with others takes 2 s over one change is not the question.
    """
    with house(tmp_path) as built:
        built.start()
        ana = built.person("U0ANA")
        ana.command("C0NIGHTFALL", "/genai-request help")
        built.workspace.link.ack_seconds = 2.0

        def answered_at_once() -> bool:
            before = len(ana.ephemerals("C0NIGHTFALL"))
            built.running.disconnect(grace=30)
            ana.command("C0NIGHTFALL", "/genai-request help")
            return len(ana.ephemerals("C0NIGHTFALL")) > before

        assert any(answered_at_once() for _ in range(4))


def test_an_outage_is_said_once_and_a_fault_of_ours_always(caplog: pytest.LogCaptureFixture) -> None:
    logger, once = logging.getLogger("tests.wire"), SaidOnce()
    logger.addFilter(once)
    try:
        for _ in range(3):
            logger.error("Failed to check the current session or reconnect to the server (token xapp-1)")
            logger.error("Failed to run a request listener")
        assert once.over() and not once.over()
        logger.error("Failed to establish a connection")
    finally:
        logger.removeFilter(once)
    broken = "The connection to Slack is broken. It is made anew as soon as Slack answers."
    assert caplog.messages == [broken, *["Failed to run a request listener"] * 3, broken]
