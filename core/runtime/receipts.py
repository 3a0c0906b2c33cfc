"""The ends of rows go into the table, many in one transaction: what ends while one is written goes into the next. An end
that the store refuses for good holds up no other: its row is dead.

Each transaction has its price, so ends wait for others, but not when every place is held by a row that ended: then
no other can come.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from core.errors import Conflict, StoreError
from core.runtime.ends import Done, Later
from core.store.rooms import Fenced, Outbox
from core.store.rows import EventRow, Settled

GATHER = 0.002
"""Seconds for which receipts wait for others, as long as others can end."""
AGAIN = 1.0
"""Seconds after which a store that failed is asked again."""
_End = tuple[Done | Later, asyncio.Future[Done | Later]]
log = logging.getLogger(__name__)


class Receipts:
    """Ends that are to be written. `take` is given the events that they cause; more than `most` cannot come before
    one is written."""

    def __init__(
        self,
        outbox: Outbox,
        take: Callable[[EventRow], None],
        now: Callable[[], float],
        most: int,
    ) -> None:
        self._outbox = outbox
        self._take = take
        self._now = now
        self._most = most
        self._ended: list[_End] = []
        self._ending = asyncio.Event()
        self._gathered = asyncio.Event()

    def add(self, result: Done | Later) -> asyncio.Future[Done | Later]:
        """The end of one row; what is returned is done when that is durable, and says which end it was."""
        written: asyncio.Future[Done | Later] = asyncio.get_running_loop().create_future()
        self._ended.append((result, written))
        self._ending.set()
        if len(self._ended) >= self._most:
            self._gathered.set()
        return written

    async def run(self) -> None:
        """For ever; cancelled at shutdown. A store that fails is tried again.

        Raises:
            Fenced: another process took the lease.
        """
        while True:
            await self._ending.wait()
            await self._gather()
            self._ending.clear()
            group, self._ended = self._ended, []
            try:
                await self._together_or_apart(group)
            except Fenced:
                raise
            except StoreError as error:
                log.warning("receipts wait for the store: %s", error)
                self._ended = [one for one in group if not one[1].done()] + self._ended
                self._ending.set()
                await asyncio.sleep(AGAIN)

    async def _gather(self) -> None:
        late = asyncio.get_running_loop().call_later(GATHER, self._gathered.set)
        await self._gathered.wait()
        late.cancel()
        self._gathered.clear()

    async def _together_or_apart(self, group: Sequence[_End]) -> None:
        try:
            await self._settle(group)
        except Conflict:
            for end in group:
                await self._alone(end)

    async def _alone(self, end: _End) -> None:
        result, written = end
        try:
            await self._settle([end])
        except Conflict as error:
            row = result.postponed if isinstance(result, Later) else result.settled
            if row is None:
                raise
            log.error("the end of %s is refused: %s", row.key, error)
            ended = Settled(row.key, "dead", "", "its end was refused", row.attempts, row.maybe_sent)
            await self._settle([(Done(ended), written)])

    async def _settle(self, group: Sequence[_End]) -> None:
        settled = [r.settled for r, _ in group if isinstance(r, Done) and r.settled]
        postponed = [r.postponed for r, _ in group if isinstance(r, Later)]
        events = [r.event for r, _ in group if isinstance(r, Done) and r.event]
        for row in await self._outbox.settle(settled, postponed, events, self._now()):
            self._take(row)
        for result, written in group:
            if not written.done():
                written.set_result(result)
