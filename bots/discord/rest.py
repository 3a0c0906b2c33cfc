"""Calls to Discord's API: the bot's own through the library, and the answers to interactions beside it.

Answering an interaction needs no token but the interaction's own, and must not be repeated by the library: a
follow-up has no nonce, so a repetition would be a second message. What repeats is the worker, who counts it.
Law of this file: an error says what really happened, and never where: the addresses hold bearer secrets.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
import discord
from discord.http import Route

from bots.connector import Connector
from bots.discord.breaker import Breaker
from bots.discord.errors import BANNED, CAUGHT, slowed, translate
from bots.discord.files import form_of, written
from bots.small_files import bounded
from core.channel import Album
from core.errors import DeliveryError, NotSent, Refused, SlowDown
from core.quick_json import dumps, loads

Json = dict[str, Any]
Answer = TypeVar("Answer")
PATIENCE = 75.0
"""Seconds for one call with the library's own repetitions and its waiting for a rate limit."""
EXCHANGE = aiohttp.ClientTimeout(total=15, sock_connect=5)
"""Of one request on the wire; the library's own limit is five minutes."""
STORES = ("cdn.discordapp.com", "media.discordapp.net")
"""Where Discord keeps what people attach."""
_HEADERS = {"User-Agent": "DiscordBot (https://helpline.example, 1)"}
_JSON = {"Content-Type": "application/json"}


class Rest:
    """The API at `base`. `client` is the one that is logged in at present, if any; `album` has the pictures that a
    body names.
    """

    def __init__(self, base: str, breaker: Breaker, proxy: str = "") -> None:
        self._base = base
        self.breaker = breaker
        self._proxy = proxy or None
        self.client: discord.Client | None = None
        self.album: Album | None = None
        self._asked: set[asyncio.Task[Any]] = set()
        self._session: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return "Rest(...)"

    async def call(self, method: str, path: str, body: Any = None, **ids: str) -> Any:
        """A call of the bot. `path` is a template, `ids` its values.

        Raises:
            DeliveryError: by what really happened.
        """
        client = self.client
        if client is None:
            raise NotSent("not logged in")
        self.breaker.check()
        form = await form_of(body, self.album)
        options: Json = {"form": form} if form else {} if body is None else {"json": body}
        route = Route(method, path, **ids)
        try:
            return await self._to_its_end(
                _told(client.http.request(route, timeout=EXCHANGE, **options), PATIENCE)
            )
        except SlowDown as error:
            if error.everywhere and error.after >= BANNED:  # some bans come with a body instead
                self.breaker.trip("wall")
            raise

    async def _to_its_end(self, call: Coroutine[Any, Any, Answer]) -> Answer:
        """The call goes on when nobody waits for it any more: where one is cut off before the first answer of its
        bucket, the library lets the next one wait for half a minute."""
        asked = asyncio.create_task(call)
        self._asked.add(asked)
        asked.add_done_callback(self._answered)
        return await asyncio.shield(asked)

    def _answered(self, asked: asyncio.Task[Any]) -> None:
        self._asked.discard(asked)
        if not asked.cancelled():
            asked.exception()  # whoever still waits is told

    async def answer(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """A call about an interaction, whose token stands in the path: one request, never repeated here.

        Raises:
            DeliveryError: by what really happened.
        """
        self.breaker.check()
        form = await form_of(body, self.album)
        data = written(form) if form else None if body is None else dumps(body).encode()
        return await _told(self._exchange(method, path, data), EXCHANGE.total or PATIENCE)

    async def file(self, url: str, largest: int) -> bytes:
        """A file that people attached, from where Discord keeps it and nowhere else; at most `largest` bytes.

        Raises:
            DeliveryError: it lies elsewhere, or cannot be had.
        """
        if not self._keeps(url):
            raise Refused("not a file of this platform")
        return await _told(self._download(url, largest), EXCHANGE.total or PATIENCE)

    def _keeps(self, url: str) -> bool:
        """Whether an address is of Discord's own store of files; a server of one's own keeps them itself."""
        where, base = urlsplit(url), urlsplit(self._base)
        if not where.path.startswith("/attachments/"):
            return False
        if base.hostname == "discord.com":
            return where.scheme == "https" and where.netloc in STORES
        return (where.scheme, where.netloc) == (base.scheme, base.netloc)

    async def _download(self, url: str, largest: int) -> bytes:
        async with self._opened().get(url, proxy=self._proxy, allow_redirects=False) as response:
            self.breaker.note(response.status, response.headers)
            if response.status != 200:
                raise discord.HTTPException(response, "no such file")
            return await bounded(response.content, largest)

    async def _exchange(self, method: str, path: str, data: bytes | aiohttp.FormData | None) -> Any:
        url, headers = self._base + path, None if isinstance(data, aiohttp.FormData) else _JSON
        async with self._opened().request(
            method, url, data=data, headers=headers, proxy=self._proxy
        ) as response:
            self.breaker.note(response.status, response.headers)
            answer = _parsed(await response.read())
            if response.status < 300:
                return answer
            if response.status == 429:
                raise slowed(answer)
            raise discord.HTTPException(response, answer if isinstance(answer, dict) else "no JSON")

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=Connector(limit=0, keepalive_timeout=30),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=_HEADERS,
                timeout=aiohttp.ClientTimeout(
                    total=None, sock_connect=EXCHANGE.sock_connect
                ),  # `_told` has the whole
            )
        return self._session

    async def close(self) -> None:
        """Close what this opened; the library's session is the client's own."""
        for asked in self._asked:
            asked.cancel()
        session, self._session = self._session, None
        if session is not None:
            await session.close()


async def _told(call: Awaitable[Answer], seconds: float) -> Answer:
    try:
        async with asyncio.timeout(seconds):
            return await call
    except DeliveryError:
        raise
    except CAUGHT as error:
        failure = translate(error)
    # Raised outside the handler: else the error of aiohttp, address and all, would hang on as its context.
    raise failure


def _parsed(payload: bytes) -> Any:
    try:
        return loads(payload) if payload else None
    except (ValueError, RecursionError):
        return None
