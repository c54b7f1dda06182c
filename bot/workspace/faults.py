"""Faults on request: what the local Slack does wrong, when a test asks for it."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field

CallKind = Literal["ratelimited", "http", "refuse", "drop_before", "drop_after", "slow", "stale"]
EnvelopeKind = Literal["drop_before", "drop_after", "slow", "again", "again_as_new", "disconnect", "hang_up"]
Kind = CallKind | EnvelopeKind
Reason = Literal["refresh_requested", "warning", "link_disabled"]

# Envelopes are met under this name and their kind: "envelope.interactive".
ENVELOPE = "envelope."
HISTORIES = ("conversations.history", "conversations.replies")
SECONDS: dict[str, float] = {"ratelimited": 1, "slow": 0.5, "stale": 60, "disconnect": 5}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fault(_Part):
    """One thing that goes wrong."""

    # ratelimited: 429 with Retry-After `seconds`. http: an HTML page with `status`. refuse: 200 and ok:false
    # with `error`. drop_before, drop_after: the connection breaks before or after the call took effect (the
    # envelope was sent). slow: it takes effect at once and is answered `seconds` late (the envelope is sent
    # late). stale: history as of `seconds` or, when given, `messages` ago, though edits show all the same.
    # Of envelopes: again, again_as_new: it comes twice, the second `seconds` later, with the same or a new
    # envelope_id. disconnect: it comes, and then the wish to connect anew, for `reason`; the old connection
    # is closed `seconds` later. hang_up: it comes, and the connection is closed.
    kind: Kind
    seconds: float | None = Field(default=None, ge=0, le=600)
    status: int = Field(default=503, ge=500, le=599)
    error: str = "internal_error"
    messages: int = Field(default=0, ge=0)
    reason: Reason = "refresh_requested"

    @property
    def lasting(self) -> float:
        """Its seconds, or what is usual for its kind."""
        return SECONDS.get(self.kind, 0) if self.seconds is None else self.seconds

    def fits(self, name: str) -> bool:
        """Whether it can happen to this method or envelope at all."""
        if self.kind == "stale":
            return name in HISTORIES
        return self.kind in get_args(EnvelopeKind if name.startswith(ENVELOPE) else CallKind)

    def __str__(self) -> str:
        detail = {"http": str(self.status), "refuse": self.error, "disconnect": self.reason}.get(self.kind)
        return f"{self.kind} {detail}" if detail else self.kind


class Plan(_Part):
    """One planned fault: the `times` next calls that match, after letting `after` of them pass."""

    # A name or a pattern ("chat.*"); "*" is every call, "envelope.*" every envelope. `times` None leaves the
    # end open, `within` (real seconds from planning) binds it to time; `channel` is as the call names it.
    method: str = "*"
    fault: Fault
    times: int | None = Field(default=1, ge=1)
    after: int = Field(default=0, ge=0)
    within: float | None = Field(default=None, gt=0)
    channel: str = ""

    def matches(self, name: str, channel: str) -> bool:
        """Whether this call or envelope is meant."""
        meant = _named(self.method, name) and self.channel in ("", channel)
        return meant and self.fault.fits(name)


class Luck(_Part):
    """Random faults: the n-th call of a method meets the same one whenever the seed is the same."""

    seed: int
    rate: float = Field(ge=0, le=1)
    kinds: tuple[Fault, ...] = Field(min_length=1)
    methods: tuple[str, ...] = ("*",)
    at_most: int | None = Field(default=None, ge=0)

    def draw(self, name: str, number: int) -> Fault | None:
        """What the `number`-th call of this method meets, whatever else was called in between."""
        if not any(_named(pattern, name) for pattern in self.methods):
            return None
        dice = random.Random(f"{self.seed} {name} {number}")
        fitting = [fault for fault in self.kinds if fault.fits(name)]
        return dice.choice(fitting) if dice.random() < self.rate and fitting else None


@dataclass
class _Standing:
    plan: Plan
    passing: int
    left: float
    until: float


class Faults:
    """Plans, luck and the tally of what was injected; any thread may plan."""

    def __init__(self) -> None:
        self.tally: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._standing: list[_Standing] = []
        self._luck: Luck | None = None
        self._met: Counter[str] = Counter()
        self._struck = 0

    @classmethod
    def random(
        cls,
        seed: int,
        rate: float,
        kinds: Iterable[Fault | Kind],
        methods: Iterable[str] = ("*",),
        at_most: int | None = None,
    ) -> Self:
        """Faults by chance; for methods ("*", "envelope.*") envelopes suffer too."""
        faults = cls()
        held = tuple(_fault(kind) for kind in kinds)
        luck = Luck(seed=seed, rate=rate, kinds=held, methods=tuple(methods), at_most=at_most)
        faults.trust(luck)
        return faults

    def plan(
        self,
        method: str,
        fault: Fault | Kind,
        *,
        times: int | None = 1,
        after: int = 0,
        within: float | None = None,
        channel: str = "",
    ) -> None:
        """Let a fault happen; plans are tried in the order they were made."""
        self.add(
            Plan(
                method=method,
                fault=_fault(fault),
                times=times,
                after=after,
                within=within,
                channel=channel,
            )
        )

    def add(self, plan: Plan) -> None:
        """Let a planned fault stand from now on."""
        left = float("inf") if plan.times is None else plan.times
        until = float("inf") if plan.within is None else time.monotonic() + plan.within
        with self._lock:
            self._standing.append(_Standing(plan, plan.after, left, until))

    def trust(self, luck: Luck | None) -> None:
        """Leave it to chance from now on, counting calls from one; None ends that."""
        with self._lock:
            self._luck = luck
            self._met.clear()
            self._struck = 0

    def clear(self) -> None:
        """Nothing goes wrong any more; the tally stays."""
        self.trust(None)
        with self._lock:
            self._standing = []

    @property
    def open_plans(self) -> int:
        """How many plans can still strike."""
        now = time.monotonic()
        with self._lock:
            return sum(one.left > 0 and now < one.until for one in self._standing)

    def meet(self, name: str, channel: str = "") -> Fault | None:
        """The fault this call or envelope suffers, counted; nothing planned costs nothing."""
        if not self._standing and self._luck is None:
            return None
        with self._lock:
            self._met[name] += 1
            fault = self._planned(name, channel) or self._drawn(name)
            if fault is not None:
                self.tally[f"{name}: {fault}"] += 1
            return fault

    def _planned(self, name: str, channel: str) -> Fault | None:
        now = time.monotonic()
        self._standing = [one for one in self._standing if one.left > 0 and now < one.until]
        for one in self._standing:
            if not one.plan.matches(name, channel):
                continue
            if one.passing:
                one.passing -= 1
                continue
            one.left -= 1
            return one.plan.fault
        return None

    def _drawn(self, name: str) -> Fault | None:
        luck = self._luck
        if luck is None or (luck.at_most is not None and self._struck >= luck.at_most):
            return None
        fault = luck.draw(name, self._met[name])
        self._struck += fault is not None
        return fault


def _fault(given: Fault | Kind) -> Fault:
    return given if isinstance(given, Fault) else Fault(kind=given)


def _named(pattern: str, name: str) -> bool:
    # "*" means the Web API: envelopes are only meant by name.
    return name.startswith(ENVELOPE) == pattern.startswith("envelope") and fnmatchcase(name, pattern)
