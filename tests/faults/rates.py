"""The rate windows in the books of a storm: what one chat got, and whether a wait that the platform named was kept."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from bots.local.faults import Committed
from bots.local.telegram_limits import Limits

SLACK = 0.25
"""Seconds between the platform's answer and its being read, or the next call's leaving and its arrival."""


class ChatRates:
    """Sees every exchange of the stand-in, as its `on_exchange`. `refused`: (chat, time) of each message that was not
    taken because of the rates."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._free: dict[str, float] = {}
        self.refused: list[tuple[str, float]] = []
        self.early: list[str] = []

    def __call__(self, method: str, fields: Mapping[str, Any], answer: Any) -> None:
        """One exchange."""
        if method.lower() == "getme":  # a new process: waits of a second died with the one before
            self._free.clear()
        if method.lower() != "sendmessage":
            return
        chat, now = str(fields["chat_id"]), time.monotonic()
        if now < self._free.get(chat, 0.0):
            self.early.append(chat)
        if answer.get("error_code") == 429:
            self.refused.append((chat, now))
            self._free[chat] = now + answer["parameters"]["retry_after"] - SLACK

    def check(self, sent: Iterable[Committed]) -> None:
        """No chat got more than its window holds, and none was tried again before its time."""
        assert not self.early, f"{self.early} were tried while they had to wait"
        chats = defaultdict[int, list[float]](list)
        for row in sent:
            chats[row.chat_id].append(row.at)
        most, every = self._limits.chat_burst, self._limits.chat_every
        for chat, times in chats.items() if every else ():
            for windows in (1, 2, 4):
                assert most_within(sorted(times), windows * every) <= most + windows, chat


def most_within(times: list[float], seconds: float) -> int:
    """The largest number of moments that any window of this length holds; the moments in their order."""
    return max((bisect_left(times, start + seconds) - at for at, start in enumerate(times)), default=0)
