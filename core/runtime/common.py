"""What one process of a bot was told by the platform and all must obey, also the one that is started next: to call nothing
for a while, how many chats are slowed down, and how many calls were refused.

Refusals of all processes are added up once a second by those that were refused something: a process that was not writes
and reads nothing. Where there are too many, whoever counted so stops, and with it all.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

from core.channel import Channel, Stops
from core.errors import StoreError
from core.quick_json import dumps, loads
from core.runtime.lanes import SHARED_POLL
from core.runtime.shared import SharedPace
from core.store.workers import Rates

STOPPED = "|stopped"
"""Behind a channel's name: the row that says until when it may call nothing."""
REFUSED = "|refused"
"""Behind a channel's name: the row of its refusals, [[minute, how many], ...]."""
MINUTES = 10
"""For which a refusal counts, beside the one in which it came."""
SLACK = 1.0
"""Seconds by which two processes may differ."""
log = logging.getLogger(__name__)


class Common:
    """`channels` are those of this process, `paces` what it keeps to when it sends."""

    def __init__(self, rates: Rates, clock: Callable[[], float]) -> None:
        self.channels: Mapping[str, Channel] = {}
        self.paces: list[SharedPace] = []
        self._rates = rates
        self._clock = clock
        self._added: dict[str, int] = {}

    async def run(self) -> None:
        """At once, and then each second, for ever."""
        while True:
            await self.hear()
            await asyncio.sleep(SHARED_POLL)

    async def hear(self) -> None:
        """Once. A store that is away is found by whoever works."""
        try:
            for channel in self.channels.values():
                if isinstance(channel, Stops):
                    await self._add(channel, f"{channel.name}{REFUSED}")
                    await self._stop(channel, f"{channel.name}{STOPPED}")
            for pace in self.paces:
                await pace.hear()
        except StoreError:
            return

    async def _stop(self, channel: Stops, row: str) -> None:
        until, ours = await self._rates.free_at(row), self._clock() + channel.stopped()
        if ours > max(until, self._clock()) + SLACK:
            await self._rates.hold(row, ours)
        elif until > ours + SLACK:
            log.warning("another process was told to call nothing: this one waits, too")
            channel.stop(until - self._clock())

    async def _add(self, channel: Stops, row: str) -> None:
        """Our refusals to those of the others. After too many the count begins anew: the pause is as long as its window."""
        refused = channel.refused()
        more, minute, total = refused - self._added.get(channel.name, 0), int(self._clock() // 60), 0
        if not more:
            return

        def change(text: str) -> tuple[str, float]:
            nonlocal total
            counts = {at: count for at, count in loads(text or "[]") if minute - MINUTES <= at <= minute}
            counts[minute] = counts.get(minute, 0) + more
            total = sum(counts.values())
            return dumps([*counts.items()]), (minute + MINUTES + 1) * 60.0

        await self._rates.count(row, "", change)
        self._added[channel.name] = refused
        if channel.too_many(total):
            await self._rates.count(row, "", lambda _: ("", 0.0))
