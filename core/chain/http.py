"""One service that answers JSON over HTTP: bounded, without redirects, and odd answers are never read as facts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import aiohttp

from core.chain.asking import require_safe

LARGEST: Final = 4_000_000
"""Bytes of an answer that are read."""


class Odd(Exception):
    """A service answered something that is not what its interface says."""


FAULTS: Final = (
    Odd, aiohttp.ClientError, TimeoutError, OSError, LookupError, AttributeError, TypeError, ValueError,
    ArithmeticError, RecursionError,
)  # fmt: skip
"""Whatever asking and reading a foreign answer can raise: each means that this source cannot tell now."""


class Service:
    """The service. `url` must be https, or plain http to this machine; it may hold a key, so it is in no repr."""

    def __init__(self, url: str, session: aiohttp.ClientSession, name: str) -> None:
        """Raises ConfigError: the url would send what people ask about unencrypted over a network."""
        require_safe(url, name)
        self._url = url.rstrip("/")
        self._session = session

    async def get(self, path: str) -> Any:
        """The JSON of a good answer, None when the service says 404. A bare text is JSON of itself where it can be."""
        return await self._ask("GET", path, None)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON of a good answer."""
        return await self._ask("POST", path, body)

    async def _ask(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        async with self._session.request(
            method, self._url + path, json=body, allow_redirects=False
        ) as answer:
            read = bytearray()
            async for piece in answer.content.iter_chunked(65_536):
                read += piece
                if len(read) > LARGEST:
                    raise Odd
            if answer.status == 404:
                return None
            if answer.status != 200:
                raise Odd
        return json.loads(read)
