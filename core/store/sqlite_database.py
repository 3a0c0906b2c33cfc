"""One SQLite connection where a whole transaction is one trip to aiosqlite's thread.

A transaction is a plain function of a `sqlite3.Connection`. It runs as a whole in the one thread of the one
connection, so transactions never interleave, no lock is needed, and nothing is awaited inside one: a caller
who is cancelled stops waiting, while the transaction still ends in COMMIT or ROLLBACK. One trip also costs
one thread hop (some 50 us) instead of one for each statement.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

import aiosqlite

from core.errors import Conflict, StoreError
from core.sentences import told
from core.store.database import Work, check

T = TypeVar("T")

BUSY_SECONDS = 5.0
"""How long a transaction waits for another process that writes."""

_CODES = {
    sqlite3.SQLITE_FULL: "store.full",
    sqlite3.SQLITE_BUSY: "store.locked",
    sqlite3.SQLITE_LOCKED: "store.locked",
    sqlite3.SQLITE_READONLY: "store.readonly",
    sqlite3.SQLITE_PERM: "store.readonly",
    sqlite3.SQLITE_CANTOPEN: "store.cannot_open",
    sqlite3.SQLITE_IOERR: "store.disk_error",
    sqlite3.SQLITE_CORRUPT: "store.damaged",
    sqlite3.SQLITE_NOTADB: "store.not_ours",
    sqlite3.SQLITE_CONSTRAINT: "store.refused",
}


def explained(error: sqlite3.Error) -> StoreError:
    """What went wrong, as one clear sentence for the operator; no value of any row is in it."""
    code = getattr(error, "sqlite_errorcode", 0)
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    kind = Conflict if code & 0xFF == sqlite3.SQLITE_CONSTRAINT else StoreError
    return kind(told(_CODES.get(code & 0xFF, "store.other"), name=name))


def _connect(path: Path | str) -> sqlite3.Connection:
    if str(path) != ":memory:" and not Path(path).exists():
        Path(path).touch(mode=0o600)
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, cached_statements=256)


class _Trip(sqlite3.Cursor, Generic[T]):
    """A transaction dressed as a cursor: aiosqlite calls `fetchall` in its thread, and that runs it all."""

    result: T

    def __init__(self, run: Callable[[], T]) -> None:
        # The cursor underneath is never used, so it is never opened.
        self._run = run

    def fetchall(self) -> list[Any]:
        self.result = self._run()
        return []


class SqliteDatabase:
    """One connection to one file."""

    def __init__(self) -> None:
        self.fence: dict[str, int] = {}
        self._outer: aiosqlite.Connection | None = None
        self._inner: sqlite3.Connection | None = None

    async def open(self, path: Path | str) -> None:
        """Connect; a new file is readable by this user alone.

        Raises:
            StoreError: the file cannot be opened.
        """

        failed: list[sqlite3.Error | OSError] = []

        def connect() -> sqlite3.Connection:
            """Never raises: then aiosqlite would end its thread when nobody waits for it any more."""
            try:
                self._inner = _connect(path)
            except (sqlite3.Error, OSError) as error:
                failed.append(error)
                self._inner = sqlite3.connect(":memory:")
            return self._inner

        self._outer = await aiosqlite.Connection(connect, 64)
        for error in failed:
            await self.close()
            if isinstance(error, sqlite3.Error):
                raise explained(error) from error
            raise StoreError(told("store.cannot_open")) from error

    async def close(self) -> None:
        """Let go of the file; harmless to repeat."""
        outer, self._outer = self._outer, None
        if outer is not None:
            await outer.close()
            self._inner = None

    async def read(self, work: Work[T]) -> T:
        """Run `work` on one unchanging picture of the database."""
        return await self._transact("BEGIN", work, fenced=False)

    async def write(self, work: Work[T]) -> T:
        """Run `work` and commit it, or nothing of it: see `Database`."""
        return await self._transact("BEGIN IMMEDIATE", work, fenced=True)

    async def write_unfenced(self, work: Work[T]) -> T:
        """As `write`, for those who are about to ask who leads."""
        return await self._transact("BEGIN IMMEDIATE", work, fenced=False)

    async def plain(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` outside any transaction (pragmas, and the steps of a migration)."""
        return await self._trip(work)

    async def _transact(self, begin: str, work: Work[T], *, fenced: bool) -> T:
        def run(db: sqlite3.Connection) -> T:
            return transact(db, begin, lambda db: self._checked(db, work) if fenced else work(db))

        return await self._trip(run)

    def _checked(self, db: sqlite3.Connection, work: Work[T]) -> T:
        check(db, self.fence)
        return work(db)

    async def _trip(self, work: Callable[[sqlite3.Connection], T]) -> T:
        outer, inner = self._outer, self._inner
        if outer is None or inner is None:
            raise StoreError("The store is closed.")
        trip = _Trip(lambda: work(inner))
        try:
            await aiosqlite.Cursor(outer, trip).fetchall()
        except sqlite3.Error as error:
            raise explained(error) from error
        except UnicodeEncodeError:
            # Its text would quote what a person wrote.
            raise Conflict("The store was given text that is not valid Unicode.") from None
        return trip.result


def transact(db: sqlite3.Connection, begin: str, work: Callable[[sqlite3.Connection], T]) -> T:
    """`begin`, `work`, COMMIT; whatever goes wrong, ROLLBACK and raise it."""
    try:
        db.execute(begin)  # even this may fail after it has begun
        result = work(db)
        db.execute("COMMIT")
    except BaseException:
        # SQLite may have rolled back by itself (disk full, I/O error).
        if db.in_transaction:
            db.rollback()
        raise
    return result
