"""What has time gives way to clicks, but never for good."""

import threading
from pathlib import Path

import pytest

from bot.in_hand import InHand
from tests.studio import house

LONG = 20.0  # seconds: a bound, never waited for


def test_with_nobody_there_work_begins() -> None:
    in_hand = InHand()
    assert in_hand.give_way()
    with in_hand:
        pass
    assert in_hand.give_way()


def test_it_waits_while_anybody_is_answered_but_not_for_good() -> None:
    in_hand = InHand()
    with in_hand:
        with in_hand:
            assert not in_hand.give_way()
        assert not in_hand.give_way()
    assert in_hand.give_way()


def test_it_goes_on_once_the_click_is_answered() -> None:
    in_hand, order = InHand(), list[str]()
    began, go_on = threading.Event(), threading.Event()

    def click() -> None:
        with in_hand:
            began.set()
            go_on.wait(LONG)
            order.append("answered")

    clicks = threading.Thread(target=click)
    clicks.start()
    assert began.wait(LONG)
    go_on.set()
    while not in_hand.give_way():
        pass
    order.append("calm")
    clicks.join(LONG)
    assert order == ["answered", "calm"]


def test_a_click_that_fails_is_in_hand_no_more() -> None:
    in_hand = InHand()
    try:
        with in_hand:
            raise ValueError("a defect")
    except ValueError:
        assert in_hand.give_way()


def test_what_comes_over_socket_mode_is_in_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, enter = list[InHand](), InHand.__enter__

    def entered(in_hand: InHand) -> None:
        taken.append(in_hand)
        enter(in_hand)

    monkeypatch.setattr(InHand, "__enter__", entered)
    with house(tmp_path) as built:
        clearance = built.start()
        built.person("U0ANA").command("C0NIGHTFALL", "/genai-request help")
        assert taken and {id(one) for one in taken} == {id(clearance.in_hand)}
