"""The one way in which sources are asked over HTTP: safely, briefly, never more than a host bears, never twice at once.

Every client shares it. A request has a deadline; an answer is kept for a few seconds, and whoever asks for the same meanwhile
shares it; a host that fails is left alone for a while (`host.py`). Redirects are not followed, long answers not read.
Whatever goes wrong is `Unavailable`: this source cannot tell now. It never says anything about a transaction.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from core.chain.host import Host
from core.errors import ConfigError
from core.sentences import told

LARGEST: Final = 4_000_000
"""Bytes of an answer that are read; a receipt with very many logs fits."""
DEADLINE: Final = 1.5
"""Seconds for one answer, so that a verdict of several requests at once takes less than two."""
KEEP: Final = 10.0
"""Seconds that an answer is kept."""
_MOST_KEPT: Final = 2000
_TELLING: Final = (200, 400, 404)
"""What a source says with another status is about itself."""


class Unavailable(Exception):
    """A source cannot tell now."""


class Odd(Unavailable):
    """A source answered something that is not what its protocol says."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: 200, 400 or 404, and the body."""

    status: int
    body: bytes

    def json(self) -> Any:
        """The JSON value of a good answer. Raises Odd."""
        if self.status != 200:
            raise Odd
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise Odd from None


class Asking:
    """All hosts, over one session. `clock`: seconds, never going back. `keep` 0 keeps nothing."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        deadline: float = DEADLINE,
        keep: float = KEEP,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._deadline = deadline
        self._keep = keep
        self._clock = clock
        self._hosts: dict[str, Host] = {}
        self._kept: dict[tuple[str, bytes], tuple[float, Answer]] = {}
        self._flying: dict[tuple[str, bytes], asyncio.Task[Answer]] = {}

    def limit(self, url: str, per_second: float) -> None:
        """Ask the host of this url no more often than that. Of several limits the lowest holds."""
        host = self._host(url)
        host.per_second = min(host.per_second, per_second)
        host.burst = min(host.burst, max(1.0, 3 * per_second))

    async def get(self, url: str, *, fresh: bool = False) -> Answer:
        """What stands at a url. `fresh`: not one that was kept. Raises Unavailable."""
        return await self._once(url, b"", fresh)

    async def post(self, url: str, body: object, *, fresh: bool = False) -> Answer:
        """What is answered to a JSON body. Raises Unavailable."""
        return await self._once(url, json.dumps(body, separators=(",", ":")).encode(), fresh)

    async def _once(self, url: str, body: bytes, fresh: bool) -> Answer:
        key = (url, body)
        kept = self._kept.get(key)
        if kept is not None and not fresh and self._clock() - kept[0] < self._keep:
            return kept[1]
        task = self._flying.get(key)
        if task is None:
            task = asyncio.create_task(self._ask(url, body))
            self._flying[key] = task
            task.add_done_callback(lambda done: self._landed(key, done))
        return await asyncio.shield(task)

    def _landed(self, key: tuple[str, bytes], task: asyncio.Task[Answer]) -> None:
        self._flying.pop(key, None)
        if task.cancelled() or task.exception() is not None:
            return
        now = self._clock()
        for old in [old for old, (at, _) in self._kept.items() if now - at >= self._keep]:
            del self._kept[old]
        if self._keep and len(self._kept) < _MOST_KEPT:
            self._kept[key] = (now, task.result())

    async def _ask(self, url: str, body: bytes) -> Answer:
        """One request, if the host may be asked now."""
        host = self._host(url)
        if not host.open(self._clock()):
            raise Unavailable
        wait = host.wait(self._clock())
        if wait >= self._deadline:
            host.give_back()
            host.probing = False
            raise Unavailable
        try:
            await asyncio.sleep(wait)
            async with asyncio.timeout(self._deadline):
                answer, rest = await self._send(url, body)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            host.failed(self._clock())
            raise Unavailable from None
        except asyncio.CancelledError:
            host.probing = False
            raise
        if answer is None:
            host.failed(self._clock(), rest)
            raise Unavailable
        host.well()
        return answer

    async def _send(self, url: str, body: bytes) -> tuple[Answer | None, float]:
        """The answer, or None and the seconds for which the host wants to be left alone."""
        method = "POST" if body else "GET"
        headers = {"Content-Type": "application/json"} if body else None
        async with self._session.request(
            method, url, data=body or None, headers=headers, allow_redirects=False
        ) as answer:
            if answer.status not in _TELLING:
                return None, _rest(answer.status, answer.headers)
            read = bytearray()
            async for piece in answer.content.iter_chunked(65_536):
                read += piece
                if len(read) > LARGEST:
                    return None, 0.0
            return Answer(answer.status, bytes(read)), 0.0

    def _host(self, url: str) -> Host:
        return self._hosts.setdefault(urlsplit(url).netloc.rpartition("@")[2], Host())


def _rest(status: int, headers: Mapping[str, str]) -> float:
    wanted = headers.get("Retry-After", "")
    if status != 429:
        return 0.0
    return float(wanted) if wanted.isascii() and wanted.isdigit() else 1.0


def require_safe(url: str, name: str) -> None:
    """https, or plain http to this machine. Raises ConfigError: what people ask would travel unencrypted."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme != "http" or not _is_loopback(parts.hostname or ""):
        raise ConfigError(told("chain.https", name=name))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
