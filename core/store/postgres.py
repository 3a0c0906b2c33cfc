"""The store on PostgreSQL, for many workers. Opening it brings its schema up to date, one process at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from core.errors import StoreError
from core.sentences import told
from core.store.database import Db
from core.store.migrations import SCHEMA, Migration, apply, migrations
from core.store.postgres_bell import PostgresBell
from core.store.postgres_clock import PostgresClock
from core.store.postgres_database import PostgresDatabase
from core.store.postgres_sql import schema as translated
from core.store.queries import SQL
from core.store.rooms import Store
from core.store.sql.store import SqlStore

_MARK = "helpline"
_LOCK = 0x48454C50
"""The lock under which a schema is changed."""
_LOOK = """
SELECT
    (SELECT COUNT(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')),
    COALESCE((SELECT obj_description(to_regclass(quote_ident(current_schema()) || '.migration'))), '')
"""


async def open_postgres(url: str, *, now: Callable[[], float] = time.time, schema: Path = SCHEMA) -> Store:
    """The store in the database of a URL, in the first schema of its search path.

    Raises:
        StoreError: the server cannot be reached, or the database is foreign or newer.
    """
    database = PostgresDatabase(url)
    try:
        steps = migrations(schema)
        await database.write_unfenced(partial(_migrate, steps=steps, now=now()))
        clock = PostgresClock(database)
        await clock.look()
    except BaseException:
        await database.close()
        raise
    return SqlStore(database, PostgresBell(database), clock)


def _migrate(db: Db, *, steps: Sequence[Migration], now: float) -> None:
    """All steps that are missing, or none: here a schema is changed inside a transaction."""
    db.execute("SELECT pg_advisory_xact_lock(?)", (_LOCK,))
    applied = _applied(db)
    made = [apply(db, steps, step, applied, now, translated) for step in steps]
    if any(made):
        db.execute(f"COMMENT ON TABLE migration IS '{_MARK}'")


def _applied(db: Db) -> dict[int, str]:
    tables, mark = db.execute(_LOOK).fetchone()
    if not tables:
        return {}
    if mark != _MARK:
        raise StoreError(told("store.foreign"))
    return dict(db.execute(SQL["migration_all"]).fetchall())
