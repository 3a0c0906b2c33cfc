"""The store on one SQLite file: WAL, synchronous=FULL, one writer. Opening it brings its schema up to date."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from core.errors import StoreError
from core.sentences import told
from core.store.migrations import SCHEMA, Migration, apply, migrations
from core.store.queries import SQL
from core.store.rooms import Store
from core.store.sql.store import SqlStore
from core.store.sqlite_database import SqliteDatabase, transact

APPLICATION_ID = 0x48454C50
"""Marks a file as ours ("HELP" in ASCII)."""
_PRAGMAS = (
    "PRAGMA synchronous = FULL",  # a commit that was answered outlives a power cut
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what was purged is overwritten, not only unlinked
    "PRAGMA wal_autocheckpoint = 4000",  # 16 MB: the same pages change again and again, and are copied once
    "PRAGMA temp_store = MEMORY",  # what a statement of many rows keeps to undo itself needs no file
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
    _refuse_foreign(db)  # before the journal mode, which is written into the file
    mode = db.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode not in ("wal", "memory"):
        raise StoreError(told("store.unsafe_disk"))
    for pragma in _PRAGMAS:
        db.execute(pragma)
    _refuse_foreign(db)
    steps = migrations(schema)
    for step in steps:
        transact(db, "BEGIN IMMEDIATE", partial(_apply, step=step, steps=steps, now=now))


def _refuse_foreign(db: sqlite3.Connection) -> None:
    """Raise StoreError when the file holds tables and is not marked as ours. Changes nothing."""
    # one statement, one picture: another process may be making this very file
    look = "SELECT application_id, (SELECT COUNT(*) FROM sqlite_master) FROM pragma_application_id"
    mark, tables = db.execute(look).fetchone()
    if mark != APPLICATION_ID and (mark or tables):
        raise StoreError(told("store.foreign"))


def _apply(db: sqlite3.Connection, *, step: Migration, steps: Sequence[Migration], now: float) -> None:
    """Apply one step unless it is applied. Looked up inside the transaction: two processes may start at once."""
    if apply(db, steps, step, _applied(db), now):
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _applied(db: sqlite3.Connection) -> dict[int, str]:
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'migration'").fetchone() is None:
        return {}  # a new file
    return dict(db.execute(SQL["migration_all"]).fetchall())
