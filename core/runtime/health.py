"""What a supervisor asks: `/healthz` does the loop turn (and which parts of a connection are held here), `/readyz` is
there work it cannot do, `/metrics` how much.

It listens on this machine only unless the configuration says otherwise, and tells nothing about people.
"""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from core import config
from core.errors import ConfigError
from core.runtime import metrics
from core.runtime.watch import Watch
from core.sentences import told


class Health:
    """The three pages. Without a port there are none."""

    def __init__(self, settings: config.Health, watch: Watch) -> None:
        self._settings = settings
        self._watch = watch

    async def run(self) -> None:
        """Answer for ever.

        Raises:
            ConfigError: the port cannot be listened on.
        """
        if not self._settings.port:
            await asyncio.Event().wait()
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, handle_signals=False)
        await runner.setup()
        try:
            await self._listen(runner)
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner) -> None:
        bind, port = self._settings.bind, self._settings.port
        try:
            await web.TCPSite(runner, bind, port).start()
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise ConfigError(told("health.port", bind=bind, port=port, why=why)) from None

    async def _healthz(self, _request: web.Request) -> web.Response:
        lines = [
            f"{name} {number} {'connected' if live else 'connecting'}\n"
            for name, held in self._watch.parts().items()
            for number, live in held.items()
        ]
        return web.Response(text="".join(["ok\n", *lines]))

    async def _readyz(self, _request: web.Request) -> web.Response:
        troubles = self._watch.troubles()
        body = json.dumps(
            {"ready": not troubles, "troubles": troubles, "parts": self._watch.parts()}, ensure_ascii=False
        )
        return web.Response(status=503 if troubles else 200, text=body, content_type="application/json")

    async def _metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=metrics.exposition(), content_type="text/plain", charset="utf-8")
