"""PostgreSQL behind the rooms: some threads with a connection each, and a whole transaction is one trip to one.

A trip whose connection is gone is made again on a new one, as long as nothing was committed: a restart of the
server is not seen from outside. An answer to COMMIT that never came is told as `StoreError`; whoever asks again
finds what is there, for every write is safe to repeat. While the server is away, connecting is tried with growing
pauses, and in between each caller is told so at once.

A machine that dies says nothing to the server, which would keep the rows that it had locked for hours, and with them
everybody else. So a transaction that stands still is ended by the server.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Generic, TypeVar

import psycopg
from psycopg import pq
from psycopg.types.numeric import Int8Dumper

from core.errors import Conflict, StoreError
from core.sentences import told
from core.store.database import Rows, Values, Work, check
from core.store.postgres_errors import AGAIN, explained, is_lost
from core.store.postgres_sql import translated

T = TypeVar("T")
CONNECTIONS = 4
"""Transactions of one process at the same time."""
TRIPS = 3
"""How often a transaction is run that met another one, or lost its connection."""
PAUSES = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0)
"""Seconds between attempts to connect; the last one for as long as it takes."""
STILL = 5.0
"""Seconds for which a transaction may wait for its next statement: the default lease, for what it locks holds up whoever
takes over."""
PREPARE = 5
"""Executions after which a statement is prepared."""
_DEFAULTS = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "application_name": "helpline",
}


class PostgresDatabase:
    """Connections to one database. The URL may hold a password: it is in no message and no log."""

    def __init__(self, url: str, still: float = STILL) -> None:
        self.fence: dict[str, int] = {}
        self._still = still
        try:
            given = psycopg.conninfo.conninfo_to_dict(url)
            missing = {name: value for name, value in _DEFAULTS.items() if name not in given}
            self.address = psycopg.conninfo.make_conninfo(url, **missing)
        except psycopg.ProgrammingError:
            raise StoreError(told("store.bad_url")) from None  # its text would quote the password
        self._threads = ThreadPoolExecutor(CONNECTIONS, "postgres")
        self._mine = threading.local()
        self._all: list[psycopg.Connection] = []
        self._lock = threading.Lock()
        self._failed = 0
        self._not_before = 0.0
        self._closed = False

    async def close(self) -> None:
        """Let go of the connections; harmless to repeat."""
        if not self._closed:
            self._closed = True
            await asyncio.to_thread(self._threads.shutdown)
            for connection in self._all:
                connection.close()

    async def read(self, work: Work[T]) -> T:
        """Run `work` on one unchanging picture of the database."""
        return await self._trip("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", work)

    async def write(self, work: Work[T]) -> T:
        """Run `work` and commit it, or nothing of it: see `Database`."""

        def fenced(db: _Db) -> T:
            check(db, self.fence)
            return work(db)

        return await self._trip("BEGIN", fenced)

    async def write_unfenced(self, work: Work[T]) -> T:
        """As `write`, for those who are about to ask who leads."""
        return await self._trip("BEGIN", work)

    async def plain(self, work: Callable[[psycopg.Connection], T]) -> T:
        """Run `work` outside any transaction."""
        return await self._away(lambda: self._once(work))

    async def _trip(self, begin: str, work: Callable[[_Db], T]) -> T:
        return await self._away(lambda: self._repeat(begin, work))

    async def _away(self, run: Callable[[], T]) -> T:
        if self._closed:
            raise StoreError("The store is closed.")
        return await asyncio.get_running_loop().run_in_executor(self._threads, run)

    # --- in a thread

    def _once(self, work: Callable[[psycopg.Connection], T]) -> T:
        try:
            return work(self._connection())
        except psycopg.Error as error:
            raise explained(error) from error

    def _repeat(self, begin: str, work: Callable[[_Db], T]) -> T:
        for trip in count(1):
            trial = _Trial(begin, work, clean=trip > 1)
            try:
                return trial.run(self._connection())
            except psycopg.Error as error:
                again = is_lost(error) or isinstance(error, AGAIN)
                if trial.in_doubt or not again or trip >= TRIPS:
                    raise explained(error) from error
            except UnicodeEncodeError:
                # Its text would quote what a person wrote.
                raise Conflict("The store was given text that is not valid Unicode.") from None
        raise AssertionError

    def _connection(self) -> psycopg.Connection:
        connection: psycopg.Connection | None = getattr(self._mine, "connection", None)
        if connection is None or connection.closed or connection.info.transaction_status:
            self._drop()
            connection = self._mine.connection = self._connect()
        return connection

    def _drop(self) -> None:
        connection: psycopg.Connection | None = getattr(self._mine, "connection", None)
        self._mine.connection = None
        if connection is not None:
            connection.close()
            with self._lock:
                self._all.remove(connection)

    def _connect(self) -> psycopg.Connection:
        with self._lock:
            if time.monotonic() < self._not_before:
                raise StoreError(told("store.unreachable"))
        try:
            made = self._session()
        except psycopg.Error as error:
            with self._lock:
                pause = PAUSES[min(self._failed, len(PAUSES) - 1)]
                self._failed, self._not_before = self._failed + 1, time.monotonic() + pause
            raise explained(error, connecting=True) from None  # its text may quote the URL
        made.adapters.register_dumper(int, Int8Dumper)  # one plan a statement, whatever the number's size
        with self._lock:
            self._failed, self._not_before = 0, 0.0
            self._all.append(made)
        return made

    def _session(self) -> psycopg.Connection:
        made = psycopg.connect(
            self.address, autocommit=True, prepare_threshold=None, cursor_factory=psycopg.RawCursor
        )
        try:  # by statements: a pooler refuses them in the address
            made.execute(f"SET idle_in_transaction_session_timeout = {self._still * 1000:.0f}".encode())
            made.execute(b"SET tcp_user_timeout = '10s'")
            own = made.execute(b"SELECT pg_backend_pid()").fetchone() == (made.info.backend_pid,)
        except psycopg.Error:
            made.close()
            raise
        if own:  # a pooler hands us other sessions, in which the name of our statement may be another's
            made.prepare_threshold = PREPARE
        return made


class _Db:
    """A transaction as the rooms see it."""

    def __init__(self, connection: psycopg.Connection, *, clean: bool) -> None:
        self._connection = connection
        self._clean = clean

    def execute(self, sql: str, parameters: Values = (), /) -> Rows:
        """Run one statement."""
        values = _cleaned(parameters) if self._clean else parameters
        return self._connection.execute(translated(sql), values)

    def executemany(self, sql: str, rows: Iterable[Values], /) -> Rows:
        """Run one statement for many rows, all of them on their way before the first answer is read."""
        cursor = self._connection.cursor()
        cursor.executemany(translated(sql), [_cleaned(row) for row in rows] if self._clean else rows)
        return cursor


class _Trial(Generic[T]):
    """One attempt at a transaction. `in_doubt`: it was to be committed, and no answer came."""

    def __init__(self, begin: str, work: Callable[[_Db], T], *, clean: bool) -> None:
        self._begin = begin
        self._work = work
        self._clean = clean
        self.in_doubt = False

    def run(self, connection: psycopg.Connection) -> T:
        """`begin`, the work, COMMIT; whatever goes wrong, ROLLBACK and raise it."""
        try:
            connection.execute(self._begin)
            result = self._work(_Db(connection, clean=self._clean))
            self.in_doubt = True
            connection.execute("COMMIT")
        except BaseException as error:
            self.in_doubt = self.in_doubt and isinstance(error, psycopg.Error) and is_lost(error)
            _roll_back(connection)
            raise
        return result


def _roll_back(connection: psycopg.Connection) -> None:
    if connection.closed or connection.info.transaction_status == pq.TransactionStatus.UNKNOWN:
        return
    try:
        connection.execute("ROLLBACK")
    except psycopg.Error:
        connection.close()


def _cleaned(values: Values) -> Values:
    """PostgreSQL keeps no NUL in a text. Only a hostile update holds one: it becomes the replacement sign."""
    return [value.replace("\0", "\ufffd") if isinstance(value, str) else value for value in values]
