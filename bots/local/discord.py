"""A strict stand-in of Discord on 127.0.0.1, for tests and for trying Helpline without a token.

It is a reading of the documents, not the platform: what it accepts the real one may still refuse.
`DiscordStandIn.url` means what https://discord.com/api/v10 means; the gateway's address comes from
{url}/gateway/bot. Point discord.py at it before login (`point_at` does both):

    discord.http.Route.BASE = stand_in.url
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(stand_in.gateway_url)

The people's side is `stand_in.world`, all of it plain calls from the server's event loop, nothing to await:

    world.guild, world.support              the server "Helpline" and its channel #support, there from the start
    world.add_channel("staff")              further channels; add_guild, remove_channel, remove_bot, allow, deny
    alice = world.add_person("小明", username="alice", locale="zh-CN", dms_open=True)   "alice" means her below
    world.say("alice", "你好")               a direct message; say(.., channel, reply_to=message) in a server
    world.mention("alice", world.support, "help me")        "@Helpline help me" in a channel
    world.edit(message, text)  world.delete(message)
    world.slash("alice", "tx", {"id": "0x.."}, channel=None)   None is her direct channel with the bot
    world.choose("alice", "核验此人", person or message)        in the menu of a person or a message; world.forward(..)
    world.press("alice", message, "label or custom_id")        message: a Shown or its id
    world.select("alice", message, "label or value")
    world.submit("alice", {"label or custom_id": "text"})      the form open for her: alice.modal
    world.shown("alice")                    what she sees: her direct channel and ephemeral messages elsewhere
    world.dm("alice")                       that channel; .messages(by_bot=True) .last() .labels
    await world.dm("alice").reply(version)  waits for the bot's first finished message after a version
    await channel.until(lambda channel: ..) waits for anything
    slash, press, select and submit give a `Click`: .answer (callback type), .delay (seconds), .original (message)
    world.failures("alice")                 her interactions that ended in "the application did not respond"

A message in a server reaches a bot only with the intent guild_messages, and its content only with message_content
or when the bot is mentioned; a reply that pings the bot mentions it. `stand_in.gateway` has drop(), reconnect(),
invalidate(), lose_session(), acks, silent; `stand_in.starts` says how many shards are advised and how many sessions
may begin; `stand_in.faults` spoils answers by operation name of the official
document ("create_message", "create_interaction_response", "execute_webhook", "update_original_webhook_message");
`stand_in.ledger` holds what was really done. `DiscordStandIn(now=clock)` takes another clock for the 3 s, the 15
minutes and the rate limits; `limits=UNLIMITED` switches the latter off. A page has the same side of the people over
HTTP, at /phone/{user}/.. on the same port (discord_phone.py).
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bots.local.discord_automod import AutoMod
from bots.local.discord_channels import Channels
from bots.local.discord_gateway import Gateway
from bots.local.discord_interactions import Interactions
from bots.local.discord_ledger import DiscordLedger
from bots.local.discord_limits import STRICT, Limits, RateLimits, Verdict
from bots.local.discord_messages import Messages
from bots.local.discord_objects import BOT_ID
from bots.local.discord_phone import DiscordPhone
from bots.local.discord_profile import Profile
from bots.local.discord_routes import Routes
from bots.local.discord_starts import Starts
from bots.local.discord_wire import (
    LARGEST_REQUEST,
    NO_USER_AGENT,
    UNAUTHORIZED,
    ApiError,
    Call,
    answer,
    read_body,
)
from bots.local.discord_world import World
from bots.local.faults import Fault, FaultPlan
from bots.local.loopback import HOST, Loopback
from bots.local.spoil import end_badly

TOKEN = f"{BOT_ID}.Helpli.{'L' * 38}"
"""The stand-in's usual token: it opens nothing but the stand-in."""

API = "/api/v10"
GATEWAY = "/gateway"
_OPEN_ROUTES = ("/interactions/", "/webhooks/")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer as JSON data. The route is a template, so that no token stands in it."""

    operation: str
    method: str
    route: str
    query: dict[str, str]
    body: Any
    status: int
    answer: Any


OnExchange = Callable[[Exchange], None]
"""Sees every exchange of a known route that got an honest answer, also where the client then does not."""


class DiscordStandIn(Loopback):
    """Discord for one bot. The world outlives `stop` and `start`: a restart is an outage, as people see it."""

    largest = LARGEST_REQUEST

    def __init__(
        self,
        token: str = TOKEN,
        *,
        port: int = 0,
        world: World | None = None,
        limits: Limits = STRICT,
        faults: FaultPlan | None = None,
        now: Callable[[], float] = time.time,
        on_exchange: OnExchange | None = None,
    ) -> None:
        super().__init__(port)
        self.token = token
        self.world = world or World(now=now)
        self.limits = RateLimits(limits)
        self.faults = faults or FaultPlan()
        self.ledger = DiscordLedger()
        self.on_exchange = on_exchange
        self.starts = Starts(lambda: self.limits.limits, self.world.now)
        self.gateway = Gateway(self.world, token, lambda: self.gateway_url, self.starts)
        self.messages = Messages(self.world, self.ledger)
        self.interactions = Interactions(self.world, self.messages, self.ledger)
        self.profile = Profile(self.world, lambda: self.starts.told(self.gateway_url))
        self.automod = AutoMod(self.world)
        routes = Channels(self.messages).routes + self.messages.routes
        self.routes = Routes(routes + self.interactions.routes + self.profile.routes + self.automod.routes)
        self._phone = DiscordPhone(self.world, lambda: self.port)

    @property
    def url(self) -> str:
        """What https://discord.com/api/v10 is for the real one."""
        return f"http://{HOST}:{self.port}{API}"

    @property
    def gateway_url(self) -> str:
        """What wss://gateway.discord.gg is for the real one."""
        return f"ws://{HOST}:{self.port}{GATEWAY}"

    def _drop(self) -> None:
        self.gateway.drop(1001)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith(API + "/"):
            return await self._call(request, path.removeprefix(API))
        if path.rstrip("/") in (GATEWAY, GATEWAY + "/resume"):
            return await self.gateway.serve(request)
        if path.startswith("/phone/"):
            return await self._phone.answer(request)
        if path in self.world.files:
            return web.Response(body=self.world.files[path])
        return answer(404, {"message": "404: Not Found", "code": 0})

    async def _call(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        now = self.world.now()
        if self.limits.banned(now):
            return await end_badly(request, Fault("banned"), None, self._closing, _slow_down)
        try:
            self._check_caller(request, path)
            handler, call = self.routes.find(request.method, path, dict(request.query))
            verdict = self.limits.admit(call, now)
            if verdict.wait:
                return self._wait(verdict)
            await read_body(request, call)
        except ApiError as error:
            return self._refused(error)
        fault = self.faults.draw(call.operation)
        if fault is None:
            return self._perform(request, handler, call, verdict)
        call.spoil = fault.spoil
        if fault.spoil == "delay":
            await asyncio.sleep(fault.seconds)
            return self._perform(request, handler, call, verdict)
        made = self._perform(request, handler, call, verdict) if fault.performs else None
        return await end_badly(request, fault, made, self._closing, _slow_down)

    def _perform(
        self, request: web.BaseRequest, handler: Callable[[Call], Any], call: Call, verdict: Verdict
    ) -> web.Response:
        try:
            result = handler(call)
        except ApiError as error:
            response = self._refused(error, verdict.headers)
        else:
            response = answer(204 if result is None else 200, result, verdict.headers)
        if self.on_exchange is not None:
            body = response.body
            data = json.loads(body) if isinstance(body, bytes) and body else None
            seen = (call.operation, request.method, call.route, call.query, call.body, response.status, data)
            self.on_exchange(Exchange(*seen))
        return response

    def _check_caller(self, request: web.BaseRequest, path: str) -> None:
        if not request.headers.get("User-Agent"):
            raise ApiError(*NO_USER_AGENT)
        if not path.startswith(_OPEN_ROUTES) and request.headers.get("Authorization") != f"Bot {self.token}":
            raise ApiError(*UNAUTHORIZED)

    def _refused(self, error: ApiError, headers: dict[str, str] | None = None) -> web.Response:
        self.limits.count_invalid(error.status, self.world.now())
        return answer(error.status, error.data(), headers)

    def _wait(self, verdict: Verdict) -> web.Response:
        self.limits.count_invalid(429, self.world.now())
        return _too_many(verdict.wait, verdict.headers, everywhere=verdict.everywhere)


def point_at(stand_in: DiscordStandIn) -> None:
    """Lead discord.py to the stand-in. It holds for all its clients of this process, until set anew."""
    import yarl
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    Route.BASE = stand_in.url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(stand_in.gateway_url)


def _slow_down(fault: Fault) -> web.Response:
    return _too_many(float(fault.retry_after), {}, everywhere=fault.everywhere)


def _too_many(wait: float, headers: dict[str, str], *, everywhere: bool) -> web.Response:
    said = {
        "Retry-After": str(max(1, round(wait))),
        "X-RateLimit-Scope": "global" if everywhere else "user",
    } | ({"X-RateLimit-Global": "true"} if everywhere else {})
    body = {"message": "You are being rate limited.", "retry_after": round(wait, 3), "global": everywhere}
    return answer(429, body, headers | said)
