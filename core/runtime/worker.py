"""The worker performs the rows of the outbox: in order within a lane, lanes side by side, replies first.

A row stays queued in the table until its end is written, so a crash repeats at most what was in flight.
Freshly committed rows come straight from memory; a lane that grew too long, and everything after a start,
comes from the table.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence

from core.errors import StoreError
from core.runtime.ends import Done, Later
from core.runtime.perform import PACED, Performer
from core.runtime.places import Places
from core.runtime.receipts import AGAIN, Receipts
from core.store.rooms import Fenced, Store
from core.store.rows import EffectRow, EventRow, NewEffect

LANES = 4_000
"""Lanes in memory; beyond that rows wait in the table."""
LANE = 16
"""Rows of one lane in memory."""
POLL = 30.0
"""Seconds after which the table is read even if nothing calls for it."""
UNSURE = 0.1
"""Seconds after which a row that others may have taken over is looked at again."""
LATEST = 900.0
"""Seconds beyond which no attempt is put off by itself: what waits longer was queued by a clock that was ahead."""
log = logging.getLogger(__name__)


class _Lane:
    """What is known of one lane: its next rows, and whether the table holds more of them."""

    __slots__ = ("behind", "rank", "rows", "skipped", "task")

    def __init__(self, rank: int) -> None:
        self.rank = rank
        self.rows: deque[EffectRow] = deque()
        self.behind = False
        self.skipped = 0
        self.task: asyncio.Task[None] | None = None


class Worker:
    """Performs effects. `in_flight` bounds the messages that may be doubled by a crash, and apart from them
    the actions."""

    poll = POLL
    most = LANES
    park = 60.0
    """Seconds of waiting beyond which a row is left to the table."""

    def __init__(
        self,
        store: Store,
        performer: Performer,
        take: Callable[[EventRow], None],
        now: Callable[[], float],
        in_flight: int,
    ) -> None:
        self._store = store
        self._performer = performer
        self._now = now
        self._places = {paced: Places(in_flight) for paced in (True, False)}
        self._low = asyncio.Semaphore(max(1, in_flight // 2))
        self._lanes: dict[str, _Lane] = {}
        self._parked: set[str] = set()  # lanes whose next row is due much later: the table keeps them
        self._behind = True
        self._meanwhile: list[NewEffect] | None = None
        self._next_due: float | None = None
        self._awake = asyncio.Event()
        self._receipts = Receipts(store.outbox, take, now, in_flight)

    @property
    def idle(self) -> bool:
        """Nothing that is due waits to be performed."""
        return not (self._behind or self._lanes) and self._meanwhile is None

    # --- rows come in

    def offer(self, rows: Sequence[NewEffect]) -> None:
        """Rows that were just committed."""
        if self._meanwhile is not None:
            self._meanwhile += rows
            return
        now = self._now()
        for row in rows:
            lane = self._lanes.get(row.lane)
            if row.due > now:
                self._expect(row.due)
            elif row.lane in self._parked:
                continue
            elif self._behind or (lane is None and len(self._lanes) >= LANES):
                self._behind = True
                self._awake.set()
            elif lane is not None and (lane.behind or len(lane.rows) >= LANE):
                lane.behind = True
                lane.skipped += 1
            else:
                self._put(_fresh(row))

    def _put(self, row: EffectRow) -> None:
        lane = self._lanes.get(row.lane)
        if lane is None:
            lane = self._lanes[row.lane] = _Lane(row.rank)
            lane.task = asyncio.create_task(self._drain(row.lane, lane))
        lane.rows.append(row)

    def _expect(self, due: float) -> None:
        if self._next_due is None or due < self._next_due:
            self._next_due = due
            self._awake.set()

    def poke(self) -> None:
        """Look at the table and the clock now."""
        self._behind = True
        self._awake.set()

    # --- loops

    async def run(self) -> None:
        """For ever; cancelled at shutdown."""
        while not await self._began():  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(AGAIN)
        tasks = [asyncio.create_task(self._receipts.run()), asyncio.create_task(self._fetch_for_ever())]
        try:
            await asyncio.gather(*tasks)
        finally:
            running = [lane.task for lane in self._lanes.values() if lane.task]
            for task in (*tasks, *running):
                task.cancel()
            await asyncio.gather(*tasks, *running, return_exceptions=True)

    async def _began(self) -> bool:
        """Whether the store told what is due; one that fails at the first look ends nothing either."""
        try:
            await self._begin()
        except Fenced:
            raise
        except StoreError as error:
            log.warning("the outbox cannot be read: %s", error)
            return False
        return True

    async def _begin(self) -> None:
        await self.hasten()
        self._next_due = await self._store.outbox.next_due()

    async def hasten(self) -> None:
        """What a clock that was ahead put off is due now."""
        await self._store.outbox.hasten(self._now(), self._now() + LATEST)

    async def _fetch_for_ever(self) -> None:
        while True:
            due = self._next_due is not None and self._next_due <= self._now()
            if (self._behind or due) and len(self._lanes) < self.most // 2:
                try:
                    await self._fetch()
                except Fenced:
                    raise
                except StoreError as error:
                    log.warning("the outbox cannot be read: %s", error)
                    self._behind = True
                    await asyncio.sleep(AGAIN)
                continue
            await self._sleep()

    async def _sleep(self) -> None:
        seconds = self.poll
        if self._next_due is not None:
            seconds = max(0.01, min(self.poll, self._next_due - self._now()))
        if len(self._lanes) >= self.most // 2:
            seconds = 0.05
        try:
            async with asyncio.timeout(seconds):
                await self._awake.wait()
        except TimeoutError:
            self._behind = self._behind or seconds == self.poll  # another process may have queued a row again
        self._awake.clear()

    async def _fetch(self) -> None:
        """Read the first due row of each lane; the rest of a lane is read when its first is done. What is offered
        meanwhile is looked at after it.

        Nothing is awaited after the rows were read: a lane that performs one of them is still in memory then,
        for its end can only be written after what we read.
        """
        self._meanwhile = []
        try:
            next_due = await self._store.outbox.next_due()
            rows = await self._store.outbox.due(self._now(), LANES)
        finally:
            meanwhile, self._meanwhile = self._meanwhile, None
        self._behind = len(rows) >= LANES
        for row in rows:
            self._parked.discard(row.lane)
            if row.lane not in self._lanes:
                self._put(row)
            self._lanes[row.lane].behind = True
        known = {row.key for row in rows}
        self.offer([row for row in meanwhile if row.key not in known])
        now = self._now()
        self._next_due = next_due if next_due is None or next_due > now else now + 0.5

    async def _drain(self, name: str, lane: _Lane) -> None:
        """One lane, in order, until it is empty here and in the table."""
        try:
            while lane.rows or (lane.behind and await self._read_lane(name, lane)):
                if not await self._one(lane.rows[0]):
                    self._leave(lane.rows)
                    self._expect(self._now() + 0.05)
                    break
                lane.rows.popleft()
            self._emptied()
        except Exception as error:  # whatever it is, the rows of a lane are not lost with it
            log.warning("a lane is read anew: %s", error, exc_info=not isinstance(error, StoreError))
            self._leave(lane.rows)
            self._expect(self._now() + AGAIN)
        finally:
            self._lanes.pop(name, None)

    def _leave(self, rows: Sequence[EffectRow]) -> None:
        """These rows of a lane are not performed now: the table keeps them."""

    def _emptied(self) -> None:
        """Every row of a lane was performed."""

    def _sure(self) -> bool:
        """Whether nobody else can have our rows."""
        return True

    async def _read_lane(self, name: str, lane: _Lane) -> bool:
        """The next rows of a lane from the table; what was offered while we read is read the next time."""
        skipped = lane.skipped
        known = await self._store.outbox.lane(name, LANE)
        now = self._now()
        for row in known:
            if row.due > now:
                self._expect(row.due)
                break
            lane.rows.append(row)
        lane.behind = len(known) >= LANE or lane.skipped != skipped
        return bool(lane.rows)

    async def _one(self, row: EffectRow) -> bool:
        """Perform one row and wait until its end is durable. False when the lane must be read anew."""
        while True:
            await self._performer.admit(row)
            result = await (self._unhurried(row) if row.rank else self._perform(row))
            if result is None:
                return False
            if isinstance(result, Done):
                return True
            if result.after > self.park:  # the table keeps it; this lane need not stay in memory
                self._expect(result.postponed.due)
                self._parked.add(row.lane)
                return False
            await asyncio.sleep(result.after)
            row = result.again

    async def _unhurried(self, row: EffectRow) -> Done | Later | None:
        """What nobody waits for takes half of the places at most."""
        async with self._low:
            return await self._perform(row)

    async def _perform(self, row: EffectRow) -> Done | Later | None:
        """Perform a row and write its end; None when it has none yet. A slow look-up takes no place from a reply."""
        places = self._places[row.kind in PACED]
        if not places.enter():
            await places.turn()
        try:
            if row.rank and not await self._store.outbox.waits(row.key):
                return None  # taken back while it stood in line
            while not self._sure():  # noqa: ASYNC110 - whoever renews the lease tells nobody
                await asyncio.sleep(UNSURE)
            result = await self._performer.perform(row)
            if isinstance(result, Done) and result.settled is None:
                return None
            return await self._receipts.add(result)
        finally:
            places.leave()


def _fresh(row: NewEffect) -> EffectRow:
    return EffectRow(0, row.key, row.lane, row.rank, row.kind, row.address, row.payload, row.due)
