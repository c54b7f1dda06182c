"""Part 4, delivery: notices a second to a Slack that takes 50 ms, and how soon a decision is on the card."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from time import perf_counter, sleep

from bench.apps import app_on, filed_form
from bench.places import Places
from bench.scale import Scale
from bench.serving import Side
from bench.sides import running
from bench.slack import TEAM, Call, Slack, slack
from bench.tables import Column, Table
from bench.timing import Series
from bot.app import Clearance
from bot.decision_modal import DecisionForm
from bot.pace import unhurried
from bot.service.decide import decide
from bot.service.desk import Who
from bot.service.submit import submit
from bot.shipped import shipped
from policy.lifecycle import Move
from storage import notices

_DELAY = 0.05  # seconds
_CHANNELS = 40
_PATIENCE = 60.0  # seconds until something that should have been said is missed


def delivering(places: Places, scale: Scale) -> Iterator[Table]:
    """The rate, and the way from a decision to the card."""
    yield _rates(places, scale)
    yield _to_the_card(places, scale)


def _rates(places: Places, scale: Scale) -> Table:
    columns = (Column("database"), Column("processes", "count"), Column("notices", "count"))
    table = Table(
        "delivery",
        f"Delivering to a Slack that answers after {_DELAY * 1000:.0f} ms",
        (*columns, Column("notices a second", "rate"), Column("doubled", "count")),
        notes=(
            f"{_CHANNELS} channels. One process says one thing at a time, so 20 a second is its limit here; "
            "Slack itself takes one message a second in each channel.",
        ),
    )
    for kind, processes in (("SQLite", 1), ("PostgreSQL", 1), ("PostgreSQL", 4)):
        if kind not in scale.databases:
            continue
        with slack() as stand_in, ExitStack() as stack:
            url, folder = places.url(kind), places.folder()
            _directory(folder)
            with ExitStack() as filing:
                _file_many(app_on(url, folder, stand_in, filing), scale.notices)
            wanted = scale.notices * 3
            stand_in.delay = _DELAY
            side = Side("ours", stand_in.api_url, str(folder), url)
            for _ in range(processes):
                stack.enter_context(running(side, stand_in))
            posts = _wait_for(stand_in, "chat.postMessage", wanted)
            # From when all were up: the others start while the first one works.
            late = posts[len(posts) // 2 :]
            rate = (len(late) - 1) / (late[-1].at - late[0].at)
            keys = [str(call.given.get("metadata")) for call in posts]
            table.rows.append([kind, processes, len(posts), rate, len(keys) - len(set(keys))])
    return table


def _to_the_card(places: Places, scale: Scale) -> Table:
    columns = (Column("from"), Column("to"), Column("median", "ms"), Column("p99", "ms"))
    table = Table(
        "card",
        "From a decision to the changed card",
        columns,
        notes=(f"Slack's own {_DELAY * 1000:.0f} ms to take the change are in it. SQLite FULL.",),
    )
    with slack(_DELAY) as stand_in, ExitStack() as stack:
        folder = places.folder()
        _directory(folder)
        clearance = app_on(places.url("SQLite"), folder, stand_in, stack, unhurried())
        clearance.delivery.start()
        stack.callback(clearance.delivery.stop)
        seconds = [_decided(clearance, stand_in, number) for number in range(max(2, scale.notices // 2))]
    series = Series(tuple((one,) for one in seconds))
    table.rows.append(["the contact presses Approve", "chat.update of the card", series.median, series.p99])
    return table


def _decided(clearance: Clearance, stand_in: Slack, number: int) -> float:
    desk = clearance.desk
    request = _file(clearance, number)
    until = perf_counter() + _PATIENCE
    while _waiting(clearance):
        assert perf_counter() < until, "the card was not posted"
        sleep(0.01)
    before = len(_calls(stand_in, "chat.update"))
    form = DecisionForm(request=request, revision=1, action=Move.APPROVE, wording="Approved.")
    began = perf_counter()
    decide(desk, form, Who(TEAM, "U0RAVI", "ravi"))
    return _wait_for(stand_in, "chat.update", before + 1)[before].at + _DELAY - began


def _waiting(clearance: Clearance) -> bool:
    with clearance.desk.database.reading() as tx:
        return notices.next_due(tx) is not None


def _calls(stand_in: Slack, method: str) -> list[Call]:
    return [call for call in list(stand_in.calls) if call.method == method]


def _wait_for(stand_in: Slack, method: str, count: int) -> list[Call]:
    until = perf_counter() + _PATIENCE
    while len(found := _calls(stand_in, method)) < count:
        assert perf_counter() < until, f"{len(found)} of {count} calls of {method} came"
        sleep(0.005)
    return found


def _directory(folder: Path) -> None:
    """The shipped example with many productions, each with a channel of its own."""
    text = shipped("directory.example.toml").read_text("utf-8")
    for number in range(_CHANNELS):
        text += (
            f'\n[productions.TITLE{number}]\ntitle = "Title {number}"\ntimezone = "Europe/London"\n'
            f'approvals_channel = "C0TITLE{number:02}"\ncontact = "ravi"\n'
        )
    (folder / "directory.toml").write_text(text, "utf-8")


def _file_many(clearance: Clearance, count: int) -> None:
    for number in range(count):
        _file(clearance, number)


def _file(clearance: Clearance, number: int) -> int:
    """One request, each in another production and by another person."""
    there = replace(filed_form(clearance.desk), production=f"TITLE{number % _CHANNELS}")
    who = Who(TEAM, f"U0P{number:03}", f"person {number}")
    return submit(clearance.desk, there, who, f"V{number}", ()).row.id
