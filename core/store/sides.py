"""The two ends of a move: a file or a server, each one open transaction that sees one picture."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import psycopg

from core.errors import StoreError
from core.store.open import file_of
from core.store.postgres_errors import explained as explained_postgres
from core.store.sqlite_database import explained as explained_sqlite

Row = tuple[Any, ...]
PAGE = 1000
"""Rows in memory at a time."""


class Side(Protocol):
    """One end."""

    def rows(self, sql: str, page: int = PAGE) -> Iterator[Row]:
        """What a query gives, so many rows at a time."""

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns."""

    def put(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Insert rows."""

    def clear(self, table: str) -> None:
        """Delete all rows of a table."""

    def last_id(self, table: str, column: str) -> int:
        """The highest number that the database ever made for this column, 0 for none."""

    def skip_ids(self, table: str, column: str, last: int) -> None:
        """Make only higher ones from now on."""

    def commit(self) -> None:
        """Keep it."""

    def close(self) -> None:
        """End the transaction; what was not committed is gone."""


class File:
    """A SQLite file."""

    def __init__(self, path: Path | str) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, timeout=5)
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.execute("BEGIN")

    def rows(self, sql: str, page: int = PAGE) -> Iterator[Row]:
        """What a query gives, so many rows at a time."""
        cursor = self._db.execute(sql)
        cursor.arraysize = page
        while found := cursor.fetchmany():
            yield from found

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns."""
        return [row[1] for row in self._db.execute(f"PRAGMA table_info({table})")]

    def put(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Insert rows."""
        marks = ", ".join("?" * len(columns))
        self._db.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608

    def clear(self, table: str) -> None:
        """Delete all rows of a table."""
        self._db.execute(f"DELETE FROM {table}")  # noqa: S608

    def last_id(self, table: str, column: str) -> int:
        """The highest number that was ever made."""
        row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        return row[0] if row else 0

    def skip_ids(self, table: str, column: str, last: int) -> None:
        """Make only higher ones from now on."""
        self._db.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
        self._db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last))

    def commit(self) -> None:
        """Keep it."""
        self._db.execute("COMMIT")

    def close(self) -> None:
        """End the transaction."""
        self._db.close()


class Server:
    """A PostgreSQL database."""

    def __init__(self, url: str) -> None:
        self._db = psycopg.connect(url, prepare_threshold=None)  # a pooler may have such names already
        self._db.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self._db.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # it waits for the other end

    def rows(self, sql: str, page: int = PAGE) -> Iterator[Row]:
        """What a query gives, so many rows at a time."""
        with self._db.cursor("page") as cursor:
            cursor.itersize = page
            cursor.execute(sql.encode())
            yield from cursor

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns."""
        found = self._db.execute(f"SELECT * FROM {table} LIMIT 0".encode()).description  # noqa: S608
        return [column.name for column in found or ()]

    def put(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Insert rows."""
        into = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with self._db.cursor() as cursor, cursor.copy(into.encode()) as copy:
            for row in rows:
                copy.write_row([_clean(value) for value in row])

    def clear(self, table: str) -> None:
        """Delete all rows of a table."""
        self._db.execute(f"DELETE FROM {table}".encode())  # noqa: S608

    def last_id(self, table: str, column: str) -> int:
        """The highest number that was ever made."""
        name = self._sequence(table, column)
        row = self._db.execute(f"SELECT last_value, is_called FROM {name}".encode()).fetchone()  # noqa: S608
        last, used = row or (0, False)
        return last if used else 0

    def skip_ids(self, table: str, column: str, last: int) -> None:
        """Make only higher ones from now on."""
        if last:
            self._db.execute("SELECT setval(%s, %s)", (self._sequence(table, column), last))

    def _sequence(self, table: str, column: str) -> str:
        row = self._db.execute("SELECT pg_get_serial_sequence(%s, %s)", (table, column)).fetchone()
        return str(row[0]) if row else ""

    def commit(self) -> None:
        """Keep it."""
        self._db.commit()

    def close(self) -> None:
        """End the transaction."""
        self._db.close()


def _clean(value: Any) -> Any:
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def side(url: str) -> Side:
    """The end at an address; its schema must be there.

    Raises:
        StoreError: it cannot be opened.
    """
    try:
        path = file_of(url)
        return File(path) if path is not None else Server(url)
    except sqlite3.Error as error:
        raise explained_sqlite(error) from error
    except psycopg.Error as error:
        raise explained_postgres(error, connecting=True) from None


def copy_file(path: Path, to: Path) -> None:
    """An exact copy of a SQLite file that others may be writing."""
    to.touch(mode=0o600)
    try:
        with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(to)) as new:
            old.backup(new)
    except sqlite3.Error as error:
        raise explained_sqlite(error) from error


def explained(error: Exception) -> StoreError | None:
    """The sentence for an error of either engine, None for any other."""
    if isinstance(error, sqlite3.Error):
        return explained_sqlite(error)
    return explained_postgres(error) if isinstance(error, psycopg.Error) else None
