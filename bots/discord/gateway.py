"""The library's client with the fewest intents, its events as plain JSON, and its being logged in.

The library's object layer would cost more than everything else together and ends the whole connection at one odd
event, so its parser table holds what we read, as it came, and nothing else. One client is logged in for a process: it
calls the API, and every shard's connection (`shard.py`) belongs to it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
from discord.http import Route

from bots.connector import Connector
from bots.discord.errors import CAUGHT, refused, translate
from bots.discord.rest import Rest
from bots.sentences import Say
from core.errors import DeliveryError, Halted

OURS = (
    "MESSAGE_CREATE", "MESSAGE_UPDATE", "INTERACTION_CREATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK",
    "GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "AUTO_MODERATION_ACTION_EXECUTION",
)  # fmt: skip
"""Events that we read ourselves, as they come; the last three only with the intents for members and for content."""
Heard = Callable[[str, Mapping[str, Any]], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: the first wait after a failure and the longest; how long nothing may be heard of the gateway."""

    first: float = 1.0
    most: float = 30.0
    silence: float = 120.0

    def after(self, failures: int) -> float:
        """The wait after so many failures in a row: doubled each time."""
        return min(self.most, self.first * 2.0 ** min(failures - 1, 16))


def intents(*, servers: bool, members: bool = False, content: bool = False) -> discord.Intents:
    """Nothing privileged, but for `members` and `content` where the operator wants joinings and all that is said watched.
    Messages in servers are asked for only where a support channel is kept: the content of those that do not name us
    stays blank without the second intent, and with it we hear also of what AutoMod stopped."""
    return discord.Intents(
        guilds=True,
        dm_messages=True,
        guild_messages=servers or content,
        members=members,
        message_content=content,
        auto_moderation_execution=content,
    )


discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody here speaks
Began = Callable[[int], None]


class Client(discord.Client):
    """The library's client; what its connections hear is handed on. `begun` and `resumed` are told the shard."""

    def __init__(
        self,
        heard: Heard,
        begun: Began,
        resumed: Began,
        *,
        servers: bool,
        proxy: str,
        members: bool = False,
        content: bool = False,
        trace: aiohttp.TraceConfig,
    ) -> None:
        super().__init__(
            intents=intents(servers=servers, members=members, content=content),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=30.0,
            proxy=proxy or None,
            http_trace=trace,
            connector=Connector(limit=0),
        )
        parsers = self._connection.parsers
        parsers.clear()
        parsers["READY"] = _told("READY", lambda _, data: begun(data["shard"][0]))
        parsers["RESUMED"] = _told("RESUMED", lambda _, data: resumed(data["__shard_id__"]))
        for event in OURS:
            parsers[event] = _told(event, heard)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """The library's wait between two identifies: `starts.py` has waited already, for all processes."""


def _told(event: str, heard: Heard) -> Callable[[Any], None]:
    """An exception here would end the connection for everybody."""

    def parse(data: Any) -> None:
        try:
            heard(event, data)
        except Exception as error:
            log.error(
                "an event of the kind %s failed: %s", event, type(error).__name__
            )  # it may hold a token

    return parse


class Login:
    """Logged in once, for all who wait for it. `base` and `arrived` see the client then."""

    def __init__(
        self,
        name: str,
        base: str,
        token: str,
        make: Callable[[], Client],
        rest: Rest,
        arrived: Callable[[Client], Awaitable[None]],
        say: Say,
        patience: Patience,
    ) -> None:
        self._name = name
        self._base = base
        self._token = token
        self._make = make
        self._rest = rest
        self._arrived = arrived
        self._say = say
        self._patience = patience
        self._client: Client | None = None
        self._lock = asyncio.Lock()

    @property
    def there(self) -> bool:
        """Whether we are logged in."""
        return self._client is not None

    async def client(self) -> Client:
        """The client, as soon as it is logged in.

        Raises:
            Halted: Discord does not accept the token.
        """
        async with self._lock:
            failures = 0
            while self._client is None:
                await self._rest.breaker.passed()
                failure = await self._once()
                if failure is None:
                    continue
                if isinstance(failure, Halted):
                    raise refused(failure, self._name, self._say)
                failures += 1
                log.warning(self._say("unreachable", name=self._name, reason=str(failure)))
                await asyncio.sleep(self._patience.after(failures))
            return self._client

    async def _once(self) -> DeliveryError | None:
        Route.BASE = self._base
        client = self._make()
        try:
            await client.login(self._token)
            self._rest.client = client
            await self._arrived(client)
        except DeliveryError as error:
            failure = error
        except CAUGHT as error:
            failure = translate(error)
        else:
            self._client = client
            return None
        self._rest.client = None
        await client.close()
        return failure

    async def close(self) -> None:
        """Nothing is called any more."""
        client, self._client, self._rest.client = self._client, None, None
        if client is not None:
            await client.close()
