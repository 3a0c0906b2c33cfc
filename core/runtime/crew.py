"""How the processes of one store share the work.

`Alone`: a file has one process. It takes the lease before anything else, and everything is done from its memory.
`Together`: a server has many. Each has a number under which it claims rows; each takes the roles that it was given:
`receive` (updates that any process may take, and a share of every connection that has parts), `work` (turn and
perform), `lead` (what one process does: polls, schedules; the others stand by for its lease).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Protocol

from core.channel import Channel, Divided
from core.config import Role, Runtime
from core.errors import ConfigError, StoreError
from core.runtime.clock import OurOwn
from core.runtime.common import Common
from core.runtime.flood import Buckets, SharedBuckets
from core.runtime.keys import UNMARKED, Marks
from core.runtime.lanes import Claimed, Held, Lanes
from core.runtime.lead import Lead
from core.runtime.loops import Loop, first
from core.runtime.member import Member
from core.runtime.pace import Pace
from core.runtime.parts import Shared
from core.runtime.perform import Performer
from core.runtime.pieces import Pieces, SharedPieces
from core.runtime.shared import SharedPace, SharedWorker
from core.runtime.worker import Worker
from core.sentences import told
from core.store.rooms import Store
from core.store.rows import EventRow, NewEffect
from core.store.workers import Bell

log = logging.getLogger(__name__)
FORGOTTEN = 60.0
"""Seconds for which a counter that says nothing any more stays in its row."""
COALESCED = 0.01
"""Seconds in which several reasons to ring are one."""


class Crew(Protocol):
    """What the service asks."""

    roles: frozenset[Role]

    async def enter(self) -> None:
        """Take what this process must have before it does anything."""

    async def join(self) -> None:
        """Take part, now that everything is read: a lease that lasts a second must not run out meanwhile."""

    async def leave(self) -> None:
        """Let a successor in at once."""

    def share(self, channel: Channel) -> None:
        """Tell a channel whose connection has parts which of them are ours."""

    def lanes(self) -> Lanes:
        """Where events wait to be turned."""

    def pace(self, channel: Channel) -> Pace:
        """The rates of a channel."""

    def buckets(self) -> Buckets:
        """Who writes too fast."""

    def pieces(self) -> Pieces:
        """Who sends a phrase in pieces."""

    def worker(
        self, performer: Performer, take: Callable[[EventRow], None], channels: Mapping[str, Channel]
    ) -> Worker:
        """What performs the rows."""

    def loops(self, woken: Callable[[], None]) -> list[Loop]:
        """What runs beside the work; `woken` is called when other processes left something to do."""

    async def lead(self, start: Callable[[], list[Loop]]) -> None:
        """Run what one process does, as soon as it is this one."""

    def tell(self, rows: Sequence[NewEffect]) -> None:
        """There are new rows: of those that are not for this process, the others are told."""


class Alone:
    """One process on a store."""

    roles: frozenset[Role] = frozenset({"receive", "work", "lead"})

    def __init__(self, store: Store, settings: Runtime, now: Callable[[], float]) -> None:
        self._store = store
        self._settings = settings
        self._now = now
        self._lead = Lead(store.leases, settings.lease_seconds, OurOwn(now))
        self._common = Common(store.rates, now)

    async def enter(self) -> None:
        """Take the lease, or wait for it.

        Raises:
            StoreError: another process on this machine is alive and holds it.
        """
        await self._lead.take()

    async def join(self) -> None:
        """There is nobody else."""

    async def leave(self) -> None:
        """Let a successor in at once."""
        await self._lead.release()

    def share(self, channel: Channel) -> None:
        """All of them are: the channel knows."""

    def lanes(self) -> Lanes:
        """In memory."""
        return Held(self._store.inbox)

    def pace(self, channel: Channel) -> Pace:
        """Our own."""
        return Pace(channel.abilities)

    def buckets(self) -> Buckets:
        """In memory."""
        return Buckets(self._settings.person_burst, self._settings.person_every)

    def pieces(self) -> Pieces:
        """In memory."""
        return Pieces()

    def worker(
        self, performer: Performer, take: Callable[[EventRow], None], channels: Mapping[str, Channel]
    ) -> Worker:
        """From memory."""
        self._common.channels = channels
        return Worker(self._store, performer, take, self._now, self._settings.in_flight)

    def loops(self, woken: Callable[[], None]) -> list[Loop]:
        """The lease is renewed, and what a platform said is written down for the next process."""
        return [self._lead.keep(), self._common.run()]

    async def lead(self, start: Callable[[], list[Loop]]) -> None:
        """At once: the lease is held already."""
        await self._common.hear()  # before the first call
        await first(start())

    def tell(self, rows: Sequence[NewEffect]) -> None:
        """There is nobody."""


class Together:
    """One of many processes on a store."""

    def __init__(
        self, store: Store, settings: Runtime, now: Callable[[], float], bell: Bell, marks: Marks
    ) -> None:
        self.roles = frozenset(settings.roles)
        self.leading = False
        self._store = store
        self._settings = settings
        self._clock = store.clock or OurOwn(now)
        self._bell = bell
        self._lead = Lead(store.leases, settings.lease_seconds, self._clock)
        self._member = Member(
            store.workers, settings.lease_seconds, self._clock, self._wake, self._begin_anew, marks
        )
        self._woken: Callable[[], None] = lambda: None
        self._channels: Mapping[str, Channel] = {}
        self._ringing = asyncio.Event()
        self._common = Common(store.rates, self._clock)
        self._worker: SharedWorker | None = None

    async def enter(self) -> None:
        """Nothing: anybody may come."""

    async def join(self) -> None:
        """Get a number, beside others with the same keys."""
        await self._member.join()

    async def leave(self) -> None:
        """Let go of all rows, and of the lease if we lead."""
        await self._member.leave()
        await self._lead.release()

    def share(self, channel: Channel) -> None:
        """As many as each of the others holds."""
        if isinstance(channel, Divided):
            channel.share(Shared(channel.name, self._store, self._member, self._clock))

    def lanes(self) -> Lanes:
        """In the table."""
        return Claimed(self._store.workers, lambda: self._member.number, self._received)

    def pace(self, channel: Channel) -> Pace:
        """Shared by all."""
        made = SharedPace(channel.name, channel.abilities, self._store.rates, self._clock)
        self._common.paces.append(made)
        return made

    def buckets(self) -> Buckets:
        """Shared by all."""
        burst, every = self._settings.person_burst, self._settings.person_every
        return SharedBuckets(burst, every, self._store.rates)

    def pieces(self) -> Pieces:
        """Shared by all."""
        return SharedPieces(self._store.rates)

    def worker(
        self, performer: Performer, take: Callable[[EventRow], None], channels: Mapping[str, Channel]
    ) -> Worker:
        """From the table."""
        self._channels = self._common.channels = channels
        self._worker = SharedWorker(
            self._store,
            performer,
            take,
            self._clock,
            self._settings.in_flight,
            lambda: self._member.number,
            self._reachable,
            lambda: self._member.lives,
        )
        return self._worker

    async def _begin_anew(self) -> None:
        """The database's clock was set: no time that stands in a row means what it meant."""
        await self._store.rates.begin_anew(self._clock())
        if self._worker is not None:
            await self._worker.hasten()
        self._wake()

    def _reachable(self) -> list[str]:
        return list(self._channels) if "work" in self.roles else []

    def loops(self, woken: Callable[[], None]) -> list[Loop]:
        """The lease of this worker, and the bell."""
        self._woken = woken
        return [
            self._member.keep(),
            self._bell.hear(self._wake),
            self._ring_for_ever(),
            self._common.run(),
            self._forget_for_ever(),
        ]

    async def lead(self, start: Callable[[], list[Loop]]) -> None:
        """Stand by until the lease is ours."""
        await self._lead.stand_by()
        self.leading = True
        await first([self._lead.keep(), *start()])

    def tell(self, rows: Sequence[NewEffect]) -> None:
        """Ring, if there is something that this process does not perform itself."""
        ours = self._reachable()
        if any(row.lane.partition("|")[0] not in ours for row in rows):
            self._ringing.set()

    def _received(self, _row: EventRow) -> None:
        if "work" not in self.roles:
            self._ringing.set()

    def _wake(self) -> None:
        self._woken()

    async def _forget_for_ever(self) -> None:
        while True:
            await asyncio.sleep(FORGOTTEN)
            if self.leading:
                with suppress(StoreError):  # the next time
                    await self._store.rates.forget(self._clock() - FORGOTTEN)

    async def _ring_for_ever(self) -> None:
        while True:
            await self._ringing.wait()
            self._ringing.clear()
            await self._bell.ring()
            await asyncio.sleep(COALESCED)


def crew_of(store: Store, settings: Runtime, now: Callable[[], float], marks: Marks = UNMARKED) -> Crew:
    """How a process with these keys works on this store.

    Raises:
        ConfigError: roles that a file cannot have.
    """
    if store.bell is not None:
        return Together(store, settings, now, store.bell, marks)
    if set(settings.roles) != Alone.roles:
        raise ConfigError(told("service.roles"))
    return Alone(store, settings, now)
