"""The worker and the pace where many processes share one store: rows are claimed, and so are places in the rate."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from core.channel import Abilities
from core.errors import StoreError
from core.runtime.lanes import SHARED_POLL
from core.runtime.pace import SECOND, Pace
from core.runtime.perform import Performer
from core.runtime.worker import Worker
from core.store.rooms import Store
from core.store.rows import EffectRow, EventRow, NewEffect
from core.store.workers import Rates

ANY = 99
"""A rank above all."""


class SharedWorker(Worker):
    """Claims the next row of each lane, of those channels that can be reached from here. A lane in memory holds
    claimed rows only; whoever claims the first of a lane has the lane, for the rest of it cannot be claimed."""

    poll = SHARED_POLL
    park = 3.0

    def __init__(
        self,
        store: Store,
        performer: Performer,
        take: Callable[[EventRow], None],
        now: Callable[[], float],
        in_flight: int,
        number: Callable[[], int],
        channels: Callable[[], Sequence[str]],
    ) -> None:
        super().__init__(store, performer, take, now, in_flight)
        self.most = 4 * in_flight
        self._number = number
        self._channels = channels
        self._dropped: list[str] = []
        self._in_doubt = False

    def offer(self, rows: Sequence[NewEffect]) -> None:
        """Rows that were just committed: they are claimed like any other."""
        now = self._now()
        if any(row.due <= now for row in rows):
            self.poke()

    async def _begin(self) -> None:
        """Nothing to look up: the clock of the poll is enough, and clocks of many machines are not taken for set back."""

    async def _fetch(self) -> None:
        self._behind, self._next_due = False, None
        if self._dropped:
            dropped, self._dropped = self._dropped, []
            try:
                await self._store.workers.let_go(self._number(), dropped)
            except StoreError:
                self._dropped += dropped
                raise
        if self._in_doubt:
            await self._find_claimed()
        low = sum(lane.rank > 0 for lane in self._lanes.values())
        rank, room = (0 if low >= self.most // 2 else ANY), self.most - len(self._lanes)
        self._in_doubt = True  # until the answer is here: it may get lost after the rows are ours
        rows = await self._store.workers.claim_effects(
            self._number(), self._channels(), self._now(), room, rank
        )
        self._in_doubt = False
        for row in rows:
            self._put(row)

    async def _find_claimed(self) -> None:
        """Take what a claim gave us whose answer we never got. What was here before we looked is known."""
        known = {row.key for lane in self._lanes.values() for row in lane.rows}
        for row in await self._store.workers.claimed(self._number()):
            if row.key not in known:
                self._put(row)

    def _leave(self, rows: Sequence[EffectRow]) -> None:
        """Let go at the next look. Not now: while we wait for it, the same row might be claimed into this lane."""
        self._dropped += [row.key for row in rows]

    def _emptied(self) -> None:
        """The next row of the lane is free to be claimed."""
        self.poke()


class SharedPace(Pace):
    """A process keeps its own limits as ever, and then takes a place in the row that all of them share. What nobody
    waits for takes one only when it is about to come, so that a reply is never behind a broadcast's reservations."""

    def __init__(self, name: str, abilities: Abilities, rates: Rates, now: Callable[[], float]) -> None:
        super().__init__(abilities)
        self._name = name
        self._rates = rates
        self._now = now
        self._holding: set[asyncio.Task[None]] = set()

    async def admit(self, chat: str, *, group: bool, rank: int) -> None:
        """Return when one message to this chat may leave, whoever else sends."""
        await super().admit(chat, group=group, rank=rank)
        if rate := self._rate():
            every = SECOND / rate
            within = every if rank else None
            while (at := await self._reserve(every, within)) is None:  # noqa: ASYNC110 - nobody tells us
                await asyncio.sleep(every)
            await asyncio.sleep(max(0.0, at - self._now()))

    async def _reserve(self, every: float, within: float | None) -> float | None:
        """A place, None when none is near. While the store is away nothing is sent: nothing could be written down."""
        try:
            return await self._rates.reserve(self._name, every, self._now(), within)
        except StoreError:
            await asyncio.sleep(SHARED_POLL)
            return None

    def hold(self, seconds: float, chat: str = "") -> None:
        """The platform asked for a pause; of everything: then all of us pause."""
        super().hold(seconds, chat)
        if not chat:
            task = asyncio.create_task(self._hold_all(seconds))
            self._holding.add(task)
            task.add_done_callback(self._holding.discard)

    async def _hold_all(self, seconds: float) -> None:
        try:
            await self._rates.hold(self._name, self._now() + seconds)
        except StoreError:  # the others are told by the platform itself
            return
