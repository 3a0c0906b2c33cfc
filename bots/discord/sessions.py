"""What is done when a shard's session begins: the commands are brought up to date before the first one, the cards are
looked at, and what happened without us is read.

People's direct channels belong to the first shard, a support channel to its server's. A resumed session missed nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from bots.discord.card import PAUSE, Cards
from bots.discord.catch_up import CatchUp
from bots.discord.commands import sync
from bots.discord.errors import describe
from bots.discord.rest import Rest
from bots.discord.shards import Shards
from bots.sentences import Say
from core.channel import Receive
from core.errors import DeliveryError

log = logging.getLogger(__name__)


class Sessions:
    """The sessions of one bot's shards. `me` gives its id; `supports` are the ids of support channels, `commands` what
    Discord should list."""

    def __init__(
        self,
        name: str,
        rest: Rest,
        me: Callable[[], str],
        shards: Callable[[], Shards],
        cards: Cards,
        catch_up: CatchUp,
        supports: Sequence[str],
        commands: Sequence[dict[str, Any]],
        say: Say,
    ) -> None:
        self._name = name
        self._rest = rest
        self._me = me
        self._shards = shards
        self._cards = cards
        self._catch_up = catch_up
        self._supports = supports
        self._commands = commands
        self._say = say
        self.receive: Receive | None = None
        self._looking: dict[int, asyncio.Task[None]] = {}  # shards whose past is being looked at
        self._tasks: set[asyncio.Task[None]] = set()
        self._homes: dict[str, str] = {}  # support channel -> its server
        self._synced = False

    async def before(self, number: int) -> None:
        """A shard is about to be connected."""
        if number == 0:
            await self._sync()

    def begun(self, number: int) -> None:
        """A new session: what was said in private waits until it is known who is owed a look at what they said."""
        self.ended(number)
        self._shards().lives(number)
        if number == 0:
            self._catch_up.begin()
        self._looking[number] = self.spawn(self._look_around(number))

    def resumed(self, number: int) -> None:
        """Nothing was missed; where others held the shard before, we do not know the cards yet."""
        self._shards().lives(number)
        self.spawn(self._keep_cards(number))

    def ended(self, number: int) -> None:
        """A shard is ours no more, or begins anew."""
        if (looking := self._looking.pop(number, None)) is not None:
            looking.cancel()

    def behind(self, number: int) -> bool:
        """Whether what a shard missed is still to be read."""
        return number in self._looking or (number == 0 and not self._catch_up.done)

    def torn(self, channel: str) -> None:
        """Somebody deleted a card."""
        self.spawn(self._cards.keep([channel], PAUSE))

    async def close(self) -> None:
        """Look at nothing any more."""
        self._catch_up.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do it beside everything else, until it is done or we are closed."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _sync(self) -> None:
        """It may fail, and is tried again with the next session."""
        try:
            if self._commands and await sync(self._rest, self._me(), self._commands):
                log.info(self._say("synced", name=self._name))
            self._synced = True
        except (DeliveryError, LookupError, TypeError, AttributeError) as error:
            log.warning(self._say("commands", name=self._name, reason=describe(error)))

    async def _look_around(self, number: int) -> None:
        if number == 0:
            assert self.receive is not None
            await self._catch_up.learn(self.receive)
            if not self._synced:
                await self._sync()
        await self._keep_cards(number)
        await self._catch_up.servers(await self._places(number))
        if number == 0:
            await self._catch_up.people()
        del self._looking[number]

    async def _keep_cards(self, number: int) -> None:
        await self._cards.keep(await self._places(number))

    async def _places(self, number: int) -> list[str]:
        """The support channels whose events come on this shard; those that cannot be looked at are the first's."""
        if self._shards().count == 1:
            return list(self._supports)
        return [channel for channel in self._supports if await self._shard_of(channel) == number]

    async def _shard_of(self, channel: str) -> int:
        if channel not in self._homes:
            try:
                place = await self._rest.call("GET", "/channels/{channel_id}", channel_id=channel)
                self._homes[channel] = str(int(place["guild_id"]))
            except (DeliveryError, LookupError, TypeError, ValueError):
                return 0
        return self._shards().of(self._homes[channel])
