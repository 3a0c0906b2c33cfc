"""The connection: the library's client with the fewest intents, its events as plain JSON, and its being kept alive.

The library's object layer would cost more than everything else together and ends the whole connection at one odd
event, so what we read is taken from its parser table as it came. What the library needs for itself stays with it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bots.connector import Connector
from bots.discord.errors import CAUGHT, translate
from bots.discord.rest import Rest
from bots.sentences import Say
from core.errors import DeliveryError, Halted

OURS = (
    "MESSAGE_CREATE", "MESSAGE_UPDATE", "INTERACTION_CREATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK",
    "GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE",
)  # fmt: skip
"""Events that we read ourselves, as they come; the last two only with the intent for members."""
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


def intents(*, servers: bool, members: bool = False) -> discord.Intents:
    """Nothing privileged, but for `members` where the operator wants joinings watched. Messages in servers are asked
    for only where a support channel is kept: the content of those that do not name us stays blank."""
    return discord.Intents(guilds=True, dm_messages=True, guild_messages=servers, members=members)


discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody here speaks


class Client(discord.Client):
    """The library's client; what it hears is handed on. `begun` is called when a new session has begun."""

    def __init__(
        self,
        heard: Heard,
        begun: Callable[[], None],
        *,
        servers: bool,
        proxy: str,
        members: bool = False,
        trace: aiohttp.TraceConfig,
    ) -> None:
        super().__init__(
            intents=intents(servers=servers, members=members),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=0.5,
            max_ratelimit_timeout=30.0,
            proxy=proxy or None,
            http_trace=trace,
            connector=Connector(limit=0),
        )
        parsers = self._connection.parsers
        parsers["READY"] = _then(parsers["READY"], begun)
        for event in OURS:
            parsers[event] = _told(event, heard)


def _then(parse: Callable[[Any], None], begun: Callable[[], None]) -> Callable[[Any], None]:
    """The library's event of the same name may come after its own end, and then fails aloud."""

    def both(data: Any) -> None:
        parse(data)
        begun()

    return both


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


class Gateway:
    """Stays connected for ever. `base` and `arrived` see each client once it is logged in."""

    def __init__(
        self,
        name: str,
        base: str,
        make: Callable[[], Client],
        rest: Rest,
        arrived: Callable[[Client], Awaitable[None]],
        say: Say,
        patience: Patience,
    ) -> None:
        self._name = name
        self._base = base
        self._make = make
        self._rest = rest
        self._arrived = arrived
        self._say = say
        self._patience = patience

    async def run(self, token: str) -> None:
        """Connect, again and again; cancelled at shutdown.

        Raises:
            Halted: Discord does not accept the token, or us.
        """
        failures = 0
        while True:
            await self._rest.breaker.passed()
            began = asyncio.get_running_loop().time()
            failure = await self._once(token)
            if isinstance(failure, Halted):
                raise Halted(self._say("bad_token", name=self._name, reason=str(failure)))
            lasted = asyncio.get_running_loop().time() - began
            failures = 1 if lasted > self._patience.most else failures + 1
            log.warning(self._say("unreachable", name=self._name, reason=str(failure)))
            await asyncio.sleep(self._patience.after(failures))

    async def _once(self, token: str) -> DeliveryError:
        """One client from its login to its end, and what ended it."""
        Route.BASE = self._base
        client = self._make()
        watch = asyncio.create_task(self._watch(client))
        try:
            await client.login(token)
            DiscordWebSocket.DEFAULT_GATEWAY = await _gateway_of(client)
            self._rest.client = client
            await self._arrived(client)
            await client.connect()
        except DeliveryError as error:
            return error
        except CAUGHT as error:
            return translate(error)
        finally:
            watch.cancel()
            self._rest.client = None
            await client.close()
        return DeliveryError(self._say("silent"))

    async def _watch(self, client: Client) -> None:
        """The library's own watch is on heartbeats; this one ends a client that never comes back to a session."""
        dead = 0
        while dead < 2:
            await asyncio.sleep(self._patience.silence / 2)
            dead = dead + 1 if client.ws is not None and client.ws.latency == float("inf") else 0
        log.warning(self._say("renewed", name=self._name))
        await client.close()


async def _gateway_of(client: Client) -> yarl.URL:
    """Where the gateway is; all bots of this process share the library's one setting."""
    answer = await client.http.request(Route("GET", "/gateway/bot"))
    return yarl.URL(answer["url"])
