"""The shards that this process holds: each one connected while it is ours, and its session left to whoever comes next.

A session is left only up to what is stored: what a successor does not hear again must be in the inbox. It is sealed,
for the token is sent to the address in it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Literal, Protocol

from bots.discord.breaker import Breaker
from bots.discord.errors import CAUGHT, describe, translate
from bots.discord.gateway import Login, Patience
from bots.discord.shard import Session, Shard
from bots.discord.starts import Starts
from bots.sentences import Say
from core.channel import Part, Share
from core.errors import DeliveryError
from core.runtime.parts import Whole
from core.runtime.seal import Seal

KEEP = 1.0
"""Seconds between two looks at what a successor would have to know."""
FLUSH = 2.0
"""Seconds that the end of a shard waits for what it heard to be stored."""
Count = int | Literal["auto"]
log = logging.getLogger(__name__)


class Begins(Protocol):
    """What is done about a shard's sessions."""

    async def before(self, number: int) -> None:
        """A shard is about to be connected."""

    def ended(self, number: int) -> None:
        """A shard is ours no more."""

    def behind(self, number: int) -> bool:
        """Whether what a shard missed is still to be read, so that nothing of it can be left."""


class Shards:
    """The shards of one bot. `share` says which are ours; `stored` returns when all that was heard so far is stored."""

    def __init__(
        self,
        name: str,
        login: Login,
        starts: Starts,
        breaker: Breaker,
        seal: Seal,
        sessions: Begins,
        stored: Callable[[], Awaitable[None]],
        say: Say,
        patience: Patience,
    ) -> None:
        self._name = name
        self._login = login
        self._starts = starts
        self._breaker = breaker
        self._seal = seal
        self._sessions = sessions
        self._stored = stored
        self._say = say
        self._patience = patience
        self._shards: dict[int, Shard] = {}
        self.share: Share = Whole()
        self.count = 1

    async def run(self, count: Count) -> None:
        """Hold our share for ever.

        Raises:
            Halted: Discord does not accept the token, or us.
        """
        await self._login.client()
        wanted = await self._recommended() if count == "auto" else count
        await self.share.run(wanted, self._hold, adopt=count == "auto")

    async def _recommended(self) -> int:
        failures = 0
        while True:
            try:
                return (await self._starts.look()).shards
            except DeliveryError as error:
                failure = error
            except CAUGHT as error:
                failure = translate(error)
            failures += 1
            log.warning(self._say("unreachable", name=self._name, reason=describe(failure)))
            await asyncio.sleep(self._patience.after(failures))

    def held(self) -> Mapping[int, bool]:
        """Our shards, and whether each is connected."""
        return {number: shard.live for number, shard in sorted(self._shards.items())}

    def trouble(self) -> str:
        """Why nothing comes in now; empty while all is well."""
        off = [str(number) for number, live in self.held().items() if not live]
        if off and self.count > 1:
            return f"not connected: shard {', '.join(off)} of {self.count}"
        return "" if self._login.there and not off else "not connected"

    def lives(self, number: int) -> None:
        """A session has begun or was resumed."""
        if number in self._shards:
            self._shards[number].live = True

    def of(self, server: str) -> int:
        """The shard on which a server's events come; those of direct channels come on the first."""
        return (int(server) >> 22) % self.count

    async def _hold(self, part: Part) -> None:
        self.count = part.count
        bound = f"{self._name} {part.number}/{part.count}"
        left = Session.of(self._seal.open(part.session, bound))
        shard = self._shards[part.number] = Shard(
            self._name, part, self._login, self._starts, self._breaker, left, self._say, self._patience
        )
        keeping = asyncio.create_task(self._keep_for_ever(part, shard, bound))
        try:
            await self._sessions.before(part.number)
            await shard.run()
        finally:
            keeping.cancel()
            with suppress(TimeoutError):
                async with asyncio.timeout(FLUSH):
                    await self._keep(part, shard, bound)
            self._sessions.ended(part.number)
            self._shards.pop(part.number, None)

    async def _keep_for_ever(self, part: Part, shard: Shard, bound: str) -> None:
        while part.lasts:
            await asyncio.sleep(KEEP)
            await self._keep(part, shard, bound)

    async def _keep(self, part: Part, shard: Shard, bound: str) -> None:
        session = shard.session
        if not part.lasts or session is None or session == shard.kept or self._sessions.behind(part.number):
            return
        await self._stored()
        await part.keep(self._seal.seal(session.text, bound))
        shard.kept = session
