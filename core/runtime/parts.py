"""The parts of a channel's connection, each held by one process at a time.

A part is held under a worker's number (`member.py`), and so by its lease: who is taken for dead loses both in one
transaction, and whatever it still writes is refused. `Whole` holds everything in one process. `Shared` looks at the
table again and again: it lets go of what is more than its share, takes what nobody holds, and ends everything when its
own lease may have run out while there are others who could take over.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from core.channel import Hold
from core.errors import StoreError
from core.runtime import metrics
from core.runtime.lanes import SHARED_POLL
from core.runtime.member import Member
from core.sentences import told
from core.store.parts import Parts
from core.store.rooms import Fenced
from core.store.workers import Rates

log = logging.getLogger(__name__)


def shares(held: Mapping[int, int], parts: int) -> dict[int, int]:
    """Of how many parts each holds now: how many each is to hold. All of them, evenly, with as few moves as may be."""
    each, more = divmod(parts, max(1, len(held)))
    order = sorted(held, key=lambda one: (-held[one], one))
    return {one: each + (place < more) for place, one in enumerate(order)}


class Whole:
    """Every part, in one process, from its memory."""

    def __init__(self) -> None:
        self._free: dict[str, float] = {}

    async def run(self, count: int, hold: Hold, *, adopt: bool) -> None:
        """Hold all of them."""
        held = _Held(hold)
        try:
            for number in range(count):
                held.start(_Mine(number, count))
            await held.until(None)
        finally:
            await held.end(held.parts)

    async def turn(self, name: str, every: float) -> None:
        """Return when it is our turn."""
        now = asyncio.get_running_loop().time()
        at = max(now, self._free.get(name, now))
        self._free[name] = at + every
        await asyncio.sleep(at - now)

    async def lend(self, name: str, text: str, seconds: float) -> None:
        """There is nobody."""

    async def borrow(self, name: str) -> str:
        """There is nobody."""
        return ""


class Rooms(Protocol):
    """The rooms of the store that are needed here."""

    parts: Parts
    rates: Rates


class Shared:
    """Our share of one channel's parts."""

    def __init__(self, channel: str, rooms: Rooms, member: Member, now: Callable[[], float]) -> None:
        self._channel = channel
        self._rooms = rooms
        self._member = member
        self._now = now
        self._known: dict[int, _Lent] = {}
        self._others = False

    async def run(self, count: int, hold: Hold, *, adopt: bool) -> None:
        """Hold our share for ever."""
        count = await self._join(count, adopt=adopt)
        held = _Held(hold)
        guard = asyncio.create_task(self._guard(held))
        try:
            while True:
                await self._look(held, count)
                await held.until(self._member.pause)
        finally:
            guard.cancel()
            await held.end(held.parts)
            await self._release(self._known)

    async def _join(self, count: int, *, adopt: bool) -> int:
        said = False
        while True:
            try:
                there = await self._rooms.parts.join(self._channel, self._member.number, count, adopt=adopt)
            except Fenced:
                raise
            except StoreError as error:
                log.warning("the parts of %s cannot be shared: %s", self._channel, error)
            else:
                if adopt or there == count:
                    return there
                if not said:
                    log.warning("%s", told("parts.other", channel=self._channel, ours=count, theirs=there))
                said = True
            await asyncio.sleep(SHARED_POLL)

    async def _look(self, held: _Held, count: int) -> None:
        """Bring what we hold in line with the table, and the table in line with what is fair."""
        try:
            sharing = await self._rooms.parts.look(self._channel)
            self._others = len(sharing.sharers) > 1
            if not self._member.lives:
                return  # we may have been taken for dead: first our lease
            own, holders = self._member.number, sharing.holders
            metrics.PARTS.labels(self._channel, "free").set(sum(not one for one in holders.values()))
            mine = sorted(number for number, holder in holders.items() if holder == own)
            counted = {one: sum(holder == one for holder in holders.values()) for one in sharing.sharers}
            want = shares(counted, len(holders)).get(own, 0)
            for lost in [number for number in held.parts if number not in mine]:
                await held.end([lost])
                self._known.pop(lost, None)
            await held.end(mine[want:])
            await self._release(mine[want:])
            for number in mine[:want]:
                held.start(self._part(number, count, ""))
            if len(mine) < want:
                taken = await self._rooms.parts.claim(self._channel, own, want - len(mine))
                for number, session in taken.items():
                    held.start(self._part(number, count, session))
        except Fenced:
            raise
        except StoreError as error:
            log.warning("the parts of %s cannot be looked at: %s", self._channel, error)

    def _part(self, number: int, count: int, session: str) -> _Lent:
        if session or number not in self._known:
            self._known[number] = _Lent(
                number, count, session, self._channel, self._rooms.parts, self._member
            )
        return self._known[number]

    async def _release(self, numbers: Iterable[int]) -> None:
        for number in list(numbers):
            self._known.pop(number, None)
            try:
                await self._rooms.parts.release(self._channel, self._member.number, number)
            except StoreError as error:  # it is free when our lease has run out
                log.warning("a part of %s cannot be let go: %s", self._channel, error)

    async def _guard(self, held: _Held) -> None:
        """While the store is away nobody can take over, but it may be away for us alone."""
        while True:
            await asyncio.sleep(self._member.pause)
            if self._others and not self._member.lives and held.parts:
                log.warning("%s", told("parts.away", channel=self._channel))
                await held.end(held.parts)

    # --- what all of us know

    async def turn(self, name: str, every: float) -> None:
        """Return when it is our turn."""
        while True:
            try:
                _, at = await self._rooms.rates.reserve(f"{self._channel} {name}", every, self._now())
            except StoreError:
                await asyncio.sleep(SHARED_POLL)
                continue
            return await asyncio.sleep(max(0.0, at - self._now()))

    async def lend(self, name: str, text: str, seconds: float) -> None:
        """Let the others know it."""
        until = self._now() + seconds
        try:
            await self._rooms.rates.count(f"{self._channel} {name}", "", lambda _: (text, until))
        except StoreError as error:
            log.warning("a note of %s is not shared: %s", self._channel, error)

    async def borrow(self, name: str) -> str:
        """What any of us knows."""
        try:
            return await self._rooms.rates.counted(f"{self._channel} {name}", "", self._now())
        except StoreError as error:
            log.warning("a note of %s cannot be read: %s", self._channel, error)
            return ""


class _Mine:
    """A part that nobody else will ever have."""

    lasts = False

    def __init__(self, number: int, count: int) -> None:
        self.number = number
        self.count = count
        self.session = ""

    async def keep(self, session: str) -> None:
        """There is nobody to keep it for."""


class _Lent:
    """A part that others may have after us."""

    lasts = True

    def __init__(
        self, number: int, count: int, session: str, channel: str, parts: Parts, member: Member
    ) -> None:
        self.number = number
        self.count = count
        self.session = session
        self._channel = channel
        self._parts = parts
        self._member = member

    async def keep(self, session: str) -> None:
        """Leave it in the table, and to ourselves."""
        if session == self.session:
            return
        self.session = session
        try:
            await self._parts.keep(self._channel, self._member.number, self.number, session)
        except StoreError as error:
            log.warning("a session of %s cannot be kept: %s", self._channel, error)


class _Held:
    """The parts that are held now, each by a task."""

    def __init__(self, hold: Hold) -> None:
        self._hold = hold
        self._tasks: dict[int, asyncio.Future[None]] = {}
        self._ending: set[int] = set()

    @property
    def parts(self) -> list[int]:
        return list(self._tasks)

    def start(self, part: _Mine | _Lent) -> None:
        """Hold it, unless it is held."""
        if part.number not in self._tasks:
            self._tasks[part.number] = asyncio.ensure_future(self._hold(part))

    async def end(self, numbers: Iterable[int]) -> None:
        """Return when none of these is connected any more. Each is told once: told twice it might not end in order."""
        tasks = {number: self._tasks[number] for number in numbers if number in self._tasks}
        for number, task in tasks.items():
            if number not in self._ending:
                self._ending.add(number)
                task.cancel()
        if tasks:
            await asyncio.wait(tasks.values())
        for number, task in tasks.items():
            if self._tasks.get(number) is task:
                del self._tasks[number]
                self._ending.discard(number)
                if not task.cancelled() and (error := task.exception()):
                    log.warning("a part did not end in order: %s", type(error).__name__)

    async def until(self, seconds: float | None) -> None:
        """Wait so long. Raises at once what a part raised: none ends by itself."""
        if not self._tasks:
            await asyncio.sleep(seconds or 0.0)
            return
        tasks = self._tasks.values()
        done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for number, task in list(self._tasks.items()):
            if task in done and number not in self._ending:
                del self._tasks[number]
                task.result()
