"""What one process of a bot was told by the platform and all must obey, also the one that is started next: to call nothing
for a while, and how many chats are slowed down.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

from core.channel import Channel, Stops
from core.errors import StoreError
from core.runtime.lanes import SHARED_POLL
from core.runtime.shared import SharedPace
from core.store.workers import Rates

STOPPED = "|stopped"
"""Behind a channel's name: the row that says until when it may call nothing."""
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
