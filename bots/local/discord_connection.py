"""One connection to the gateway: what the client may send in which order, and how each wrong thing ends it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import zlib
from collections import deque
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from bots.local.discord_sessions import GUILDS, LARGEST_INTENTS, PRIVILEGED, Session
from bots.local.discord_starts import shard_of
from bots.local.discord_wire import Json, encode

if TYPE_CHECKING:
    from bots.local.discord_gateway import Gateway

LARGEST_PAYLOAD = 4096
EVENTS_A_MINUTE = 120
UNKNOWN, OPCODE, DECODE, NOT_AUTHENTICATED, BAD_TOKEN, TWICE = 4000, 4001, 4002, 4003, 4004, 4005
BAD_SEQ, TOO_MANY, TIMED_OUT, BAD_SHARD, BAD_VERSION = 4007, 4008, 4009, 4010, 4012
BAD_INTENTS, DISALLOWED_INTENTS = 4013, 4014
_SYNC_ENDS = (1000, 1001)


class _End(Exception):
    """The server ends this connection with a close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Connection:
    """One websocket. Frames go out in order through one task, so that whoever sends need not wait."""

    def __init__(
        self, gateway: Gateway, socket: web.WebSocketResponse, request: web.BaseRequest, *, compressed: bool
    ) -> None:
        self._gateway = gateway
        self._socket = socket
        self._request = request
        self._zlib = zlib.compressobj() if compressed else None
        self._frames: asyncio.Queue[str | int] = asyncio.Queue()
        self._session: Session | None = None
        self._received: deque[float] = deque()

    def send(self, frame: str) -> None:
        """Send one frame, in order."""
        self._frames.put_nowait(frame)

    def end(self, code: int) -> None:
        """End the connection with a close code, or (0) without a word."""
        if code:
            self._frames.put_nowait(code)
        elif self._request.transport is not None:
            self._request.transport.abort()

    async def run(self) -> None:
        """Speak with the client until one of both ends it."""
        sender = asyncio.create_task(self._send_all())
        self.send(
            encode({"op": 10, "d": {"heartbeat_interval": self._gateway.heartbeat_ms}, "s": None, "t": None})
        )
        ends = False
        try:
            self._check_address()
            ends = await self._listen()
        except _End as end:
            # What was sent before has to arrive before the close.
            self._frames.put_nowait(end.code)
            await sender
            ends = end.code in (BAD_SEQ, TIMED_OUT)
        finally:
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await sender
            session = self._session
            if session is not None and session.deliver == self.send:
                self._gateway.world.sessions.leave(session, ends=ends)

    def _check_address(self) -> None:
        query = self._request.query
        if query.get("v", "10") not in ("9", "10"):
            raise _End(BAD_VERSION, "Invalid API version")
        if query.get("encoding", "json") != "json":
            raise _End(DECODE, "Only JSON is spoken here")

    async def _listen(self) -> bool:
        """Take in what the client sends; True when it said that it needs its session no more."""
        patience = self._gateway.heartbeat_ms / 1000 + self._gateway.grace
        while True:
            try:
                async with asyncio.timeout(patience):
                    message = await self._socket.receive()
            except TimeoutError:
                raise _End(TIMED_OUT, "Session timed out") from None
            if message.type is WSMsgType.TEXT:
                self._take(message.data)
            elif message.type is WSMsgType.BINARY:
                raise _End(DECODE, "Decode error")
            else:
                return message.type is WSMsgType.CLOSE and self._socket.close_code in _SYNC_ENDS

    def _take(self, text: str) -> None:
        now = time.monotonic()
        self._received.append(now)
        while now - self._received[0] > 60:
            self._received.popleft()
        if len(self._received) > EVENTS_A_MINUTE:
            raise _End(TOO_MANY, "Rate limited")
        try:
            payload = json.loads(text) if len(text.encode()) <= LARGEST_PAYLOAD else None
        except ValueError:
            payload = None
        if not isinstance(payload, dict):
            raise _End(DECODE, "Error while decoding payload")
        self._obey(payload.get("op"), payload.get("d"))

    def _obey(self, op: Any, data: Any) -> None:
        if op == 1:
            self._gateway.heartbeats += 1
            if self._gateway.acks:
                self.send(encode({"op": 11, "d": None, "s": None, "t": None}))
        elif op in (2, 6):
            if self._session is not None:
                raise _End(TWICE, "Already authenticated")
            if not isinstance(data, dict):
                raise _End(DECODE, "Error while decoding payload")
            (self._identify if op == 2 else self._resume)(data)
        elif self._session is None:
            raise _End(NOT_AUTHENTICATED, "Not authenticated")
        elif op == 8:
            self._members(data if isinstance(data, dict) else {})
        elif op not in (3, 4, 31):
            raise _End(OPCODE, "Unknown opcode")

    def _identify(self, data: Json) -> None:
        self._check_token(data)
        if not isinstance(data.get("properties"), dict):
            raise _End(DECODE, "Error while decoding payload")
        if (place := shard_of(data.get("shard"))) is None:
            raise _End(BAD_SHARD, "Invalid shard")
        shard, shards = place
        intents = data.get("intents")
        if not isinstance(intents, int) or not 0 <= intents < LARGEST_INTENTS:
            raise _End(BAD_INTENTS, "Invalid intent(s)")
        world = self._gateway.world
        if intents & PRIVILEGED & ~world.privileged:
            raise _End(DISALLOWED_INTENTS, "Disallowed intent(s)")
        verdict = self._gateway.starts.admit(shard)
        if verdict == "spent":
            raise _End(BAD_TOKEN, "Authentication failed")
        if verdict == "too soon":
            self.send(encode({"op": 9, "d": False, "s": None, "t": None}))
            return
        session = self._session = world.sessions.open(intents, shard, shards)
        world.sessions.attach(session, self.send)
        guilds = [one for one in world.guilds.values() if one.bot_inside]
        mine = [one for one in guilds if (one.id >> 22) % shards == shard]
        session.tell("READY", encode(self._ready(session, [one.id for one in mine], shard, shards)))
        for guild in mine if intents & GUILDS else ():
            session.tell("GUILD_CREATE", encode(world.guild_event(guild)))

    def _ready(self, session: Session, guilds: list[int], shard: int, shards: int) -> Json:
        bot = self._gateway.world.bot
        return {
            "v": 10,
            "user": bot | {"mfa_enabled": False, "verified": True, "email": None},
            "session_type": "normal",
            "session_id": session.id,
            "resume_gateway_url": self._gateway.address() + "/resume",
            "guilds": [{"id": str(one), "unavailable": True} for one in guilds],
            "private_channels": [],
            "relationships": [],
            "application": {"id": bot["id"], "flags": 0},
            "shard": [shard, shards],
        }

    def _resume(self, data: Json) -> None:
        self._check_token(data)
        session = self._gateway.world.sessions.get(str(data.get("session_id")))
        seq = data.get("seq")
        if session is None or not isinstance(seq, int):
            self.send(encode({"op": 9, "d": False, "s": None, "t": None}))
            return
        if seq > session.seq:
            raise _End(BAD_SEQ, "Invalid seq")
        missed = session.missed(seq)
        if missed is None:
            self.send(encode({"op": 9, "d": False, "s": None, "t": None}))
            return
        self._session = session
        self._gateway.world.sessions.attach(session, self.send)
        self._gateway.world.sessions.resumed += 1
        for frame in missed:
            self.send(frame)
        session.tell("RESUMED", encode({"_trace": []}))

    def _members(self, data: Json) -> None:
        world, session = self._gateway.world, self._session
        guild = world.guilds.get(int(data.get("guild_id") or 0))
        if guild is None or session is None:
            return
        asked = data.get("user_ids") or []
        wanted = {int(one) for one in (asked if isinstance(asked, list) else [asked])}
        found = [
            world.member(guild, one) | {"user": world.people[one].as_user()}
            for one in wanted
            if one in guild.members and one in world.people
        ]
        chunk: Json = {
            "guild_id": str(guild.id),
            "members": found,
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [str(one) for one in wanted if one not in guild.members],
        }
        if "nonce" in data:
            chunk["nonce"] = data["nonce"]
        session.tell("GUILD_MEMBERS_CHUNK", encode(chunk))

    def _check_token(self, data: Json) -> None:
        if str(data.get("token")).removeprefix("Bot ") != self._gateway.token:
            raise _End(BAD_TOKEN, "Authentication failed")

    async def _send_all(self) -> None:
        while True:
            frame = await self._frames.get()
            if isinstance(frame, int):
                await self._socket.close(code=frame)
                return
            if self._gateway.silent:
                continue
            with contextlib.suppress(ConnectionError):
                if self._zlib is None:
                    await self._socket.send_str(frame)
                else:
                    packed = self._zlib.compress(frame.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
                    await self._socket.send_bytes(packed)
