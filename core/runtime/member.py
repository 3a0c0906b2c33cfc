"""One of many workers on a store: a number, a lease that is renewed, and an eye on those who do not renew theirs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from core.errors import StoreError
from core.runtime.lead import RECOVERY, owner
from core.sentences import told
from core.store.rooms import Fenced
from core.store.workers import Workers

log = logging.getLogger(__name__)


class Member:
    """This process among the workers."""

    def __init__(
        self, workers: Workers, seconds: float, now: Callable[[], float], freed: Callable[[], None]
    ) -> None:
        self._workers = workers
        self._seconds = seconds
        self._now = now
        self._freed = freed
        self.number = 0
        self._not_before = now() + seconds

    async def join(self) -> None:
        """Get a number, under which rows are claimed."""
        self.number = await self._workers.join(owner(), self._now() + self._seconds)

    async def keep(self) -> None:
        """Renew, and free what dead workers held, for ever. A store that is away ends nothing.

        Raises:
            Fenced: somebody took us for dead; this process must stop.
        """
        while True:
            await asyncio.sleep(self._seconds / 3)
            try:
                ours = await self._workers.renew(self.number, self._now() + self._seconds)
                if ours:
                    await self._sweep()
            except StoreError as error:
                log.warning("the lease cannot be renewed: %s", error)
                self._not_before = self._now() + self._seconds + RECOVERY
                continue
            if not ours:
                raise Fenced(told("lead.lost"))

    async def _sweep(self) -> None:
        """Only after a whole lease without trouble: when the store was away, nobody could renew."""
        if self._now() < self._not_before:
            return
        if late := await self._workers.sweep(self._now()):
            log.warning("took over from %d dead workers", late)
            self._freed()

    async def leave(self) -> None:
        """Let the others have what we held."""
        await self._workers.leave(self.number)
