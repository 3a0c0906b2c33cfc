"""When a shard may begin a session: how often Discord lets a bot identify, kept to by all processes together.

Each bucket (shard modulo `max_concurrency`) may identify once in five seconds, and all of them so often a day; a bot
that goes on beyond that gets its token reset. What is left of the day is asked of Discord itself each time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yarl

from bots.discord.rest import Rest
from bots.sentences import Say
from core.channel import Share

FRESH = 1.0
"""Seconds for which an answer is believed."""
LONGEST = 600.0
"""Seconds after which it is looked again whether there are starts left."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What Discord says of our gateway. `reset` is in seconds."""

    url: yarl.URL
    shards: int
    total: int
    left: int
    reset: float
    concurrency: int

    @staticmethod
    def of(answer: Any) -> Limits:
        """Of the answer of GET /gateway/bot.

        Raises:
            LookupError, TypeError, ValueError: an odd one.
        """
        limit = answer["session_start_limit"]
        return Limits(
            yarl.URL(answer["url"]),
            max(1, int(answer["shards"])),
            int(limit["total"]),
            int(limit["remaining"]),
            int(limit["reset_after"]) / 1000,
            max(1, int(limit["max_concurrency"])),
        )


class Starts:
    """The session starts of one bot. `every`: seconds between two of a bucket, 0 for no limit."""

    def __init__(self, name: str, rest: Rest, share: Callable[[], Share], every: float, say: Say) -> None:
        self._name = name
        self._rest = rest
        self._share = share
        self._every = every
        self._say = say
        self._known: Limits | None = None
        self._asked = 0.0

    async def look(self) -> Limits:
        """What Discord says, or said a moment ago.

        Raises:
            DeliveryError: it gave no answer, or an odd one (LookupError, TypeError, ValueError).
        """
        now = asyncio.get_running_loop().time()
        if self._known is None or now - self._asked > FRESH:
            self._known, self._asked = Limits.of(await self._rest.call("GET", "/gateway/bot")), now
        return self._known

    async def passed(self, shard: int) -> Limits:
        """Return when this shard may identify."""
        limits = await self.look()
        while True:
            if self._every:
                await self._share().turn(f"identify {shard % limits.concurrency}", self._every)
            limits = await self.look()
            if limits.left >= limits.concurrency:  # so many may identify at this very moment
                return limits
            log.critical(
                "%s", self._say("no_starts", name=self._name, minutes=max(1, round(limits.reset / 60)))
            )
            await asyncio.sleep(min(LONGEST, limits.reset + FRESH))
