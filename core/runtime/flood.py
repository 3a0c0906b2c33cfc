"""Who writes faster than anybody could answer: a token bucket for each person, where events come in.

A bucket says only *that* somebody hurries; what follows is the engine's (`core/conversation/hurry.py`). Whoever
emptied theirs hurries until it is half full again, so that one flood is one flood. Several processes that receive
count together, as soon as somebody writes to one of them more than `FEW` messages while a bucket fills.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from core.quick_json import dumps, loads
from core.runtime.recent import Recent
from core.store.workers import Rates

PEOPLE = 2_500
"""Buckets that are kept at least, those of whoever wrote last: who floods is always among them, and the others lose
nothing."""
FEW = 2
"""Messages of one person that a process counts alone: so many may pass beside the shared bucket, for each process."""
FLOOD = "@flood"
"""The name under which people are counted together; no bot is called so."""


class Bucket(NamedTuple):
    """What is left of somebody's bucket, when that was so, and whether they hurry."""

    level: float
    at: float
    hurried: bool = False

    def less(self, burst: int, every: float, now: float) -> Bucket:
        """After one more message. `now` in seconds; a clock that jumps back only fills nothing."""
        level = min(float(burst), self.level + max(0.0, now - self.at) / every)
        hurried = level < 1.0 or (self.hurried and level < burst / 2)
        return Bucket(max(0.0, level - 1.0), now, hurried)


class Buckets:
    """`burst` messages at once, then one every `every` seconds. A burst of 0 means no limit."""

    def __init__(self, burst: int, every: float) -> None:
        self._burst = burst
        self._every = every
        self._people = Recent[Bucket](PEOPLE)

    async def hurried(self, keys: Sequence[str], now: float) -> list[bool]:
        """Count one message for each key; whether its person writes too fast."""
        return [self.hurries(key, now) for key in keys]

    def hurries(self, key: str, now: float) -> bool:
        """Count one message; whether this person writes too fast."""
        if not self._burst:
            return False
        before = self._people.get(key) or Bucket(self._burst, now)
        after = before.less(self._burst, self._every, now)
        self._people.note(key, after)
        return after.hurried


class SharedBuckets(Buckets):
    """The same where many receive: what a person wrote to the others counts, too."""

    def __init__(self, burst: int, every: float, rates: Rates) -> None:
        super().__init__(burst, every)
        self._rates = rates
        self._alone = Recent[tuple[float, int]](PEOPLE)  # since when, and how many

    async def hurried(self, keys: Sequence[str], now: float) -> list[bool]:
        """Count one message for each key; whether its person writes too fast, here or everywhere.

        Raises:
            StoreError: the others cannot be asked.
        """
        found = await super().hurried(keys, now)
        for key in dict.fromkeys(keys) if self._burst else ():
            places = [place for place, other in enumerate(keys) if other == key]
            since, alone = self._alone.get(key) or (now, 0)
            if not 0 <= now - since <= self._burst * self._every:  # a bucket fills in that time
                since, alone = now, 0
            if alone + len(places) <= FEW:
                self._alone.note(key, (since, alone + len(places)))
                continue
            untold = alone if alone <= FEW else 0
            told = await self._tell(key, untold + len(places), now)
            self._alone.note(key, (now, FEW + 1))  # from now on everything is told
            for place, everywhere in zip(places, told[untold:], strict=True):
                found[place] = found[place] or everywhere
        return found

    async def _tell(self, key: str, count: int, now: float) -> list[bool]:
        """Count so many messages together with what the others counted: which of them came too fast."""
        flags: list[bool] = []

        def change(text: str) -> tuple[str, float]:
            level, at, hurried = loads(text) if text else (self._burst, now, False)
            bucket = Bucket(level, at, hurried)
            flags.clear()
            for _ in range(count):
                bucket = bucket.less(self._burst, self._every, now)
                flags.append(bucket.hurried)
            return dumps([*bucket]), now + self._burst * self._every

        await self._rates.count(FLOOD, key, change)
        return flags
