"""A server on 127.0.0.1 that stands in for a platform: it listens, closes, and comes back on the same port."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar, Self

from aiohttp import web

HOST = "127.0.0.1"


class Loopback:
    """`port` 0 takes a free one and keeps it over a restart. A subclass answers in `_handle` and lets go in `_drop`."""

    largest: ClassVar[int]
    """Bytes of the largest request."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._runner: web.ServerRunner | None = None
        self._closing = asyncio.Event()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        raise NotImplementedError

    def _drop(self) -> None:
        """Answer or close what is held open."""
        raise NotImplementedError

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the port is taken.
        """
        self._closing.clear()
        # No access log: tokens stand in the addresses.
        server = web.Server(self._handle, request_factory=self._request, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self.port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Answer what is held, close every connection and stop listening."""
        self._closing.set()
        self._drop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()

    def _request(self, message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        loop = asyncio.get_running_loop()
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=self.largest)
