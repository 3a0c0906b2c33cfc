"""Flood control: how many messages the bot may send overall, to one chat and to one group.

The figures are the published ones; the real ones are unspecified, so a client must obey `retry_after` and
must not count on these numbers.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """`per_second` overall, `chat_burst` at once and then one every `chat_every` seconds to one chat,
    `group_per_minute` to one group. 0 switches a limit off.
    """

    per_second: float = 30.0
    chat_burst: int = 3
    chat_every: float = 1.0
    group_per_minute: int = 20


STRICT = Limits()
UNLIMITED = Limits(per_second=0, chat_burst=0, chat_every=0, group_per_minute=0)


class Flood:
    """Counts the sends and says how long a refused one has to wait. Times are in seconds of one clock."""

    def __init__(self, limits: Limits = STRICT) -> None:
        self.limits = limits
        self._all: deque[float] = deque()
        self._due: dict[int, float] = {}
        self._groups: dict[int, deque[float]] = {}

    def admit(self, chat_id: int, is_group: bool, now: float) -> int:
        """0 when the send may go (it is then counted), else the whole seconds to wait (nothing counted)."""
        limits = self.limits
        wait = max(
            self._wait_window(self._all, limits.per_second, 1.0, now),
            self._wait_chat(chat_id, now),
            self._wait_group(chat_id, now) if is_group else 0.0,
        )
        if wait > 0:
            return max(1, math.ceil(wait))
        self._count(chat_id, is_group, now)
        return 0

    def _count(self, chat_id: int, is_group: bool, now: float) -> None:
        limits = self.limits
        if limits.per_second:
            self._all.append(now)
        if limits.chat_every:
            self._due[chat_id] = max(self._due.get(chat_id, now), now) + limits.chat_every
        if is_group and limits.group_per_minute:
            self._groups.setdefault(chat_id, deque()).append(now)

    def _wait_chat(self, chat_id: int, now: float) -> float:
        # Virtual scheduling: `due` is when the chat's burst is whole again.
        every, burst = self.limits.chat_every, max(self.limits.chat_burst, 1)
        due = self._due.get(chat_id, now) if every else now
        return due - now - every * (burst - 1) if every else 0.0

    def _wait_group(self, chat_id: int, now: float) -> float:
        times = self._groups.get(chat_id)
        return self._wait_window(times, self.limits.group_per_minute, MINUTE, now) if times else 0.0

    @staticmethod
    def _wait_window(times: deque[float], most: float, span: float, now: float) -> float:
        if not most:
            return 0.0
        while times and times[0] <= now - span:
            times.popleft()
        return times[0] + span - now if len(times) >= most else 0.0
