"""The ticks. A tick only looks; what is due lives in rows: a late, doubled or lost tick costs nothing."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from storage.errors import StorageError

_log = logging.getLogger(__name__)
# APScheduler warns of every tick that it leaves out because the one before still runs: that is as meant.
_quiet = logging.getLogger(f"{__name__}.apscheduler")
_quiet.setLevel(logging.ERROR)

_CATCH_UP = 100  # looks in one tick: more than a tick's worth is left to the next


@dataclass(frozen=True)
class Tick:
    """`look` does what is due and returns how much it found; every so many `seconds`."""

    name: str
    look: Callable[[], int]
    seconds: float


class Scheduler:
    """Ticks in threads of their own, never two of a kind at once."""

    def __init__(self, ticks: list[Tick]) -> None:
        self._ticks = ticks
        self._scheduler = BackgroundScheduler(
            logger=_quiet,
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(len(ticks))},
            # None: a tick that comes late is a tick; a day's sleep makes one of many.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._silent: set[str] = set()
        self._asked: set[str] = set()

    def start(self) -> None:
        """Tick at once, and from then on."""
        for tick in self._ticks:
            self._scheduler.add_job(
                self._run,
                "interval",
                args=(tick,),
                id=tick.name,
                name=tick.name,
                seconds=tick.seconds,
                next_run_time=datetime.now(UTC),
            )
        self._scheduler.start()

    def stop(self) -> None:
        """Finish the tick in hand and stop."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def now(self) -> None:
        """Do not wait for the next ticks: the clock was moved."""
        for tick in self._ticks:
            self._asked.add(tick.name)
            self._scheduler.modify_job(tick.name, next_run_time=datetime.now(UTC))

    def _run(self, tick: Tick) -> None:
        asked = True
        while asked:
            self._asked.discard(tick.name)
            self._look(tick)
            # Asked for meanwhile: the job itself is left out while it still runs.
            asked = tick.name in self._asked

    def _look(self, tick: Tick) -> None:
        """A defect is APScheduler's to log, with its trace; the next tick comes all the same."""
        try:
            for _ in range(_CATCH_UP):
                if not tick.look():
                    break
        except StorageError as error:
            # The rows are safe where they are. Said once, not every few seconds.
            if tick.name not in self._silent:
                _log.warning("The %s tick waits: %s", tick.name, error)
            self._silent.add(tick.name)
        else:
            self._silent.discard(tick.name)
