"""Who writes faster than anybody could answer: a token bucket for each person, in memory, where events come in.

A bucket says only *that* somebody hurries; what follows is the engine's (`core/conversation/hurry.py`). Whoever
emptied theirs hurries until it is half full again, so that one flood is one flood. With several processes that
receive, each counts what it sees.
"""

from __future__ import annotations

from collections import OrderedDict

PEOPLE = 5_000
"""Buckets that are kept, those of whoever wrote last: who floods is always among them, and the others lose nothing."""


class Buckets:
    """`burst` messages at once, then one every `every` seconds. A burst of 0 means no limit."""

    def __init__(self, burst: int, every: float) -> None:
        self._burst = burst
        self._every = every
        self._people: OrderedDict[str, tuple[float, float, bool]] = OrderedDict()

    def hurries(self, key: str, now: float) -> bool:
        """Count one message; whether this person writes too fast. `now` in seconds; a clock that jumps back only
        fills nothing."""
        if not self._burst:
            return False
        level, at, hurried = self._people.pop(key, (float(self._burst), now, False))
        level = min(float(self._burst), level + max(0.0, now - at) / self._every)
        hurried = level < 1.0 or (hurried and level < self._burst / 2)
        self._people[key] = (max(0.0, level - 1.0), now, hurried)
        if len(self._people) > PEOPLE:
            self._people.popitem(last=False)
        return hurried
