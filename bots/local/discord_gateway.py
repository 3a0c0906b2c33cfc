"""The gateway: one websocket a connection, its handshake, heartbeats, resumes, and the ways in which it ends.

`Gateway` also holds the levers with which a test or the try-out page makes a connection suffer.
"""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from bots.local.changes import DEFAULT_WAIT
from bots.local.discord_connection import BAD_SEQ, TIMED_OUT, Connection
from bots.local.discord_starts import Starts
from bots.local.discord_wire import Json, encode
from bots.local.discord_world import World

HEARTBEAT_MS = 41_250
GRACE = 10.0
"""Seconds that a client may be late with its heartbeat before its connection is closed."""


class Gateway:
    """The gateway of one bot. `acks` False: heartbeats are not acknowledged; `silent`: nothing at all is sent."""

    def __init__(self, world: World, token: str, address: Callable[[], str], starts: Starts) -> None:
        self.world = world
        self.token = token
        self.address = address
        self.starts = starts
        self.heartbeat_ms = HEARTBEAT_MS
        self.grace = GRACE
        self.acks = True
        self.silent = False
        self.heartbeats = 0
        self._open: set[Connection] = set()

    # Levers

    def drop(self, code: int = 0) -> None:
        """Cut every connection: with a close code, or (0) as when the network is gone. After 4007 and 4009 the
        sessions are lost.
        """
        if code in (BAD_SEQ, TIMED_OUT):
            self.world.sessions.forget()
        for one in list(self._open):
            one.end(code)

    def reconnect(self) -> None:
        """Tell every client to come back (op 7)."""
        self._order({"op": 7, "d": None, "s": None, "t": None})

    def invalidate(self, *, resumable: bool = False) -> None:
        """Tell every client that its session is invalid (op 9); without `resumable` it is lost."""
        if not resumable:
            self.world.sessions.forget()
        self._order({"op": 9, "d": resumable, "s": None, "t": None})

    def lose_session(self) -> None:
        """Forget every session and cut the connections: what happens until the next identify is never told."""
        self.world.sessions.forget()
        self.drop()

    def ask_heartbeat(self) -> None:
        """Ask every client for a heartbeat now (op 1)."""
        self._order({"op": 1, "d": None, "s": None, "t": None})

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._open)

    async def until_listening(self, seconds: float = DEFAULT_WAIT) -> None:
        """Wait until a client has identified or resumed.

        Raises:
            TimeoutError: none did.
        """
        await self.world.sessions.changes.until(lambda _: self.world.sessions.listening, seconds)

    async def until_shards(self, *shards: int, seconds: float = DEFAULT_WAIT) -> None:
        """Wait until these shards are connected, and no others.

        Raises:
            TimeoutError: they were not.
        """
        sessions = self.world.sessions
        wanted = sorted(shards)
        await sessions.changes.until(
            lambda _: sorted(one.shard for one in sessions.listening) == wanted, seconds
        )

    async def until_alone(self, seconds: float = DEFAULT_WAIT) -> None:
        """Wait until no client listens.

        Raises:
            TimeoutError: one stayed.
        """
        await self.world.sessions.changes.until(lambda _: not self.world.sessions.listening, seconds)

    # Connections

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Hold one connection from HELLO to its end."""
        compress = request.query.get("compress", "")
        if compress not in ("", "zlib-stream"):
            return web.Response(status=400, text=f"compress={compress} is not spoken here")
        socket = web.WebSocketResponse(compress=False, max_msg_size=1 << 20)
        await socket.prepare(request)
        connection = Connection(self, socket, request, compressed=bool(compress))
        self._open.add(connection)
        try:
            await connection.run()
        finally:
            self._open.discard(connection)
        return socket

    def _order(self, payload: Json) -> None:
        for one in self._open:
            one.send(encode(payload))
