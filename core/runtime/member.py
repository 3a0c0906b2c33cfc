"""One of many workers on a store: a number, a lease that is renewed, and an eye on those who do not renew theirs."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from core.errors import ConfigError, StoreError
from core.runtime.keys import UNMARKED, Marks
from core.runtime.lead import RECOVERY, owner, who
from core.sentences import told
from core.store.rooms import Fenced
from core.store.workers import Clock, Workers

LOOK = 0.4
"""Seconds between two looks at who died: whoever takes over does so within a lease and a second."""
log = logging.getLogger(__name__)


class Member:
    """This process among the workers. `freed` is called when it took rows from a dead one, `clock_set` when somebody
    set the clock by which all of them go."""

    def __init__(
        self,
        workers: Workers,
        seconds: float,
        now: Clock,
        freed: Callable[[], None],
        clock_set: Callable[[], Awaitable[None]],
        marks: Marks = UNMARKED,
    ) -> None:
        self._workers = workers
        self._seconds = seconds
        self._now = now
        self._freed = freed
        self._clock_set = clock_set
        self._marks = marks
        self._era = now.era
        self.number = 0
        self._not_before = now() + seconds
        self._renewed = self._looked = 0.0
        self._due = False
        self.pause = min(seconds / 6, LOOK)

    async def join(self) -> None:
        """Get a number, under which rows are claimed.

        Raises:
            ConfigError: somebody works here whose keys are others than ours.
        """
        asked = time.monotonic()
        name = ":".join((owner(), *self._marks.ours))
        self.number = await self._workers.join(name, self._now() + self._seconds)
        self._renewed = self._looked = asked
        for other in await self._workers.living(self._now()):
            if key := self._marks.differs(tuple(other.split(":")[3:])):
                raise ConfigError(told("keys.other", name=key, who=who(other)))

    @property
    def lives(self) -> bool:
        """Whether our lease cannot have run out."""
        return time.monotonic() - self._renewed < self._seconds

    async def keep(self) -> None:
        """Renew, and free what dead workers held, for ever. A store that is away ends nothing.

        Raises:
            Fenced: somebody took us for dead; this process must stop.
        """
        while True:
            await asyncio.sleep(self.pause)
            try:
                await self._look_at_the_clock()
                ours = await self._renew()
                if ours:
                    await self._sweep()
            except StoreError as error:
                log.warning("the lease cannot be renewed: %s", error)
                self._not_before = self._now() + self._seconds + RECOVERY
                continue
            if not ours:
                raise Fenced(told("lead.lost"))

    async def _look_at_the_clock(self) -> None:
        await self._now.look()
        if self._era != (era := self._now.era):
            log.warning("the database's clock was set: all pauses and leases are counted anew")
            self._not_before = self._now() + self._seconds + RECOVERY
            await self._clock_set()
            self._era, self._due = era, True

    async def _renew(self) -> bool:
        """Whether the lease is still ours; it is renewed when a third of it is over, or the clock was set."""
        asked = time.monotonic()
        if asked - self._renewed < self._seconds / 3 and not self._due:
            return True
        ours = await self._workers.renew(self.number, self._now() + self._seconds)
        if ours:
            self._renewed, self._due = asked, False
        return ours

    async def _sweep(self) -> None:
        """Only after a whole lease without trouble: when the store was away, nobody could renew; when the clock was set,
        nobody knew; and where we ourselves stood still, others may have, too. Who looks late may only have seen before
        us that the clock was set, or we before them: so the clock is looked at once more."""
        before, self._looked = self._looked, time.monotonic()
        if self._looked - before > self._seconds / 2:
            self._not_before = max(self._not_before, self._now() + self._seconds)
        if self._now() < self._not_before or not (late := await self._workers.late(self._now())):
            return
        await self._look_at_the_clock()
        if self._now() < self._not_before or self._era != self._now.era:
            return
        if dead := await self._workers.sweep(late, self._now()):
            log.warning("took over from %d dead workers", dead)
            self._freed()

    async def leave(self) -> None:
        """Let the others have what we held."""
        if self.number:
            await self._workers.leave(self.number)
