"""A strict stand-in of the Telegram Bot API on 127.0.0.1, for tests and for trying Helpline without a token.

It is a reading of the documents and of the server's published source, not the platform: what it accepts the
real one may still refuse. `TelegramStandIn.url` means what https://api.telegram.org means. It does not read
parse modes: it refuses them.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bots.local.faults import Committed, Fault, FaultPlan, Ledger
from bots.local.loopback import HOST, Loopback
from bots.local.phone import Phone
from bots.local.spoil import end_badly
from bots.local.telegram_limits import STRICT, Flood, Limits
from bots.local.telegram_messages import Messages
from bots.local.telegram_profile import Profile
from bots.local.telegram_service import Service
from bots.local.telegram_wire import ApiError, Params, read_params, success, too_many
from bots.local.world import BOT_ID, World

TOKEN = f"{BOT_ID}:{'L' * 35}"
"""The stand-in's usual token: it opens nothing but the stand-in."""

CALLBACK_WINDOW = 900.0
_TOKEN_SHAPE = re.compile(r"[1-9]\d{0,15}:[A-Za-z0-9_-]{30,64}")

OnExchange = Callable[[str, dict[str, Any], Any], None]
"""(method as it was called, its fields with uploads, the answer as JSON data): sees every exchange."""


class TelegramStandIn(Loopback):
    """The Bot API for one bot. The world outlives `stop` and `start`: a restart is an outage, as people see it."""

    largest = 60 * 1024 * 1024

    def __init__(
        self,
        token: str = TOKEN,
        *,
        port: int = 0,
        world: World | None = None,
        limits: Limits = STRICT,
        faults: FaultPlan | None = None,
        now: Callable[[], float] = time.time,
        seed: int | None = None,
        callback_window: float = CALLBACK_WINDOW,
        on_exchange: OnExchange | None = None,
    ) -> None:
        super().__init__(port)
        self.token = token
        self.world = world or World(now=now, seed=seed)
        self.flood = Flood(limits)
        self.faults = faults or FaultPlan()
        self.ledger = Ledger()
        self.profile = Profile(self.world)
        self.service = Service(self.world, seed)
        self.on_exchange = on_exchange
        self.messages = Messages(self.world, self.flood, callback_window)
        self._methods = self.messages.methods | self.profile.methods | self.service.methods
        self._phone = Phone(self.world, lambda: self.port)

    @property
    def url(self) -> str:
        """Where the API is: a client calls {url}/bot{token}/{method} and {url}/file/bot{token}/{path}."""
        return f"http://{HOST}:{self.port}"

    async def start(self) -> None:
        """Listen, and deliver what waits for a webhook."""
        await super().start()
        await self.service.delivery.start()

    async def stop(self) -> None:
        """End what is held and what is being delivered."""
        await self.service.delivery.stop()
        await super().stop()

    def _drop(self) -> None:
        self.world.updates.end_hold(ApiError(500, "Internal Server Error: restart"))

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith("/bot"):
            return await self._call(request, *path[4:].partition("/")[::2])
        if path.startswith("/file/bot"):
            return self._download(*path[9:].partition("/")[::2])
        if path.startswith("/phone/"):
            return await self._phone.answer(request)
        return _answer(404, ApiError(404, "Not Found").body())

    async def _call(self, request: web.BaseRequest, token: str, method: str) -> web.StreamResponse:
        try:
            self._check_token(token)
            name = method.lower()
            if name not in self._methods and name != "getupdates":
                raise ApiError(404, "Not Found: method not found")  # noqa: TRY301 - one place writes refusals
            params = await read_params(request)
        except ApiError as error:
            return _refused(error)
        fault = self.faults.draw(name)
        if fault is None:
            return await self._perform(method, params)
        if fault.spoil == "delay":
            await asyncio.sleep(fault.seconds)
            return await self._perform(method, params, "delay")
        answer = await self._perform(method, params, fault.spoil) if fault.performs else None
        return await end_badly(request, fault, answer, self._closing, _slow_down)

    async def _perform(self, method: str, params: Params, spoil: Any = None) -> web.Response:
        name = method.lower()
        try:
            result = (
                await self.service.get_updates(params)
                if name == "getupdates"
                else self._methods[name](params)
            )
        except ApiError as error:
            response = _refused(error)
        else:
            response = _answer(200, success(result))
            if Ledger.records(name):
                self._write_down(name, params, result, spoil)
        if self.on_exchange is not None:
            self.on_exchange(method, params.everything(), json.loads(response.body))  # type: ignore[arg-type]
        return response

    def _write_down(self, name: str, params: Params, result: Any, spoil: Any) -> None:
        message = result if isinstance(result, dict) else {}
        chat_id = message["chat"]["id"] if message else params.integer("chat_id")
        number = message.get("message_id") or params.integer("message_id")
        text = str(message.get("text") or message.get("caption") or params.text("text"))
        self.ledger.add(Committed(self.world.now(), name, chat_id, number, text, spoil))

    def _check_token(self, token: str) -> None:
        if not _TOKEN_SHAPE.fullmatch(token):
            raise ApiError(401, "Unauthorized: invalid token specified")
        if token != self.token:
            raise ApiError(401, "Unauthorized")
        if self.service.logged_out:
            raise ApiError(400, "Logged out")

    def _download(self, token: str, path: str) -> web.Response:
        try:
            self._check_token(token)
        except ApiError as error:
            return _refused(error)
        stored = self.world.files.at(path)
        if stored is None:
            return _refused(ApiError(404, "Not Found"))
        return web.Response(body=stored.data, content_type="application/octet-stream")


def _answer(status: int, body: bytes) -> web.Response:
    return web.Response(status=status, body=body, content_type="application/json")


def _refused(error: ApiError) -> web.Response:
    response = _answer(error.code, error.body())
    if "retry_after" in error.parameters:
        response.headers["Retry-After"] = str(error.parameters["retry_after"])
    return response


def _slow_down(fault: Fault) -> web.Response:
    return _refused(too_many(fault.retry_after))
