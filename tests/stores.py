"""Stores in a file that wait for no disk: no test here pulls the plug."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from core.conversation.picture import measured
from core.store.rooms import Store
from core.store.sql.store import SqlStore
from core.store.sqlite import open_sqlite
from core.store.sqlite_database import SqliteDatabase


async def opened(path: Path) -> Store:
    """An open one."""
    store = await open_sqlite(path)
    assert isinstance(store, SqlStore)
    assert isinstance(store.database, SqliteDatabase)
    await store.database.plain(lambda db: db.execute("PRAGMA synchronous = OFF").fetchall())
    return store


@asynccontextmanager
async def kept(folder: Path, *pictures: bytes) -> AsyncIterator[Store]:
    """One that holds these pictures, until the block ends."""
    store = await opened(folder / "helpline.db")
    for data in pictures:
        await store.pictures.put(measured(data).name, data)
    yield store
    await store.close()
