"""The watchdogs that need no platform: the event loop's lag, the age of what waits, and what the channels say.

| what                | found by                                | then                                     |
|---------------------|-----------------------------------------|------------------------------------------|
| event-loop lag      | a nap that lasts longer than it should  | a warning, and a gauge                   |
| queues that stand   | the oldest event and the oldest reply   | not ready, and an alarm                  |
| store that fails    | the same look                           | not ready                                |
| silent platform     | `Watched.trouble` of a channel          | not ready; the channel heals itself      |
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

from core.channel import Channel, Divided, Watched
from core.errors import StoreError
from core.runtime import metrics
from core.sentences import told
from core.store.rooms import Store

NAP = 0.1
"""Seconds of a nap that measures the loop."""
LATE = 0.25
"""Seconds of lag that are worth a line: a press has three seconds to be answered."""
EVERY = 5.0
"""Seconds between two looks at the queues."""
SOME = 1_000
"""No queue is counted further."""
log = logging.getLogger(__name__)


class Watch:
    """Looks on. `channels`: those that this process listens to; `patience`: seconds that an event or a reply may
    wait."""

    def __init__(
        self, store: Store, channels: Mapping[str, Channel], patience: float, now: Callable[[], float]
    ) -> None:
        self._store = store
        self._channels = channels
        self._patience = patience
        self._now = now
        self._lag = 0.0
        self._said = float("-inf")
        self._queues = "the queues were not looked at yet"
        self._standing = False

    def troubles(self) -> list[str]:
        """What keeps this process from its work now; empty when it is ready."""
        found = [self._queues] if self._queues else []
        for name, channel in self._channels.items():
            if isinstance(channel, Watched) and (trouble := channel.trouble()):
                found.append(f"{name}: {trouble}")
        return found

    def trouble(self, of: str) -> str | None:
        """What is wrong with a channel, or with the "queues"; "" when it is well, None where this process cannot tell."""
        if of == "queues":
            return self._queues
        channel = self._channels.get(of)
        return channel.trouble() if isinstance(channel, Watched) else None

    def parts(self) -> dict[str, dict[int, bool]]:
        """Of each channel whose connection has parts: those that this process holds, and whether each is connected."""
        return {
            name: dict(channel.held())
            for name, channel in self._channels.items()
            if isinstance(channel, Divided)
        }

    async def run(self) -> None:
        """For ever; cancelled at shutdown."""
        await asyncio.gather(self._nap_for_ever(), self._look_for_ever())

    # --- the loop

    async def _nap_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await asyncio.sleep(NAP)
            self._measured(loop.time() - began - NAP, loop.time())

    def _measured(self, lag: float, at: float) -> None:
        self._lag = max(self._lag, lag)
        if lag > LATE and at - self._said > 60.0:
            self._said = at
            log.warning("%s", told("watch.lag", ms=f"{lag * 1000:.0f}"))

    # --- the queues

    async def _look_for_ever(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Look once."""
        metrics.LAG.set(self._lag)
        self._lag = 0.0
        try:
            waiting = await self._store.waiting.look(self._now(), SOME)
        except StoreError as error:
            self._queues = f"store: {error}"
        else:
            ages = {"inbox": waiting.inbox_age, "outbox": waiting.outbox_age}
            for queue, age in ages.items():
                metrics.QUEUE_AGE.labels(queue).set(age)
            metrics.QUEUED.labels("inbox").set(waiting.inbox)
            metrics.QUEUED.labels("outbox").set(waiting.outbox)
            self._judge({queue: age for queue, age in ages.items() if age > self._patience})
        for name, held in self.parts().items():
            metrics.PARTS.labels(name, "held").set(len(held))
            metrics.PARTS.labels(name, "connected").set(sum(held.values()))
        metrics.READY.set(not self.troubles())

    def _judge(self, old: Mapping[str, float]) -> None:
        self._queues = ", ".join(f"{queue} waits for {age:.0f} s" for queue, age in old.items())
        if old and not self._standing:
            queue, age = max(old.items(), key=lambda one: one[1])
            log.critical("%s", told(f"watch.{queue}", seconds=f"{age:.0f}"))
        self._standing = bool(old)
