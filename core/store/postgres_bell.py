"""The bell between processes: LISTEN and NOTIFY, as a hint only.

Nothing depends on it: whoever waits also looks at the table every second, for behind a pooler a LISTEN may be
dropped in silence. It rings after the commit, in no transaction of the store.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import psycopg

from core.errors import StoreError
from core.store.postgres_database import PostgresDatabase

CHANNEL = "helpline"
AGAIN = 1.0
"""Seconds before a connection that ended is made anew."""
log = logging.getLogger(__name__)


class PostgresBell:
    """Rings in every process that listens on the same database, this one included."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def ring(self) -> None:
        """Tell the others that there is something to do. A bell that fails is not missed for long."""
        try:
            await self._database.plain(lambda connection: connection.execute(f"NOTIFY {CHANNEL}".encode()))
        except StoreError as error:
            log.debug("the bell is silent: %s", error)

    async def hear(self, heard: Callable[[], None]) -> None:
        """Call `heard` at each ring, for ever."""
        while True:
            try:
                await self._listen(heard)
            except psycopg.Error as error:
                log.debug("the bell is not heard: %s", type(error).__name__)
            await asyncio.sleep(AGAIN)

    async def _listen(self, heard: Callable[[], None]) -> None:
        connecting = psycopg.AsyncConnection.connect(self._database.address, autocommit=True)
        async with await connecting as connection:
            await connection.execute(f"LISTEN {CHANNEL}".encode())
            async for _ in connection.notifies():
                heard()
