"""The page's server: aiohttp on 127.0.0.1, one link, parts that are fetched when the bell says that they are new.

    GET  /                       the page            GET  /events          which parts are new (server-sent events)
    GET  /phone/{key}            what is new on it   POST /phone/{key}/say | press | twice | block | submit
    GET  /phone/{key}/picture/{name}                 a picture that it shows
    GET  /flow /wire /desk /state                    POST /lab/slow_down | outage | kill | node | sample
    POST /look                   language and theme  GET  /static/{name}

Every person's act goes to the stand-ins; the page holds nothing that the stand-ins and the bot's store do not.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from bots.local.changes import Changes
from bots.local.demo import STAFF, Demo
from bots.local.page.acts import Acts
from bots.local.page.bell import Bell
from bots.local.page.discord import DiscordPhone
from bots.local.page.guard import NONCE, Guard, dress
from bots.local.page.inside import Inside
from bots.local.page.lab import Lab
from bots.local.page.phone import Phone
from bots.local.page.telegram import TelegramPhone
from bots.local.page.views import Look, draw, look_for, update, whole
from bots.local.page.wire import HeardFaults, Wire
from core.conversation.picture import mime_of, sides

HOST = "127.0.0.1"
STATIC = Path(__file__).parent / "static"
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain"}
HEARTBEAT = 15.0
"""Seconds after which a silent stream says that it lives."""


class Page:
    """The page of one demo, listening while it is entered. `used` is told the next link when one was used."""

    def __init__(self, demo: Demo, *, port: int = 0) -> None:
        self.demo = demo
        self.port = port
        self.bell = Bell()
        self.wire = Wire(time.time)
        self.used: Callable[[str], None] = lambda link: None
        self.guard = Guard(lambda: self.used(self.link()))
        self.phones: dict[str, Phone] = {one.key: one for one in self._phones()}
        lanes = [phone.lane for key, phone in self.phones.items() if key != "staff"]
        self.inside = Inside(demo.settings, lanes, lambda: self.bell.heard)
        self.lab = Lab([demo.telegram, demo.discord], demo.node, demo.bot, lambda: self.bell.ring("state"))
        self.latest = "a"
        self._runner: web.AppRunner | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def link(self) -> str:
        """The link that opens the page once."""
        return f"http://{HOST}:{self.port}/?token={self.guard.token}"

    def _phones(self) -> list[Phone]:
        """New people each time: the bot remembers those of the last demo, whose phones are gone."""
        demo, names = self.demo, self.demo.settings
        number = 6_000_000_000 + int(time.time()) % 999_999_999
        first = demo.telegram.world.add_person("小安", username="xiaoan", id=number)
        second = demo.discord.world.add_person("Sam", username="sam")
        lin = demo.telegram.world.person(STAFF)
        return [
            TelegramPhone("a", demo.telegram.world, first, names.telegram.name),
            DiscordPhone("b", demo.discord.world, second, names.discord.name),
            TelegramPhone("staff", demo.telegram.world, lin, names.telegram.name, demo.staff),
        ]

    async def __aenter__(self) -> Self:
        self.demo.telegram.on_exchange = self.wire.telegram
        self.demo.telegram.faults = HeardFaults("telegram", self.wire)
        self.demo.discord.on_exchange = self.wire.discord
        self.demo.discord.faults = HeardFaults("discord", self.wire)
        self.demo.bot.changed = lambda: self.bell.ring("state")
        application = web.Application(middlewares=[self.guard.check], client_max_size=1 << 16)
        application.add_routes(self._routes())
        application.on_response_prepare.append(dress)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self.port).start()
        self.port = self._runner.addresses[0][1]
        self.guard.listens(self.port)
        self._begin()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self.bell.close()
        await self.lab.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    def _begin(self) -> None:
        work: list[Coroutine[Any, Any, None]] = [self.inside.watch(self.demo.bot.ready)]
        work += [self._follow(phone, key) for key, phone in self.phones.items()]
        work += [self._follow(self.wire, "wire"), self._follow(self.inside, "flow", "desk", "state")]
        self._tasks = [asyncio.create_task(one) for one in work]

    async def _follow(self, place: Phone | Changes, *names: str) -> None:
        """Ring whenever a place changes."""
        while True:
            seen = place.version
            if await place.changed(seen, 60):
                for name in names:
                    self.bell.ring(name)

    def _routes(self) -> list[web.RouteDef]:
        acts = Acts(self)
        return [
            web.get("/", self._whole),
            web.get("/static/{name}", self._static),
            web.get("/events", self._events),
            web.get("/phone/{key}", self._phone),
            web.get("/phone/{key}/picture/{name}", self._picture),
            web.get("/flow", self._flow),
            web.get("/wire", self._wire),
            web.get("/desk", self._desk),
            web.get("/state", self._state),
            *acts.routes(),
        ]

    # --- what is shown

    async def _whole(self, request: web.Request) -> web.Response:
        values = {"lab": self.lab, "bot": self.demo.bot, "inside": self.inside, "wire": self.wire}
        look = look_for(request)
        return _html(whole(look, request[NONCE], self.phones.values(), **values, **self._where(look, "auto")))

    async def _static(self, request: web.Request) -> web.Response:
        path = STATIC / request.match_info["name"]
        if path.parent != STATIC or path.suffix not in KINDS or not path.is_file():
            raise web.HTTPNotFound
        return web.Response(body=path.read_bytes(), content_type=KINDS[path.suffix], charset="utf-8")

    async def _phone(self, request: web.Request) -> web.Response:
        phone = self.phone(request)
        since, seen = number(request, "since"), number(request, "seen")
        return _html(update(look_for(request), phone, since, seen, self.demo.bot.state == "ready"))

    async def _picture(self, request: web.Request) -> web.Response:
        data = self.phone(request).picture(request.match_info["name"])
        found = sides(data)
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=data, content_type=mime_of(f".{found[0]}"))

    async def _flow(self, request: web.Request) -> web.Response:
        look = look_for(request)
        return _html(draw("flow.html", look, **self._where(look, request.query.get("who", "auto"))))

    def _where(self, look: Look, who: str) -> dict[str, Any]:
        key = who if who in self.phones else self.latest
        return {
            "who": who,
            "shown": key,
            "position": self.inside.position(self.phones[key].lane, look.language),
        }

    async def _wire(self, request: web.Request) -> web.Response:
        lines = self.wire.after(number(request, "after"))
        return _html(draw("wire.html", look_for(request), lines=lines, after=self.wire.version))

    async def _desk(self, request: web.Request) -> web.Response:
        return _html(draw("desk.html", look_for(request), inside=self.inside))

    async def _state(self, request: web.Request) -> web.Response:
        values = {"bot": self.demo.bot, "lab": self.lab, "inside": self.inside}
        return _html(draw("state.html", look_for(request), **values))

    async def _events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionResetError):  # the browser went away
            await response.write(b"retry: 1000\n\n")
            async for names in self.bell.names(HEARTBEAT):
                text = "".join(f"event: {name}\ndata: .\n\n" for name in names) or ": still here\n\n"
                await response.write(text.encode())
        return response

    def phone(self, request: web.Request) -> Phone:
        """The phone that a request names.

        Raises:
            HTTPNotFound: there is none.
        """
        found = self.phones.get(request.match_info["key"])
        if found is None:
            raise web.HTTPNotFound
        return found


def number(request: web.Request, name: str) -> int:
    """A number of the query, 0 when it is none."""
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 25 else 0


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html")
