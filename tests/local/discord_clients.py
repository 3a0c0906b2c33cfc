"""The unmodified discord.py for the stand-in's tests, and a bare websocket where the library hides too much."""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bots.local.discord import DiscordStandIn, point_at

INTENTS = discord.Intents(guilds=True, dm_messages=True, guild_messages=True)
Json = dict[str, Any]
TOO_LONG, BAD_LENGTH, NEEDED = "BASE_TYPE_MAX_LENGTH", "BASE_TYPE_BAD_LENGTH", "BASE_TYPE_REQUIRED"
"""Codes of what is wrong with a field."""
PATIENCE = 60.0
"""Seconds that a wait in vain takes: a busy machine must not look like a fault."""


class HeldClock:
    """Epoch seconds that pass only when told, so that a busy machine makes nobody late; or by themselves, if `runs`."""

    def __init__(self) -> None:
        self.runs = False
        self.ahead = 0.0
        self._start = time.time()

    def __call__(self) -> float:
        return (time.time() if self.runs else self._start) + self.ahead

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.ahead += seconds


class Probe(discord.Client):
    """A bot that only listens: the test decides what it answers."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=0.02,
            max_messages=None,
            **options,
        )
        self.tree = app_commands.CommandTree(self)
        self.said: asyncio.Queue[discord.Message] = asyncio.Queue()
        self.clicked: asyncio.Queue[discord.Interaction[Any]] = asyncio.Queue()
        self.happened: list[str] = []

    async def on_message(self, message: discord.Message) -> None:
        if message.author != self.user:
            self.said.put_nowait(message)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        self.clicked.put_nowait(interaction)

    async def on_socket_event_type(self, name: str) -> None:
        self.happened.append(name)

    async def message(self) -> discord.Message:
        """The next message that somebody wrote."""
        return await asyncio.wait_for(self.said.get(), PATIENCE)

    async def interaction(self) -> discord.Interaction[Any]:
        """The next interaction."""
        return await asyncio.wait_for(self.clicked.get(), PATIENCE)


@asynccontextmanager
async def running(stand_in: DiscordStandIn, token: str = "", **options: Any) -> AsyncIterator[Probe]:
    """A probe that is logged in and ready; the library's addresses are put back afterwards."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    point_at(stand_in)
    probe = Probe(**({"intents": INTENTS} | options))
    task = asyncio.create_task(probe.start(token or stand_in.token))
    try:
        ready = asyncio.create_task(probe.wait_until_ready())
        await asyncio.wait({ready, task}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            ready.cancel()
            task.result()
        yield probe
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
        await probe.close()
        await asyncio.wait({task})


def refused(code: int, status: int) -> pytest.RaisesExc[discord.HTTPException]:
    """The library raises with this JSON code and HTTP status."""
    return pytest.raises(
        discord.HTTPException, check=lambda error: (error.code, error.status) == (code, status)
    )


class Wire:
    """One bare connection to the gateway."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, *, compressed: bool) -> None:
        self._socket = socket
        self._zlib = zlib.decompressobj() if compressed else None

    async def send(self, op: int, data: Any) -> None:
        """Send one payload."""
        await self._socket.send_str(json.dumps({"op": op, "d": data}))

    async def text(self, text: str) -> None:
        """Send a text as it is."""
        await self._socket.send_str(text)

    async def receive(self) -> dict[str, Any]:
        """The next payload; {"closed": code} when the server closed the connection."""
        message = await self._socket.receive(PATIENCE)
        if message.type is aiohttp.WSMsgType.BINARY:
            assert self._zlib is not None
            return dict(json.loads(self._zlib.decompress(message.data)))
        if message.type is aiohttp.WSMsgType.TEXT:
            assert self._zlib is None
            return dict(json.loads(message.data))
        return {"closed": self._socket.close_code}

    async def until(self, name: str) -> dict[str, Any]:
        """The next event of this name."""
        while (payload := await self.receive()).get("t") != name:
            assert "closed" not in payload, payload
        return payload

    async def close(self, code: int) -> None:
        """Close with a code."""
        await self._socket.close(code=code)

    async def identify(self, stand_in: DiscordStandIn, intents: int, **more: Any) -> None:
        """Send IDENTIFY."""
        await self.send(2, {"token": stand_in.token, "intents": intents, "properties": {}, **more})


@asynccontextmanager
async def wire(
    stand_in: DiscordStandIn, *, compress: str = "", query: str = "v=10&encoding=json"
) -> AsyncIterator[Wire]:
    """A bare connection that has had its HELLO."""
    url = f"{stand_in.gateway_url}/?{query}" + (f"&compress={compress}" if compress else "")
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        one = Wire(socket, compressed=bool(compress))
        hello = await one.receive()
        assert hello == {
            "op": 10,
            "d": {"heartbeat_interval": stand_in.gateway.heartbeat_ms},
            "s": None,
            "t": None,
        }
        yield one


class Caller:
    """Calls the API without any library in between."""

    def __init__(self, session: aiohttp.ClientSession, stand_in: DiscordStandIn) -> None:
        self._session = session
        self._stand_in = stand_in

    async def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bot {self._stand_in.token}"}
        async with self._session.request(
            method, self._stand_in.url + path, json=body, headers=headers
        ) as answer:
            return answer.status, await answer.json()
