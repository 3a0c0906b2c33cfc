"""Faults on purpose: what goes wrong with which call, chosen by number or by a seeded dice, and the
ground truth of what was really done, so that a test can count losses and duplicates.

A fault says two independent things: how the answer is spoiled, and whether the call was performed before.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

Spoil = Literal[
    "hang", "reset", "close", "bad_gateway", "broken_json", "truncated", "slow_down", "banned", "delay"
]

_REFUSALS = ("slow_down", "banned")

ANY = "*"
"""The method name that stands for every method."""

_RECORDED_PREFIXES = ("send", "edit", "delete", "answer")


@dataclass(frozen=True, slots=True)
class Fault:
    """One spoiled answer.

    `committed`: the call is performed before the answer is spoiled. "slow_down" (429) and "banned" (a 429 of
    the wall in front, as a web page) never perform it, "delay" always does. `seconds`: how long "hang" keeps
    the client waiting (then it closes) and how long "delay" holds back a good answer. `retry_after`: seconds
    named by a 429. `everywhere`: that 429 is about the whole bot, where the platform can say so.
    """

    spoil: Spoil
    committed: bool = True
    seconds: float = 60.0
    retry_after: int = 1
    everywhere: bool = False

    @property
    def performs(self) -> bool:
        """Whether the call takes effect."""
        return self.spoil == "delay" or (self.committed and self.spoil not in _REFUSALS)

    @property
    def ambiguous(self) -> bool:
        """Whether the client cannot know if the call took effect."""
        return self.spoil not in (*_REFUSALS, "delay")


HANG = Fault("hang")
HANG_BEFORE = Fault("hang", committed=False)
RESET = Fault("reset")
CLOSE = Fault("close")
CLOSE_BEFORE = Fault("close", committed=False)
BAD_GATEWAY = Fault("bad_gateway")
BAD_GATEWAY_BEFORE = Fault("bad_gateway", committed=False)
BROKEN_JSON = Fault("broken_json")
TRUNCATED = Fault("truncated")
SLOW_DOWN = Fault("slow_down", committed=False)
BANNED = Fault("banned", committed=False)


@dataclass(frozen=True, slots=True)
class Applied:
    """A fault that happened: the `nth` call (from 1) of `method` met it."""

    method: str
    nth: int
    fault: Fault


@dataclass
class FaultPlan:
    """Which call meets which fault. Methods are named as in the platform's own documents, in any case.

    Explicit faults (`at`, `queue`) go before chances; chances roll one seeded dice per call, so the same
    seed and the same order of calls give the same faults.
    """

    seed: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    applied: list[Applied] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311 - a test plan, repeatable by design
        self._at: dict[tuple[str, int], Fault] = {}
        self._queued: dict[str, list[Fault]] = {}
        self._chances: dict[str, list[tuple[Fault, float]]] = {}

    def at(self, method: str, nth: int, fault: Fault) -> None:
        """The `nth` call of `method`, counted from 1 since the plan was made, meets `fault`."""
        self._at[method.lower(), nth] = fault

    def queue(self, method: str, *faults: Fault) -> None:
        """The next calls of `method` (or of `ANY`) meet these faults, in this order."""
        self._queued.setdefault(method.lower(), []).extend(faults)

    def chance(self, method: str, chances: Mapping[Fault, float]) -> None:
        """Each call of `method` (or of `ANY`) meets one of these faults by probability.

        Raises:
            ValueError: a probability is below 0, or they sum to more than 1.
        """
        if any(chance < 0 for chance in chances.values()) or sum(chances.values()) > 1:
            raise ValueError("probabilities are 0 to 1 and sum to at most 1")
        self._chances[method.lower()] = list(chances.items())

    def clear(self) -> None:
        """No more faults; the counts stay."""
        self._at.clear()
        self._queued.clear()
        self._chances.clear()

    def draw(self, method: str) -> Fault | None:
        """Count one call of `method` and say which fault it meets, if any."""
        name = method.lower()
        self.calls[name] += 1
        if not (self._at or self._queued or self._chances):
            return None
        fault = self._at.pop((name, self.calls[name]), None) or self._next(name) or self._roll(name)
        if fault is not None:
            self.applied.append(Applied(name, self.calls[name], fault))
        return fault

    def ambiguous(self, method: str = ANY) -> int:
        """How many calls ended so that the client could not know: the bound for duplicates."""
        name = method.lower()
        return sum(one.fault.ambiguous for one in self.applied if name in (ANY, one.method))

    def _next(self, name: str) -> Fault | None:
        for key in (name, ANY):
            if waiting := self._queued.get(key):
                return waiting.pop(0)
        return None

    def _roll(self, name: str) -> Fault | None:
        chances = self._chances.get(name) or self._chances.get(ANY)
        if not chances:
            return None
        left = self._dice.random()
        for fault, chance in chances:
            if left < chance:
                return fault
            left -= chance
        return None


@dataclass(frozen=True, slots=True)
class Committed:
    """One effect that really happened, whatever the client was told. `at` is in epoch seconds."""

    at: float
    method: str
    chat_id: int
    message_id: int
    text: str
    spoil: Spoil | None


class Ledger:
    """The ground truth: every send, edit, deletion and callback answer that was performed, in order."""

    def __init__(self) -> None:
        self._rows: list[Committed] = []

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Committed]:
        return iter(self._rows)

    def add(self, row: Committed) -> None:
        """Write down one performed effect."""
        self._rows.append(row)

    def of(self, method: str) -> list[Committed]:
        """The performed effects of one method."""
        return [row for row in self._rows if row.method == method.lower()]

    def sent(self, chat_id: int | None = None) -> list[Committed]:
        """The messages that were really sent, in one chat or in all."""
        return [
            row
            for row in self._rows
            if row.method.startswith("send") and row.message_id and chat_id in (None, row.chat_id)
        ]

    @staticmethod
    def records(method: str) -> bool:
        """Whether a method (lower case) has an effect that people see."""
        return method.startswith(_RECORDED_PREFIXES)
