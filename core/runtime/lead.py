"""Who leads on this store: one process at a time, by a lease with an epoch that fences every write.

A process that was killed on this machine is recognised by its number, so a restart need not wait for the lease.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time

from core.errors import StoreError
from core.sentences import told
from core.store.rooms import Fenced, Leases
from core.store.workers import FARTHEST, Clock

LEASE = "helpline"
RECOVERY = 4.0
"""Seconds in which every process finds a store again that was away: they do not try all the time."""
LOOK = 0.5
"""Seconds between two looks at a lease at most, whatever its length: half of the second in which it is taken over."""
log = logging.getLogger(__name__)


def owner() -> str:
    """This process: host, number, and a moment that tells it from an earlier one with the same number."""
    return f"{socket.gethostname()}:{os.getpid()}:{time.time_ns():x}"


def pid_here(holder: str) -> int | None:
    """The process number of a holder on this machine, None for one elsewhere."""
    host, _, rest = holder.partition(":")
    number = rest.partition(":")[0]
    return int(number) if host == socket.gethostname() and number.isdigit() else None


def who(holder: str) -> str:
    """A holder as an operator knows it: host and process number."""
    return ":".join(holder.split(":")[:2])


def alive(pid: int) -> bool:
    """Whether a process of this number exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class Lead:
    """The lease of this process."""

    def __init__(self, leases: Leases, seconds: float, now: Clock) -> None:
        self._leases = leases
        self._seconds = seconds
        self._pause = min(seconds / 5, LOOK)
        self._now = now
        self._owner = owner()

    async def take(self) -> None:
        """Wait until the lease is ours: at once after a crash on this machine, within a lease when another died.

        Raises:
            StoreError: another process on this machine is alive and holds it.
        """
        while True:
            holder = await self._leases.holder(LEASE)
            pid = pid_here(holder[0]) if holder else None
            dead = pid is not None and (pid == os.getpid() or not alive(pid))
            if await self._take(force=dead):
                return
            if pid is not None:
                raise StoreError(told("lead.taken", pid=pid))
            await asyncio.sleep(self._pause)

    async def stand_by(self) -> None:
        """Wait until the lease is ours, where many may lead. A lease that ran out is taken only after we could look
        for a whole lease: when the store was away, its holder could not renew it either; and when the clock was set,
        it has to learn that, too. So the clock is looked at between its running out and our taking it."""
        not_before, era = self._now() + self._seconds, self._now.era
        while True:
            try:
                holder = await self._leases.holder(LEASE)
                # Ours: the answer to our taking it got lost.
                free = holder is None or holder[0] == self._owner
                over = holder is not None and not self._now() < holder[1] <= self._now() + FARTHEST
                await self._now.look()
                if era != (era := self._now.era):
                    not_before = self._now() + self._seconds + RECOVERY
                if (free or (over and self._now() >= not_before)) and await self._take(force=False):
                    return
            except StoreError as error:
                log.warning("the lease cannot be looked at: %s", error)
                not_before = self._now() + self._seconds + RECOVERY
            await asyncio.sleep(self._pause)

    async def _take(self, *, force: bool) -> bool:
        epoch = await self._leases.take(LEASE, self._owner, self._now(), self._seconds, force=force)
        return epoch is not None

    async def keep(self) -> None:
        """Renew for ever. A disk that is full ends nothing: what counts is that nobody else takes over.

        Raises:
            Fenced: somebody else has the lease; this process must stop.
        """
        while True:
            await asyncio.sleep(self._seconds / 3)
            try:
                ours = await self._leases.renew(LEASE, self._owner, self._now(), self._seconds)
            except StoreError as error:
                log.warning("the lease cannot be renewed: %s", error)
                continue
            if not ours:
                raise Fenced(told("lead.lost"))

    async def release(self) -> None:
        """Let a successor in at once."""
        await self._leases.release(LEASE, self._owner)
