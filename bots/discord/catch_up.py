"""What happened while there was no session: Discord replays nothing to a new one, so the history is read.

Support channels first, then the direct channels of people who wrote in the last day, the newest first, at a gentle
rate. A message has the same id in the history as on the gateway, so the inbox drops what was handled before.
A person who wrote for the very first time meanwhile is in no list of ours: Discord does not tell of them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bots.discord.answers import EPOCH
from bots.discord.errors import describe
from bots.discord.rest import Rest
from core.channel import Receive, Remembers
from core.errors import DeliveryError, StoreError

DAY = 24 * 3600.0
PEOPLE, MESSAGES, PAGES = 2_000, 100, 20
"""The most people whose channels are read, messages of one call, and calls for one channel."""
Heard = Callable[[str, Mapping[str, Any]], None]
log = logging.getLogger(__name__)


class CatchUp:
    """Reads what one bot missed. `every` is the least time between two calls, in seconds."""

    def __init__(
        self, name: str, rest: Rest, supports: Sequence[str], now: Callable[[], float], every: float
    ) -> None:
        self._name = name
        self._rest = rest
        self._supports = supports
        self._now = now
        self._every = every

    async def run(self, receive: Receive, heard: Heard) -> None:
        """Read everything once and hand it on, as the gateway would have. What fails is skipped."""
        since = self._now() - DAY
        for channel in self._supports:
            await self._quietly(self._server(channel, since, heard))
        if not isinstance(receive, Remembers):
            return
        try:
            people = await receive.recent(self._name, since, PEOPLE)
        except StoreError as error:
            log.warning("the catch-up cannot ask who wrote: %s", describe(error))
            return
        for person in people:
            await self._quietly(self._direct(person, since, heard))

    async def _server(self, channel: str, since: float, heard: Heard) -> None:
        place = await self._rest.call("GET", "/channels/{channel_id}", channel_id=channel)
        for message in await self._history(channel, since):
            heard("MESSAGE_CREATE", {**message, "guild_id": place["guild_id"]})

    async def _direct(self, person: str, since: float, heard: Heard) -> None:
        made = await self._rest.call("POST", "/users/@me/channels", {"recipient_id": person})
        for message in await self._history(str(made["id"]), since):
            heard("MESSAGE_CREATE", message)

    async def _history(self, channel: str, since: float) -> list[Mapping[str, Any]]:
        """The messages since then, the oldest first, as they were said: page after page while there are more."""
        found: list[Mapping[str, Any]] = []
        path = f"/channels/{{channel_id}}/messages?limit={MESSAGES}"
        for _ in range(PAGES):
            before = f"&before={found[-1]['id']}" if found else ""
            page = await self._rest.call("GET", path + before, channel_id=channel)
            fresh = [one for one in page if EPOCH + (int(one["id"]) >> 22) / 1000 >= since]
            found += fresh
            if len(fresh) < MESSAGES:
                break
            await asyncio.sleep(self._every)
        else:
            log.warning("a channel holds more than was read of it: %d messages", len(found))
        return found[::-1]

    async def _quietly(self, reading: Any) -> None:
        try:
            await reading
        except (DeliveryError, LookupError, TypeError, ValueError) as error:
            log.warning("a channel could not be caught up with: %s", describe(error))
        await asyncio.sleep(self._every)
