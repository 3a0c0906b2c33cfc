"""A pooler between clients and a PostgreSQL server, as strict as those in use: a client has a session of the server for one
transaction, then another one. So nothing that a client leaves in a session is there the next time (a prepared statement,
a LISTEN), but another client's may be.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count

from psycopg.conninfo import conninfo_to_dict

VERSION = 196608
ASKS = (80877103, 80877104)
"""Whether we speak TLS, or GSSAPI: no."""
ANSWERED = b"QFS"
"""Messages after which the server says that it is ready."""
Message = tuple[bytes, bytes]


async def message(reader: asyncio.StreamReader) -> Message:
    """The next message: its kind and all of it."""
    head = await reader.readexactly(5)
    (length,) = struct.unpack("!i", head[1:])
    return head[:1], head + await reader.readexactly(length - 4)


class Session:
    """One session of the server, lent to one client at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.greeting = b""

    async def begin(self, user: str, database: str) -> None:
        """Log in, and keep what a client is told about the server."""
        words = b"".join(word.encode() + b"\0" for word in ("user", user, "database", database, ""))
        self.writer.write(struct.pack("!ii", 8 + len(words), VERSION) + words)
        kind = b""
        while kind != b"Z":
            kind, whole = await message(self.reader)
            if kind != b"K":  # the number of its process: each client gets one of ours
                self.greeting += whole

    async def answers(self, client: asyncio.StreamWriter, pending: int) -> bool:
        """Pass on until so many answers are complete. Whether no transaction is open then."""
        free = True
        while pending:
            kind, whole = await message(self.reader)
            client.write(whole)
            if kind == b"Z":
                pending, free = pending - 1, whole[5:] == b"I"
        await client.drain()
        return free


class Pooler:
    """Some sessions for any number of clients."""

    def __init__(self, sessions: list[Session]) -> None:
        self._free: asyncio.LifoQueue[Session] = asyncio.LifoQueue()
        for session in sessions:
            self._free.put_nowait(session)
        self._greeting = sessions[0].greeting
        self._numbers = count(1_000_000_000)
        self.moved = 0
        """How many transactions went through another session than their client's last one."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, until it goes."""
        held: list[Session] = []
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            await self._greet(reader, writer)
            last = None
            while True:
                asked = [await message(reader)]
                while asked[-1][0] not in ANSWERED:
                    asked.append(await message(reader))
                if not held:
                    held.append(await self._free.get())
                    self.moved += last is not None and held[0] is not last
                last = held[0]
                last.writer.write(b"".join(whole for _, whole in asked))
                if await last.answers(writer, 1):
                    self._free.put_nowait(held.pop())
        writer.close()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            length, code = struct.unpack("!ii", await reader.readexactly(8))
            await reader.readexactly(length - 8)
            if code == VERSION:
                break
            writer.write(b"N" if code in ASKS else b"")
        ready = self._greeting[-6:]
        number = struct.pack("!cii4s", b"K", 12, next(self._numbers), b"none")
        writer.write(self._greeting[:-6] + number + ready)


@asynccontextmanager
async def pooled(url: str, sessions: int) -> AsyncIterator[tuple[str, Pooler]]:
    """A pooler before the database of a URL, and its own URL."""
    where = conninfo_to_dict(url)
    user, name = str(where["user"]), str(where["dbname"])
    made: list[Session] = []
    for _ in range(sessions):
        streams = await asyncio.open_unix_connection(f"{where['host']}/.s.PGSQL.5432")
        made.append(Session(*streams))
        await made[-1].begin(user, name)
    pooler = Pooler(made)
    server = await asyncio.start_server(pooler.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"postgresql://{user}@127.0.0.1:{port}/{name}", pooler
    finally:
        server.close()
        for session in made:
            session.writer.close()
