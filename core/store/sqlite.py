"""The store on one SQLite file: WAL, synchronous=FULL, one writer. Opening it brings its schema up to date."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from core.errors import StoreError
from core.sentences import told
from core.store.migrations import SCHEMA, migrate, migrations, refuse_foreign
from core.store.rooms import Store
from core.store.sql.store import SqlStore
from core.store.sqlite_database import SqliteDatabase

_PRAGMAS = (
    "PRAGMA synchronous = FULL",  # a commit that was answered outlives a power cut
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what was purged is overwritten, not only unlinked
    "PRAGMA journal_size_limit = 67108864",  # the log gives its space back after a burst
)


async def open_sqlite(
    path: Path | str, *, now: Callable[[], float] = time.time, schema: Path = SCHEMA
) -> Store:
    """The store in the file at `path` (made when absent, for this user alone), or in memory for ":memory:".

    Raises:
        StoreError: the file cannot be opened, or it is foreign, newer, damaged, or locked.
    """
    database = SqliteDatabase()
    await database.open(path)
    try:
        await database.plain(lambda db: _prepare(db, schema, now()))
    except BaseException:
        await database.close()
        raise
    return SqlStore(database)


def _prepare(db: sqlite3.Connection, schema: Path, now: float) -> None:
    refuse_foreign(db)  # before the journal mode, which is written into the file
    mode = db.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode not in ("wal", "memory"):
        raise StoreError(told("store.unsafe_disk"))
    for pragma in _PRAGMAS:
        db.execute(pragma)
    migrate(db, migrations(schema), now)
