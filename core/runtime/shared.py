"""The worker and the pace where many processes share one store: rows are claimed, and so are places in the rate."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.channel import Abilities
from core.errors import StoreError
from core.runtime.chats import SECOND, Crowd, dump, load_chat, load_crowd
from core.runtime.lanes import SHARED_POLL
from core.runtime.pace import Pace
from core.runtime.perform import Performer
from core.runtime.worker import Worker
from core.store.rooms import Store
from core.store.rows import EffectRow, EventRow, NewEffect
from core.store.workers import Place, Rates

ANY = 99
"""A rank above all."""
ASK_AGAIN = 5.0
"""Seconds after which a chat that has to wait is looked at again: what holds it may be gone."""
CROWD = ""
"""The key under which slowed chats are counted; no chat is called so."""


class SharedWorker(Worker):
    """Claims the next row of each lane, of those channels that can be reached from here. A lane in memory holds
    claimed rows only; whoever claims the first of a lane has the lane, for the rest of it cannot be claimed. `lives`:
    whether our lease cannot have run out."""

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
        lives: Callable[[], bool],
    ) -> None:
        super().__init__(store, performer, take, now, in_flight)
        self.most = 4 * in_flight
        self._number = number
        self._channels = channels
        self._lives = lives
        self._dropped: list[str] = []
        self._in_doubt = False

    @property
    def idle(self) -> bool:
        """Nothing that is due waits to be performed, and no claim is under way."""
        return super().idle and not self._in_doubt

    def offer(self, rows: Sequence[NewEffect]) -> None:
        """Rows that were just committed: they are claimed like any other."""
        now = self._now()
        if any(row.due <= now for row in rows):
            self.poke()

    async def _begin(self) -> None:
        """The clock of the poll is enough to know what is due; the database's may have been set back."""
        await self.hasten()

    async def _fetch(self) -> None:
        self._next_due = None
        self._parked.clear()  # whoever claims a lane may be another process: the table alone knows
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
        self._behind = False
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

    def _sure(self) -> bool:
        """Who was asleep for a lease sends nothing of what was claimed before: it is renewed first, or others have it."""
        return self._lives()


@dataclass(frozen=True, slots=True)
class CommonChat:
    """One chat as all processes count it."""

    key: str
    can: Abilities
    group: bool

    def wait(self, state: str, now: float) -> float:
        """Seconds until it may get one more."""
        return load_chat(state).wait(self.can, self.group, now)

    def spent(self, state: str, at: float) -> tuple[str, float]:
        """After one more."""
        return dump(load_chat(state).spent(self.can, self.group, at))


class SharedPace(Pace):
    """A process keeps its own limits as ever, and then takes a place in the rows that all of them share: the bot's and
    the chat's, for a chat has more lanes than one, and a lane is not always held by the same process. What nobody
    waits for takes a place only when it is about to come, so that a reply is never behind a broadcast's reservations.
    """

    def __init__(self, name: str, abilities: Abilities, rates: Rates, now: Callable[[], float]) -> None:
        super().__init__(abilities)
        self._name = name
        self._rates = rates
        self._now = now
        self._common = Crowd()
        self._telling: set[asyncio.Task[None]] = set()

    @property
    def share(self) -> float:
        """How much of the platform's rate is used at present, by what any process was told."""
        return min(super().share, self._common.share(self._now()))

    async def admit(self, chat: str, *, group: bool, rank: int) -> None:
        """Return when one message to this chat may leave, whoever else sends."""
        await super().admit(chat, group=group, rank=rank)
        can = self._abilities
        if not (can.per_second or can.chat_burst or can.group_per_minute):
            return
        one = CommonChat(chat, can, group)
        while True:
            place = await self._reserve(one, rank)
            if not place.given:
                await asyncio.sleep(min(ASK_AGAIN, place.at - self._now()))
            elif await self._comes(place.at):
                return

    async def _comes(self, at: float) -> bool:
        """Wait for our place; False when all places were given back meanwhile, because the clock was set."""
        while (wait := at - self._now()) > 0:
            await asyncio.sleep(min(wait, SHARED_POLL))
            if wait > SHARED_POLL and not await self._stands(at):
                return False
        return True

    async def _stands(self, at: float) -> bool:
        try:
            return await self._rates.free_at(self._name) >= at
        except StoreError:
            return True

    async def _reserve(self, chat: CommonChat, rank: int) -> Place:
        """While the store is away nothing is sent: nothing could be written down."""
        rate, now = self._rate(), self._now()
        every = SECOND / rate if rate else 0.0
        try:
            return await self._rates.reserve(self._name, every, now, every if rank else None, chat)
        except StoreError:
            return Place(False, now + SHARED_POLL)

    def hold(self, seconds: float, chat: str = "") -> None:
        """The platform asked for a pause, of one chat or of everything: then all of us pause."""
        super().hold(seconds, chat)
        task = asyncio.create_task(self._tell(chat, self._now() + seconds))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell(self, chat: str, until: float) -> None:
        try:
            if not chat:
                await self._rates.hold(self._name, until)
                return
            now = self._now()
            await self._rates.count(self._name, chat, lambda text: dump(load_chat(text).slowed(until)))
            await self._rates.count(self._name, CROWD, lambda text: dump(load_crowd(text).slowed(chat, now)))
        except StoreError:  # the others are told by the platform itself
            return

    async def hear(self) -> None:
        """Learn how many chats were slowed down for the others.

        Raises:
            StoreError: it cannot be looked at.
        """
        self._common = load_crowd(await self._rates.counted(self._name, CROWD))
