"""Which events are turned next: the first one of each lane, up to `GROUP` lanes at once.

`Held` is for one process that works alone: what it has just written comes straight from memory. `Claimed` is for
many: the table says who may turn what. Both give one event of a conversation at a time and in order, and send a lane
to the end of the line after each turn, so that a flood delays nobody.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from itertools import islice
from typing import Protocol

from core.store.rooms import Inbox
from core.store.rows import EventRow
from core.store.workers import Workers

GROUP = 128
"""Conversations in one transaction."""
HELD = 20_000
"""Events held in memory; beyond that they wait in the table."""
POLL = 30.0
"""Seconds after which the table is read even if nothing calls for it: another process may revive an event."""
SHARED_POLL = 1.0
"""The same where others write beside us: no bell needs to ring."""


class Lanes(Protocol):
    """Events that wait to be turned."""

    @property
    def idle(self) -> bool:
        """Nothing waits to be turned."""

    def take(self, row: EventRow) -> None:
        """Freshly committed."""

    def wake(self) -> None:
        """Look at the table."""

    async def heads(self) -> list[EventRow]:
        """Wait for something to turn. Until `done` is said of an event, it stays the first of its lane."""

    def done(self, row: EventRow) -> None:
        """The head of a lane is turned."""


class Held:
    """Lanes in memory; the table is the truth, this is the short way."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._lanes: OrderedDict[str, deque[EventRow]] = OrderedDict()
        self._held = 0
        self._last = 0  # the newest event that was held
        self._seen = 0  # the newest event that we know to exist
        self._behind = True  # what a crash left in the table comes first
        self._awake = asyncio.Event()

    @property
    def idle(self) -> bool:
        """Nothing waits to be turned."""
        return not self._behind and not self._lanes

    def take(self, row: EventRow) -> None:
        """Freshly committed.

        A store answers in the order of its commits. So while the table is being read, whatever is not in its
        answer comes here with a higher id; and what is in it may come here a second time.
        """
        self._seen = max(self._seen, row.id)
        if self._behind or self._held >= HELD:
            self._behind = True
        else:
            self._hold(row)
        self._awake.set()

    def wake(self) -> None:
        """Look at the table."""
        self._behind = True
        self._awake.set()

    async def heads(self) -> list[EventRow]:
        """The first event of each lane."""
        while True:
            if self._behind and self._held < HELD // 2:
                await self._catch_up()
            if self._lanes:
                return [rows[0] for rows in islice(self._lanes.values(), GROUP)]
            await self._sleep()

    def done(self, row: EventRow) -> None:
        """The head of a lane is turned; the lane goes to the end of the line."""
        queue = self._lanes[row.lane]
        queue.popleft()
        self._held -= 1
        if queue:
            self._lanes.move_to_end(row.lane)
        else:
            del self._lanes[row.lane]

    def _hold(self, row: EventRow) -> None:
        if row.id <= self._last:
            return
        lane = self._lanes.get(row.lane)
        if lane is None:
            lane = self._lanes[row.lane] = deque()
        lane.append(row)
        self._held += 1
        self._last = row.id

    async def _sleep(self) -> None:
        try:
            async with asyncio.timeout(POLL):
                await self._awake.wait()
        except TimeoutError:
            self._behind = True
        self._awake.clear()

    async def _catch_up(self) -> None:
        """Read what only the table holds. `take` holds nothing meanwhile, so the order of ids is kept."""
        limit, before = HELD // 2, self._seen
        rows = await self._inbox.waiting(self._last, limit)
        for row in rows:
            self._hold(row)
        if len(rows) < limit:  # done, unless something was committed while we looked
            self._behind = self._seen > max(before, self._last)


class Claimed:
    """Lanes in the table, shared by many workers. A group is claimed, turned, and only then the next one. `told` is
    given what was just committed: another process may have to turn it."""

    def __init__(self, workers: Workers, number: Callable[[], int], told: Callable[[EventRow], None]) -> None:
        self._workers = workers
        self._number = number
        self._told = told
        self._awake = asyncio.Event()
        self._empty = False

    @property
    def idle(self) -> bool:
        """Nothing that we might turn waits."""
        return self._empty and not self._awake.is_set()

    def take(self, row: EventRow) -> None:
        """Freshly committed: it is claimed like any other."""
        self._awake.set()
        self._told(row)

    def wake(self) -> None:
        """Look at the table."""
        self._awake.set()

    async def heads(self) -> list[EventRow]:
        """Claim the first event of each lane that nobody holds. Those of a group that failed come again."""
        while True:
            self._awake.clear()
            self._empty = False  # until the answer is here
            rows = await self._workers.claim_events(self._number(), GROUP)
            self._empty = not rows
            if rows:
                return rows
            try:
                async with asyncio.timeout(SHARED_POLL):
                    await self._awake.wait()
            except TimeoutError:
                self._empty = False

    def done(self, row: EventRow) -> None:
        """The table knows."""
